"""Server-side apply and managedFields."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.kubernetes_api.conftest import APPLY, GROUP, MERGE, Answer, Api, Json, model, secret


@pytest.fixture
def externals(models: str, namespace: str) -> str:
    return f"{models}/namespaces/{namespace}/externalmodels"


def apply(api: Api, path: str, config: Json, manager: str, **query: str) -> Answer:
    return api.call("PATCH", path, json.dumps(config), kind=APPLY, fieldManager=manager, **query)


def partial(**spec: Any) -> Json:
    return {"apiVersion": f"{GROUP}/v1alpha1", "kind": "ExternalModel", "metadata": {"name": "m"}, "spec": spec}


def managers(item: Json) -> dict[tuple[str, str], Json]:
    return {(one["manager"], one["operation"]): one["fieldsV1"] for one in item["metadata"]["managedFields"]}


def test_apply_creates_then_updates(api: Api, externals: str) -> None:
    created = apply(api, f"{externals}/m", model(), "one")
    assert created.status == 201
    assert managers(created.body) == {
        ("one", "Apply"): {"f:spec": {"f:endpoint": {}, "f:provider": {}, "f:targetModel": {}}}
    }
    again = apply(api, f"{externals}/m", model(), "one")
    assert (again.status, again.body) == (200, created.body)
    changed = apply(api, f"{externals}/m", model(weight=4), "one")
    assert changed.body["spec"]["weight"] == 4
    assert changed.body["metadata"]["generation"] == 2


def test_fields_that_are_no_longer_applied_go(api: Api, externals: str) -> None:
    apply(api, f"{externals}/m", model(credentialRef={"name": "c"}, tags=["a", "b"]), "one")
    left = apply(api, f"{externals}/m", model(tags=["b"]), "one").body
    assert "credentialRef" not in left["spec"]
    assert left["spec"]["tags"] == ["b"]


def test_a_conflict_names_manager_and_field(api: Api, externals: str) -> None:
    apply(api, f"{externals}/m", model(), "one")
    answer = apply(api, f"{externals}/m", partial(provider="other"), "two")
    assert (answer.status, answer.body["reason"]) == (409, "Conflict")
    assert answer.message == 'Apply failed with 1 conflict: conflict with "one": .spec.provider'
    cause = {"reason": "FieldManagerConflict", "message": 'conflict with "one"', "field": ".spec.provider"}
    assert answer.body["details"]["causes"] == [cause]
    forced = apply(api, f"{externals}/m", partial(provider="other"), "two", force="true").body
    assert forced["spec"]["provider"] == "other"
    assert "f:provider" not in managers(forced)["one", "Apply"]["f:spec"]


def test_a_conflict_with_an_update(api: Api, externals: str) -> None:
    apply(api, f"{externals}/m", model(), "one")
    api.ok("PATCH", f"{externals}/m", {"spec": {"provider": "n", "targetModel": "n"}}, kind=MERGE, fieldManager="hand")
    answer = apply(api, f"{externals}/m", model(), "one")
    assert answer.message == (
        'Apply failed with 2 conflicts: conflicts with "hand" using contract.example.com/v1alpha1:\n'
        "- .spec.provider\n- .spec.targetModel"
    )


def test_keyed_lists_sets_and_free_maps_merge(api: Api, externals: str) -> None:
    apply(api, f"{externals}/m", model(routes=[{"name": "r", "to": "t"}], tags=["x"], plain=["a"]), "one")
    merged = apply(
        api,
        f"{externals}/m",
        partial(routes=[{"name": "q"}, {"name": "r", "via": "v"}], tags=["y"], free={"a": {"b": 1}}),
        "two",
    ).body
    assert merged["spec"]["routes"] == [{"name": "q", "via": "direct"}, {"name": "r", "to": "t", "via": "v"}]
    assert merged["spec"]["tags"] == ["x", "y"]
    assert managers(merged)["two", "Apply"] == {
        "f:spec": {
            "f:free": {"f:a": {".": {}, "f:b": {}}},
            "f:routes": {
                'k:{"name":"q"}': {".": {}, "f:name": {}},
                'k:{"name":"r"}': {".": {}, "f:name": {}, "f:via": {}},
            },
            "f:tags": {'v:"y"': {}},
        }
    }
    left = apply(api, f"{externals}/m", partial(tags=["y"]), "two").body
    assert left["spec"]["routes"] == [{"name": "r", "to": "t", "via": "direct"}]
    assert "free" not in left["spec"]


def test_status_is_applied_by_its_own_endpoint(api: Api, externals: str) -> None:
    apply(api, f"{externals}/m", model(), "one")
    status = {key: value for key, value in partial().items() if key != "spec"} | {"status": {"phase": "Ready"}}
    applied = apply(api, f"{externals}/m/status", status, "controller").body
    assert applied["status"] == {"phase": "Ready"}
    entry = next(one for one in applied["metadata"]["managedFields"] if one["manager"] == "controller")
    assert (entry["subresource"], entry["fieldsV1"]) == ("status", {"f:status": {"f:phase": {}}})


def test_what_is_applied_must_fit_the_schema(api: Api, externals: str) -> None:
    answer = apply(api, f"{externals}/m", model(odd=1), "one")
    assert answer.status == 500
    assert answer.message == (
        "failed to create typed patch object (/m; contract.example.com/v1alpha1, Kind=ExternalModel): "
        ".spec.odd: field not declared in schema"
    )
    answer = apply(api, f"{externals}/m", model(weight=1000), "one")
    assert (answer.status, answer.body["reason"]) == (422, "Invalid")


def test_a_manager_is_needed(api: Api, externals: str) -> None:
    answer = api.call("PATCH", f"{externals}/m", json.dumps(model()), kind=APPLY)
    assert answer.status == 422
    assert answer.message == (
        'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch'
    )


def test_every_write_is_recorded(api: Api, namespace: str) -> None:
    secrets = f"/api/v1/namespaces/{namespace}/secrets"
    api.ok("POST", secrets, secret(data={"a": "YQ=="}), fieldManager="maker")
    changed = api.ok("PATCH", f"{secrets}/s", {"data": {"a": "Yg==", "b": "Yg=="}}, kind=MERGE)
    assert managers(changed) == {
        ("contract", "Update"): {"f:data": {"f:a": {}, "f:b": {}}},
        ("maker", "Update"): {"f:data": {}, "f:type": {}},
    }


def test_yaml_is_applied_too(api: Api, namespace: str) -> None:
    text = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: c\ndata:\n  when: '2026-01-01'\n"
    path = f"/api/v1/namespaces/{namespace}/configmaps/c"
    assert api.ok("PATCH", path, text, kind=APPLY, fieldManager="one")["data"] == {"when": "2026-01-01"}
