"""The suite's own rate of flakes: `python -m tools.flakes add RUN --load WORDS`, `python -m tools.flakes table`.

A run with --repeat on the reference gateway becomes a record of docs/flakes.yaml, from which the table in docs/trust.md
is made. The reference gateway conforms, so a round disagrees in which it did not pass.
"""

from __future__ import annotations

import argparse
import itertools
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from reports.agreement import at_most, rounds_of
from reports.document import load
from reports.model import CaseResult, Ending, Report, RequirementResult

DATA = Path(__file__).resolve().parents[1] / "docs" / "flakes.yaml"
PAGE = DATA.parent / "trust.md"
BEGIN, END = "<!-- table of flakes.yaml -->", "<!-- end of the table -->"
_COLUMNS = ("edition", "variants", "the machine", "rounds", "requirements", "rounds with a disagreement", "at most")
"""The last is the upper bound of the share of such rounds, at the confidence of reports/agreement.py."""

_SHOWN = 4
"""Requirements that a row names; docs/flakes.yaml has them all."""


def main() -> int:
    """Add a record, or print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    adding = commands.add_parser("add", help="append a run to docs/flakes.yaml")
    adding.add_argument("run", type=Path)
    adding.add_argument("--load", required=True, help="what else the machine did: none, or in words")
    commands.add_parser("table", help="print the table, and put it into docs/trust.md")
    asked = parser.parse_args()
    if asked.command == "add":
        add(record_of(load(asked.run), asked.load))
    sys.stdout.write(publish() + "\n")
    return 0


def records() -> list[dict[str, Any]]:
    """What was measured so far."""
    return list(yaml.safe_load(DATA.read_text(encoding="utf-8"))["records"])


def add(record: dict[str, Any]) -> None:
    """Append a record; what stands above the records stays as it is."""
    head, _, _ = DATA.read_text(encoding="utf-8").partition("records:")
    text = yaml.safe_dump({"records": [*records(), record]}, sort_keys=False, allow_unicode=True, width=120)
    DATA.write_text(head + text, encoding="utf-8")


def publish() -> str:
    """The table, which also goes into the documentation."""
    made = table(records())
    before, begin, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    _, end, after = rest.partition(END)
    PAGE.write_text(f"{before}{begin}\n{made}\n{end}{after}", encoding="utf-8")
    return made


def record_of(report: Report, machine: str) -> dict[str, Any]:
    """A run as a record. A run of one round counts too: it disagrees where the gateway was not found to conform.

    Of a run that somebody interrupted, what was executed by then counts: as many rounds as each requirement has had.
    """
    judged = {
        item.id: _counted(item, report.ending) for item in report.requirements if item.outcome != "not-applicable"
    }
    rounds = min((len({case.round for case in cases}) for cases in judged.values() if cases), default=0)
    bad = {name: off for name, cases in judged.items() if (off := _bad_rounds(cases))}
    return {
        "date": report.timing.started_at[:10],
        "commit": report.suite.get("commit", ""),
        "edition": str(report.edition.get("name")),
        "variants": list(report.settings.get("variants", ())),
        "selection": report.settings.get("select"),
        "workers": report.settings.get("workers"),
        "machine": machine,
        "rounds": rounds,
        "requirements": sum(map(bool, judged.values())),
        "cases": report.plan.executed,
        "wallSeconds": round(report.timing.wall_seconds),
        "badRounds": len({number for numbers in bad.values() for number in numbers}),
        "disagreements": {name: f"round {', '.join(map(str, numbers))}" for name, numbers in bad.items()},
    }


def _counted(item: RequirementResult, ending: Ending) -> list[CaseResult]:
    return [case for case in item.cases if case.executed or ending.reason != "interrupted"]


def _bad_rounds(cases: Sequence[CaseResult]) -> list[int]:
    """Rounds in which the reference gateway did not pass a requirement; a round without a whole execution is one."""
    good = {members[0].round for members in rounds_of(cases) if all(case.outcome == "passed" for case in members)}
    return sorted({case.round for case in cases} - good)


def table(found: list[dict[str, Any]]) -> str:
    """All records, one row for each edition, variants, selection and kind of machine, and their sum.

    What a disagreement came from has been mended each time, so the rounds since the last one have a row of their own.
    """
    rows = [f"| {' | '.join(_COLUMNS)} |", "|---" * len(_COLUMNS) + "|"]
    groups: dict[tuple[str, str, str], list[dict[str, Any]]] = {}
    for one in found:
        what = one["edition"] + (f" ({one['selection']})" if one["selection"] else "")
        groups.setdefault((what, ", ".join(one["variants"]) or "none", one["machine"]), []).append(one)
    rows += [_row(*key, members) for key, members in groups.items()]
    rows.append(_row("**all**", "", "", found))
    rows.append(_row("**since the last disagreement**", "", "", _since_the_last_disagreement(found)))
    return "\n".join(rows)


def _since_the_last_disagreement(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return list(itertools.takewhile(lambda one: not one["badRounds"], reversed(found)))


def _row(what: str, variants: str, machine: str, members: list[dict[str, Any]]) -> str:
    rounds = sum(one["rounds"] for one in members)
    bad = sum(one["badRounds"] for one in members)
    numbers = sorted({one["requirements"] for one in members})
    named = _shortened(list(dict.fromkeys(name for one in members for name in one["disagreements"])))
    share = f"{at_most(bad, rounds):.0%}" if rounds else "–"
    judged = "–".join(map(str, dict.fromkeys((numbers[0], numbers[-1])))) if numbers else "–"
    return (
        f"| {what} | {variants} | {machine} | {rounds} | {judged} | {bad}{f' ({named})' if named else ''} | {share} |"
    )


def _shortened(names: list[str]) -> str:
    shown, more = names[:_SHOWN], len(names) - _SHOWN
    return ", ".join(shown) + (f" and {more} more" if more > 0 else "")


if __name__ == "__main__":
    sys.exit(main())
