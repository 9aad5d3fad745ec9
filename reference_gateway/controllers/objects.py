"""Objects that the gateway keeps in the API: created, mended where they have drifted, told what became of them."""

from __future__ import annotations

from collections.abc import Mapping

from reference_gateway.controllers.children import contains
from reference_gateway.informer import Informer
from reference_gateway.kubernetes_access import JSON, ApiError, Cluster, Resource
from reference_gateway.values import Key

CONFLICT = 409


class Objects:
    """The objects of some kinds, in the API and in the caches."""

    def __init__(self, cluster: Cluster, informers: Mapping[Resource, Informer]) -> None:
        self._cluster = cluster
        self._informers = informers

    def get(self, resource: Resource, key: Key) -> JSON | None:
        """An object as last seen; None if it is not there or on its way out."""
        item = self._informers[resource].get(key)
        return None if item is None or "deletionTimestamp" in item["metadata"] else item

    def present(self, resource: Resource) -> Mapping[Key, JSON]:
        """All objects of a kind as last seen, but for those on their way out."""
        found = self._informers[resource].view()
        return {key: item for key, item in found.items() if "deletionTimestamp" not in item["metadata"]}

    def ensure(self, resource: Resource, wanted: JSON, *, anew: bool = True) -> None:
        """Create an object, if that may be done ``anew``, or set what has drifted of its labels, owners and spec."""
        key = Key(wanted["metadata"]["namespace"], wanted["metadata"]["name"])
        actual = self._informers[resource].get(key)
        if actual is None:
            if anew:
                self.create(resource, wanted)
            return
        metadata = {
            name: wanted["metadata"][name] for name in ("labels", "ownerReferences") if name in wanted["metadata"]
        }
        change = {"metadata": metadata, "spec": wanted["spec"]}
        if not contains(actual, change):
            self._cluster.merge(resource, key, change)

    def create(self, resource: Resource, body: JSON) -> None:
        """Create an object, unless it is there."""
        try:
            self._cluster.create(resource, body)
        except ApiError as error:
            # It is there, but not in the cache yet: its event brings the key back, and drift is seen then.
            if error.code != CONFLICT:
                raise

    def set_spec(self, resource: Resource, item: JSON, spec: JSON) -> None:
        """Change what an owner wrote, which a conforming gateway never does."""
        if spec != item["spec"]:
            metadata = item["metadata"]
            self._cluster.merge(resource, Key(metadata["namespace"], metadata["name"]), {"spec": spec})

    def delete(self, resource: Resource, key: Key) -> None:
        """Delete an object."""
        self._cluster.delete(resource, key)

    def write_status(self, resource: Resource, item: JSON, status: JSON) -> None:
        """Write a status, if the object says something else."""
        former = item.get("status") or {}
        if {name: former.get(name) for name in status} != status:
            metadata = item["metadata"]
            self._cluster.write_status(resource, Key(metadata["namespace"], metadata["name"]), status)
