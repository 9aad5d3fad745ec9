"""List and watch: resource versions, selectors, pages, bookmarks."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

import pytest

from tests.kubernetes_api.conftest import MERGE, Api, Json, crd, establish, model, secret


@pytest.fixture
def secrets(namespace: str) -> str:
    return f"/api/v1/namespaces/{namespace}/secrets"


@pytest.fixture
def externals(models: str, namespace: str) -> str:
    return f"{models}/namespaces/{namespace}/externalmodels"


def labelled(name: str, **labels: str) -> Json:
    return {"metadata": {"name": name, "labels": labels}}


def take(events: Iterator[Json], count: int) -> list[tuple[str, str]]:
    return [(event["type"], event["object"]["metadata"]["name"]) for event in islice(events, count)]


def test_a_watch_without_version_begins_with_what_is_there(api: Api, secrets: str) -> None:
    api.ok("POST", secrets, secret("a"))
    events = api.watch(secrets)
    assert take(events, 1) == [("ADDED", "a")]


def test_a_watch_from_a_version_tells_every_change_after_it(api: Api, secrets: str) -> None:
    api.ok("POST", secrets, secret("before"))
    version = api.ok("GET", secrets)["metadata"]["resourceVersion"]
    api.ok("POST", secrets, secret("a"))
    api.ok("PATCH", f"{secrets}/a", {"data": {"k": "YQ=="}}, kind=MERGE)
    api.ok("DELETE", f"{secrets}/a")
    assert take(api.watch(secrets, resourceVersion=version), 3) == [("ADDED", "a"), ("MODIFIED", "a"), ("DELETED", "a")]


def test_versions_rise_and_a_deletion_has_its_own(api: Api, secrets: str) -> None:
    version = api.ok("GET", secrets)["metadata"]["resourceVersion"]
    created = api.ok("POST", secrets, secret("a"))
    api.ok("DELETE", f"{secrets}/a")
    events = api.watch(secrets, resourceVersion=version)
    versions = [int(event["object"]["metadata"]["resourceVersion"]) for event in islice(events, 2)]
    assert versions[0] == int(created["metadata"]["resourceVersion"])
    assert versions[1] > versions[0]


def test_a_selector_turns_changes_of_labels_into_additions_and_deletions(api: Api, secrets: str) -> None:
    version = api.ok("GET", secrets)["metadata"]["resourceVersion"]
    api.ok("POST", secrets, labelled("a"))
    api.ok("PATCH", f"{secrets}/a", {"metadata": {"labels": {"managed": "true"}}}, kind=MERGE)
    api.ok("PATCH", f"{secrets}/a", {"data": {"k": "YQ=="}}, kind=MERGE)
    api.ok("PATCH", f"{secrets}/a", {"metadata": {"labels": {"managed": "false"}}}, kind=MERGE)
    events = api.watch(secrets, resourceVersion=version, labelSelector="managed=true")
    assert take(events, 3) == [("ADDED", "a"), ("MODIFIED", "a"), ("DELETED", "a")]


@pytest.mark.parametrize(
    ("selector", "expected"),
    [
        ("team=x", ["a", "b"]),
        ("team!=x", ["c", "d"]),
        ("team in (x,y)", ["a", "b", "c"]),
        ("team notin (x)", ["c", "d"]),
        ("rank", ["b"]),
        ("!rank,team", ["a", "c"]),
        ("team==x,rank=1", ["b"]),
    ],
)
def test_label_selectors(api: Api, secrets: str, selector: str, expected: list[str]) -> None:
    for one in (labelled("a", team="x"), labelled("b", team="x", rank="1"), labelled("c", team="y"), labelled("d")):
        api.ok("POST", secrets, one)
    assert [item["metadata"]["name"] for item in api.ok("GET", secrets, labelSelector=selector)["items"]] == expected


def test_field_selectors(api: Api, secrets: str, externals: str) -> None:
    api.ok("POST", secrets, secret("a"))
    api.ok("POST", secrets, secret("b", type="example.com/odd"))
    for selector, name in (("metadata.name=a", "a"), ("type=example.com/odd", "b"), ("type!=Opaque", "b")):
        assert [item["metadata"]["name"] for item in api.ok("GET", secrets, fieldSelector=selector)["items"]] == [name]
    api.ok("POST", externals, model("m"))
    assert len(api.ok("GET", externals, fieldSelector="spec.provider=openai")["items"]) == 1
    assert api.ok("GET", externals, fieldSelector="spec.provider=other")["items"] == []
    answer = api.call("GET", externals, fieldSelector="spec.endpoint=x")
    assert (answer.status, answer.message) == (400, "field label not supported: spec.endpoint")


def test_a_bad_selector(api: Api, secrets: str) -> None:
    assert api.call("GET", secrets, labelSelector="a in (").status == 400
    assert api.call("GET", secrets, labelSelector="a in (", watch="1").status == 400


def test_a_version_that_is_too_old_is_gone(api: Api) -> None:
    definition = crd("old.example.com", "Late")
    establish(api, definition)
    event = next(api.watch("/apis/old.example.com/v1alpha1/lates", resourceVersion="1"))
    while event.get("code") == 429:
        # The real API answers so until its watch cache of a new resource is filled.
        event = next(api.watch("/apis/old.example.com/v1alpha1/lates", resourceVersion="1"))
    assert (event["type"], event["object"]["code"], event["object"]["reason"]) == ("ERROR", 410, "Expired")
    assert event["object"]["message"].startswith("too old resource version: 1 (")


def test_a_version_of_the_future(api: Api, externals: str) -> None:
    answer = api.call("GET", externals, resourceVersion="999999999")
    assert (answer.status, answer.body["reason"]) == (504, "Timeout")
    assert answer.message.startswith("Timeout: Too large resource version: 999999999, current: ")


def test_pages_of_one_moment(api: Api, secrets: str) -> None:
    for name in "abcde":
        api.ok("POST", secrets, secret(name))
    page = api.ok("GET", secrets, limit="2")
    assert page["metadata"]["remainingItemCount"] == 3
    api.ok("POST", secrets, secret("bb"))
    names = [item["metadata"]["name"] for item in page["items"]]
    while page["metadata"].get("continue"):
        page = api.ok("GET", secrets, limit="2", **{"continue": page["metadata"]["continue"]})
        names += [item["metadata"]["name"] for item in page["items"]]
    assert names == list("abcde")


def test_a_watch_ends_at_its_timeout(api: Api, secrets: str) -> None:
    assert list(api.watch(secrets, timeoutSeconds="1")) == []


def test_initial_events_and_their_end(api: Api, secrets: str) -> None:
    api.ok("POST", secrets, secret("a"))
    query = {"sendInitialEvents": "true", "resourceVersionMatch": "NotOlderThan", "allowWatchBookmarks": "true"}
    events = list(islice(api.watch(secrets, **query), 2))
    assert [event["type"] for event in events] == ["ADDED", "BOOKMARK"]
    assert events[1]["object"]["metadata"]["annotations"] == {"k8s.io/initial-events-end": "true"}


def test_a_deleted_object_is_told_with_its_last_state(api: Api, externals: str) -> None:
    created = api.ok("POST", externals, model("m"))
    version = created["metadata"]["resourceVersion"]
    api.ok("DELETE", f"{externals}/m")
    event = next(api.watch(externals, resourceVersion=version))
    assert (event["type"], event["object"]["spec"]) == ("DELETED", created["spec"])


def test_all_namespaces(api: Api, secrets: str, namespace: str) -> None:
    api.ok("POST", secrets, labelled("a", only=namespace))
    found = api.ok("GET", "/api/v1/secrets", labelSelector=f"only={namespace}")["items"]
    assert [item["metadata"]["namespace"] for item in found] == [namespace]
