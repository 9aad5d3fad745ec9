"""From events to outcomes: what became of every planned case, and so of every requirement."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from reports import agreement, places, reproduce, sweep
from reports.events import Case, CaseFinished, CaseStarted, EventLog, PlanMade, Requirement, RunFinished, RunStarted
from reports.model import Agreement, CaseResult, Ending, Plan, RequirementOutcome, RequirementResult

_WORST_FIRST: tuple[RequirementOutcome, ...] = ("harness-error", "failed", "not-testable", "passed")
_NO_SCENARIO = "no scenario is planned for it"


def started(log: EventLog) -> RunStarted | None:
    """The first event of the run, if it was recorded."""
    return next((event for event in log.events if isinstance(event, RunStarted)), None)


def plan_made(log: EventLog) -> PlanMade | None:
    """The plan, if it was recorded."""
    return next((event for event in log.events if isinstance(event, PlanMade)), None)


def ending(log: EventLog) -> Ending:
    """How the run ended; the last word counts."""
    for event in reversed(log.events):
        if isinstance(event, RunFinished):
            return Ending(event.reason, event.detail)
    return Ending("missing")


def compare_with_plan(log: EventLog) -> Plan:
    """What was planned, and how what was executed differs from it."""
    plan = plan_made(log)
    planned = {case.id: case for case in plan.cases} if plan else {}
    requirements = {item.id: item for item in plan.requirements} if plan else {}
    finished = [event.case for event in log.events if isinstance(event, CaseFinished)]
    contradictions = [f"{case} was executed and not planned" for case in _once(finished) if case not in planned]
    contradictions += [f"{case} finished {finished.count(case)} times" for case in _repeated(finished)]
    if plan:
        contradictions += [f"{case} is planned twice" for case in _repeated(item.id for item in plan.cases)]
        contradictions += [f"{item} is in the plan twice" for item in _repeated(row.id for row in plan.requirements)]
    for case in planned.values():
        requirement = requirements.get(case.requirement)
        if requirement is None:
            contradictions.append(f"{case.id} is planned for {case.requirement}, which the plan does not hold")
        elif requirement.not_applicable is not None:
            contradictions.append(f"{case.id} is planned although {case.requirement} is not applicable")
    return Plan(
        fingerprint=plan.fingerprint if plan else "",
        planned=len(planned),
        executed=len(set(finished)),
        not_executed=tuple(case for case in planned if case not in set(finished)),
        contradictions=tuple(contradictions),
        unreadable_lines=log.truncated_lines,
    )


def requirements(log: EventLog) -> tuple[RequirementResult, ...]:
    """The result of every requirement of the plan, in the plan's order."""
    plan = plan_made(log)
    if plan is None:
        return ()
    cases = case_results(log, plan)
    run = started(log)
    return tuple(
        _requirement_result(
            row, (*(case for case in cases if case.requirement == row.id), *sweep.result_of(row, log)), run
        )
        for row in plan.requirements
    )


def case_results(log: EventLog, plan: PlanMade) -> tuple[CaseResult, ...]:
    """The result of every planned case, in the plan's order; of a case that finished twice, the worse end counts."""
    ends: dict[str, CaseFinished] = {}
    workers: dict[str, str] = {}
    for event in log.events:
        if isinstance(event, CaseStarted):
            workers[event.case] = event.worker
        elif isinstance(event, CaseFinished):
            known = ends.get(event.case)
            if known is None or _WORST_FIRST.index(event.outcome) < _WORST_FIRST.index(known.outcome):
                ends[event.case] = event
    end_of_run = ending(log)
    return tuple(
        _finished(case, ends[case.id]) if case.id in ends else _unfinished(case, workers.get(case.id), end_of_run)
        for case in plan.cases
    )


def outcome_of(requirement: Requirement, cases: Iterable[CaseResult]) -> RequirementOutcome:
    """The requirement's outcome: the worst of its cases, in the light of its level.

    A failed SHOULD is a warning; so is whatever fails in a MAY or in a provisional requirement, which are not scored.
    """
    if requirement.not_applicable is not None:
        return "not-applicable"
    seen = {case.outcome for case in cases}
    worst: RequirementOutcome = next((outcome for outcome in _WORST_FIRST if outcome in seen), "not-testable")
    if worst == "failed" and (requirement.level != "MUST" or requirement.provisional):
        return "warning"
    return worst


def _requirement_result(row: Requirement, cases: tuple[CaseResult, ...], run: RunStarted | None) -> RequirementResult:
    outcome = outcome_of(row, cases)
    return RequirementResult(
        id=row.id,
        sentence=row.sentence,
        level=row.level,
        profile=row.profile,
        chapter=row.chapter,
        source=row.source,
        feature=row.feature,
        provisional=row.provisional,
        outcome=outcome,
        reason=row.not_applicable if row.not_applicable is not None else None if cases else _NO_SCENARIO,
        note=row.note,
        cases=cases,
        reproduce=reproduce.command(run, row.id, row.profile),
        agreement=_agreement(row, cases),
    )


def _agreement(row: Requirement, cases: tuple[CaseResult, ...]) -> Agreement | None:
    if all(case.round == 1 for case in cases):
        return None
    return agreement.of_rounds([outcome_of(row, members) for members in agreement.rounds_of(cases)])


def _finished(case: Case, end: CaseFinished) -> CaseResult:
    outcome, cause = end.outcome, end.cause
    # A verdict rests on findings alone: an end that contradicts them is a mistake of the suite.
    if outcome == "failed" and not end.findings:
        outcome, cause = "harness-error", f"the case failed without a finding{f': {cause}' if cause else ''}"
    elif outcome == "passed" and end.findings:
        outcome, cause = "harness-error", "the case passed although it has findings"
    elif outcome in ("not-testable", "harness-error") and not cause:
        cause = "the case recorded no cause"
    return CaseResult(
        id=case.id,
        requirement=case.requirement,
        scenario=case.scenario,
        feature=case.feature,
        line=case.line,
        example=case.example,
        round=case.round,
        outcome=outcome,
        seconds=end.seconds,
        settling_seconds=end.settling_seconds,
        executed=True,
        step=end.step,
        step_line=end.line,
        findings=end.findings,
        cause=cause,
        traceback=end.traceback,
        notes=end.notes,
        evidence=None if outcome == "passed" else places.evidence_of(case.id, case.requirement),
    )


def _unfinished(case: Case, worker: str | None, end: Ending) -> CaseResult:
    return CaseResult(
        id=case.id,
        requirement=case.requirement,
        scenario=case.scenario,
        feature=case.feature,
        line=case.line,
        example=case.example,
        round=case.round,
        outcome="not-testable",
        seconds=0.0,
        settling_seconds=0.0,
        executed=False,
        cause=_why_unfinished(worker, end),
        evidence=places.evidence_of(case.id, case.requirement),
    )


def _why_unfinished(worker: str | None, end: Ending) -> str:
    begun = "planned, not executed" if worker is None else "started, not finished"
    detail = f": {end.detail}" if end.detail else ""
    if end.reason == "completed":
        return f"{begun}: " + ("no worker came to it" if worker is None else "its worker was lost")
    if end.reason == "not-started":
        return f"{begun}: the run did not start{detail}"
    if end.reason == "harness-error":
        return f"{begun}: the suite failed{detail}"
    return f"{begun}: run interrupted"


def _once(items: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(items))


def _repeated(items: Iterable[str]) -> list[str]:
    return [item for item, count in Counter(items).items() if count > 1]
