"""Several runs of one target as one: shards, profiles judged apart, or whole runs, which become rounds."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence

from reports import outcomes
from reports.document import BrokenReportError
from reports.events import (
    Case,
    CaseFinished,
    CaseStarted,
    Event,
    EventLog,
    Json,
    Judged,
    PlanMade,
    PreflightChecked,
    Requirement,
    RunFinished,
    RunStarted,
    SecretSeen,
    Settled,
    StepFinished,
)
from reports.model import NOT_SELECTED

A_PART = "only a part was judged"
"""How the relaxation begins that says so."""


def merge(logs: Mapping[str, EventLog]) -> EventLog:
    """One log of all that happened in these runs, by their names; a case that several have executed has rounds.

    Raises:
        BrokenReportError: they are not of one edition, suite, contract and target, so that no verdict speaks for all.
    """
    starts, plans = _beginnings(logs)
    _refuse_strangers(starts, plans)
    requirements = _requirements(list(plans.values()))
    names = _names(plans)
    cases = tuple(
        dataclasses.replace(case, id=names[run][case.id][0], round=names[run][case.id][1])
        for run, plan in plans.items()
        for case in plan.cases
    )
    first = next(iter(plans.values()))
    events: list[Event] = [
        _start(starts, requirements),
        PlanMade(first.time, first.fingerprint, requirements, cases, first.excluded),
        *_preflight(logs),
    ]
    for number, (run, log) in enumerate(logs.items(), 1):
        events += [_renamed(event, names[run], f"{number}.") for event in log.events if _is_of_case(event)]
    events.append(_end(logs))
    return EventLog(tuple(events), sum(log.truncated_lines for log in logs.values()))


def _beginnings(logs: Mapping[str, EventLog]) -> tuple[dict[str, RunStarted], dict[str, PlanMade]]:
    starts, plans = {}, {}
    for run, log in logs.items():
        start, plan = outcomes.started(log), outcomes.plan_made(log)
        if start is None or plan is None:
            raise BrokenReportError(f"{run} has recorded no plan, so there is nothing of it to merge")
        starts[run], plans[run] = start, plan
    return starts, plans


def _refuse_strangers(starts: Mapping[str, RunStarted], plans: Mapping[str, PlanMade]) -> None:
    (one, start), *others = starts.items()
    for other, another in others:
        for what, mine, theirs in (
            ("edition", start.edition.get("name"), another.edition.get("name")),
            ("suite", dict(start.suite), dict(another.suite)),
            ("contract", plans[one].fingerprint[:12], plans[other].fingerprint[:12]),
            ("target", _place(start), _place(another)),
            ("implementation", dict(start.implementation), dict(another.implementation)),
            ("bounds", start.settings.get("bounds"), another.settings.get("bounds")),
        ):
            if mine != theirs:
                raise BrokenReportError(f"{one} and {other} cannot be merged: the {what} differs ({mine}; {theirs})")


def _place(start: RunStarted) -> dict[str, Json]:
    """What makes two targets the same one.

    The embedded gateway listens somewhere else in every run, and a provider that a run deploys has a namespace of its
    own there.
    """
    facts = {name: dict(value) if isinstance(value, Mapping) else value for name, value in start.target.items()}
    if facts.get("kind") == "embedded" and isinstance(facts.get("gateway"), dict):
        facts["gateway"].pop("url", None)
    if isinstance(facts.get("provider"), dict):
        facts["provider"].pop("namespace", None)
    return {**facts, **{name: start.settings.get(name) for name in ("faults", "variants", "features")}}


def _requirements(plans: Sequence[PlanMade]) -> tuple[Requirement, ...]:
    """Each requirement once, as one judged where any of the plans judges it."""
    merged: dict[str, Requirement] = {}
    for plan in plans:
        for row in plan.requirements:
            known = merged.get(row.id)
            if known is None or (known.not_applicable is not None and row.not_applicable is None):
                merged[row.id] = row
    return tuple(merged.values())


def _names(plans: Mapping[str, PlanMade]) -> dict[str, dict[str, tuple[str, int]]]:
    """Run and id of a case there -> its id and round in the merged run."""
    rounds: dict[str, int] = {}
    names: dict[str, dict[str, tuple[str, int]]] = {}
    for run, plan in plans.items():
        names[run] = {}
        for case in plan.cases:
            plain = _plain_id(case)
            rounds[plain] = number = rounds.get(plain, 0) + 1
            names[run][case.id] = (plain if number == 1 else f"{plain}#{number}", number)
    return names


def _plain_id(case: Case) -> str:
    return case.id if case.round == 1 else case.id.removesuffix(f"#{case.round}")


def _start(starts: Mapping[str, RunStarted], requirements: Sequence[Requirement]) -> RunStarted:
    first = min(starts.values(), key=lambda start: start.time)
    everything = all(row.not_applicable != NOT_SELECTED for row in requirements)
    relaxations = dict.fromkeys(words for start in starts.values() for words in start.relaxations)
    return dataclasses.replace(
        first,
        run="+".join(start.run for start in starts.values()),
        settings={
            **first.settings,
            "select": None if everything else [start.settings.get("select") for start in starts.values()],
            "profiles": list(
                dict.fromkeys(name for start in starts.values() for name in start.settings.get("profiles", ()))
            ),
            "merged": [start.run for start in starts.values()],
        },
        relaxations=tuple(words for words in relaxations if not (everything and words.startswith(A_PART))),
    )


def _preflight(logs: Mapping[str, EventLog]) -> Iterator[PreflightChecked]:
    seen = set()
    for log in logs.values():
        for event in log.events:
            if isinstance(event, PreflightChecked) and (event.check, event.outcome) not in seen:
                seen.add((event.check, event.outcome))
                yield event


def _is_of_case(event: Event) -> bool:
    return isinstance(event, CaseStarted | StepFinished | Settled | Judged | CaseFinished | SecretSeen)


def _renamed(event: Event, names: Mapping[str, tuple[str, int]], prefix: str) -> Event:
    if not isinstance(event, CaseStarted | StepFinished | Settled | Judged | CaseFinished | SecretSeen):
        return event
    name, _ = names.get(event.case, (event.case, 1))
    return dataclasses.replace(event, case=name, worker=prefix + event.worker)


def _end(logs: Mapping[str, EventLog]) -> RunFinished:
    """The end of the first run that did not come to its own; else the last of all."""
    last = max(event.time for log in logs.values() for event in log.events)
    for run, log in logs.items():
        end = outcomes.ending(log)
        if end.reason == "missing":
            return RunFinished(last, "interrupted", f"{run} recorded no end")
        if end.reason != "completed":
            return RunFinished(last, end.reason, f"{run}: {end.detail}" if end.detail else run)
    return RunFinished(last, "completed")
