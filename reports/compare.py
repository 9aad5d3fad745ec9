"""What changed between two reports, and what one report says; both read from report.json."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from reports import console
from reports.document import load
from reports.events import Json
from reports.failure_text import requirement_headline
from reports.model import Report, RequirementOutcome
from reports.text import one_line

_LINES_PER_KIND = 6
_RED: tuple[RequirementOutcome, ...] = ("failed", "not-testable", "harness-error")


@dataclass(frozen=True)
class Change:
    """A requirement whose outcome is not what it was."""

    requirement: str
    before: RequirementOutcome
    after: RequirementOutcome
    headline: str
    """First line of its text in the new report; "" if it passed or does not apply."""


@dataclass(frozen=True)
class Difference:
    """Two reports compared, by requirement id."""

    old_sentence: str
    new_sentence: str
    newly_failing: tuple[Change, ...]
    """Failed now, and not before."""
    fixed: tuple[Change, ...]
    """Passed now, and failed before."""
    still_failing: tuple[Change, ...]
    changed: tuple[Change, ...]
    """Every other change of outcome."""
    appeared: tuple[str, ...]
    """Requirements that only the new report holds; one that failed is in ``newly_failing`` too."""
    vanished: tuple[str, ...]
    settings: Mapping[str, tuple[str, str]]
    """Circumstances that differ, old and new: a change of outcome may come from them and not from the gateway."""

    @property
    def worse(self) -> bool:
        """Whether the news is bad: something fails, or is not judged any more, that was not so before."""
        return bool(self.newly_failing or self.vanished or any(change.after in _RED for change in self.changed))

    @property
    def news(self) -> bool:
        """Whether anything differs that a reader has to look at."""
        return bool(self.newly_failing or self.fixed or self.changed or self.appeared or self.vanished)


def diff(old: Report, new: Report) -> Difference:
    """What changed from the old report to the new one."""
    before = {item.id: item.outcome for item in old.requirements}
    newly: list[Change] = []
    fixed: list[Change] = []
    still: list[Change] = []
    changed: list[Change] = []
    for item in new.requirements:
        was = before.get(item.id, "not-applicable")
        change = Change(item.id, was, item.outcome, requirement_headline(item))
        if item.outcome == "failed":
            (still if was == "failed" else newly).append(change)
        elif was == "failed" and item.outcome == "passed":
            fixed.append(change)
        elif was != item.outcome and item.id in before:
            changed.append(change)
    after = {item.id for item in new.requirements}
    return Difference(
        old_sentence=old.sentence,
        new_sentence=new.sentence,
        newly_failing=tuple(newly),
        fixed=tuple(fixed),
        still_failing=tuple(still),
        changed=tuple(sorted(changed, key=lambda change: change.after not in _RED)),
        appeared=tuple(item.id for item in new.requirements if item.id not in before),
        vanished=tuple(id_ for id_ in before if id_ not in after),
        settings=_differing(_circumstances(old), _circumstances(new)),
    )


def render(difference: Difference) -> str:
    """The difference as text: the news first, then what else moved, then the circumstances that differ."""
    blocks = [[f"was  {difference.old_sentence}", f"now  {difference.new_sentence}"]]
    if not difference.news:
        blocks.append(["no requirement has another outcome than before"])
    blocks += [
        _titled("newly failing", [change.headline for change in difference.newly_failing]),
        _titled("fixed", [change.requirement for change in difference.fixed]),
        _titled("still failing", [change.headline for change in difference.still_failing]),
        _titled("changed", [_arrow(change) for change in difference.changed]),
        _titled("appeared", list(difference.appeared)),
        _titled("vanished", list(difference.vanished)),
        _titled("run differently", [f"{key}: {old} → {new}" for key, (old, new) in difference.settings.items()]),
    ]
    return "\n\n".join("\n".join(block) for block in blocks if block)


def show(path: Path, colour: bool = False) -> str:
    """The console's summary of a report.json, or of a run's directory that holds one.

    Raises:
        BrokenReportError: there is none, or it cannot be read.
    """
    return console.summary(load(path), colour, path if path.is_dir() else path.parent)


def _titled(title: str, lines: list[str]) -> list[str]:
    if not lines:
        return []
    shown = [f"  {one_line(line)}" for line in lines[:_LINES_PER_KIND]]
    if len(lines) > _LINES_PER_KIND:
        shown.append(f"  … {len(lines) - _LINES_PER_KIND} more")
    return [f"{title} ({len(lines)})", *shown]


def _arrow(change: Change) -> str:
    return f"{change.requirement} {change.before} → {change.after}" + (
        f": {change.headline.partition(': ')[2]}" if change.headline else ""
    )


def _circumstances(report: Report) -> dict[str, Json]:
    return {
        "edition": report.edition.get("name"),
        "target": report.target.get("kind"),
        "implementation": _named(report.implementation),
        "suite": _named(report.suite),
        "plan": report.plan.fingerprint[:12],
        "relaxations": list(report.relaxations),
        **report.settings,
    }


def _named(facts: Mapping[str, str]) -> str:
    return " ".join(facts[key] for key in ("project", "version", "commit") if facts.get(key))


def _differing(old: Mapping[str, Json], new: Mapping[str, Json]) -> dict[str, tuple[str, str]]:
    return {
        key: (_said(old.get(key)), _said(new.get(key)))
        for key in dict.fromkeys([*old, *new])
        if old.get(key) != new.get(key)
    }


def _said(value: Json) -> str:
    if isinstance(value, list):
        return ", ".join(str(item) for item in value) or "none"
    return "none" if value in (None, "") else str(value)
