"""The children that an ExternalModel becomes, and the routes that they become again."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from reference_gateway.behaviour import Behaviour
from reference_gateway.controllers.children import InvalidModelError, children_of, contains, read_model
from reference_gateway.data_plane.translation import Children, Route, Translated, Unresolved, translate
from reference_gateway.kubernetes_access import Resource
from reference_gateway.resources import DESTINATION_RULES, GATEWAY, HTTP_ROUTES, SERVICE_ENTRIES, SERVICES
from reference_gateway.values import Destination, Key

JSON = dict[str, Any]
KEY = Key("ns", "m")


def external_model(**annotations: str) -> JSON:
    return {
        "apiVersion": "maas.opendatahub.io/v1alpha1",
        "kind": "ExternalModel",
        "metadata": {
            "namespace": "ns",
            "name": "m",
            "uid": "u-1",
            "annotations": {f"maas.opendatahub.io/{name}": value for name, value in annotations.items()},
        },
        "spec": {
            "provider": "openai",
            "targetModel": "gpt-4o",
            "endpoint": "a.provider.test",
            "credentialRef": {"name": "s"},
        },
    }


def children(behaviour: Behaviour, item: JSON) -> dict[Resource, JSON]:
    return dict(children_of(read_model(item, behaviour), item, behaviour))


def test_every_child_bears_the_models_name_labels_and_owner(runbook: Behaviour) -> None:
    made = children(runbook, external_model())

    assert set(made) == {SERVICES, SERVICE_ENTRIES, DESTINATION_RULES, HTTP_ROUTES}
    for resource, child in made.items():
        assert child["kind"] == resource.kind
        assert child["metadata"] == {
            "name": "m",
            "namespace": "ns",
            "labels": {
                "app.kubernetes.io/managed-by": "maas-external-model-reconciler",
                "maas.opendatahub.io/external-model": "m",
            },
            "ownerReferences": [
                {
                    "apiVersion": "maas.opendatahub.io/v1alpha1",
                    "kind": "ExternalModel",
                    "name": "m",
                    "uid": "u-1",
                    "controller": True,
                    "blockOwnerDeletion": True,
                }
            ],
        }


def test_the_specs_are_those_of_the_product(runbook: Behaviour) -> None:
    made = children(runbook, external_model())

    assert made[SERVICES]["spec"] == {
        "type": "ExternalName",
        "externalName": "a.provider.test",
        "ports": [{"port": 443, "targetPort": 443}],
    }
    assert made[SERVICE_ENTRIES]["spec"] == {
        "hosts": ["a.provider.test"],
        "location": "MESH_EXTERNAL",
        "resolution": "DNS",
        "ports": [{"number": 443, "name": "https", "protocol": "HTTPS"}],
    }
    assert made[DESTINATION_RULES]["spec"] == {
        "host": "a.provider.test",
        "trafficPolicy": {"tls": {"mode": "SIMPLE"}},
    }
    route = made[HTTP_ROUTES]["spec"]
    assert route["parentRefs"] == [{"name": "maas-default-gateway", "namespace": "openshift-ingress"}]
    assert [rule["matches"] for rule in route["rules"]] == [
        [{"path": {"type": "PathPrefix", "value": "/ns/m"}}],
        [{"headers": [{"type": "Exact", "name": "X-Gateway-Model-Name", "value": "gpt-4o"}]}],
    ]


def test_the_annotations_choose_port_and_transport(runbook: Behaviour) -> None:
    made = children(runbook, external_model(port="8080", tls="false"))

    assert DESTINATION_RULES not in made
    assert made[SERVICES]["spec"]["ports"] == [{"port": 8080, "targetPort": 8080}]
    assert made[SERVICE_ENTRIES]["spec"]["ports"] == [{"number": 8080, "name": "http", "protocol": "HTTP"}]


@pytest.mark.parametrize(
    ("annotations", "complaint"),
    [
        ({"port": "x"}, 'invalid port "x"'),
        ({"port": "0"}, r"port 0 out of range \(1-65535\)"),
        ({"port": "65536"}, "port 65536 out of range"),
        ({"port": "-1"}, 'invalid port "-1"'),
        ({"tls": "maybe"}, 'invalid tls value "maybe"'),
    ],
)
def test_an_annotation_that_cannot_be_read_is_told(
    runbook: Behaviour, annotations: dict[str, str], complaint: str
) -> None:
    with pytest.raises(InvalidModelError, match=complaint):
        read_model(external_model(**annotations), runbook)


def test_a_model_without_spec_is_told(runbook: Behaviour) -> None:
    item = external_model()
    del item["spec"]

    with pytest.raises(InvalidModelError, match="no spec"):
        read_model(item, runbook)


def test_defaults_are_no_drift_but_changes_are() -> None:
    wanted = {"a": 1, "b": [{"c": 2}]}

    assert contains({"a": 1, "b": [{"c": 2, "default": 3}], "d": 4}, wanted)
    assert not contains({"a": 2, "b": [{"c": 2}]}, wanted)
    assert not contains({"a": 1, "b": [{"c": 2}, {"c": 3}]}, wanted)
    assert not contains({"a": 1}, wanted)


def anywhere(namespace: str) -> bool:
    return True


def at_its_path(key: Key) -> str:
    return f"/{key}"


def translated(made: dict[Resource, JSON]) -> Translated:
    def by_key(resource: Resource) -> dict[Key, JSON]:
        return {KEY: made[resource]} if resource in made else {}

    kinds = (HTTP_ROUTES, SERVICES, SERVICE_ENTRIES, DESTINATION_RULES)
    return translate(Children(*(by_key(kind) for kind in kinds)), GATEWAY, anywhere, at_its_path)[KEY]


@pytest.mark.parametrize(
    ("annotations", "destination"),
    [
        ({}, Destination(KEY, "a.provider.test", 443, tls=True)),
        ({"port": "8080", "tls": "false"}, Destination(KEY, "a.provider.test", 8080, tls=False)),
    ],
)
def test_children_become_a_route(runbook: Behaviour, annotations: dict[str, str], destination: Destination) -> None:
    made = children(runbook, external_model(**annotations))

    assert translated(made) == (Route(destination, 300.0),)


@pytest.mark.parametrize("missing", [SERVICES, SERVICE_ENTRIES, DESTINATION_RULES])
def test_no_child_is_there_for_show(runbook: Behaviour, missing: Resource) -> None:
    made = children(runbook, external_model())
    del made[missing]
    outcome = translated(made)

    assert isinstance(outcome, Unresolved)
    assert outcome.reason == "BackendNotFound"


@pytest.mark.parametrize(
    ("resource", "stale"),
    [
        (SERVICES, {"type": "ExternalName", "externalName": "old.test", "ports": [{"port": 443}]}),
        (SERVICE_ENTRIES, {"hosts": ["old.test"], "ports": [{"number": 443, "protocol": "HTTPS"}]}),
        (DESTINATION_RULES, {"host": "old.test", "trafficPolicy": {"tls": {"mode": "SIMPLE"}}}),
    ],
)
def test_children_that_name_different_hosts_make_no_route(runbook: Behaviour, resource: Resource, stale: JSON) -> None:
    made = children(runbook, external_model())
    made[resource]["spec"] = stale

    assert isinstance(translated(made), Unresolved)


def test_a_route_whose_host_header_is_stale_is_no_route(runbook: Behaviour) -> None:
    made = children(runbook, external_model())
    for rule in made[HTTP_ROUTES]["spec"]["rules"]:
        rule["filters"][0]["requestHeaderModifier"]["set"] = [{"name": "Host", "value": "old.test"}]

    assert isinstance(translated(made), Unresolved)


def test_one_broken_route_leaves_the_others_alone(runbook: Behaviour) -> None:
    made = children(runbook, external_model())
    broken = deepcopy(made[HTTP_ROUTES])
    broken["metadata"]["name"] = "broken"
    routes = {KEY: made[HTTP_ROUTES], Key("ns", "broken"): broken}
    rest = ({KEY: made[kind]} for kind in (SERVICES, SERVICE_ENTRIES, DESTINATION_RULES))
    outcome = translate(Children(routes, *rest), GATEWAY, anywhere, at_its_path)

    assert isinstance(outcome[KEY], tuple)
    assert isinstance(outcome[Key("ns", "broken")], Unresolved)


def test_a_route_of_another_gateway_is_none_of_ours(runbook: Behaviour) -> None:
    made = children(runbook, external_model())
    made[HTTP_ROUTES]["spec"]["parentRefs"] = [{"name": "other", "namespace": "openshift-ingress"}]

    assert translate(Children({KEY: made[HTTP_ROUTES]}, {}, {}, {}), GATEWAY, anywhere, at_its_path) == {}


def test_a_namespace_that_the_listener_does_not_admit_has_no_routes(runbook: Behaviour) -> None:
    made = children(runbook, external_model())
    outcome = translate(Children({KEY: made[HTTP_ROUTES]}, {}, {}, {}), GATEWAY, lambda namespace: False, at_its_path)[
        KEY
    ]

    assert isinstance(outcome, Unresolved)
    assert (outcome.reason, outcome.accepted) == ("NotAllowedByListeners", False)


@pytest.mark.parametrize(("text", "seconds"), [("10s", 10), ("1m30s", 90), ("500ms", 0.5), ("1h", 3600)])
def test_a_routes_timeout_is_read(runbook: Behaviour, text: str, seconds: float) -> None:
    made = children(runbook, external_model())
    made[HTTP_ROUTES]["spec"]["rules"][0]["timeouts"]["request"] = text
    outcome = translated(made)

    assert isinstance(outcome, tuple)
    assert [route.timeout for route in outcome] == [seconds]
