"""Where the time of a run went, and how much of it the gateway spent on settling."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from reports import outcomes
from reports.events import EventLog
from reports.model import CaseResult, SlowCase, Timing

_SLOWEST = 5


def of(log: EventLog, cases: Sequence[CaseResult]) -> Timing:
    """The timing of a run: from its first event to its last, and over its cases."""
    run = outcomes.started(log)
    total = sum(case.seconds for case in cases)
    settling = sum(case.settling_seconds for case in cases)
    slowest = sorted((case for case in cases if case.executed), key=lambda case: -case.seconds)[:_SLOWEST]
    return Timing(
        started_at=datetime.fromtimestamp(run.time, UTC).isoformat(timespec="milliseconds") if run else "",
        wall_seconds=round(max(event.time for event in log.events) - run.time, 3) if run else 0.0,
        cases_seconds=round(total, 3),
        settling_seconds=round(settling, 3),
        settling_share=round(settling / total, 3) if total else 0.0,
        slowest=tuple(SlowCase(case.id, case.seconds, case.settling_seconds) for case in slowest),
    )
