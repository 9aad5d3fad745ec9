"""What is put onto a cluster of our own is what an API server admits, field by field."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from fixtures.catalogue import load as load_catalogue
from fixtures.kubernetes_requests import Manifest
from fixtures.survey import refusal_of
from fixtures.targets import images
from fixtures.targets.kind import planning, stack
from fixtures.targets.kind.planning import Place
from fixtures.targets.kind.stack import Chart, Objects, Rollout, Sourced, Stack
from fixtures.targets.kind.wanted import Wanted, load
from tests.kubernetes_api.conftest import Api, api, crd, establish
from tests.kubernetes_api.test_manifests import admitted

__all__ = ["api"]

PLACE = Place(Path("/place"))
BUILT_IN = ("v1", "apps/v1", "rbac.authorization.k8s.io/v1", "apiextensions.k8s.io/v1")
ANYTHING: dict[str, Any] = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}


@pytest.fixture(params=stack.editions())
def wanted(request: pytest.FixtureRequest) -> Wanted:
    return load(None, request.param)


def objects(wanted: Wanted) -> Iterator[Manifest]:
    """Our own manifests, as they are applied."""
    machine = planning.Machine(frozenset(), "docker")
    for step in planning.plan(wanted, machine, PLACE, "-----BEGIN CERTIFICATE-----\n", "a-run").load:
        if step.stdin is not None:
            yield from yaml.safe_load_all(step.stdin)


def definition(group: str, version: str, kind: str) -> Manifest:
    """A place for a kind of somebody else's, whose own definition comes from outside."""
    made = crd(group, kind, ANYTHING, name=version, selectableFields=[], additionalPrinterColumns=[])
    # Kubernetes wants to be asked about groups below its own domain.
    annotations = {"api-approved.kubernetes.io": "unapproved, for a test"}
    return {**made, "metadata": {**made["metadata"], "annotations": annotations}}


def test_every_object_is_admitted_with_every_field(api: Api, wanted: Wanted) -> None:
    manifests = list(objects(wanted))
    foreign = {(one["apiVersion"], one["kind"]) for one in manifests if one["apiVersion"] not in BUILT_IN}
    for group_version, kind in sorted(foreign):
        group, _, version = group_version.partition("/")
        if api.call("GET", f"/apis/{group}/{version}/{kind.lower()}s").status == 404:
            establish(api, definition(group, version, kind))
    # The embedded API lets everybody do everything, and knows no roles.
    served = {one["groupVersion"] for group in api.ok("GET", "/apis")["groups"] for one in group["versions"]} | {"v1"}

    admitted(api, [one for one in manifests if one["apiVersion"] in served])
    assert {one["apiVersion"] for one in manifests} - served <= {"rbac.authorization.k8s.io/v1"}


def test_every_name_is_one_of_the_table(wanted: Wanted) -> None:
    table = images.load()
    sorts = {Sourced: "manifest", Chart: "chart"}
    named = [(item.name, sorts[type(item)]) for item in wanted.stack.items if isinstance(item, Sourced | Chart)]

    assert [(name, table[name].kind) for name, _ in named] == named
    assert {table[name].kind for name in wanted.stack.images} == {"image"}


def test_every_line_of_the_table_is_used() -> None:
    used = {"mock-provider", "kind-node"}
    for edition in stack.editions():
        one = stack.of_edition(edition)
        used |= {*one.images, *(item.name for item in one.items if isinstance(item, Sourced | Chart))}

    assert used == set(images.load())


def test_the_gateway_is_the_editions_and_admits_all_namespaces_but_the_closed_ones(wanted: Wanted) -> None:
    edition = load_catalogue().edition(wanted.edition or "")
    gateway = next(one for one in objects(wanted) if one["kind"] == "Gateway")

    assert wanted.stack.gateway == edition.gateway
    assert (gateway["metadata"]["namespace"], gateway["metadata"]["name"]) == (
        wanted.stack.gateway.namespace,
        wanted.stack.gateway.name,
    )
    assert refusal_of(gateway, {}) is None
    assert refusal_of(gateway, wanted.stack.closed_namespace_labels or {}) is not None


def test_the_gateway_asks_nobody_for_an_address(wanted: Wanted) -> None:
    gateway = next(one for one in objects(wanted) if one["kind"] == "Gateway")

    # Istio reads it here alone. Below infrastructure it is only copied, and the Gateway never is Programmed.
    assert gateway["metadata"]["annotations"]["networking.istio.io/service-type"] == "ClusterIP"


def test_what_the_run_may_stop_and_waits_for_is_there(wanted: Wanted) -> None:
    deployments = deployed(wanted.stack)

    assert {(part.namespace, part.name) for part in wanted.stack.parts.values()} <= deployments
    waited_for = {
        (item.deployment.namespace, item.deployment.name) for item in wanted.stack.items if isinstance(item, Rollout)
    }
    # Istio makes the gateway's own of the Gateway.
    assert waited_for - deployments == {(wanted.stack.gateway.namespace, f"{wanted.stack.gateway.name}-istio")}
    assert {namespace for namespace, _ in waited_for} == set(wanted.stack.workloads)


def deployed(wanted: Stack) -> set[tuple[str, str]]:
    """Namespace and name of each Deployment of ours."""
    contents = [one for item in wanted.items if isinstance(item, Objects) for one in item.content]
    return {(one["metadata"]["namespace"], one["metadata"]["name"]) for one in contents if one["kind"] == "Deployment"}
