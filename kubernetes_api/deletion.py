"""Deletion: preconditions, finalizers, propagation, and what the answer says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from kubernetes_api.cluster import Cluster, marked_deleted
from kubernetes_api.custom_resource_definitions import CLEANUP_FINALIZER
from kubernetes_api.resources import CRD_KEY, NAMESPACES, Resource
from kubernetes_api.selectors import Matcher
from kubernetes_api.status_errors import FieldError, Json, conflict, details_of, invalid
from kubernetes_api.writes import Place

_POLICIES = ("Foreground", "Background", "Orphan")


@dataclass(frozen=True)
class DeleteOptions:
    """What the client asks for; an empty propagation is the resource's default (Background)."""

    dry_run: bool = False
    propagation: str = ""
    uid: str = ""
    resource_version: str = ""


def delete_options(query: dict[str, str], body: Any) -> DeleteOptions:
    """Return the options from the query and the body; raise 422 for a policy that does not exist."""
    told = body if isinstance(body, dict) else {}
    propagation = told.get("propagationPolicy") or query.get("propagationPolicy", "")
    if propagation and propagation not in _POLICIES:
        supported = ", ".join(f'"{name}"' for name in (*_POLICIES, "nil"))
        error = FieldError("FieldValueNotSupported", "propagationPolicy", propagation, f"supported values: {supported}")
        raise invalid("meta.k8s.io", "DeleteOptions", "", [error])
    if told.get("orphanDependents") or query.get("orphanDependents") == "true":
        propagation = "Orphan"
    preconditions = told.get("preconditions") or {}
    return DeleteOptions(
        dry_run="All" in (told.get("dryRun") or []) or query.get("dryRun") == "All",
        propagation=propagation,
        uid=preconditions.get("uid") or "",
        resource_version=preconditions.get("resourceVersion") or "",
    )


class Deleter:
    """All deletions. Synchronous: each call is atomic."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster

    def delete(self, place: Place, options: DeleteOptions) -> Json:
        """Delete an object; return it if it stays for its finalizers, otherwise a Status of success."""
        resource = place.resource
        live = self._cluster.live(resource, place.namespace, place.name)
        self._check_preconditions(place, live, options)
        item = _with_propagation(live, options.propagation)
        if resource.key == CRD_KEY:
            item = _with_finalizer(item, CLEANUP_FINALIZER)
        if not self._stays(resource, item):
            if not options.dry_run:
                live = self._cluster.remove(resource, live)
            # The real API returns the removed object for these, and a Status for all others.
            return live if resource.key in (("", "serviceaccounts"), ("", "services")) else _success(resource, live)
        if not item["metadata"].get("deletionTimestamp"):
            item = marked_deleted(item)
            if resource.key == NAMESPACES:
                metadata = {
                    name: value for name, value in item["metadata"].items() if name != "deletionGracePeriodSeconds"
                }
                item = {**item, "metadata": metadata, "status": {**item.get("status", {}), "phase": "Terminating"}}
        if options.dry_run or item == live:
            return item
        kept = self._cluster.keep(resource, item)
        if resource.key == CRD_KEY:
            self._remove_instances(kept)
        return kept

    def delete_collection(
        self, resource: Resource, namespace: str, matches: Matcher, options: DeleteOptions
    ) -> list[Json]:
        """Delete all objects that match and return them as they were."""
        found = self._cluster.store.list(resource.key, matches)
        for item in found:
            metadata = item["metadata"]
            self.delete(Place(resource, metadata.get("namespace", namespace), metadata["name"]), options)
        return [self._cluster.present(resource, item) for item in found]

    def _remove_instances(self, crd: Json) -> None:
        key = (crd["spec"]["group"], crd["spec"]["names"]["plural"])
        served = next((one for one in self._cluster.registry if one.key == key), None)
        if served is not None:
            self._cluster.terminate_crd(crd, served)

    def _stays(self, resource: Resource, item: Json) -> bool:
        if item["metadata"].get("finalizers"):
            return True
        return resource.key == NAMESPACES and bool(item.get("spec", {}).get("finalizers"))

    def _check_preconditions(self, place: Place, live: Json, options: DeleteOptions) -> None:
        resource, metadata = place.resource, live["metadata"]
        for word, asked, actual in (
            ("UID", options.uid, metadata["uid"]),
            ("ResourceVersion", options.resource_version, metadata["resourceVersion"]),
        ):
            if asked and asked != actual:
                ending = "deleted and then recreated" if word == "UID" else "modified"
                why = (
                    f"the {word} in the precondition ({asked}) does not match the {word} in record ({actual}). "
                    f"The object might have been {ending}"
                )
                raise conflict(resource.group, resource.kind, place.name, why)


def _with_propagation(item: Json, propagation: str) -> Json:
    """Add the finalizer by which the garbage collector knows what to do with dependents."""
    finalizer = {"Foreground": "foregroundDeletion", "Orphan": "orphan"}.get(propagation)
    return _with_finalizer(item, finalizer) if finalizer else item


def _with_finalizer(item: Json, finalizer: str) -> Json:
    finalizers = item["metadata"].get("finalizers") or []
    if finalizer in finalizers:
        return item
    return {**item, "metadata": {**item["metadata"], "finalizers": [*finalizers, finalizer]}}


def _success(resource: Resource, item: Json) -> Json:
    metadata = item["metadata"]
    return {
        "kind": "Status",
        "apiVersion": "v1",
        "metadata": {},
        "status": "Success",
        "details": details_of(resource.group, resource.plural, metadata["name"], uid=metadata["uid"]),
    }
