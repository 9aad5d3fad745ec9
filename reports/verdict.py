"""From outcomes to the verdict: one word, one exit code and one sentence for a release manager."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from reports.model import (
    LEVELS,
    NOT_SELECTED,
    REQUIREMENT_OUTCOMES,
    Ending,
    HarnessError,
    Plan,
    RequirementOutcome,
    RequirementResult,
    VerdictWord,
)

CONFORMANT, NONCONFORMANT, INCOMPLETE, HARNESS_ERROR = 0, 1, 3, 4
"""Exit codes of a run; 2 is for bad usage and never the result of a report."""

_LISTED = 4
_NAMED_IN_COUNTS: Mapping[RequirementOutcome, str] = {
    "failed": "failure",
    "warning": "warning",
    "not-testable": "not testable",
    "harness-error": "harness error",
}


@dataclass(frozen=True)
class Verdict:
    """What a run says about the gateway."""

    word: VerdictWord
    exit_code: int
    because: str
    """What the word rests on, without the counts."""


def decide(
    requirements: Sequence[RequirementResult],
    plan: Plan,
    ending: Ending,
    relaxations: Sequence[str] = (),
    harness_errors: Sequence[HarnessError] = (),
) -> Verdict:
    """The verdict.

    A run that did not come to its own end, or that contradicts its plan, says nothing about the gateway, whatever it
    found. Otherwise a failed MUST decides; and only if all that is scored was judged is the gateway conformant.
    """
    if (unusable := _unusable(plan, ending)) is not None:
        return unusable
    scored = [requirement for requirement in requirements if requirement.scored]
    failed = [requirement.id for requirement in scored if requirement.outcome == "failed"]
    if failed:
        return Verdict("nonconformant", NONCONFORMANT, f"{len(failed)} MUST failed ({_listed(failed)})")
    # Of what is not scored, too: a suite that fails in one place is not to be trusted in the others.
    broken = [item.id for item in requirements if _has_case(item, "harness-error")]
    if broken:
        return Verdict("incomplete", HARNESS_ERROR, f"the suite itself failed in {_listed(broken)}")
    if harness_errors:
        return Verdict("incomplete", HARNESS_ERROR, f"the suite itself failed: {_errors(harness_errors)}")
    unjudged = [item.id for item in scored if not item.cases or _has_case(item, "not-testable")]
    if unjudged:
        return Verdict("incomplete", INCOMPLETE, f"{len(unjudged)} not testable ({_listed(unjudged)})")
    if plan.not_executed:
        return Verdict("incomplete", INCOMPLETE, f"planned, not executed: {_listed(plan.not_executed)}")
    if plan.unreadable_lines:
        return Verdict("incomplete", INCOMPLETE, f"{_number(plan.unreadable_lines, 'recorded event')} unreadable")
    if relaxations:
        return Verdict("conformant with relaxations", CONFORMANT, "; ".join(relaxations))
    return Verdict("conformant", CONFORMANT, "")


def sentence(
    verdict: Verdict,
    edition: Mapping[str, object],
    requirements: Sequence[RequirementResult],
    not_covered: Sequence[str],
) -> str:
    """``Nonconformant, edition runbook: 1 MUST failed (EM-CRED-004); 33 of 34 MUST passed; not covered: …``."""
    name = edition.get("name")
    head = verdict.word.capitalize()
    if name and verdict.word != "incomplete":
        head = f"{head}, edition {name}"
    if verdict.because:
        head = f"{head} ({verdict.because})" if verdict.exit_code == CONFORMANT else f"{head}: {verdict.because}"
    tail = f"not covered: {', '.join(not_covered)}" if not_covered else ""
    separator = ": " if verdict.exit_code == CONFORMANT else "; "
    return f"{head}{separator}{'; '.join(part for part in (_counts(requirements, verdict), tail) if part)}."


def counts(requirements: Sequence[RequirementResult]) -> dict[str, dict[str, int]]:
    """Number of requirements by level and outcome; every level and every outcome is there, if only with 0."""
    seen = Counter((requirement.level, requirement.outcome) for requirement in requirements)
    return {level: {outcome: seen[level, outcome] for outcome in REQUIREMENT_OUTCOMES} for level in LEVELS}


def not_covered(requirements: Sequence[RequirementResult], excluded: Mapping[str, str]) -> tuple[str, ...]:
    """What the run did not judge: whole profiles by name, the rest by number, and by itself what nobody asked for."""
    not_selected = sum(1 for requirement in requirements if requirement.reason == NOT_SELECTED)
    profiles = dict.fromkeys(requirement.profile for requirement in requirements)
    parts = []
    single = 0
    for profile in profiles:
        members = [requirement for requirement in requirements if requirement.profile == profile]
        left_out = sum(1 for item in members if item.outcome == "not-applicable" and item.reason != NOT_SELECTED)
        if left_out == len(members):
            parts.append(f"profile {profile} ({_number(left_out, 'requirement')})")
        else:
            single += left_out
    if single:
        parts.append(f"{_number(single, 'requirement')} not applicable")
    if not_selected:
        parts.append(f"{_number(not_selected, 'requirement')} not selected")
    if excluded:
        parts.append(f"{len(excluded)} excluded by the catalogue")
    return tuple(parts)


def _unusable(plan: Plan, ending: Ending) -> Verdict | None:
    detail = f": {ending.detail}" if ending.detail else ""
    if ending.reason == "interrupted":
        return Verdict("incomplete", INCOMPLETE, f"the run was interrupted{detail}")
    if ending.reason == "missing":
        return Verdict("incomplete", INCOMPLETE, "the run stopped without recording an end")
    if ending.reason == "not-started":
        return Verdict("incomplete", INCOMPLETE, f"the run did not start{detail}")
    if ending.reason == "harness-error":
        return Verdict("incomplete", HARNESS_ERROR, f"the suite itself failed{detail}")
    if plan.contradictions:
        return Verdict("incomplete", HARNESS_ERROR, f"the run contradicts its plan: {_listed(plan.contradictions)}")
    if not plan.executed:
        return Verdict("incomplete", INCOMPLETE, "nothing was executed")
    return None


def _counts(requirements: Sequence[RequirementResult], verdict: Verdict) -> str:
    parts = []
    for level in LEVELS:
        members = [item for item in requirements if item.level == level and item.outcome != "not-applicable"]
        scored = [item for item in members if not item.provisional]
        if scored:
            passed = sum(1 for item in scored if item.outcome == "passed")
            parts.append(f"{passed} of {len(scored)} {level} passed")
    provisional = sum(1 for item in requirements if item.provisional and item.outcome != "not-applicable")
    if provisional:
        parts.append(f"{provisional} provisional not scored")
    seen = Counter(item.outcome for item in requirements)
    if verdict.word == "nonconformant":
        del seen["failed"]  # they are what the verdict rests on, and named before
    parts += [_number(seen[outcome], noun) for outcome, noun in _NAMED_IN_COUNTS.items() if seen[outcome]]
    return ", ".join(parts) or "no requirement was judged"


def _has_case(requirement: RequirementResult, outcome: str) -> bool:
    return any(case.outcome == outcome for case in requirement.cases)


def _errors(errors: Sequence[HarnessError]) -> str:
    return "; ".join(f"{error.where}: {error.message}" for error in errors)


def _listed(items: Sequence[str]) -> str:
    shown = ", ".join(items[:_LISTED])
    return f"{shown} and {len(items) - _LISTED} more" if len(items) > _LISTED else shown


def _number(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 or noun == "not testable" else f"{count} {noun}s"
