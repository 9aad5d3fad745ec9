"""From the events of a run to its report, and to everything that is written from it."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from reports import (
    agreement,
    allure,
    evidence,
    grouping,
    html,
    junit,
    outcomes,
    places,
    report_json,
    seal,
    timing,
    verdict,
)
from reports.events import Event, EventLog, PreflightChecked, read
from reports.model import HarnessError, PreflightLine, Report

Writer = Callable[[Report, EventLog, Path], None]

WRITERS: Mapping[str, Writer] = {
    places.EVIDENCE: evidence.write,
    places.JUNIT: junit.write,
    places.HTML: html.write,
    places.ALLURE: allure.write,
    places.REPORT: report_json.write,
}
"""Every writer by what it writes."""


def build(log: EventLog, harness_errors: Sequence[HarnessError] = ()) -> Report:
    """The report of any log, also of one that is empty, cut off or damaged; such a run is incomplete."""
    run = outcomes.started(log)
    plan = outcomes.compare_with_plan(log)
    made = outcomes.plan_made(log)
    end = outcomes.ending(log)
    requirements = outcomes.requirements(log)
    excluded = made.excluded if made else {}
    relaxations = run.relaxations if run else ()
    edition = run.edition if run else {}
    not_covered = verdict.not_covered(requirements, excluded)
    decision = verdict.decide(requirements, plan, end, relaxations, harness_errors)
    return Report(
        run=run.run if run else "",
        verdict=decision.word,
        exit_code=decision.exit_code,
        sentence=verdict.sentence(decision, edition, requirements, not_covered),
        edition=edition,
        target=run.target if run else {},
        implementation=run.implementation if run else {},
        suite=run.suite if run else {},
        settings=run.settings if run else {},
        relaxations=relaxations,
        not_covered=not_covered,
        timing=timing.of(log, [case for requirement in requirements for case in requirement.cases]),
        summary=verdict.counts(requirements),
        plan=plan,
        ending=end,
        causes=grouping.causes(requirements),
        harness_errors=tuple(harness_errors),
        preflight=tuple(
            PreflightLine(event.check, event.outcome, event.detail, event.advice)
            for event in log.events
            if isinstance(event, PreflightChecked)
        ),
        excluded=excluded,
        requirements=requirements,
        proof=run.proof if run else {},
        repetition=agreement.of_run(requirements),
    )


def read_log(directory: Path) -> EventLog:
    """The log of a run's directory; empty if the run recorded nothing. Damaged text is read as far as it goes."""
    path = directory / places.EVENTS
    if not path.exists():
        return EventLog()
    with path.open(encoding="utf-8", errors="replace", newline="\n") as file:
        return read(file)


def write_all(directory: Path, writers: Mapping[str, Writer] = WRITERS, unwritten: Sequence[Event] = ()) -> Report:
    """Build the report from the directory's events.ndjson and write all of it there.

    ``unwritten`` are events that could not be appended to it: with a full disk, the end of the run.

    A writer that fails does not keep the others from writing. It is an error of the suite, named in the report that is
    returned; what the others wrote is then written once more, so that no file claims more than the report does.
    """
    recorded = read_log(directory)
    log = EventLog((*recorded.events, *unwritten), recorded.truncated_lines)
    report = build(log)
    errors = _write(writers, report, log, directory)
    if errors:
        report = build(log, tuple(errors.values()))
        whole = {name: writer for name, writer in writers.items() if name not in errors}
        errors |= _write(whole, report, log, directory)
        report = build(log, tuple(errors.values()))
    sealing = _write({places.SEAL: lambda report, log, directory: seal.write(directory)}, report, log, directory)
    return build(log, (*errors.values(), *sealing.values())) if sealing else report


def _write(writers: Mapping[str, Writer], report: Report, log: EventLog, directory: Path) -> dict[str, HarnessError]:
    errors = {}
    for name, write in writers.items():
        try:
            write(report, log, directory)
        except Exception as error:  # whatever a writer runs into, the others still have to write
            errors[name] = HarnessError(
                f"{name} could not be written", f"{type(error).__name__}: {error}", traceback.format_exc()
            )
    return errors
