"""What a person sees in the terminal: progress while the run goes on, and at the end the lines that matter."""

from __future__ import annotations

import io
import math
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import TextIO

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar
from rich.text import Text

from reports import places, proof
from reports.events import Case, CaseFinished, Requirement
from reports.failure_text import headline, requirement_headline, requirement_text
from reports.model import Report, RequirementOutcome
from reports.text import one_line, seconds

_SPARSE_LINES = 20
_FULL_BLOCKS = 3
_ONE_LINERS = 10
_IDS = 6
_COLOURS = {
    "conformant": "bold green",
    "conformant with relaxations": "bold yellow",
    "nonconformant": "bold red",
    "incomplete": "bold magenta",
}


def wants_colour(stream: TextIO, environment: Mapping[str, str]) -> bool:
    """Whether to colour what goes to the stream: on a terminal, unless NO_COLOR (no-color.org) is set."""
    return stream.isatty() and not environment.get("NO_COLOR")


class Progress:
    """Shows how far a run is: one line that moves on a terminal, about twenty lines elsewhere; failures at once."""

    def __init__(
        self, stream: TextIO, total: int, requirements: Mapping[str, Requirement] | None = None, colour: bool = False
    ) -> None:
        self._stream = stream
        self._total = total
        self._requirements = requirements or {}
        self._counts: Counter[str] = Counter()
        self._every = max(1, math.ceil(total / _SPARSE_LINES))
        self._bar: Bar | None = None
        if stream.isatty():
            console = Console(file=stream, force_terminal=True, no_color=not colour, highlight=False)
            self._bar = Bar(
                TextColumn("judging"),
                BarColumn(bar_width=30),
                MofNCompleteColumn(),
                TextColumn("{task.fields[problems]}"),
                TimeElapsedColumn(),
                console=console,
                redirect_stdout=False,
                redirect_stderr=False,
                transient=True,
            )
            self._task = self._bar.add_task("judging", total=total, problems="")
            self._bar.start()

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def case_finished(self, case: Case, result: CaseFinished) -> None:
        """Count the case, and show it if it did not pass."""
        self._counts[result.outcome] += 1
        if result.outcome != "passed":
            self._say(self._headline(case, result))
        done = self._counts.total()
        if self._bar is not None:
            self._bar.update(self._task, completed=done, problems=self._problems())
        elif done % self._every == 0 or done == self._total:
            problems = self._problems()
            self._say(f"{done}/{self._total} cases" + (f", {problems}" if problems else ""))

    def close(self) -> None:
        """Take the moving line away; closing twice is harmless."""
        if self._bar is not None:
            self._bar.stop()
            self._bar = None

    def _headline(self, case: Case, result: CaseFinished) -> str:
        requirement = self._requirements.get(case.requirement)
        level = requirement.level if requirement else ""
        outcome: RequirementOutcome = result.outcome
        scored = True
        if requirement is not None and outcome == "failed" and (level != "MUST" or requirement.provisional):
            outcome, scored = "warning", level != "MAY" and not requirement.provisional
        text = result.findings[0].summary if result.outcome == "failed" and result.findings else result.cause or ""
        return headline(case.requirement, outcome, level, text, scored)

    def _problems(self) -> str:
        return ", ".join(
            f"{self._counts[outcome]} {outcome.replace('-', ' ')}"
            for outcome in ("failed", "not-testable", "harness-error")
            if self._counts[outcome]
        )

    def _say(self, line: str) -> None:
        if self._bar is not None:
            self._bar.console.print(Text(line), soft_wrap=True)
        else:
            encoding = self._stream.encoding or "utf-8"
            self._stream.write(line.encode(encoding, "backslashreplace").decode(encoding) + "\n")
            self._stream.flush()


def summary(report: Report, colour: bool = False, directory: Path | None = None) -> str:
    """The lines that matter, the verdict first; ``directory`` is where the run lies, if not in ``reports/runs``."""
    text = Text()
    text.append(report.sentence, style=_COLOURS[report.verdict])
    if report.repetition is not None:
        text.append(f"\n{report.repetition.sentence}", style="bold red" if report.repetition.disagreeing else "")
    for block in (
        _failures(report),
        _warnings(report),
        _causes(report),
        _surroundings(report),
        _facts(report, directory),
    ):
        if block:
            text.append("\n\n" + "\n".join(block))
    return _rendered(text, colour)


def _failures(report: Report) -> list[str]:
    failed = report.with_outcome("failed")
    full = [block for item in failed[:_FULL_BLOCKS] for block in (requirement_text(item), "")][:-1]
    rest = [requirement_headline(item) for item in failed[_FULL_BLOCKS:]]
    if not rest:
        return full
    return [*full, "", *_capped(rest, "more failed")]


def _warnings(report: Report) -> list[str]:
    return _capped([requirement_headline(item) for item in report.with_outcome("warning")], "more warnings")


def _causes(report: Report) -> list[str]:
    lines = []
    for cause in report.causes:
        more = len(cause.requirements) - _IDS
        lines.append(f"{cause.outcome.replace('-', ' ')}: {one_line(cause.text, 200)}")
        lines.append(f"  blocks {', '.join(cause.requirements[:_IDS])}" + (f" and {more} more" if more > 0 else ""))
    lines = _capped(lines, "more lines of causes")
    # One block with its traceback is enough to begin with; the others are in the evidence.
    return [*lines, *(f"\n{requirement_text(item)}" for item in report.with_outcome("harness-error")[:1])]


def _surroundings(report: Report) -> list[str]:
    lines = [
        f"preflight {line.check}: {line.detail}" + (f"; {line.advice}" if line.advice else "")
        for line in report.preflight
        if line.outcome == "failed"
    ]
    lines += [f"contradiction: {item}" for item in report.plan.contradictions]
    for error in report.harness_errors:
        lines += [
            f"harness error: {error.where}: {error.message}",
            *(f"  {line}" for line in error.traceback.splitlines()),
        ]
    return _capped([one_line(line, 300) for line in lines], "more lines in report.json", 2 * _ONE_LINERS)


def _facts(report: Report, directory: Path | None) -> list[str]:
    timing = report.timing
    where = directory / places.HTML if directory else Path("reports/runs") / report.run / places.HTML
    facts = [
        f"{report.plan.executed} of {report.plan.planned} planned cases in {seconds(timing.wall_seconds)}; "
        f"{timing.settling_share:.0%} of the cases' time was the gateway settling"
    ]
    if timing.slowest:
        slowest = timing.slowest[0]
        facts.append(f"slowest: {slowest.case} ({seconds(slowest.seconds)})")
    return [*facts, proof.words(report.suite, report.proof), f"report: {where}"]


def _capped(lines: list[str], more: str, longest: int = _ONE_LINERS) -> list[str]:
    return lines if len(lines) <= longest else [*lines[:longest], f"… {len(lines) - longest} {more}"]


def _rendered(text: Text, colour: bool) -> str:
    buffer = io.StringIO()
    console = Console(file=buffer, force_terminal=colour, color_system="standard" if colour else None, width=10_000)
    console.print(text, soft_wrap=True, highlight=False)
    return buffer.getvalue().rstrip("\n")
