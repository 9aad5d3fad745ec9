"""What the look at everything has found: keys of providers in what the gateway puts out, whatever case ran."""

from __future__ import annotations

from collections.abc import Mapping

from reports.events import EventLog, Finding, Requirement, SecretSeen, Surface
from reports.model import CaseResult

_WHERE: Mapping[Surface, tuple[str, str]] = {
    "answers": ("key-in-answer", "A debug header, or an error that quotes the request to the provider."),
    "objects": ("key-in-object", "A status or Event that quotes the Secret, or the request to the provider."),
    "logs": ("key-in-log", "A log line that shows a request's headers, or the Secret."),
    "metrics": ("key-in-metrics", "A label whose value is taken from the request's headers."),
}
SCENARIO = "whatever the run has looked at"


def result_of(requirement: Requirement, log: EventLog) -> tuple[CaseResult, ...]:
    """What was found against a requirement, as a case beside the planned ones; nothing if nothing was.

    What a case of the requirement itself has seen is that case's to judge.
    """
    own = f"{requirement.id}/"
    seen = [
        event
        for event in log.events
        if isinstance(event, SecretSeen) and event.surface in requirement.sweeps and not event.case.startswith(own)
    ]
    if not seen or requirement.not_applicable is not None:
        return ()
    places: dict[tuple[str, str, str], list[SecretSeen]] = {}
    for event in seen:
        places.setdefault((event.canary, event.place, event.encoding), []).append(event)
    return (
        CaseResult(
            id=f"{requirement.id}/the-whole-run",
            requirement=requirement.id,
            scenario=SCENARIO,
            feature="features/requirements.yaml",
            line=1,
            example=None,
            outcome="failed",
            seconds=0.0,
            settling_seconds=0.0,
            executed=True,
            findings=tuple(_finding(events) for events in places.values()),
        ),
    )


def _finding(events: list[SecretSeen]) -> Finding:
    first = events[0]
    code, likely = _WHERE[first.surface]
    cases = dict.fromkeys(event.case for event in events if event.case)
    more = f" and {len(cases) - 1} other cases" if len(cases) > 1 else ""
    during = f" (seen in {next(iter(cases))}{more})" if cases else ""
    form = "" if first.encoding == "raw" else f" ({first.encoding})"
    return Finding(
        code=code,
        summary=f"expected no key of a provider anywhere, got ‹{first.canary}› in {first.place}{form}{during}",
        likely=likely,
    )
