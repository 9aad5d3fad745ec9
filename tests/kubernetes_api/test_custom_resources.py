"""CustomResourceDefinitions and what their schemas do: validation in the API's words, pruning, defaults, versions."""

from __future__ import annotations

from typing import Any

import pytest

from tests.kubernetes_api.conftest import FQDN, MERGE, Api, crd, establish, model, obj, text

CRDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"


@pytest.fixture
def externals(models: str, namespace: str) -> str:
    return f"{models}/namespaces/{namespace}/externalmodels"


@pytest.mark.parametrize(
    ("spec", "problem"),
    [
        ({"provider": None}, "spec.provider: Required value"),
        ({"provider": ""}, 'spec.provider: Invalid value: "": spec.provider in body should be at least 1 chars long'),
        ({"provider": "x" * 64}, "spec.provider: Too long: may not be more than 63 bytes"),
        (
            {"provider": 1},
            'spec.provider: Invalid value: "integer": spec.provider in body must be of type string: "integer"',
        ),
        (
            {"endpoint": "https://x"},
            f"spec.endpoint: Invalid value: \"https://x\": spec.endpoint in body should match '{FQDN}'",
        ),
        ({"weight": 0}, "spec.weight: Invalid value: 0: spec.weight in body should be greater than or equal to 1"),
        ({"weight": 101}, "spec.weight: Invalid value: 101: spec.weight in body should be less than or equal to 100"),
        (
            {"weight": 1.5},
            'spec.weight: Invalid value: "number": spec.weight in body must be of type integer: "number"',
        ),
        ({"mode": "Odd"}, 'spec.mode: Unsupported value: "Odd": supported values: "Fast", "Slow"'),
        ({"credentialRef": {}}, "spec.credentialRef.name: Required value"),
        ({"plain": ["a", "b", "c"]}, "spec.plain: Too many: 3: must have at most 2 items"),
        (
            {"plain": [1]},
            'spec.plain[0]: Invalid value: "integer": spec.plain[0] in body must be of type string: "integer"',
        ),
        ({"tags": ["a", "a"]}, 'spec.tags[1]: Duplicate value: "a"'),
        ({"routes": []}, "spec.routes: Invalid value: 0: spec.routes in body should have at least 1 items"),
        ({"routes": [{}]}, "spec.routes[0].name: Required value"),
        ({"routes": [{"name": "a"}, {"name": "a"}]}, 'spec.routes[1]: Duplicate value: {"name":"a"}'),
    ],
)
def test_validation(api: Api, externals: str, spec: dict[str, Any], problem: str) -> None:
    answer = api.call("POST", externals, model("x", **spec))
    assert (answer.status, answer.body["reason"]) == (422, "Invalid")
    assert answer.message == f'ExternalModel.contract.example.com "x" is invalid: {problem}'
    field, _, message = problem.partition(": ")
    cause = answer.body["details"]["causes"][0]
    assert (cause["field"], cause["message"]) == (field, message)
    assert {key: answer.body["details"][key] for key in ("name", "group", "kind")} == {
        "name": "x",
        "group": "contract.example.com",
        "kind": "ExternalModel",
    }


def test_several_problems_are_told_at_once(api: Api, externals: str) -> None:
    answer = api.call("POST", externals, model("x", provider="", weight=0))
    assert {cause["field"] for cause in answer.body["details"]["causes"]} == {"spec.provider", "spec.weight"}
    assert answer.message.startswith('ExternalModel.contract.example.com "x" is invalid: [spec.')


def test_what_a_schema_lets_pass(api: Api, externals: str) -> None:
    spec = {
        "note": None,
        "port": "http",
        "free": {"any": {"thing": [1, None]}},
        "weight": None,
        "routes": None,
        "odd": {"gone": 1},
    }
    kept = api.ok("POST", externals, model("x", **spec))["spec"]
    required = {"provider": "openai", "targetModel": "gpt-4o", "endpoint": "api.example"}
    assert kept == {**required, "note": None, "port": "http", "free": {"any": {"thing": [1, None]}}, "weight": 1}


def test_a_spec_that_is_not_required_may_be_absent(api: Api, externals: str) -> None:
    created = api.ok("POST", externals, {key: value for key, value in model("x").items() if key != "spec"})
    assert "spec" not in created


def test_an_update_is_validated_too(api: Api, externals: str) -> None:
    api.ok("POST", externals, model("x"))
    answer = api.call("PATCH", f"{externals}/x", {"spec": {"weight": 0}}, kind=MERGE)
    assert answer.status == 422
    answer = api.call("PATCH", f"{externals}/x/status", {"status": {"phase": "Odd"}}, kind=MERGE)
    assert answer.message == (
        'ExternalModel.contract.example.com "x" is invalid: status.phase: Unsupported value: "Odd": '
        'supported values: "Pending", "Ready", "Failed"'
    )


def test_versions_of_one_kind(api: Api, namespace: str) -> None:
    """What is read gets the defaults of the version in which it is stored."""
    schema = obj({"spec": obj({"size": {"type": "integer"}, "color": text(default="red")})})
    definition = crd("versions.example.com", "Thing", schema, selectableFields=[], additionalPrinterColumns=[])
    older = definition["spec"]["versions"][0]
    newer = {
        **older,
        "name": "v1",
        "storage": True,
        "schema": {"openAPIV3Schema": obj({"spec": obj({"size": {"type": "integer"}})})},
    }
    definition["spec"]["versions"] = [{**older, "storage": False}, newer]
    establish(api, definition)
    old, new = (f"/apis/versions.example.com/{version}/namespaces/{namespace}/things" for version in ("v1alpha1", "v1"))
    api.ok(
        "POST",
        new,
        {"apiVersion": "versions.example.com/v1", "kind": "Thing", "metadata": {"name": "t"}, "spec": {"size": 1}},
    )
    assert api.ok("GET", f"{new}/t")["spec"] == {"size": 1}
    seen = api.ok("GET", f"{old}/t")
    assert (seen["apiVersion"], seen["spec"]) == ("versions.example.com/v1alpha1", {"size": 1})
    api.ok("PATCH", f"{old}/t", {"spec": {"size": 2}}, kind=MERGE)
    assert api.ok("GET", f"{new}/t")["spec"]["size"] == 2


def test_a_definition_comes_and_goes(api: Api, namespace: str) -> None:
    definition = crd("gone.example.com", "Widget")
    establish(api, definition)
    name = "widgets.gone.example.com"
    kept = api.ok("GET", f"{CRDS}/{name}")
    conditions = {one["type"]: (one["status"], one["reason"]) for one in kept["status"]["conditions"]}
    assert conditions == {"NamesAccepted": ("True", "NoConflicts"), "Established": ("True", "InitialNamesAccepted")}
    assert kept["status"]["acceptedNames"]["singular"] == "widget"
    assert kept["status"]["storedVersions"] == ["v1alpha1"]
    widgets = f"/apis/gone.example.com/v1alpha1/namespaces/{namespace}/widgets"
    widget = {**model("w"), "apiVersion": "gone.example.com/v1alpha1", "kind": "Widget"}
    api.ok("POST", widgets, widget)
    events = api.watch(widgets)
    assert next(events)["type"] == "ADDED"
    api.ok("DELETE", f"{CRDS}/{name}")
    assert next(events)["type"] == "DELETED"
    api.gone(f"{CRDS}/{name}")


def test_a_definition_is_checked(api: Api) -> None:
    wrong = crd("a.example.com")
    wrong["metadata"]["name"] = "other.a.example.com"
    answer = api.call("POST", CRDS, wrong)
    assert answer.status == 422
    assert answer.message == (
        'CustomResourceDefinition.apiextensions.k8s.io "other.a.example.com" is invalid: metadata.name: Invalid value: '
        '"other.a.example.com": must be spec.names.plural+"."+spec.group'
    )
    answer = api.call(
        "POST", CRDS, crd("a.example.com", schema={"type": "object", "properties": {"spec": {"properties": {}}}})
    )
    assert answer.status == 422
    path = "spec.validation.openAPIV3Schema.properties[spec].type"
    assert path in {cause["field"] for cause in answer.body["details"]["causes"]}
