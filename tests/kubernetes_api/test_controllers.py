"""Garbage collection and namespace finalisation: what a cluster's controller manager would do."""

from __future__ import annotations

import uuid

import pytest

from tests.kubernetes_api.conftest import MERGE, Api, Json, model, secret


@pytest.fixture
def secrets(namespace: str) -> str:
    return f"/api/v1/namespaces/{namespace}/secrets"


@pytest.fixture
def externals(models: str, namespace: str) -> str:
    return f"{models}/namespaces/{namespace}/externalmodels"


def owned_by(owner: Json, name: str, *, block: bool = False) -> Json:
    reference = {
        "apiVersion": owner["apiVersion"],
        "kind": owner["kind"],
        "name": owner["metadata"]["name"],
        "uid": owner["metadata"]["uid"],
        "blockOwnerDeletion": block,
    }
    return {"metadata": {"name": name, "ownerReferences": [reference]}}


def test_dependents_go_with_their_owner(api: Api, externals: str, secrets: str) -> None:
    owner = api.ok("POST", externals, model("owner"))
    child = {"apiVersion": "v1", "kind": "Secret", **api.ok("POST", secrets, owned_by(owner, "child"))}
    api.ok("POST", secrets, owned_by(child, "grandchild"))
    api.ok("POST", secrets, secret("stranger"))
    api.ok("DELETE", f"{externals}/owner")
    api.gone(f"{secrets}/child")
    api.gone(f"{secrets}/grandchild")
    assert api.call("GET", f"{secrets}/stranger").status == 200


def test_a_dependent_of_an_owner_that_never_was(api: Api, externals: str, secrets: str) -> None:
    owner = api.ok("POST", externals, model("owner"))
    api.ok("POST", secrets, owned_by({**owner, "metadata": {"name": "owner", "uid": str(uuid.uuid4())}}, "child"))
    api.gone(f"{secrets}/child")


def test_orphans_stay(api: Api, externals: str, secrets: str) -> None:
    owner = api.ok("POST", externals, model("owner"))
    child = api.ok("POST", secrets, owned_by(owner, "child"))
    api.ok("DELETE", f"{externals}/owner", {"kind": "DeleteOptions", "apiVersion": "v1", "propagationPolicy": "Orphan"})
    api.gone(f"{externals}/owner")
    left = api.ok("GET", f"{secrets}/child")
    assert left["metadata"]["uid"] == child["metadata"]["uid"]
    assert "ownerReferences" not in left["metadata"]


def test_foreground_deletion_waits_for_dependents(api: Api, externals: str, secrets: str) -> None:
    owner = api.ok("POST", externals, model("owner"))
    child = owned_by(owner, "child", block=True)
    child["metadata"]["finalizers"] = ["example.com/hold"]
    api.ok("POST", secrets, child)
    version = api.ok("GET", secrets)["metadata"]["resourceVersion"]
    options = {"kind": "DeleteOptions", "apiVersion": "v1", "propagationPolicy": "Foreground"}
    waiting = api.ok("DELETE", f"{externals}/owner", options)
    assert waiting["metadata"]["finalizers"] == ["foregroundDeletion"]
    event = next(api.watch(secrets, resourceVersion=version))
    assert event["object"]["metadata"]["deletionTimestamp"]
    assert api.call("GET", f"{externals}/owner").status == 200
    api.ok("PATCH", f"{secrets}/child", {"metadata": {"finalizers": None}}, kind=MERGE)
    api.gone(f"{externals}/owner")


def test_a_namespace_goes_with_all_it_holds(api: Api, models: str) -> None:
    name = f"ns-{uuid.uuid4().hex[:8]}"
    api.ok("POST", "/api/v1/namespaces", {"metadata": {"name": name}})
    held = secret("held")
    held["metadata"]["finalizers"] = ["example.com/hold"]
    api.ok("POST", f"/api/v1/namespaces/{name}/secrets", held)
    api.ok("POST", f"{models}/namespaces/{name}/externalmodels", model())
    deleted = api.ok("DELETE", f"/api/v1/namespaces/{name}")
    assert deleted["status"]["phase"] == "Terminating"
    assert deleted["metadata"]["deletionTimestamp"]
    answer = api.call("POST", f"/api/v1/namespaces/{name}/secrets", secret("late"))
    assert (answer.status, answer.body["reason"]) == (403, "Forbidden")
    assert answer.message == (
        f'secrets "late" is forbidden: unable to create new content in namespace {name} because it is being terminated'
    )
    api.gone(f"{models}/namespaces/{name}/externalmodels/m")
    assert api.call("GET", f"/api/v1/namespaces/{name}").status == 200
    api.ok("PATCH", f"/api/v1/namespaces/{name}/secrets/held", {"metadata": {"finalizers": None}}, kind=MERGE)
    api.gone(f"/api/v1/namespaces/{name}")
    assert api.call("GET", f"/api/v1/namespaces/{name}/secrets/held").status == 404
