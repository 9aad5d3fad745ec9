"""Owner garbage collection and namespace finalisation: the two duties of kube-controller-manager that tests rely on.

It works through the API alone, so that it serves the embedded API and a bare kube-apiserver in the same way.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass

import httpx

from kubernetes_api.informers import Api, Json, Served, WorkQueue, keep_informed

_COLLECTORS = 6
_FINALISERS = 2
"""Apart from the collectors: emptying a namespace takes dozens of requests, and no dependent should wait for them."""
_NAMESPACES = ("", "namespaces")
_CRDS = ("apiextensions.k8s.io", "customresourcedefinitions")
_MERGE_PATCH = "application/merge-patch+json"
_log = logging.getLogger("kubernetes_api.controllers")


@dataclass
class Node:
    """An object as garbage collection sees it."""

    served: Served
    metadata: Json

    @property
    def owners(self) -> list[Json]:
        """Its owner references."""
        owners: list[Json] = self.metadata.get("ownerReferences") or []
        return owners

    @property
    def url(self) -> str:
        """Where it is."""
        return self.served.url(self.metadata.get("namespace", ""), self.metadata["name"])

    def waits_with(self, finalizer: str) -> bool:
        """Say whether it is being deleted and held by the finalizer."""
        return bool(self.metadata.get("deletionTimestamp")) and finalizer in (self.metadata.get("finalizers") or [])


class ControllerManager:
    """Both controllers over one set of watches."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._queue = WorkQueue(self._work)
        self._namespaces = WorkQueue(self._work)
        self._informers: dict[tuple[str, str], asyncio.Task[None]] = {}
        self._served: dict[tuple[str, str], Served] = {}
        self._nodes: dict[str, Node] = {}
        self._dependents: dict[str, set[str]] = {}
        self._terminating: set[str] = set()
        self._known_namespaces: set[str] = set()
        self._kinds_held: set[Served] = set()
        """Of which a namespace that was deleted has held some. None is searched for others: that would be most of all
        work, and what the watches show after a namespace has gone is deleted then."""

    async def run(self, ready: asyncio.Event) -> None:
        """Work until cancelled; `ready` is set when everything that exists is known."""
        try:
            synced = [self._inform(served) for served in await self._api.served()]
            async with asyncio.TaskGroup() as group:
                for _ in range(_COLLECTORS):
                    group.create_task(self._queue.run())
                for _ in range(_FINALISERS):
                    group.create_task(self._namespaces.run())
                for event in synced:
                    await event.wait()
                ready.set()
        finally:
            for task in self._informers.values():
                task.cancel()
            await asyncio.gather(*self._informers.values(), return_exceptions=True)

    def _inform(self, served: Served) -> asyncio.Event:
        synced = asyncio.Event()
        key = (served.group, served.plural)
        if key in self._informers and not self._informers[key].done():
            synced.set()
            return synced
        whole = key in (_NAMESPACES, _CRDS)
        self._served[key] = served
        task = asyncio.create_task(keep_informed(self._api, served, self._handle, synced, whole=whole))
        task.add_done_callback(lambda done: self._ended(done, served, synced))
        self._informers[key] = task
        return synced

    def _ended(self, task: asyncio.Task[None], served: Served, synced: asyncio.Event) -> None:
        """Keep the defect of one informer from passing unseen, or from holding up the start."""
        synced.set()
        if not task.cancelled() and task.exception():
            _log.error("watching %s failed: %r", served.root, task.exception())

    def _handle(self, served: Served, kind: str, item: Json) -> None:
        key = (served.group, served.plural)
        if key == _CRDS:
            self._crd_changed(kind, item)
        elif key == _NAMESPACES:
            self._namespace_changed(kind, item)
        if kind == "DELETED":
            self._forget(item["metadata"])
        else:
            self._remember(Node(served, item["metadata"]))

    def _crd_changed(self, kind: str, crd: Json) -> None:
        spec = crd["spec"]
        key = (spec["group"], spec["names"]["plural"])
        if kind == "DELETED":
            task = self._informers.pop(key, None)
            self._served.pop(key, None)
            if task:
                task.cancel()
            for node in [node for node in self._nodes.values() if (node.served.group, node.served.plural) == key]:
                self._forget(node.metadata)
            return
        conditions = {one["type"]: one["status"] for one in crd.get("status", {}).get("conditions") or ()}
        served = [version["name"] for version in spec["versions"] if version["served"]]
        if conditions.get("Established") == "True" and served:
            namespaced = spec["scope"] == "Namespaced"
            self._inform(Served(spec["group"], served[0], spec["names"]["plural"], spec["names"]["kind"], namespaced))

    def _namespace_changed(self, kind: str, namespace: Json) -> None:
        name = namespace["metadata"]["name"]
        if kind == "DELETED":
            self._terminating.discard(name)
            self._known_namespaces.discard(name)
            return
        self._known_namespaces.add(name)
        if _is_going(namespace):
            self._terminating.add(name)
            self._namespaces.add(("namespace", name))

    def _remember(self, node: Node) -> None:
        uid, namespace = node.metadata["uid"], node.metadata.get("namespace")
        before = self._nodes.get(uid)
        if namespace and namespace not in self._known_namespaces:
            # Either the watches show the namespace later than what is in it, or it went before they showed this.
            self._namespaces.add(("namespace", namespace))
        self._nodes[uid] = node
        for owner in before.owners if before else ():
            self._dependents.get(owner["uid"], set()).discard(uid)
        for owner in node.owners:
            self._dependents.setdefault(owner["uid"], set()).add(uid)
        if node.owners:
            self._queue.add(("dependent", uid))
        if node.waits_with("foregroundDeletion") or node.waits_with("orphan"):
            self._queue.add(("owner", uid))

    def _forget(self, metadata: Json) -> None:
        uid = metadata["uid"]
        node = self._nodes.pop(uid, None)
        for owner in node.owners if node else ():
            self._dependents.get(owner["uid"], set()).discard(uid)
            if owner["uid"] in self._nodes:
                self._queue.add(("owner", owner["uid"]))
        for dependent in self._dependents.pop(uid, ()):
            self._queue.add(("dependent", dependent))
        if metadata.get("namespace") in self._terminating:
            self._namespaces.add(("namespace", metadata["namespace"]))

    async def _work(self, key: tuple[str, ...]) -> None:
        sort, what = key
        if sort == "namespace":
            await self._finalise_namespace(what)
        elif what in self._nodes:
            node = self._nodes[what]
            await (self._collect(node) if sort == "dependent" else self._release(node))

    async def _collect(self, node: Node) -> None:
        """Delete a dependent whose owners are all gone or wait for it; drop references to those that are gone."""
        if not node.owners or node.metadata.get("deletionTimestamp"):
            return
        solid, waiting = [], False
        for owner in node.owners:
            found = self._nodes.get(owner["uid"])
            if found and found.waits_with("foregroundDeletion") and owner.get("blockOwnerDeletion"):
                waiting = True
            elif found or await self._exists(node, owner):
                solid.append(owner)
        if not solid:
            foreground = waiting and self._dependents.get(node.metadata["uid"])
            await self._delete(node, "Foreground" if foreground else "Background")
        elif len(solid) < len(node.owners):
            await self._patch_metadata(node, {"ownerReferences": solid})

    async def _exists(self, node: Node, owner: Json) -> bool:
        """Ask the API for an owner that no watch has shown (yet)."""
        group, _, version = owner["apiVersion"].rpartition("/")
        kinds = (one for one in self._served.values() if (one.group, one.kind) == (group, owner["kind"]))
        served = next(kinds, None)
        if served is None:
            # The owner's kind is not known; as the real collector, rather keep than delete.
            kinds = (one for one in await self._api.served() if (one.group, one.kind) == (group, owner["kind"]))
            served = next(kinds, None)
        if served is None:
            return True
        place = Served(group, version, served.plural, served.kind, served.namespaced)
        found = await self._api.get(place.url(node.metadata.get("namespace", ""), owner["name"]))
        return found is not None and found["metadata"]["uid"] == owner["uid"]

    async def _release(self, node: Node) -> None:
        """Let go of an owner: after its blocking dependents (foreground), or without them (orphan)."""
        if not (node.waits_with("orphan") or node.waits_with("foregroundDeletion")):
            return
        uid = node.metadata["uid"]
        dependents = await self._live_dependents(node)
        if node.waits_with("orphan"):
            for dependent in dependents:
                kept = [owner for owner in dependent.owners if owner["uid"] != uid]
                if await self._patch_metadata(dependent, {"ownerReferences": kept}) == httpx.codes.CONFLICT:
                    self._queue.add(("owner", uid))
                    return
            await self._drop_finalizer(node, "orphan")
        else:
            for dependent in dependents:
                self._queue.add(("dependent", dependent.metadata["uid"]))
            references = [owner for dependent in dependents for owner in dependent.owners if owner["uid"] == uid]
            if not any(owner.get("blockOwnerDeletion") for owner in references):
                await self._drop_finalizer(node, "foregroundDeletion")

    async def _live_dependents(self, node: Node) -> list[Node]:
        """Ask the API for an owner's dependents: those made just now may not have come through the watches yet."""
        namespace = node.metadata.get("namespace", "")
        resources = [one for one in self._served.values() if one.namespaced or not namespace]
        lists = await asyncio.gather(*(self._api.list(one, namespace) for one in resources))
        return [
            Node(served, item["metadata"])
            for served, listed in zip(resources, lists, strict=True)
            for item in (listed or {}).get("items") or ()
            if any(owner["uid"] == node.metadata["uid"] for owner in item["metadata"].get("ownerReferences") or ())
        ]

    async def _drop_finalizer(self, node: Node, finalizer: str) -> None:
        kept = [one for one in node.metadata["finalizers"] if one != finalizer]
        await self._patch_metadata(node, {"finalizers": kept})

    async def _patch_metadata(self, node: Node, metadata: Json) -> int:
        """Change metadata unless somebody else has meanwhile (409); then the watch brings the object again."""
        lock = {"uid": node.metadata["uid"], "resourceVersion": node.metadata["resourceVersion"]}
        return await self._api.send("PATCH", node.url, {"metadata": {**lock, **metadata}}, _MERGE_PATCH)

    async def _finalise_namespace(self, name: str) -> None:
        """Delete everything in a namespace that is being deleted; once nothing is left, let it go."""
        url = f"/api/v1/namespaces/{name}"
        namespace = await self._api.get(url)
        if namespace is None:
            await asyncio.gather(*(self._delete(node) for node in self._nodes_in(name)))
            return
        if "kubernetes" not in (namespace["spec"].get("finalizers") or []) or not _is_going(namespace):
            return
        # What the watches have shown goes first, and that it has gone they show, too: then it comes here again. Only
        # when nothing is left is it worth asking for what they may show yet.
        held = {node.served for node in self._nodes_in(name)}
        self._kinds_held |= held
        if held:
            await asyncio.gather(*(self._clear(served, name) for served in held))
        elif not any(await asyncio.gather(*(self._empty(served, name) for served in self._kinds_held))):
            finalizers = [one for one in namespace["spec"]["finalizers"] if one != "kubernetes"]
            namespace["spec"]["finalizers"] = finalizers
            if await self._api.send("PUT", f"{url}/finalize", namespace) == httpx.codes.CONFLICT:
                self._namespaces.add(("namespace", name))

    def _nodes_in(self, namespace: str) -> list[Node]:
        """The objects that the watches have shown in a namespace."""
        return [node for node in self._nodes.values() if node.metadata.get("namespace") == namespace]

    async def _delete(self, node: Node, propagation: str = "Background") -> None:
        """Delete this very object, and none that has come in its place."""
        preconditions = {"uid": node.metadata["uid"]}
        options = {"propagationPolicy": propagation, "preconditions": preconditions}
        await self._api.send("DELETE", node.url, {"kind": "DeleteOptions", "apiVersion": "v1", **options})

    async def _empty(self, served: Served, namespace: str) -> bool:
        """Delete a resource's objects in a namespace, if there are any; say whether there were."""
        found = await self._api.get(served.url(namespace), limit="1")
        if not found or not found["items"]:
            return False
        await self._clear(served, namespace)
        return True

    async def _clear(self, served: Served, namespace: str) -> None:
        """Delete a resource's objects in a namespace; some may wait for their finalizers."""
        body = {"kind": "DeleteOptions", "apiVersion": "v1", "propagationPolicy": "Background"}
        await self._api.send("DELETE", served.url(namespace), body)


def _is_going(item: Json) -> bool:
    """Whether it is being deleted."""
    return bool(item["metadata"].get("deletionTimestamp"))
