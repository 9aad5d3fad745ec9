"""Each right that is missing is named; without one that every scenario needs no case is judged at all."""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any, cast

import pytest

from fixtures.catalogue import GatewayName, load
from fixtures.kubernetes_requests import Requests
from fixtures.rights import EVERY_SCENARIO, Right, Uses, needed
from fixtures.scenario import Ground, Scenario
from fixtures.settle import Bounds
from fixtures.survey import EXT_PROC, Survey
from fixtures.targets.target import GatewayAccess, Target
from suite import planning, preflight
from suite.preflight import BlockedError

EDITIONS = load().editions
EVERYTHING = Uses(
    mints_keys=True,
    deploys_provider=True,
    monitoring=True,
    workloads=("gateway",),
    parts=("gateway",),
    looks_at_gateway=True,
)
RIGHTS = [(name, right) for name, edition in EDITIONS.items() for right in needed(edition, EVERYTHING)]


class Without:
    """An API that reviews access as one does that has been told to keep one right from us."""

    def __init__(self, right: Right) -> None:
        self._right = right

    def post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        asked = body["spec"]["resourceAttributes"]
        resource, _, subresource = self._right.resource.partition("/")
        kept = {"verb": self._right.verb, "group": self._right.group, "resource": resource, "subresource": subresource}
        wanted = {**{name: value for name, value in kept.items() if value}}
        if self._right.namespace:
            wanted["namespace"] = self._right.namespace
        return {"status": {"allowed": asked != wanted}}


@pytest.mark.parametrize(("edition", "right"), RIGHTS, ids=[f"{name}: {right.describe()}" for name, right in RIGHTS])
def test_a_right_that_is_missing_is_named(edition: str, right: Right) -> None:
    rights = needed(EDITIONS[edition], EVERYTHING)
    missing = [one for one in rights if one.describe() == right.describe()]
    checks = preflight._rights(Survey(cast("Requests", Without(right))), EDITIONS[edition], EVERYTHING)

    if any(one.needed_for == EVERY_SCENARIO for one in missing):
        with pytest.raises(BlockedError, match=f"this kubeconfig may not {right.describe()}"):
            list(checks)
    else:
        failed = [check for check in checks if check.outcome == "failed"]
        assert [check.check for check in failed] == [f"rights for {one.needed_for}" for one in missing]
        assert {check.detail for check in failed} == {f"this kubeconfig may not {right.describe()}"}


class Serving:
    """An API on which Istio's kinds are served, and these EnvoyFilters are."""

    def __init__(self, *filters: dict[str, Any]) -> None:
        self._filters = filters

    def get(self, path: str) -> dict[str, Any]:
        return {"items": list(self._filters)} if path.endswith("/envoyfilters") else {}


@pytest.mark.parametrize(
    ("filters", "says"),
    [
        ((), "no EnvoyFilter in gw adds one; a gateway of Istio's injects nothing without"),
        (({"metadata": {"name": "bbr"}, "spec": {"name": EXT_PROC}},), "added by EnvoyFilter bbr"),
    ],
)
def test_istio_may_be_there_for_others_than_the_gateway(filters: tuple[dict[str, Any], ...], says: str) -> None:
    survey = Survey(cast("Requests", Serving(*filters)))

    checks = {check.check: check for check in preflight._gateway_object(survey, GatewayName("gw", "gateway"), {})}

    assert (checks["external processor"].outcome, checks["external processor"].detail) == ("passed", says)


@pytest.mark.parametrize("edition", EDITIONS)
def test_what_the_preflight_asks_for_is_what_a_plan_gives_and_nothing_else(edition: str) -> None:
    roles = [one for one in planning.objects(planning.Wanted(EDITIONS[edition], uses=EVERYTHING)) if "rules" in one]
    given = {
        (one["metadata"].get("namespace"), rule["apiGroups"][0], rule["resources"][0], verb)
        for one in roles
        for rule in one["rules"]
        for verb in rule["verbs"]
    }

    assert given == {(r.namespace, r.group, r.resource, r.verb) for r in needed(EDITIONS[edition], EVERYTHING)}


def readiness(*statuses: Mapping[str, Any] | None) -> list[tuple[str, str, str]]:
    """What is said of the MaaSModelRef of a model that is served, whose status is this, look by look."""
    looks = [*statuses]

    def look() -> dict[str, Any]:
        return {"metadata": {"name": "alpha"}, "status": looks.pop(0) if len(looks) > 1 else looks[0]}

    kube = SimpleNamespace(get=lambda *place: look(), list=lambda *place: [look()])
    scenario = SimpleNamespace(kube=kube, subject=SimpleNamespace(namespace="ours", name="alpha"))
    # What comes in the end is waited for on a machine that is held up, too.
    bounds = Bounds(converge_seconds=60 if len(looks) > 1 else 0.2, interval_seconds=0.01)
    ground = SimpleNamespace(edition=EDITIONS["rhoai-3.4"], target=SimpleNamespace(bounds=bounds))
    checks = preflight._controller(cast("Scenario", scenario), cast("Ground", ground))
    return [(check.check, check.outcome, check.detail) for check in checks]


SAYS = ("controller", "passed", "the MaaSModelRef of a model that is served says how it is")
PENDING = {"phase": "Pending", "conditions": [{"type": "Ready", "status": "False", "reason": "BackendNotReady"}]}
READY = {
    "phase": "Ready",
    "conditions": [{"type": "Ready", "status": "True"}],
    "endpoint": "https://gateway.example.com/ours/alpha",
}


def test_a_model_that_is_served_comes_to_be_called_ready() -> None:
    assert readiness(PENDING, PENDING, READY) == [
        SAYS,
        ("readiness", "passed", "the MaaSModelRef of a model that is served says Ready"),
    ]


def test_a_model_that_is_served_and_stays_pending_is_said() -> None:
    assert readiness(PENDING) == [
        SAYS,
        (
            "readiness",
            "failed",
            "a model is served, and its MaaSModelRef does not come to say so: expected phase Ready and condition "
            "Ready=True, got phase Pending and Ready=False (BackendNotReady)",
        ),
    ]


def test_nobody_who_says_how_it_is_is_said_once() -> None:
    assert readiness(None) == [
        ("controller", "failed", "a model is served, and nobody says in its MaaSModelRef how it is")
    ]


@pytest.mark.parametrize(
    ("kind", "gateway", "says"),
    [
        ("cluster", {}, ["asks clients for a key, give one as gateway.clientKey"]),
        ("cluster", {"client_key": "k"}, ["refuses the client, see that it takes gateway.clientKey"]),
        ("cluster", {"mints_keys": True}, []),
        ("embedded", {}, []),
    ],
)
def test_what_only_a_target_file_can_tell_of_clients_is_asked_for(
    kind: str, gateway: Mapping[str, Any], says: list[str]
) -> None:
    target = cast("Target", SimpleNamespace(kind=kind, gateway=GatewayAccess("http://gateway", **gateway)))
    said = list(preflight._about_clients(target))
    assert len(said) == len(says)
    assert all(words in line for words, line in zip(says, said, strict=True))
