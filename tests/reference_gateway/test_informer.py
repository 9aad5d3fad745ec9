"""The cache against an API that answers as it is told: bookmarks, interruptions, forgotten places."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

from reference_gateway.informer import Informer
from reference_gateway.kubernetes_access import ApiError, Resource
from reference_gateway.values import Key

JSON = dict[str, Any]
THINGS = Resource("example.com", "v1", "Thing", "things")
BOUND_SECONDS = 60


def thing(name: str, version: int) -> JSON:
    return {"metadata": {"namespace": "ns", "name": name, "resourceVersion": str(version)}}


def event(type_: str, item: JSON) -> JSON:
    return {"type": type_, "object": item}


class ScriptedApi:
    """Answers each list and each watch with the next of its scripts, and blocks when they are used up."""

    def __init__(self, lists: list[JSON], watches: list[list[JSON | Exception]]) -> None:
        self.lists = lists
        self.watches = watches
        self.asked: list[str] = []
        self.used_up = threading.Event()
        self.released = threading.Event()

    def list(self, _: Resource) -> JSON:
        self.asked.append("list")
        return self.lists.pop(0)

    def watch(self, _: Resource, version: str) -> Iterator[JSON]:
        self.asked.append(f"watch {version}")
        if not self.watches:
            self.used_up.set()
            self.released.wait(BOUND_SECONDS)
            return
        for step in self.watches.pop(0):
            if isinstance(step, Exception):
                raise step
            yield step


def listed(version: int, *items: JSON) -> JSON:
    return {"metadata": {"resourceVersion": str(version)}, "items": list(items)}


def after(api: ScriptedApi) -> tuple[Informer, list[Key]]:
    """An informer when it has gone through the whole script, and the changes that it told of."""
    informer = Informer(api, THINGS)  # type: ignore[arg-type]
    told: list[Key] = []
    informer.subscribe(told.append)
    informer.start()
    assert api.used_up.wait(BOUND_SECONDS)
    informer.stop()
    api.released.set()
    return informer, told


def names(informer: Informer) -> list[str]:
    return sorted(key.name for key in informer.view())


def test_it_lists_once_and_follows_the_watch() -> None:
    changes: list[JSON | Exception] = [
        event("ADDED", thing("b", 6)),
        event("MODIFIED", thing("a", 7)),
        event("DELETED", thing("b", 8)),
        event("BOOKMARK", thing("", 20)),
    ]
    api = ScriptedApi([listed(5, thing("a", 3))], [changes])
    informer, told = after(api)

    assert api.asked == ["list", "watch 5", "watch 20"]
    assert names(informer) == ["a"]
    assert told == [Key("ns", name) for name in ("a", "b", "a", "b")]
    assert informer.synced.is_set()


def test_it_resumes_after_an_interruption_where_it_was() -> None:
    api = ScriptedApi([listed(5)], [[event("ADDED", thing("a", 6)), OSError("gone")], [event("ADDED", thing("b", 9))]])
    informer, _ = after(api)

    assert api.asked == ["list", "watch 5", "watch 6", "watch 9"]
    assert names(informer) == ["a", "b"]


def test_it_lists_again_when_its_place_is_forgotten_and_tells_of_what_is_gone() -> None:
    expired = event("ERROR", {"code": 410, "message": "too old"})
    api = ScriptedApi([listed(5, thing("a", 3), thing("b", 4)), listed(30, thing("b", 4))], [[expired]])
    informer, told = after(api)

    assert api.asked == ["list", "watch 5", "list", "watch 30"]
    assert names(informer) == ["b"]
    assert told[-1] == Key("ns", "a")


def test_it_asks_again_when_the_api_refuses_for_a_while() -> None:
    api = ScriptedApi(
        [listed(5)], [[ApiError(500, "later")], [ApiError(429, "later")], [event("ADDED", thing("a", 6))]]
    )
    informer, _ = after(api)

    assert names(informer) == ["a"]
