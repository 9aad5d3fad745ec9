"""`conformance report verify`: judge what a run has recorded once more, and compare with what it reported."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fixtures.errors import ConfigurationError
from fixtures.repeating import repeat
from reports import build, outcomes, places, seal
from reports.document import load, to_document
from reports.events import CaseFinished, EventLog, Judged
from suite import plan

VERIFIED, DIFFERENT = 0, 1
_SHOWN = 10
_OWN = ("harnessErrors", "verdict", "exitCode", "sentence")
"""What a report says when a writer of it failed, which no event tells of; compared only where none did."""


@dataclass
class Verification:
    """What came of it."""

    judgements: int = 0
    unrepeatable: Counter[str] = field(default_factory=Counter)
    """How many judgements could not be made again, by reason."""
    differences: list[str] = field(default_factory=list)


def verify(directory: Path, say: Callable[[str], None]) -> int:
    """Verify the run of a directory; 0 if everything comes to the same again, 1 if not.

    Raises:
        ConfigurationError: the run is not as it was when it ended, or was judged by another contract than is here.
        BrokenReportError: it has no report.
    """
    recorded = load(directory)
    problems = seal.broken(directory)
    if problems:
        more = f" and {len(problems) - 1} more" if len(problems) > 1 else ""
        raise ConfigurationError(f"{directory} is not as the run left it: {problems[0]}{more}")
    here = plan.fingerprint()
    if recorded.plan.fingerprint != here:
        raise ConfigurationError(
            f"the run was judged by another contract (fingerprint {recorded.plan.fingerprint[:12]}, here {here[:12]}); "
            f"verify it with the suite that made it: version {recorded.suite.get('version')}, "
            f"commit {recorded.suite.get('commit') or 'unknown'}"
        )
    log = build.read_log(directory)
    result = judge_again(log)
    result.differences += _differing(to_document(build.build(log)), _document(directory), bool(recorded.harness_errors))
    for line in result.differences[:_SHOWN]:
        say(line)
    if len(result.differences) > _SHOWN:
        say(f"… {len(result.differences) - _SHOWN} more")
    for reason, count in result.unrepeatable.most_common():
        say(f"{count} judgements could not be repeated: {reason}")
    words = f"{result.judgements} judgements of {recorded.plan.executed} cases repeated"
    if result.differences:
        say(f"NOT verified: {words}; {len(result.differences)} things differ from what was reported")
        return DIFFERENT
    say(f"verified: {words}; they and the report come to the same: {recorded.sentence}")
    return VERIFIED


def judge_again(log: EventLog) -> Verification:
    """Every recorded judgement once more, and whether the ends of the cases follow from them."""
    result = Verification()
    for event in log.events:
        if isinstance(event, Judged):
            verdict, words = repeat(event)
            result.judgements += verdict != "unrepeatable"
            if verdict == "unrepeatable":
                result.unrepeatable[words] += 1
            elif verdict == "different":
                result.differences.append(f"{event.case}: {words}")
        elif isinstance(event, CaseFinished):
            result.differences += _end(event, [item for item in log.of_case(event.case) if isinstance(item, Judged)])
    made = outcomes.plan_made(log)
    result.differences += outcomes.compare_with_plan(log).contradictions if made else ("the run recorded no plan",)
    return result


def _end(event: CaseFinished, judged: list[Judged]) -> Iterator[str]:
    """What a case ended with must follow from what it has judged."""
    found = [finding for item in judged for finding in item.findings]
    if event.outcome == "passed" and not judged:
        yield f"{event.case}: passed, and judged nothing"
    elif event.outcome == "passed" and found:
        yield f"{event.case}: passed, although it judged {found[-1].code}"
    elif event.outcome == "failed" and any(finding not in found for finding in event.findings):
        yield f"{event.case}: failed with a finding that no judgement made"


def _document(directory: Path) -> Mapping[str, Any]:
    document: dict[str, Any] = json.loads((directory / places.REPORT).read_text(encoding="utf-8"))
    return document


def _differing(again: Mapping[str, Any], reported: Mapping[str, Any], harness: bool) -> Iterator[str]:
    """The report as it follows from the events, and as it stands in report.json."""
    again = json.loads(json.dumps(again))
    for name in again:
        if again[name] != reported.get(name) and not (harness and name in _OWN):
            if name != "requirements":
                yield f"report.json: {name} does not follow from the events"
                continue
            known = {item["id"]: item for item in reported[name]}
            yield from (
                f"report.json: {item['id']} is {known.get(item['id'], {}).get('outcome', 'missing')}, "
                f"and by the events {item['outcome']}"
                for item in again[name]
                if item != known.get(item["id"])
            )
