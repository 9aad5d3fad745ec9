"""The state of the embedded API as one thing: objects, served resources, and what keeping an object brings with it."""

from __future__ import annotations

from kubernetes_api import kinds
from kubernetes_api.apply import now_text
from kubernetes_api.custom_resource_definitions import (
    CLEANUP_FINALIZER,
    CustomResourceDefinitionKind,
    established,
    terminating,
)
from kubernetes_api.resources import CRD_KEY, DEPLOYMENTS, NAMESPACES, Registry, Resource
from kubernetes_api.schema import apply_defaults, clone, prune
from kubernetes_api.selectors import matcher
from kubernetes_api.status_errors import Json, forbidden, not_found
from kubernetes_api.store import ResourceKey, Store

FIRST_NAMESPACES = ("default", "kube-node-lease", "kube-public", "kube-system")


class Cluster:
    """Objects and resources, kept in step: a CRD that is kept is served, a namespace that goes is waited for."""

    def __init__(self) -> None:
        self.store = Store()
        self.registry = Registry()
        self._plain = kinds.Kind()
        self._custom = kinds.CustomKind()
        self._kinds: dict[ResourceKey, kinds.Kind] = {
            NAMESPACES: kinds.NamespaceKind(),
            ("", "secrets"): kinds.SecretKind(),
            ("", "configmaps"): kinds.ConfigMapKind(),
            ("", "services"): kinds.ServiceKind(),
            ("", "events"): kinds.EventKind(),
            ("coordination.k8s.io", "leases"): kinds.LeaseKind(),
            DEPLOYMENTS: kinds.DeploymentKind(),
            ("authorization.k8s.io", "selfsubjectaccessreviews"): kinds.ReviewKind(),
            CRD_KEY: CustomResourceDefinitionKind(),
        }
        for resource in self.registry:
            self.store.add_resource(resource.key)

    def kind_of(self, resource: Resource) -> kinds.Kind:
        """Return what objects of the resource do beyond their schema."""
        return self._custom if resource.custom else self._kinds.get(resource.key, self._plain)

    def live(self, resource: Resource, namespace: str, name: str) -> Json:
        """Return an object in the resource's version; raise 404."""
        item = self.store.get(resource.key, namespace, name)
        if item is None:
            raise not_found(resource.group, resource.plural, name)
        return self.present(resource, item)

    def present(self, resource: Resource, item: Json) -> Json:
        """Return an object that was kept as the resource's version shows it (conversion strategy None).

        As in the real API, what is read gets the defaults of the version in which it is stored.
        """
        if resource.storage_schema is None or not (resource.several_versions or resource.revised):
            return item
        shown: Json = clone(item)
        prune(shown, resource.storage_schema)
        apply_defaults(shown, resource.storage_schema)
        shown["apiVersion"] = resource.api_version
        prune(shown, resource.schema)
        return shown

    def require_namespace(self, resource: Resource, namespace: str, name: str) -> None:
        """Raise 404 if the namespace of a new object is missing, 403 if it is being deleted."""
        if not resource.namespaced:
            return
        found = self.store.get(NAMESPACES, "", namespace)
        if found is None:
            raise not_found("", "namespaces", namespace)
        if found["metadata"].get("deletionTimestamp"):
            why = f"unable to create new content in namespace {namespace} because it is being terminated"
            message = f"namespace {namespace} is being terminated"
            cause = {"reason": "NamespaceTerminating", "message": message, "field": "metadata.namespace"}
            raise forbidden(resource.group, resource.plural, name, why, [cause])

    def keep(self, resource: Resource, item: Json) -> Json:
        """Keep an object, in the storage version, and return it as its resource shows it."""
        stored = {**item, "apiVersion": resource.stored_api_version}
        kept = self.store.put(resource.key, stored)
        if resource.key == CRD_KEY:
            self._serve(kept)
        return self.present(resource, kept)

    def remove(self, resource: Resource, item: Json) -> Json:
        """Remove an object for good and return its last state."""
        stored = self.store.get(resource.key, item["metadata"].get("namespace", ""), item["metadata"]["name"])
        last = self.store.remove(resource.key, stored or item)
        if resource.key == CRD_KEY:
            self.registry.withdraw(item["metadata"]["name"])
            self.store.drop_resource((item["spec"]["group"], item["spec"]["names"]["plural"]))
        elif resource.custom:
            self._finish_crd(f"{resource.plural}.{resource.group}")
        return self.present(resource, last)

    def _serve(self, crd: Json) -> None:
        """Serve a CRD's resources and mark it; what a controller of the real API server does a moment later."""
        if crd["metadata"].get("deletionTimestamp"):
            return
        spec, name = crd["spec"], crd["metadata"]["name"]
        kind = spec["names"]["kind"]
        conflict = f'"{kind}" is already in use' if self.registry.kind_taken(spec["group"], name, kind) else ""
        marked = established(crd, now_text(), name_conflict=conflict)
        if not conflict:
            self.store.add_resource((spec["group"], spec["names"]["plural"]))
            self.registry.establish(crd)
        if marked != crd:
            self.store.put(CRD_KEY, marked)

    def terminate_crd(self, crd: Json, resource: Resource) -> None:
        """Delete all objects of a CRD that is being deleted, then the CRD."""
        self.store.put(CRD_KEY, terminating(crd, now_text()))
        for item in self.store.list(resource.key, matcher([], [], None)):
            if item["metadata"].get("finalizers"):
                if not item["metadata"].get("deletionTimestamp"):
                    self.store.put(resource.key, marked_deleted(item))
            else:
                self.store.remove(resource.key, item)
        self._finish_crd(crd["metadata"]["name"])

    def _finish_crd(self, name: str) -> None:
        crd = self.store.get(CRD_KEY, "", name)
        if crd is None or not crd["metadata"].get("deletionTimestamp"):
            return
        key = (crd["spec"]["group"], crd["spec"]["names"]["plural"])
        if self.store.list(key, matcher([], [], None)):
            return
        finalizers = [one for one in crd["metadata"].get("finalizers") or [] if one != CLEANUP_FINALIZER]
        released = {**crd, "metadata": {**crd["metadata"], "finalizers": finalizers}}
        if finalizers:
            if released != crd:
                self.store.put(CRD_KEY, released)
            return
        self.store.remove(CRD_KEY, crd)
        self.registry.withdraw(name)
        self.store.drop_resource(key)


def marked_deleted(item: Json) -> Json:
    """Return the object with a deletionTimestamp: it goes when its last finalizer goes."""
    metadata = {**item["metadata"], "deletionTimestamp": now_text(), "deletionGracePeriodSeconds": 0}
    if "generation" in metadata:
        metadata["generation"] += 1
    return {**item, "metadata": metadata}
