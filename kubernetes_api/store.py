"""The memory of the API: objects by resource, one counter of revisions, and the recent changes that watches replay."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass, field

from kubernetes_api.selectors import Matcher
from kubernetes_api.status_errors import Json, expired

REMEMBERED_CHANGES = 4096
"""Changes that are kept per resource; a watch from further back is told 410 Expired."""

ResourceKey = tuple[str, str]
"""API group and plural name."""


@dataclass(frozen=True)
class Change:
    """One change of one object: `current` is None when it was removed, `previous` when it was created."""

    revision: int
    current: Json | None
    previous: Json | None


class Watcher:
    """What one watch has still to deliver."""

    def __init__(self) -> None:
        self.pending: asyncio.Queue[Change | None] = asyncio.Queue()


@dataclass(eq=False)
class Shelf:
    """The objects of one resource and their recent changes. Objects are never altered in place."""

    oldest: int
    objects: dict[tuple[str, str], Json] = field(default_factory=dict)
    changes: deque[Change] = field(default_factory=deque)
    watchers: set[Watcher] = field(default_factory=set)


class Store:
    """All objects. Everything here is synchronous, so that each call is atomic within the event loop."""

    def __init__(self) -> None:
        self.revision = 1
        self._closed = False
        self._shelves: dict[ResourceKey, Shelf] = {}

    def add_resource(self, key: ResourceKey) -> None:
        """Make room for a resource; its history begins now."""
        self._shelves.setdefault(key, Shelf(oldest=self.revision))

    def drop_resource(self, key: ResourceKey) -> None:
        """Forget a resource and end its watches."""
        shelf = self._shelves.pop(key, None)
        for watcher in shelf.watchers if shelf else ():
            watcher.pending.put_nowait(None)

    def close(self) -> None:
        """End every watch, also those that clients begin from now on, so that the server can stop."""
        self._closed = True
        for shelf in self._shelves.values():
            for watcher in shelf.watchers:
                watcher.pending.put_nowait(None)

    def get(self, key: ResourceKey, namespace: str, name: str) -> Json | None:
        """Return an object, or None."""
        return self._shelves[key].objects.get((namespace, name))

    def list(self, key: ResourceKey, matches: Matcher) -> list[Json]:
        """Return the objects that match, ordered by namespace and name."""
        found = [item for item in self._shelves[key].objects.items() if matches(item[1])]
        return [item for _, item in sorted(found, key=lambda pair: pair[0])]

    def put(self, key: ResourceKey, item: Json) -> Json:
        """Keep an object under the next revision and return it as kept."""
        shelf = self._shelves[key]
        place = _place(item)
        self.revision += 1
        kept = {**item, "metadata": {**item["metadata"], "resourceVersion": str(self.revision)}}
        previous = shelf.objects.get(place)
        shelf.objects[place] = kept
        self._publish(shelf, Change(self.revision, kept, previous))
        return kept

    def remove(self, key: ResourceKey, item: Json) -> Json:
        """Remove an object and return its last state, which bears the revision of the removal."""
        shelf = self._shelves[key]
        self.revision += 1
        del shelf.objects[_place(item)]
        last = {**item, "metadata": {**item["metadata"], "resourceVersion": str(self.revision)}}
        self._publish(shelf, Change(self.revision, None, last))
        return last

    def watch(self, key: ResourceKey, after: int) -> Watcher:
        """Return a watcher that is given every change after the revision; raise 410 if it lies too far back."""
        shelf = self._shelves[key]
        if after < shelf.oldest:
            raise expired(f"too old resource version: {after} ({shelf.oldest})")
        watcher = Watcher()
        for change in shelf.changes:
            if change.revision > after:
                watcher.pending.put_nowait(change)
        if self._closed:
            watcher.pending.put_nowait(None)
        shelf.watchers.add(watcher)
        return watcher

    def unwatch(self, key: ResourceKey, watcher: Watcher) -> None:
        """End a watch."""
        shelf = self._shelves.get(key)
        if shelf:
            shelf.watchers.discard(watcher)

    def _publish(self, shelf: Shelf, change: Change) -> None:
        shelf.changes.append(change)
        if len(shelf.changes) > REMEMBERED_CHANGES:
            shelf.oldest = shelf.changes.popleft().revision
        for watcher in shelf.watchers:
            watcher.pending.put_nowait(change)


def _place(item: Json) -> tuple[str, str]:
    metadata = item["metadata"]
    return metadata.get("namespace", ""), metadata["name"]
