"""MaaSModelRef: which models are published, and a status that says so where the edition has one (behaviour.md 2.3)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from reference_gateway.behaviour import Behaviour
from reference_gateway.controllers.access import named_refs
from reference_gateway.controllers.status import condition
from reference_gateway.data_plane.translation import references_gateway
from reference_gateway.informer import Informer
from reference_gateway.kubernetes_access import JSON, Cluster, Resource
from reference_gateway.resources import CONTROLLER_NAME, GATEWAY, HTTP_ROUTES
from reference_gateway.stores import Store
from reference_gateway.values import Key, ModelRef

WAITING = "Waiting for backend to become ready"
UNPAIRED = "Awaiting governance pairing"
ROUTE_FIELDS = ("httpRouteName", "httpRouteNamespace", "httpRouteGatewayName", "httpRouteGatewayNamespace")


@dataclass(frozen=True)
class Readiness:
    """What a status is to say; fields that are None are left as they are."""

    phase: str
    reason: str
    message: str
    fields: dict[str, Any] = field(default_factory=dict)


class Governance:
    """Which MaaSModelRefs a policy and a subscription name, in editions in which that decides about Ready."""

    def __init__(self, behaviour: Behaviour, policies: Informer, subscriptions: Informer) -> None:
        self._behaviour = behaviour
        self._policies = policies
        self._subscriptions = subscriptions
        self._named: dict[tuple[Informer, Key], frozenset[Key]] = {}
        """Policy or subscription -> the references that it named when it was last seen."""

    def subscribe(self, subscriber: Callable[[Key], None]) -> None:
        """Have it called with each reference that a policy or a subscription has come to name, or names no longer."""
        for kind in (self._policies, self._subscriptions):
            kind.subscribe(partial(self._tell_of_changes, kind, subscriber))

    def _tell_of_changes(self, kind: Informer, subscriber: Callable[[Key], None], key: Key) -> None:
        item = kind.get(key)
        now = frozenset() if item is None else named_refs(item)
        before = self._named.get((kind, key), frozenset())
        self._named[kind, key] = now
        for ref in now ^ before:
            subscriber(ref)

    def is_paired(self, ref: Key) -> bool:
        """Whether a reference has all that it needs to be Ready."""
        by_policy, by_subscription = (
            any(ref in named_refs(item) for item in kind.view().values())
            for kind in (self._policies, self._subscriptions)
        )
        return self._behaviour.is_governed(by_policy=by_policy, by_subscription=by_subscription)

    def condition(self, ref: Key, generation: int, former: Sequence[JSON]) -> JSON:
        """The condition that says so."""
        if self.is_paired(ref):
            found = "Active governance pairing found"
            return condition("GovernanceAttached", True, "GovernancePaired", found, generation, former)
        return condition("GovernanceAttached", False, "NoPairingFound", UNPAIRED, generation, former)


class ModelRefController:
    """Keeps the reference store in step: this is what publishes a model and what ends its publication."""

    def __init__(
        self,
        behaviour: Behaviour,
        cluster: Cluster,
        resource: Resource,
        model_refs: Informer,
        external_models: Informer,
        store: Store[ModelRef],
    ) -> None:
        self._behaviour = behaviour
        self._cluster = cluster
        self._resource = resource
        self._model_refs = model_refs
        self._external_models = external_models
        self._store = store

    def reconcile(self, key: Key) -> None:
        """Bring one reference's entry, and its finalizer, up to date."""
        item = self._model_refs.get(key)
        finalizer = self._behaviour.ref_finalizer()
        if item is None or "deletionTimestamp" in item["metadata"]:
            self._behaviour.on_model_ref_deleted(self._store, key)
            if item is not None and finalizer in (item["metadata"].get("finalizers") or ()):
                self._release(key, item, finalizer)
            return
        target = item["spec"]["modelRef"]
        self._behaviour.on_model_ref_changed(self._store, ModelRef(key, target["kind"], target["name"]))
        finalizers = item["metadata"].get("finalizers") or []
        if finalizer is not None and finalizer not in finalizers:
            self._change_finalizers(key, lambda held: [*held, finalizer])

    def _release(self, key: Key, item: JSON, finalizer: str | None) -> None:
        target = Key(key.namespace, item["spec"]["modelRef"]["name"])
        if self._external_models.get(target) is None and not self._behaviour.releases_without_target():
            return
        if self._behaviour.removes_route_with_ref():
            self._cluster.delete(HTTP_ROUTES, target)
        self._change_finalizers(key, lambda held: [each for each in held if each != finalizer])

    def _change_finalizers(self, key: Key, change: Callable[[list[str]], list[str]]) -> None:
        # Read anew, because the cache is often a status behind. The resourceVersion makes this fail, and be tried
        # again, if anybody else changes the list meanwhile.
        fresh = self._cluster.get(self._resource, key)["metadata"]
        finalizers = change(fresh.get("finalizers") or [])
        metadata = {"finalizers": finalizers, "resourceVersion": fresh["resourceVersion"]}
        self._cluster.merge(self._resource, key, {"metadata": metadata})


class ModelRefStatusController:
    """Writes the status of each reference from its ExternalModel, the HTTPRoute and the Gateway."""

    def __init__(
        self,
        behaviour: Behaviour,
        cluster: Cluster,
        resource: Resource,
        model_refs: Informer,
        external_models: Informer,
        routes: Informer,
        gateways: Informer,
        governance: Governance | None,
    ) -> None:
        self._behaviour = behaviour
        self._cluster = cluster
        self._resource = resource
        self._model_refs = model_refs
        self._external_models = external_models
        self._routes = routes
        self._gateways = gateways
        self._governance = governance

    def reconcile(self, key: Key) -> None:
        """Write one reference's status if it says something else than it should."""
        item = self._model_refs.get(key)
        if item is None or "deletionTimestamp" in item["metadata"]:
            return
        former = item.get("status") or {}
        conditions = former.get("conditions") or []
        generation = self._behaviour.observed_generation(item["metadata"].get("generation", 1))
        edited = any(each["observedGeneration"] != generation for each in conditions)
        if not self._behaviour.looks_again(former.get("phase") or "", edited=edited):
            return
        readiness = self.readiness(item)
        ready = readiness.phase == "Ready"
        wanted = {
            "phase": readiness.phase,
            **readiness.fields,
            "conditions": [
                condition("Ready", ready, readiness.reason, readiness.message, generation, conditions),
                *(
                    condition(type_, True, reason, message, generation, conditions)
                    for type_, reason, message in self._behaviour.extra_conditions()
                ),
                *([self._governance.condition(key, generation, conditions)] if self._governance is not None else ()),
            ],
        }
        if {name: former.get(name) for name in wanted} != wanted:
            self._cluster.write_status(self._resource, key, wanted)

    def readiness(self, item: JSON) -> Readiness:
        """What the status should say."""
        namespace, target = item["metadata"]["namespace"], item["spec"]["modelRef"]
        model = Key(namespace, target["name"])
        kind = self._behaviour.edition.external_model.kind
        if target["kind"] != kind:
            return Readiness("Failed", "ReconcileFailed", f"unknown kind: {target['kind']}")
        if self._behaviour.find_target(self._external_models.view(), model) is None:
            return Readiness(
                self._behaviour.phase_without_target(),
                "ReconcileFailed",
                f"Failed to reconcile HTTPRoute: {kind} {model.name} not found in namespace {namespace}"
                + self._places(),
            )
        route = self._routes.get(model)
        if self._behaviour.waits_for_route():
            if route is None:
                cleared = dict.fromkeys((*ROUTE_FIELDS, "httpRouteHostnames"))
                return Readiness("Pending", "BackendNotReady", WAITING, {"endpoint": None, **cleared})
            if not references_gateway(route, GATEWAY):
                found = ", ".join(str(parent["name"]) for parent in route["spec"].get("parentRefs") or ())
                problem = f"HTTPRoute {model} does not reference gateway {GATEWAY} (found: {found})"
                return Readiness("Failed", "ReconcileFailed", f"Failed to reconcile HTTPRoute: {problem}")
            if not self._behaviour.accepts(_conditions(route)):
                return Readiness("Pending", "BackendNotReady", WAITING, {"endpoint": None})
        ref = Key(namespace, item["metadata"]["name"])
        if self._governance is not None and not self._governance.is_paired(ref):
            return Readiness("Pending", "NoPairingFound", UNPAIRED, {"endpoint": None})
        names = (model.name, namespace, GATEWAY.name, GATEWAY.namespace)
        fields: dict[str, Any] = dict(zip(ROUTE_FIELDS, names, strict=True)) if self._behaviour.names_route() else {}
        own = self._endpoint(route or {"spec": {}}, model)
        fields["endpoint"] = self._behaviour.address_of(own, item["spec"].get("endpointOverride"))
        message = "Successfully reconciled" if self._governance is None else "Governed and runtime-healthy"
        return Readiness("Ready", "Reconciled", message, fields)

    def _places(self) -> str:
        edition = self._behaviour.edition
        legacy = edition.legacy_external_model
        return "" if legacy is None else f" (checked {edition.external_model.group} and {legacy.group})"

    def _endpoint(self, route: JSON, model: Key) -> str:
        values = {"gateway": self._host(route), "namespace": model.namespace, "name": model.name}
        return self._behaviour.endpoint_told(self._behaviour.edition.ref_endpoint.format(**values))

    def _host(self, route: JSON) -> str:
        gateway = self._gateways.get(GATEWAY) or {}
        listeners = gateway.get("spec", {}).get("listeners") or ()
        addresses = gateway.get("status", {}).get("addresses") or ()
        names = [
            *(route["spec"].get("hostnames") or ()),
            *(listener["hostname"] for listener in listeners if listener.get("hostname")),
            *(address["value"] for address in addresses if address.get("type") == "Hostname"),
            *(address["value"] for address in addresses),
        ]
        return str(next(iter(names), GATEWAY.name))


def _conditions(route: JSON) -> list[JSON]:
    """What this gateway has written about an HTTPRoute."""
    return [
        each
        for parent in route.get("status", {}).get("parents") or ()
        if parent.get("controllerName") == CONTROLLER_NAME
        for each in parent.get("conditions") or ()
    ]
