"""MaaSAuthPolicy and MaaSSubscription to the access layer's stores, and their phases (behaviour.md 1.3, 1.4)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

from reference_gateway.access.stores import AccessStores
from reference_gateway.access.values import Policy, RateLimit, Subscription
from reference_gateway.behaviour import Behaviour
from reference_gateway.controllers.status import condition
from reference_gateway.informer import Informer
from reference_gateway.kubernetes_access import JSON, Cluster, Resource
from reference_gateway.values import Key


class AccessController:
    """Keeps one of the two stores, and the phases of its objects, in step with the API."""

    def __init__(
        self,
        cluster: Cluster,
        objects: Informer,
        model_refs: Informer,
        on_changed: Callable[[JSON], None],
        on_deleted: Callable[[Key], None],
    ) -> None:
        self._cluster = cluster
        self._objects = objects
        self._model_refs = model_refs
        self._on_changed = on_changed
        self._on_deleted = on_deleted

    def reconcile(self, key: Key) -> None:
        """Bring one object's entry and its phase up to date."""
        item = self._objects.get(key)
        if item is None or "deletionTimestamp" in item["metadata"]:
            self._on_deleted(key)
            return
        self._on_changed(item)
        self._write_phase(self._objects.resource, key, item)

    def add_those_naming(self, ref: Key, add: Callable[[Key], None]) -> None:
        """Have the objects reconciled that name a reference: it may have come or gone."""
        for key, item in self._objects.view().items():
            if ref in named_refs(item):
                add(key)

    def _write_phase(self, resource: Resource, key: Key, item: JSON) -> None:
        refs = _refs(item)
        missing = [ref for ref in refs if self._model_refs.get(ref) is None]
        phase, message = _phase(len(missing), len(refs))
        former = item.get("status") or {}
        ready = condition(
            "Ready",
            phase == "Active",
            "Reconciled" if phase == "Active" else "ReconcileFailed",
            message,
            item["metadata"].get("generation", 1),
            former.get("conditions") or [],
        )
        wanted = {"phase": phase, "conditions": [ready]}
        if {name: former.get(name) for name in wanted} != wanted:
            self._cluster.write_status(resource, key, wanted)


def policy_controller(
    behaviour: Behaviour, cluster: Cluster, stores: AccessStores, policies: Informer, model_refs: Informer
) -> AccessController:
    """The controller of MaaSAuthPolicies."""
    store = stores.policies
    return AccessController(
        cluster,
        policies,
        model_refs,
        lambda item: behaviour.on_policy_changed(store, read_policy(item)),
        lambda key: behaviour.on_policy_deleted(store, key),
    )


def subscription_controller(
    behaviour: Behaviour, cluster: Cluster, stores: AccessStores, subscriptions: Informer, model_refs: Informer
) -> AccessController:
    """The controller of MaaSSubscriptions."""
    store = stores.subscriptions
    return AccessController(
        cluster,
        subscriptions,
        model_refs,
        lambda item: behaviour.on_subscription_changed(store, read_subscription(item)),
        lambda key: behaviour.on_subscription_deleted(store, key),
    )


def named_refs(item: JSON) -> frozenset[Key]:
    """The MaaSModelRefs that a policy or a subscription names; one that is being deleted names none."""
    return frozenset() if "deletionTimestamp" in item["metadata"] else frozenset(_refs(item))


def read_policy(item: JSON) -> Policy:
    """A MaaSAuthPolicy as a value."""
    users, groups = _people(item["spec"].get("subjects") or {})
    return Policy(_key(item), frozenset(_refs(item)), users, groups)


def read_subscription(item: JSON) -> Subscription:
    """A MaaSSubscription as a value."""
    spec = item["spec"]
    users, groups = _people(spec.get("owner") or {})
    limits = {_ref(each): tuple(map(_limit, each["tokenRateLimits"])) for each in spec["modelRefs"]}
    return Subscription(_key(item), limits, users, groups, spec.get("priority", 0))


def _phase(missing: int, all_: int) -> tuple[str, str]:
    if not missing:
        return "Active", "successfully reconciled"
    if missing == all_:
        return "Failed", f"all {all_} model references are invalid or missing"
    return "Degraded", f"{missing} of {all_} model references are missing"


def _people(subjects: Mapping[str, Any]) -> tuple[frozenset[str], frozenset[str]]:
    groups: Collection[Mapping[str, str]] = subjects.get("groups") or ()
    return frozenset(subjects.get("users") or ()), frozenset(group["name"] for group in groups)


def _limit(each: Mapping[str, Any]) -> RateLimit:
    return RateLimit(each["limit"], each["window"])


def _refs(item: JSON) -> list[Key]:
    return [_ref(each) for each in item["spec"]["modelRefs"]]


def _ref(each: Mapping[str, str]) -> Key:
    return Key(each["namespace"], each["name"])


def _key(item: JSON) -> Key:
    return Key(item["metadata"]["namespace"], item["metadata"]["name"])
