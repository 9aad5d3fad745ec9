"""A cache of all objects of one kind, kept current by list and watch."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping

import urllib3

from reference_gateway.kubernetes_access import JSON, ApiError, Cluster, Resource
from reference_gateway.values import Key

FIRST_RETRY_SECONDS = 0.1
LAST_RETRY_SECONDS = 5.0
GONE = 410

log = logging.getLogger(__name__)


class Informer:
    """Lists once, watches from there, resumes where a watch ended, and lists again if the API has forgotten that place.

    Subscribers are called with the key of whatever was added, changed or removed, from the informer's own thread,
    and read the object from the cache: no object there means that it is gone.
    """

    def __init__(self, cluster: Cluster, resource: Resource) -> None:
        self.resource = resource
        self.synced = threading.Event()
        self._cluster = cluster
        self._objects: Mapping[Key, JSON] = {}
        self._subscribers: list[Callable[[Key], None]] = []
        self._version = ""
        """Where to watch from; empty when the API must be listed first."""
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"informer {resource.plural}", daemon=True)

    def subscribe(self, subscriber: Callable[[Key], None]) -> None:
        """Call `subscriber` for each change; before `start`."""
        self._subscribers.append(subscriber)

    def start(self) -> None:
        """Begin to list and watch."""
        self._thread.start()

    def stop(self) -> None:
        """Take up no watch any more; the thread ends with its current one, or with the process."""
        self._stopped.set()

    def get(self, key: Key) -> JSON | None:
        """An object as last seen, or None."""
        return self._objects.get(key)

    def view(self) -> Mapping[Key, JSON]:
        """All objects as last seen; the map does not change under the reader."""
        return self._objects

    def tell_again(self, wanted: Callable[[JSON], bool]) -> None:
        """Call the subscribers with the key of each object that is there and wanted, as after a first list."""
        self._tell([key for key, item in self._objects.items() if wanted(item)])

    def _run(self) -> None:
        wait = FIRST_RETRY_SECONDS
        while not self._stopped.is_set():
            try:
                if not self._version:
                    self._list()
                self._watch()
                wait = FIRST_RETRY_SECONDS
            except ApiError as error:
                if error.code == GONE:
                    self._version = ""
                    continue
                log.warning("%s: the API answered %s", self.resource.plural, error)
                self._stopped.wait(wait)
                wait = min(wait * 2, LAST_RETRY_SECONDS)
            except (urllib3.exceptions.HTTPError, OSError, ValueError) as error:
                log.warning("%s: the watch was interrupted (%s)", self.resource.plural, type(error).__name__)
                self._stopped.wait(wait)
                wait = min(wait * 2, LAST_RETRY_SECONDS)

    def _list(self) -> None:
        answer = self._cluster.list(self.resource)
        found = {_key(item): item for item in answer.get("items") or ()}
        former, self._objects = self._objects, found
        changed = [key for key, item in found.items() if former.get(key) != item]
        removed = [key for key in former if key not in found]
        self._tell(changed + removed)
        self._version = str(answer["metadata"]["resourceVersion"])
        self.synced.set()

    def _watch(self) -> None:
        for event in self._cluster.watch(self.resource, self._version):
            item = event["object"]
            if event["type"] == "ERROR":
                raise ApiError(int(item.get("code", 500)), str(item.get("message", "watch error")))
            if event["type"] != "BOOKMARK":
                self._take(event["type"], item)
            self._version = str(item["metadata"]["resourceVersion"])
            if self._stopped.is_set():
                break

    def _take(self, change: str, item: JSON) -> None:
        key = _key(item)
        rest = {known: each for known, each in self._objects.items() if known != key}
        self._objects = rest if change == "DELETED" else {**rest, key: item}
        self._tell([key])

    def _tell(self, keys: list[Key]) -> None:
        for key in keys:
            for subscriber in self._subscribers:
                subscriber(key)


def _key(item: JSON) -> Key:
    metadata = item["metadata"]
    return Key(metadata.get("namespace", ""), metadata["name"])
