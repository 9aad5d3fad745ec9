"""Get, list and watch."""

from __future__ import annotations

import asyncio
import base64
import binascii
import json
from collections import OrderedDict
from collections.abc import AsyncIterator
from dataclasses import dataclass

from kubernetes_api.cluster import Cluster
from kubernetes_api.resources import Resource
from kubernetes_api.selectors import Matcher, matcher, parse_field_selector, parse_label_selector, read_dotted
from kubernetes_api.status_errors import Json, StatusError, bad_request, expired, too_large_resource_version
from kubernetes_api.store import Change, Watcher

_BOOKMARK_EVERY = 60.0
_LONGEST_WATCH = 3600.0
_REMEMBERED_LISTS = 256
INITIAL_EVENTS_END = "k8s.io/initial-events-end"


@dataclass(frozen=True)
class WatchOptions:
    """What a watch asks for; `timeout` in seconds, `revision` 0 means from the objects that exist."""

    revision: int
    timeout: float
    bookmarks: bool
    send_initial: bool
    mark_initial_end: bool


def read_revision(query: dict[str, str]) -> int | None:
    """Return the resourceVersion of a query, None if there is none; raise 400 if it is not a number."""
    text = query.get("resourceVersion", "")
    if not text:
        return None
    if not text.isdigit():
        raise bad_request(
            f'invalid resource version: resourceVersion: Invalid value: "{text}": strconv.ParseUint: parsing '
            f'"{text}": invalid syntax'
        )
    return int(text)


def watch_options(query: dict[str, str]) -> WatchOptions:
    """Return the options of a watch."""
    revision = read_revision(query)
    asked = query.get("sendInitialEvents", "")
    bookmarks = query.get("allowWatchBookmarks", "").lower() in ("true", "1")
    send_initial = asked.lower() in ("true", "1") if asked else not revision
    timeout = float(query.get("timeoutSeconds") or 0) or _LONGEST_WATCH
    return WatchOptions(revision or 0, timeout, bookmarks, send_initial, bool(asked) and send_initial and bookmarks)


class Reader:
    """All reads."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._lists: OrderedDict[int, list[Json]] = OrderedDict()

    def matcher(self, resource: Resource, namespace: str, query: dict[str, str]) -> Matcher:
        """Return the test that namespace and selectors of a request make; raise 400 for a bad selector."""
        labels = parse_label_selector(query.get("labelSelector", ""))
        known = resource.selectable_fields | {"metadata.name", "metadata.namespace"}
        fields = parse_field_selector(query.get("fieldSelector", ""), read_dotted, frozenset(known))
        return matcher(labels, fields, namespace or None)

    def list_objects(self, resource: Resource, namespace: str, query: dict[str, str]) -> Json:
        """Return a list, or a part of one with `continue` (parts of one list are of one moment)."""
        store = self._cluster.store
        self._check_not_future(read_revision(query))
        limit = int(query.get("limit") or 0)
        if query.get("continue"):
            revision, offset = _read_continue(query["continue"])
            found = self._lists.get(revision)
            if found is None:
                raise expired(
                    "The provided continue parameter is too old to display a consistent list result. You can "
                    "start a new list "
                    "without the continue parameter, or use the continue token in this response to retrieve the "
                    "remainder of the results."
                )
        else:
            revision, offset = store.revision, 0
            found = store.list(resource.key, self.matcher(resource, namespace, query))
        metadata: Json = {"resourceVersion": str(revision)}
        part = found[offset : offset + limit] if limit else found[offset:]
        remaining = len(found) - offset - len(part)
        if remaining:
            self._lists[revision] = found
            while len(self._lists) > _REMEMBERED_LISTS:
                self._lists.popitem(last=False)
            metadata["continue"] = _continue(revision, offset + len(part))
            metadata["remainingItemCount"] = remaining
        items = [self._cluster.present(resource, item) for item in part]
        return {**self.list_of(resource, items), "metadata": metadata}

    def list_of(self, resource: Resource, items: list[Json]) -> Json:
        """Return a list object that holds the items."""
        metadata = {"resourceVersion": str(self._cluster.store.revision)}
        return {"kind": resource.list_kind, "apiVersion": resource.api_version, "metadata": metadata, "items": items}

    def _check_not_future(self, revision: int | None) -> None:
        current = self._cluster.store.revision
        if revision is not None and revision > current:
            raise too_large_resource_version(revision, current)

    async def watch(
        self, resource: Resource, namespace: str, query: dict[str, str], options: WatchOptions
    ) -> AsyncIterator[tuple[str, Json]]:
        """Yield events as pairs of type and object until the timeout; one ERROR with a Status if that cannot be."""
        matches = self.matcher(resource, namespace, query)
        store = self._cluster.store
        try:
            self._check_not_future(options.revision)
            start = store.revision if options.send_initial or options.revision == 0 else options.revision
            watcher = store.watch(resource.key, start)
        except StatusError as error:
            yield "ERROR", error.status()
            return
        try:
            if options.send_initial:
                for item in store.list(resource.key, matches):
                    yield "ADDED", self._cluster.present(resource, item)
            if options.mark_initial_end:
                yield "BOOKMARK", _bookmark(resource, start, {INITIAL_EVENTS_END: "true"})
            async for event in self._changes(resource, matches, watcher, options):
                yield event
        finally:
            store.unwatch(resource.key, watcher)

    async def _changes(
        self, resource: Resource, matches: Matcher, watcher: Watcher, options: WatchOptions
    ) -> AsyncIterator[tuple[str, Json]]:
        loop = asyncio.get_running_loop()
        end = loop.time() + options.timeout
        while (left := end - loop.time()) > 0:
            try:
                change = await asyncio.wait_for(watcher.pending.get(), min(left, _BOOKMARK_EVERY))
            except TimeoutError:
                # A change may come in the very moment in which the waiting ends. A bookmark would stand behind it, and
                # whoever resumes from there, because this watch ends, would never hear of it.
                if options.bookmarks and watcher.pending.empty():
                    yield "BOOKMARK", _bookmark(resource, self._cluster.store.revision)
                continue
            if change is None:
                return
            event = _event(change, matches)
            if event is not None:
                yield event[0], self._cluster.present(resource, event[1])


def _event(change: Change, matches: Matcher) -> tuple[str, Json] | None:
    """Return what a watch with selectors sees of a change: an object that no longer matches is deleted for it."""
    current = change.current if change.current is not None and matches(change.current) else None
    previous = change.previous if change.previous is not None and matches(change.previous) else None
    if current is not None:
        return ("MODIFIED" if previous is not None else "ADDED"), current
    if previous is not None:
        metadata = {**previous["metadata"], "resourceVersion": str(change.revision)}
        return "DELETED", {**previous, "metadata": metadata}
    return None


def _bookmark(resource: Resource, revision: int, annotations: dict[str, str] | None = None) -> Json:
    metadata: Json = {"resourceVersion": str(revision), "creationTimestamp": None}
    if annotations:
        metadata["annotations"] = annotations
    return {"kind": resource.kind, "apiVersion": resource.api_version, "metadata": metadata}


def _continue(revision: int, offset: int) -> str:
    token = json.dumps({"v": "meta.k8s.io/v1", "rv": revision, "start": str(offset)})
    return base64.urlsafe_b64encode(token.encode()).decode().rstrip("=")


def _read_continue(text: str) -> tuple[int, int]:
    try:
        token = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        return int(token["rv"]), int(token["start"])
    except (binascii.Error, ValueError, KeyError, TypeError) as error:
        raise bad_request("continue key is not valid") from error
