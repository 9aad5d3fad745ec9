"""Builds logs of runs for the tests of the reports room: small, fixed in time, complete unless told otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from reports.events import (
    Case,
    CaseFinished,
    CaseStarted,
    Event,
    EventLog,
    Finding,
    Judged,
    Outcome,
    PlanMade,
    Requirement,
    RunFinished,
    RunStarted,
    Settled,
    StepFinished,
)

START = 1_790_000_000.0

FINDING = Finding(
    code="forwarded-without-credential",
    summary="expected 500 \"provider 'openai' credentials not found\", got 200 (stable, 3/3 over 6 s)",
    observed=("200 ×41 · 500 ×2      first 500 at +4.1 s, reverted at +5.0 s",),
    provider_saw=("43 arrivals, Authorization ‹provider key v1›",),
    objects=("ExternalModel alpha Ready=True", "Secret alpha-key deleted at +0.2 s"),
    likely="The gateway keeps credentials of Secrets that are gone.",
)


def requirement(id_: str = "EM-CRED-004", **changes: Any) -> Requirement:
    values: dict[str, Any] = {
        "sentence": "The gateway MUST NOT forward a request when the referenced Secret does not exist.",
        "level": "MUST",
        "profile": "credential-injection",
        "chapter": "03 Credentials",
        "source": "runbook, step 3",
    }
    return Requirement(id=id_, **(values | changes))


def case(id_: str = "EM-CRED-004/secret-missing", line: int = 21, **changes: Any) -> Case:
    name = id_.partition("/")[2]
    values: dict[str, Any] = {
        "requirement": id_.partition("/")[0],
        "scenario": name.replace("-", " "),
        "feature": "features/03_credentials.feature",
    }
    return Case(id=id_, line=line, **(values | changes))


def run_started(**changes: Any) -> RunStarted:
    values: dict[str, Any] = {
        "suite": {"version": "0.1.0", "commit": "abc1234"},
        "edition": {"name": "runbook", "title": "The published runbook page", "detected": None, "knownLimits": []},
        "target": {"kind": "embedded", "gateway": {"url": "http://127.0.0.1:8080"}},
        "implementation": {"organization": "Example", "project": "reference-gateway", "version": "0.1.0"},
        "settings": {"workers": 2, "faults": [], "variants": []},
        "proof": {
            "faults": 214,
            "caught": 210,
            "variants": 18,
            "green": 17,
            "made": "2026-09-20",
            "version": "0.1.0",
            "commit": "abc1234",
            "current": False,
        },
    }
    return RunStarted(time=START, run="20260922-1", **(values | changes))


def finished(case_id: str, outcome: Outcome = "passed", **changes: Any) -> CaseFinished:
    values: dict[str, Any] = {"seconds": 2.0, "settling_seconds": 1.5}
    if outcome == "failed":
        values |= {"findings": (FINDING,), "step": 'Then requests to "alpha" settle on the refusal', "line": 25}
    elif outcome != "passed":
        values |= {"cause": "the provider does not answer on its control address", "step": "Given a model", "line": 22}
    if outcome == "harness-error":
        values["traceback"] = "Traceback (most recent call last):\n  File \"steps/models.py\", line 3\nKeyError: 'x'\n"
    return CaseFinished(time=START + 9, worker="gw0", case=case_id, outcome=outcome, **(values | changes))


def ended(reason: Any = "completed", detail: str = "") -> RunFinished:
    return RunFinished(time=START + 12.5, reason=reason, detail=detail)


def plan(requirements: Iterable[Requirement], cases: Iterable[Case], **changes: Any) -> PlanMade:
    return PlanMade(START + 0.1, "f" * 64, tuple(requirements), tuple(cases), **changes)


def log_of(
    outcomes: Mapping[str, Sequence[Outcome]],
    levels: Mapping[str, Mapping[str, Any]] | None = None,
    *,
    started: RunStarted | None = None,
    end: RunFinished | None = None,
    without_end: bool = False,
) -> EventLog:
    """A run in which each requirement has the given outcomes, one a case; ``levels`` changes fields of requirements."""
    requirements = [requirement(id_, **(levels or {}).get(id_, {})) for id_ in outcomes]
    cases = [
        case(f"{id_}/case-{number}", line=10 * number + 1)
        for id_, each in outcomes.items()
        for number, _ in enumerate(each, 1)
    ]
    events: list[Event] = [started or run_started(), plan(requirements, cases)]
    for id_, each in outcomes.items():
        for number, outcome in enumerate(each, 1):
            events += [*acts(f"{id_}/case-{number}"), finished(f"{id_}/case-{number}", outcome)]
    if not without_end:
        events.append(end or ended())
    return EventLog(tuple(events))


def acts(case_id: str) -> list[Event]:
    """What happens within a case before it ends."""
    seen = {"histogram": {"200": 41, "500": 2}}
    return [
        CaseStarted(START + 7, "gw0", case_id),
        StepFinished(START + 7.5, "gw0", case_id, "Given", 'model "alpha" works', 22, "passed", 0.5),
        Settled(START + 8.9, "gw0", case_id, "the refusal", False, None, 1.5, 43, {"200": 41, "500": 2}),
        Judged(START + 8.9, "gw0", case_id, "refused", {"status": 500}, seen, ()),
    ]


def everything() -> EventLog:
    """One run that shows every outcome, level and field at once."""
    requirements = [
        requirement("EM-CRED-001", sentence="The gateway MUST put the configured key on the wire, exactly once."),
        requirement("EM-CRED-004"),
        requirement("EM-CRED-009", level="SHOULD", sentence="The refusal SHOULD name the provider."),
        requirement(
            "EM-PATH-001", chapter="01 Paths", sentence="An unknown model MUST be answered with a client error."
        ),
        requirement(
            "EM-PATH-002", chapter="01 Paths", level="MAY", sentence="A look-alike prefix MAY be answered 404."
        ),
        requirement(
            "EM-PATH-003", chapter="01 Paths", sentence="A trailing slash MUST change nothing.", provisional=True
        ),
        requirement("EM-REF-001", chapter="02 Model references", sentence="A reference MUST have its model's name."),
        requirement(
            "EM-REF-002",
            chapter="02 Model references",
            sentence="The status MUST say so.",
            not_applicable="edition runbook publishes no status",
        ),
        requirement("EM-ACC-001", profile="access", chapter="05 Access", not_applicable="profile access is not judged"),
    ]
    cases = [
        case("EM-CRED-001/plain", 12),
        case("EM-CRED-004/secret-missing", 21),
        case("EM-CRED-004/label-other-than-true", 40, example="upper case"),
        case("EM-CRED-009/names-the-provider", 60),
        *(
            case(id_, line, feature="features/01_paths.feature")
            for id_, line in [
                ("EM-PATH-001/unknown-model", 8),
                ("EM-PATH-002/look-alike", 15),
                ("EM-PATH-003/trailing-slash", 22),
            ]
        ),
        case("EM-REF-001/another-name", 9, feature="features/02_references.feature"),
    ]
    events: list[Event] = [
        run_started(settings={"workers": 2, "faults": ["M06"], "variants": ["status-400"], "config": None}),
        plan(requirements, cases, excluded={"EM-MON-050": "needs a dashboard that no edition ships"}),
    ]
    ends = [
        finished("EM-CRED-001/plain", seconds=1.25, settling_seconds=0.75, notes=("the refusal's status was 500",)),
        finished("EM-CRED-004/secret-missing", "failed"),
        finished("EM-CRED-004/label-other-than-true", "failed"),
        finished("EM-CRED-009/names-the-provider", "failed"),
        finished("EM-PATH-001/unknown-model", "harness-error", cause="KeyError: 'x'"),
        finished("EM-PATH-002/look-alike", "failed"),
        finished("EM-PATH-003/trailing-slash", "failed"),
        finished("EM-REF-001/another-name", "not-testable"),
    ]
    for end in ends:
        events += [*acts(end.case), end]
    return EventLog((*events, ended()))
