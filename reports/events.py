"""What happens in a run, as values: one JSON object a line in events.ndjson, appended while the run goes on.

Everything that a report says is derived from these events and from nothing else, so an interrupted run keeps its
evidence and a report can be built again at any time. No event holds a secret: secret-like values are written as
``‹canary name›`` or ``‹sha256:…›`` before they get here.
"""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import json
import types
import typing
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal, Union

Surface = Literal["answers", "objects", "logs", "metrics"]
"""What a gateway puts out: answers to clients, Kubernetes objects (Events among them), logs, metrics."""
Outcome = Literal["passed", "failed", "not-testable", "harness-error"]
Level = Literal["MUST", "SHOULD", "MAY"]
Json = Any


@dataclass(frozen=True)
class Finding:
    """One way in which the gateway did not do what a requirement asks; the failure message is made of these fields."""

    code: str
    """Kebab-case name of the kind of finding, e.g. ``forwarded-without-credential``; stable across releases."""
    summary: str
    """``expected 500 "…", got 200``: expected and observed in the same units; becomes the first line of the message."""
    observed: tuple[str, ...] = ()
    """A histogram of everything the client saw, most frequent first, with times: ``200 ×41 · 503 ×2``."""
    provider_saw: tuple[str, ...] = ()
    """What the provider's journal says about the same requests."""
    objects: tuple[str, ...] = ()
    """States of Kubernetes objects that matter: ``MaaSModelRef alpha Ready=True``."""
    likely: str = ""
    """The most likely cause, one sentence, or nothing where that would be a guess."""


@dataclass(frozen=True)
class Requirement:
    """One row of the catalogue as it stood in this run's edition."""

    id: str
    sentence: str
    level: Level
    profile: str
    chapter: str
    source: str
    feature: str | None = None
    """An optional ability that a gateway declares; the requirement is judged only if the target declares it."""
    provisional: bool = False
    """Judged and reported, but not scored."""
    not_applicable: str | None = None
    """Why this run does not judge it (edition, profile, feature or selection says so); None where it does."""
    note: str | None = None
    """What the edition says beside it: a disagreement of the sources, or the sentence that leaves a choice."""
    sweeps: tuple[Surface, ...] = ()
    """Where a provider's key must not stand, whatever the case in which it is seen there."""


@dataclass(frozen=True)
class Case:
    """One scenario, or one row of a scenario outline, that the run has planned to execute."""

    id: str
    """``EM-CRED-004/label-value-other-than-true/upper-case``; no secret in it, and independent of the order."""
    requirement: str
    scenario: str
    feature: str
    """Path of the feature file from the repository's root."""
    line: int
    """Line of the scenario, or of the example's row."""
    example: str | None = None
    round: int = 1
    """Which of its executions this is, where a run executes every case more than once."""


@dataclass(frozen=True)
class RunStarted:
    """First event of every run."""

    type: ClassVar[str] = "run.started"
    time: float
    run: str
    suite: Mapping[str, str]
    """``version``, ``commit`` (may be empty)."""
    edition: Mapping[str, Json]
    """``name``, ``title``, ``detected`` (the evidence, or null), ``knownLimits`` ([sentence])."""
    target: Mapping[str, Json]
    """``kind`` and what it is made of: ``kubernetes``, ``gateway``, ``provider``, each a mapping of facts."""
    implementation: Mapping[str, str]
    """``organization``, ``project``, ``url``, ``version``, ``contact``."""
    settings: Mapping[str, Json]
    """Everything that can change the verdict: bounds, workers, selection, profiles, faults, variants."""
    relaxations: tuple[str, ...] = ()
    """Sentences; with any of them the verdict reads "conformant with relaxations"."""
    proof: Mapping[str, Json] = field(default_factory=dict)
    """How the suite did when it was tried on faults and lawful variants: ``caught`` of ``faults``, ``green`` of
    ``variants``, ``made`` (a date), ``version`` and ``commit`` then, ``current`` if the contract is still the same."""


@dataclass(frozen=True)
class PlanMade:
    """What the run is going to judge; a report whose executed cases differ from it is refused."""

    type: ClassVar[str] = "plan.made"
    time: float
    fingerprint: str
    """SHA-256 over catalogue, edition and feature files."""
    requirements: tuple[Requirement, ...]
    cases: tuple[Case, ...]
    excluded: Mapping[str, str] = field(default_factory=dict)
    """Rows of the catalogue that the suite does not judge in any run: id and written reason."""


@dataclass(frozen=True)
class PreflightChecked:
    """One line of the preflight."""

    type: ClassVar[str] = "preflight.checked"
    time: float
    check: str
    outcome: Literal["passed", "failed"]
    detail: str
    advice: str = ""


@dataclass(frozen=True)
class CaseStarted:
    """A worker has begun with a case."""

    type: ClassVar[str] = "case.started"
    time: float
    worker: str
    case: str


@dataclass(frozen=True)
class StepFinished:
    """A Gherkin step has ended."""

    type: ClassVar[str] = "step.finished"
    time: float
    worker: str
    case: str
    keyword: str
    text: str
    line: int
    outcome: Outcome
    seconds: float


@dataclass(frozen=True)
class Settled:
    """A settle has ended: how long the gateway took to show, and to keep showing, what was expected."""

    type: ClassVar[str] = "settled"
    time: float
    worker: str
    case: str
    expectation: str
    held: bool
    converged_after: float | None
    """Seconds from the start of the settle to the first observation of the streak that held; None if none held."""
    seconds: float
    samples: int
    histogram: Mapping[str, int]


@dataclass(frozen=True)
class Judged:
    """A pure judgement over an observation, with both, so that it can be repeated later without the cluster."""

    type: ClassVar[str] = "judged"
    time: float
    worker: str
    case: str
    judgement: str
    expectation: Mapping[str, Json]
    observation: Mapping[str, Json]
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class Diagnosed:
    """What the cluster showed of a case that did not pass, before it was deleted."""

    type: ClassVar[str] = "diagnosed"
    time: float
    worker: str
    case: str
    texts: Mapping[str, str]
    """Name of a file -> its content: ``objects.yaml``, ``events.txt``, ``logs-<namespace>.txt``."""


@dataclass(frozen=True)
class SecretSeen:
    """A provider's key stood in what the gateway puts out; found by a look at everything, whatever a case is about."""

    type: ClassVar[str] = "secret.seen"
    time: float
    worker: str
    case: str
    """The case that ran; empty for what is looked at when the run ends."""
    canary: str
    """Its name, as people read it: ``alpha.key``."""
    surface: Surface
    place: str
    """``header x-debug of an answer``, ``the Event alpha-1 in namespace …``, ``line 12 of envoy.log``."""
    encoding: str


@dataclass(frozen=True)
class CaseFinished:
    """A case has ended. ``failed`` has findings; ``not-testable`` and ``harness-error`` have a cause."""

    type: ClassVar[str] = "case.finished"
    time: float
    worker: str
    case: str
    outcome: Outcome
    seconds: float
    settling_seconds: float
    step: str | None = None
    """Keyword and text of the step at which it ended, unless it passed."""
    line: int | None = None
    findings: tuple[Finding, ...] = ()
    cause: str | None = None
    """One sentence. Cases with the same cause are reported together, once."""
    traceback: str | None = None
    """Only for a harness error."""
    notes: tuple[str, ...] = ()
    """What was seen where the contract leaves a choice: ``the status of the refusal was 500``."""


@dataclass(frozen=True)
class RunFinished:
    """Last event of every run that came to its end, whatever end that was."""

    type: ClassVar[str] = "run.finished"
    time: float
    reason: Literal["completed", "interrupted", "harness-error", "not-started"]
    detail: str = ""


Event = Union[  # noqa: UP007 - typing.get_args needs it at run time
    RunStarted,
    PlanMade,
    PreflightChecked,
    CaseStarted,
    StepFinished,
    Settled,
    Judged,
    Diagnosed,
    SecretSeen,
    CaseFinished,
    RunFinished,
]

_START = '{"type":"'
_TYPES: dict[str, type[Any]] = {event.type: event for event in typing.get_args(Event)}


@dataclass(frozen=True)
class EventLog:
    """The events of one run in the order in which they were written."""

    events: tuple[Event, ...] = field(default=())
    truncated_lines: int = 0
    """Lines that were not whole JSON objects: a run that was killed while it wrote leaves at most one a worker."""

    def of_case(self, case: str) -> Sequence[Event]:
        """The events of one case, in order."""
        return self._by_case.get(case, ())

    @functools.cached_property
    def _by_case(self) -> dict[str, list[Event]]:
        cases: dict[str, list[Event]] = {}
        for event in self.events:
            if isinstance(event, CaseStarted | StepFinished | Settled | Judged | Diagnosed | CaseFinished):
                cases.setdefault(event.case, []).append(event)
        return cases


def to_line(event: Event) -> str:
    """The event as one line of events.ndjson, without the newline."""
    return json.dumps({"type": event.type, **dataclasses.asdict(event)}, ensure_ascii=False, separators=(",", ":"))


def from_line(line: str) -> Event:
    """The event of one line.

    Raises:
        ValueError: the line is not JSON, names no known type, or lacks a field.
    """
    values = json.loads(line)
    if not isinstance(values, dict) or values.get("type") not in _TYPES:
        raise ValueError(f"not an event: {line[:80]}")
    kind = _TYPES[values.pop("type")]
    try:
        return typing.cast("Event", _build(kind, values))
    except (KeyError, TypeError) as error:
        raise ValueError(f"not a whole event of type {kind.type}: {error}") from error


def read(lines: typing.Iterable[str]) -> EventLog:
    """The log of the given lines; a line that is not a whole event is counted, not read.

    A writer that was killed in the middle of a line leaves a fragment to which the next writer appends its own whole
    event; that event is read and the fragment counted. Text inside an event cannot be mistaken for the start of one,
    because its quotation marks are escaped.
    """
    events: list[Event] = []
    truncated = 0
    for line in lines:
        if not line.strip():
            continue
        try:
            events.append(from_line(line))
        except ValueError:
            truncated += 1
            start = line.rfind(_START)
            if start > 0:
                with contextlib.suppress(ValueError):
                    events.append(from_line(line[start:]))
    return EventLog(tuple(events), truncated)


def _build(kind: type[Any], values: Mapping[str, Any]) -> Any:
    hints = _hints(kind)  # type: ignore[arg-type]  # a class is hashable, whatever mypy holds of type[Any]
    return kind(**{name: _restore(hints[name], value) for name, value in values.items() if name in hints})


@functools.cache
def _hints(kind: type[Any]) -> dict[str, Any]:
    """The types of the fields; worked out once, because a log has many events of few types."""
    hints = typing.get_type_hints(kind)
    return {item.name: hints[item.name] for item in dataclasses.fields(kind)}


def _restore(hint: Any, value: Any) -> Any:
    if typing.get_origin(hint) in (Union, types.UnionType):
        inner = [option for option in typing.get_args(hint) if option is not type(None)]
        return None if value is None else _restore(inner[0], value)
    if typing.get_origin(hint) is tuple:
        return tuple(_restore(typing.get_args(hint)[0], item) for item in value)
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        return _build(hint, value)
    return value
