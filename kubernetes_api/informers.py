"""A small client of any Kubernetes API for the controllers here: requests, discovery, and lists kept up by watches."""

from __future__ import annotations

import asyncio
import json
import logging
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

Json = dict[str, Any]
Asgi = Callable[..., Awaitable[None]]

_AGGREGATED = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"
_METADATA = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1"
_METADATA_LIST = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"
_RETRY_SECONDS = 0.2
_CONNECTIONS = 16
_log = logging.getLogger("kubernetes_api.controllers")


@dataclass(frozen=True)
class Served:
    """A resource that can be listed, watched and deleted."""

    group: str
    version: str
    plural: str
    kind: str
    namespaced: bool

    @property
    def root(self) -> str:
        """The URL of the whole collection."""
        return (
            f"/apis/{self.group}/{self.version}/{self.plural}" if self.group else f"/api/{self.version}/{self.plural}"
        )

    def url(self, namespace: str, name: str = "") -> str:
        """Return the URL of a collection in a namespace, or of one object."""
        base, _, plural = self.root.rpartition("/")
        place = f"{base}/namespaces/{namespace}/{plural}" if self.namespaced and namespace else self.root
        return f"{place}/{name}" if name else place


class Api:
    """Requests to one API server.

    ``app`` is that server, where it lives in this process: then everything but the watches, whose answers never end,
    goes to it without sockets and TLS, which cost more than the answers.
    """

    def __init__(self, server: str, authority: Path, token: str, app: Asgi | None = None) -> None:
        settings: dict[str, Any] = {
            "base_url": server,
            "headers": {"Authorization": f"Bearer {token}", "User-Agent": "kube-controller-manager"},
            "timeout": httpx.Timeout(30.0),
            "trust_env": False,
        }
        sockets = {**settings, "verify": ssl.create_default_context(cafile=str(authority))}
        # A request looks through all connections of its client: those of a hundred watches have one to themselves.
        self._watches = httpx.AsyncClient(
            **sockets, limits=httpx.Limits(max_connections=None, max_keepalive_connections=None)
        )
        self._client = (
            httpx.AsyncClient(**sockets, limits=httpx.Limits(max_connections=_CONNECTIONS))
            if app is None
            else httpx.AsyncClient(transport=httpx.ASGITransport(app), **settings)
        )

    async def close(self) -> None:
        """Close all connections."""
        await self._client.aclose()
        await self._watches.aclose()

    async def get(self, url: str, accept: str = "application/json", **query: str) -> Json | None:
        """Return what a URL holds, None if there is nothing."""
        answer = await self._client.get(url, params=query, headers={"Accept": accept})
        if answer.status_code == httpx.codes.NOT_FOUND:
            return None
        answer.raise_for_status()
        found: Json = answer.json()
        return found

    async def send(
        self, method: str, url: str, body: Json | None = None, content_type: str = "application/json"
    ) -> int:
        """Send a write and return its status code; 404 and 409 are for the caller to judge, other errors are raised."""
        content = None if body is None else json.dumps(body)
        answer = await self._client.request(method, url, content=content, headers={"Content-Type": content_type})
        if answer.status_code not in (httpx.codes.NOT_FOUND, httpx.codes.CONFLICT):
            answer.raise_for_status()
        return answer.status_code

    async def served(self) -> list[Served]:
        """Return every resource with list, watch and delete, each in its preferred version."""
        found: dict[tuple[str, str], Served] = {}
        for path in ("/api", "/apis"):
            groups = await self.get(path, _AGGREGATED) or {"items": []}
            for group in groups["items"]:
                name = group["metadata"].get("name", "")
                for version in group["versions"]:
                    for entry in version.get("resources") or ():
                        if {"list", "watch", "delete"} <= set(entry["verbs"]):
                            namespaced = entry["scope"] == "Namespaced"
                            kind = entry["responseKind"]["kind"]
                            one = Served(name, version["version"], entry["resource"], kind, namespaced)
                            found.setdefault((name, entry["resource"]), one)
        return list(found.values())

    async def list(self, served: Served, namespace: str = "", *, whole: bool = False) -> Json | None:
        """Return all objects, whole or cut down to their metadata; None if the resource is gone."""
        return await self.get(served.url(namespace), "application/json" if whole else _METADATA_LIST)

    async def watch(self, served: Served, revision: str, *, whole: bool) -> AsyncIterator[tuple[str, Json]]:
        """Yield events from after the revision until the server ends the watch."""
        query = {"watch": "1", "resourceVersion": revision, "allowWatchBookmarks": "true"}
        headers = {"Accept": "application/json" if whole else _METADATA}
        async with self._watches.stream("GET", served.root, params=query, headers=headers, timeout=None) as answer:
            answer.raise_for_status()
            async for line in answer.aiter_lines():
                event = json.loads(line)
                yield event["type"], event["object"]


Handler = Callable[[Served, str, Json], None]


async def keep_informed(api: Api, served: Served, handle: Handler, synced: asyncio.Event, *, whole: bool) -> None:
    """Tell the handler of every object that exists and of every change, until cancelled or the resource is gone.

    Events are ADDED, MODIFIED and DELETED; what went while nobody watched is reported as DELETED after a new list.
    """
    known: dict[str, Json] = {}
    revision = ""
    while True:
        try:
            if not revision:
                listed = await api.list(served, whole=whole)
                if listed is None:
                    synced.set()
                    return
                revision = listed["metadata"]["resourceVersion"]
                present = {item["metadata"]["uid"]: item for item in listed["items"] or ()}
                for uid, item in present.items():
                    handle(served, "MODIFIED" if uid in known else "ADDED", item)
                for uid in known.keys() - present.keys():
                    handle(served, "DELETED", known[uid])
                known = present
                synced.set()
            async for kind, item in api.watch(served, revision, whole=whole):
                if kind == "ERROR":
                    revision = ""
                    break
                revision = item["metadata"]["resourceVersion"]
                if kind == "BOOKMARK":
                    continue
                if kind == "DELETED":
                    known.pop(item["metadata"]["uid"], None)
                else:
                    known[item["metadata"]["uid"]] = item
                handle(served, kind, item)
        except httpx.HTTPStatusError as error:
            revision = ""
            _log.info("%s: %s", served.root, error)
            await asyncio.sleep(_RETRY_SECONDS)
        except httpx.HTTPError as error:
            _log.info("%s: %s", served.root, error)
            await asyncio.sleep(_RETRY_SECONDS)


class WorkQueue:
    """Keys to be worked on, each by one worker at a time, and again if it was added meanwhile or failed."""

    def __init__(self, work: Callable[[tuple[str, ...]], Any]) -> None:
        self._work = work
        self._queue: asyncio.Queue[tuple[str, ...]] = asyncio.Queue()
        self._waiting: set[tuple[str, ...]] = set()
        self._active: set[tuple[str, ...]] = set()

    def add(self, key: tuple[str, ...]) -> None:
        """Ask for work on a key."""
        if key in self._waiting:
            return
        self._waiting.add(key)
        if key not in self._active:
            self._queue.put_nowait(key)

    async def run(self) -> None:
        """Work until cancelled."""
        while True:
            key = await self._queue.get()
            self._waiting.discard(key)
            self._active.add(key)
            try:
                await self._work(key)
            except (httpx.HTTPError, KeyError) as error:
                _log.info("%s: %s", key, error)
                asyncio.get_running_loop().call_later(_RETRY_SECONDS, self.add, key)
            finally:
                self._active.discard(key)
            if key in self._waiting:
                self._queue.put_nowait(key)
