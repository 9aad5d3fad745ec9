"""The CEL rules of a CRD's schema: when they are looked at, and how a broken one is told."""

from __future__ import annotations

from typing import Any

import pytest

from tests.kubernetes_api.conftest import MERGE, Api, crd, establish, obj, text

CRDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
GROUP = "rules.example.com"
UNCHECKED = (
    "Invalid value: null: some validation rules were not checked because the object was invalid; correct the existing "
    "errors to complete validation"
)
NOBODY = "at least one group or user must be specified in subjects"


def rule(rule: str, **more: Any) -> dict[str, Any]:
    return {"rule": rule, **more}


def ruled(schema: dict[str, Any], *rules: dict[str, Any]) -> dict[str, Any]:
    return {**schema, "x-kubernetes-validations": list(rules)}


def bounded(items: dict[str, Any]) -> dict[str, Any]:
    """A list whose rules the API can tell to be cheap enough."""
    return {"type": "array", "maxItems": 8, "items": items}


SPEC = obj(
    {
        "subjects": ruled(
            obj({"users": bounded(text(maxLength=20)), "groups": bounded(obj({"name": text(maxLength=20)}))}),
            rule(
                "(has(self.groups) && size(self.groups) > 0) || (has(self.users) && size(self.users) > 0)",
                message=NOBODY,
            ),
        ),
        "plan": ruled(text(maxLength=20), rule("self == oldSelf", message="the plan is for good")),
        "namespace": text(maxLength=20),
        "least": {"type": "integer"},
        "most": {"type": "integer"},
        "share": {"type": "number"},
        "tags": {
            "type": "object",
            "maxProperties": 8,
            "additionalProperties": ruled(text(maxLength=20), rule("self != 'x'", message="no x")),
        },
        "limits": {
            **bounded(
                ruled(
                    obj({"name": text(maxLength=20), "tokens": {"type": "integer"}}, required=["name"]),
                    rule("self.tokens >= oldSelf.tokens", message="only ever more"),
                )
            ),
            "x-kubernetes-list-type": "map",
            "x-kubernetes-list-map-keys": ["name"],
        },
    }
)
RULES = [
    rule("!has(self.least) || !has(self.most) || self.least <= self.most"),
    rule("!has(self.__namespace__) || self.__namespace__ != 'kube-system'", reason="FieldValueForbidden"),
    rule("!has(self.share) || self.share < 1.0", fieldPath=".share", message="leaves nothing"),
    rule("!has(self.most) || self.most / self.least < 100", message="too wide"),
    # A text whose length nobody can tell beforehand, such as string(self.least), would cost too much to be admitted.
    rule("!has(self.least) || self.least >= 0", messageExpression="self.least < -9 ? 'far too few' : 'at least 0'"),
]
SCHEMA = ruled(
    obj({"spec": ruled(SPEC, *RULES), "status": obj({"phase": text()})}),
    rule("self.metadata.name != 'other'", message="not that name"),
)


@pytest.fixture(scope="module")
def plans(api: Api) -> str:
    establish(api, crd(GROUP, "Plan", SCHEMA, selectableFields=[], additionalPrinterColumns=[]))
    return f"/apis/{GROUP}/v1alpha1"


@pytest.fixture
def collection(plans: str, namespace: str) -> str:
    return f"{plans}/namespaces/{namespace}/plans"


def plan(name: str = "p", **spec: Any) -> dict[str, Any]:
    return {"apiVersion": f"{GROUP}/v1alpha1", "kind": "Plan", "metadata": {"name": name}, "spec": spec}


@pytest.mark.parametrize(
    "spec",
    [
        {},
        {"subjects": {"users": ["ann"]}},
        {"subjects": {"users": [], "groups": [{"name": "staff"}]}},
        {"plan": "gold"},
        {"least": 1, "most": 1},
        {"namespace": "default", "share": 0},
        {"tags": {"a": "y"}},
        {"limits": [{"name": "a", "tokens": 1}]},
    ],
)
def test_what_the_rules_let_pass(api: Api, collection: str, spec: dict[str, Any]) -> None:
    assert api.ok("POST", collection, plan(**spec))["spec"] == spec


@pytest.mark.parametrize(
    ("spec", "field", "message"),
    [
        ({"subjects": {}}, "spec.subjects", f'Invalid value: "object": {NOBODY}'),
        ({"subjects": {"users": [], "groups": []}}, "spec.subjects", f'Invalid value: "object": {NOBODY}'),
        (
            {"least": 2, "most": 1},
            "spec",
            'Invalid value: "object": failed rule: !has(self.least) || !has(self.most) || self.least <= self.most',
        ),
        (
            {"namespace": "kube-system"},
            "spec",
            "Forbidden: failed rule: !has(self.__namespace__) || self.__namespace__ != 'kube-system'",
        ),
        ({"share": 1}, "spec.share", 'Invalid value: "object": leaves nothing'),
        ({"least": -1}, "spec", 'Invalid value: "object": at least 0'),
        ({"least": -10}, "spec", 'Invalid value: "object": far too few'),
        ({"tags": {"a": "x"}}, "spec.tags[a]", 'Invalid value: "string": no x'),
        ({"most": 1}, "spec", 'Invalid value: "object": no such key: least evaluating rule: too wide'),
        ({"least": 0, "most": 1}, "spec", 'Invalid value: "object": division by zero evaluating rule: too wide'),
    ],
)
def test_a_rule_is_broken(api: Api, collection: str, spec: dict[str, Any], field: str, message: str) -> None:
    answer = api.call("POST", collection, plan(**spec))
    assert (answer.status, answer.body["reason"]) == (422, "Invalid")
    assert answer.message == f'Plan.{GROUP} "p" is invalid: {field}: {message}'
    reason = "FieldValueForbidden" if message.startswith("Forbidden") else "FieldValueInvalid"
    assert answer.body["details"]["causes"] == [{"reason": reason, "message": message, "field": field}]


def test_a_rule_about_the_whole_object(api: Api, collection: str) -> None:
    answer = api.call("POST", collection, plan("other"))
    assert answer.status == 422
    assert answer.message == f'Plan.{GROUP} "other" is invalid: <nil>: Invalid value: "object": not that name'


def test_rules_are_looked_at_only_in_an_object_of_the_right_shape(api: Api, collection: str) -> None:
    answer = api.call("POST", collection, plan(subjects={"users": [1]}))
    assert answer.status == 422
    assert [(cause["field"], cause["message"]) for cause in answer.body["details"]["causes"]] == [
        (
            "spec.subjects.users[0]",
            'Invalid value: "integer": spec.subjects.users[0] in body must be of type string: "integer"',
        ),
        ("<nil>", UNCHECKED),
    ]


def test_a_rule_about_a_change(api: Api, collection: str) -> None:
    api.ok("POST", collection, plan(plan="gold", limits=[{"name": "a", "tokens": 5}]))
    answer = api.call("PATCH", f"{collection}/p", {"spec": {"plan": "tin"}}, kind=MERGE)
    assert answer.message == f'Plan.{GROUP} "p" is invalid: spec.plan: Invalid value: "string": the plan is for good'
    limits = [{"name": "b", "tokens": 1}, {"name": "a", "tokens": 4}]
    answer = api.call("PATCH", f"{collection}/p", {"spec": {"limits": limits}}, kind=MERGE)
    assert answer.message == f'Plan.{GROUP} "p" is invalid: spec.limits[1]: Invalid value: "object": only ever more'
    api.ok("PATCH", f"{collection}/p", {"spec": {"limits": [{"name": "a", "tokens": 6}]}}, kind=MERGE)
    api.ok("PATCH", f"{collection}/p", {"spec": {"plan": None}}, kind=MERGE)
    assert api.ok("PATCH", f"{collection}/p", {"spec": {"plan": "tin"}}, kind=MERGE)["spec"]["plan"] == "tin"


def test_a_status_is_written_under_the_same_rules(api: Api, collection: str) -> None:
    api.ok("POST", collection, plan(subjects={"users": ["ann"]}))
    changed = api.ok("PATCH", f"{collection}/p/status", {"status": {"phase": "Active"}}, kind=MERGE)
    assert changed["status"] == {"phase": "Active"}


@pytest.mark.parametrize("broken", ["self ===", "other == 1", "self.odd("])
def test_a_rule_that_is_no_expression(api: Api, broken: str) -> None:
    schema = obj({"spec": ruled(obj({}), rule(broken))})
    answer = api.call("POST", CRDS, crd("broken.example.com", "Plan", schema, selectableFields=[]))
    assert answer.status == 422
    causes = {cause["field"]: cause["message"] for cause in answer.body["details"]["causes"]}
    said = causes["spec.validation.openAPIV3Schema.properties[spec].x-kubernetes-validations[0].rule"]
    assert "compilation failed: ERROR: <input>:1:" in said
