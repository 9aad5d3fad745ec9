"""Children to Envoy: translates all routes, publishes them, and writes on each HTTPRoute what became of it."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from typing import Protocol

from reference_gateway.behaviour import Behaviour
from reference_gateway.controllers.controller import Controller
from reference_gateway.controllers.status import condition
from reference_gateway.data_plane.configuration import Wiring, clusters, route_configuration
from reference_gateway.data_plane.discovery import Discovery, Snapshot
from reference_gateway.data_plane.translation import Children, Translated, Unresolved, parent_key, translate
from reference_gateway.informer import Informer
from reference_gateway.kubernetes_access import JSON, Cluster, Resource
from reference_gateway.resources import (
    CONTROLLER_NAME,
    DESTINATION_RULES,
    GATEWAY,
    HTTP_ROUTES,
    NAMESPACE,
    SERVICE_ENTRIES,
    SERVICES,
)
from reference_gateway.stores import ModelStore
from reference_gateway.values import Destination, Key


class Viewed(Protocol):
    """The objects of one kind; an Informer is one."""

    def view(self) -> Mapping[Key, JSON]:
        """All objects as last seen."""
        ...


class RouteTranslator:
    """Holds the newest translation and what Envoy has taken of it."""

    def __init__(
        self,
        behaviour: Behaviour,
        wiring: Wiring,
        objects: Mapping[Resource, Viewed],
        models: ModelStore,
    ) -> None:
        self._behaviour = behaviour
        self._wiring = wiring
        self._objects = objects
        self._models = models
        self._lock = threading.Lock()
        self._version = 1
        self._translated: Mapping[Key, Translated] = {}
        self._programmed: frozenset[Destination] = frozenset()
        self.discovery: Discovery | None = None
        self.statuses: Controller | None = None

    def first_snapshot(self) -> Snapshot:
        """An Envoy without any route."""
        return Snapshot.of(1, frozenset(), [], route_configuration([], self._behaviour))

    def translate(self, _: Key) -> None:
        """Translate everything anew, and publish it if it differs from what was last published."""
        kinds = (HTTP_ROUTES, SERVICES, SERVICE_ENTRIES, DESTINATION_RULES)
        children = Children(*(self._objects[kind].view() for kind in kinds))
        translated = translate(children, GATEWAY, self._admits, self._behaviour.route_prefix)
        former, self._translated = self._translated, translated
        if translated == former or self.discovery is None:
            return
        self._version += 1
        found = (each for each in translated.values() if not isinstance(each, Unresolved))
        routes = [route for each in found for route in each]
        snapshot = Snapshot.of(
            self._version,
            frozenset(route.destination for route in routes),
            clusters(routes, self._wiring, self._behaviour),
            route_configuration(routes, self._behaviour),
        )
        self.discovery.publish(snapshot)
        self._refresh_statuses(key for key in translated if translated[key] != former.get(key))

    def _admits(self, namespace: str) -> bool:
        """Whether the listener takes routes of the namespace; of one that was not seen yet it takes none."""
        item = self._objects[NAMESPACE].view().get(Key("", namespace))
        return item is not None and self._behaviour.admits_namespace(item["metadata"].get("labels") or {})

    def on_programmed(self, snapshot: Snapshot) -> None:
        """Envoy routes by this snapshot now: its models may be served, and its routes called accepted.

        The latter when every replica of the processor has heard of it: a Ready that one of them denies would be a lie.
        """
        self._models.programmed(snapshot.destinations)
        last_hears_after = max(self._behaviour.lags())
        if not last_hears_after:
            self._accept(snapshot.destinations)
            return
        later = threading.Timer(last_hears_after, self._accept, [snapshot.destinations])
        later.daemon = True
        later.start()

    def _accept(self, destinations: frozenset[Destination]) -> None:
        with self._lock:
            former, self._programmed = self._programmed, destinations
        self._refresh_statuses({destination.model for destination in destinations - former})

    def state_of(self, key: Key) -> tuple[Translated | None, bool]:
        """A route's translation, and whether Envoy routes by all of it."""
        routes = self._translated.get(key)
        with self._lock:
            return routes, isinstance(routes, tuple) and all(each.destination in self._programmed for each in routes)

    def _refresh_statuses(self, keys: Iterable[Key]) -> None:
        if self.statuses is not None:
            for key in keys:
                self.statuses.add(key)


class RouteStatusController:
    """Writes status.parents of HTTPRoutes, the entry of this gateway only."""

    def __init__(self, cluster: Cluster, routes: Informer, translator: RouteTranslator) -> None:
        self._cluster = cluster
        self._routes = routes
        self._translator = translator

    def reconcile(self, key: Key) -> None:
        """Write one route's status if it says something else than it should."""
        item = self._routes.get(key)
        route, programmed = self._translator.state_of(key)
        if item is None or route is None or not (isinstance(route, Unresolved) or programmed):
            return
        parents = (item.get("status") or {}).get("parents") or []
        others = [parent for parent in parents if parent.get("controllerName") != CONTROLLER_NAME]
        mine = [parent for parent in parents if parent.get("controllerName") == CONTROLLER_NAME]
        wanted = [self._parent(parent, item, route, mine) for parent in item["spec"].get("parentRefs") or ()]
        wanted = [parent for parent in wanted if parent_key(parent["parentRef"], item) == GATEWAY]
        if mine != wanted:
            self._cluster.write_status(HTTP_ROUTES, key, {"parents": [*others, *wanted]})

    def _parent(self, parent_ref: JSON, item: JSON, route: Translated, mine: list[JSON]) -> JSON:
        former: list[JSON] = next((each["conditions"] for each in mine if each["parentRef"] == parent_ref), [])
        generation = item["metadata"].get("generation", 1)
        accepted = not isinstance(route, Unresolved) or route.accepted
        resolved = not isinstance(route, Unresolved) or not accepted
        trouble = (route.reason, route.message) if isinstance(route, Unresolved) else ("", "")
        taken_on = ("Accepted", "Route is accepted") if accepted else trouble
        references = ("ResolvedRefs", "All references resolved") if resolved else trouble
        return {
            "parentRef": parent_ref,
            "controllerName": CONTROLLER_NAME,
            "conditions": [
                condition("Accepted", accepted, *taken_on, generation, former),
                condition("ResolvedRefs", resolved, *references, generation, former),
            ],
        }
