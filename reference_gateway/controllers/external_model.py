"""ExternalModel to its children, and to the model that the processor resolves."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from reference_gateway.behaviour import Behaviour
from reference_gateway.controllers.children import InvalidModelError, children_of, contains, is_child, read_model
from reference_gateway.informer import Informer
from reference_gateway.kubernetes_access import JSON, ApiError, Cluster, Resource
from reference_gateway.resources import DESTINATION_RULES
from reference_gateway.stores import ModelStore
from reference_gateway.values import Key, Model

CONFLICT = 409

log = logging.getLogger(__name__)


class ExternalModelController:
    """Creates, updates and repairs children; their deletion is the API's, by owner reference."""

    def __init__(
        self,
        behaviour: Behaviour,
        cluster: Cluster,
        external_models: Informer,
        children: Mapping[Resource, Informer],
        models: ModelStore,
        model_refs: Resource,
    ) -> None:
        self._behaviour = behaviour
        self._cluster = cluster
        self._external_models = external_models
        self._children = children
        self._models = models
        self._model_refs = model_refs

    def reconcile(self, key: Key) -> None:
        """Bring one model's children and its entry up to date."""
        item = self._external_models.get(key)
        if item is None or "deletionTimestamp" in item["metadata"]:
            self._behaviour.on_external_model_deleted(self._models, key)
            return
        try:
            model = self._behaviour.effective_model(read_model(item, self._behaviour), self._models.wanted(key))
        except InvalidModelError as error:
            # As shipped, it stays as it was and only the log tells; a new edit brings it back here.
            log.warning("ExternalModel %s: %s", key, error)
            return
        self._models.want(model)
        wanted = self._behaviour.spec_of_owner(item["spec"])
        if wanted != item["spec"]:
            self._cluster.merge(self._external_models.resource, key, {"spec": wanted})
        for resource, child in children_of(model, item, self._behaviour):
            self._ensure(resource, key, child)
        if not model.tls:
            self._remove_destination_rule(key)
        self._create_beside(model)

    def _ensure(self, resource: Resource, key: Key, child: JSON) -> None:
        actual = self._children[resource].get(key)
        if actual is None:
            try:
                self._cluster.create(resource, child)
            except ApiError as error:
                # It is there, but not in the cache yet: its event brings the key back, and drift is seen then.
                if error.code != CONFLICT:
                    raise
            return
        metadata = {
            name: child["metadata"][name] for name in ("labels", "ownerReferences") if name in child["metadata"]
        }
        wanted = {"metadata": metadata, "spec": child["spec"]}
        if not contains(actual, wanted):
            self._cluster.merge(resource, key, wanted)

    def _remove_destination_rule(self, key: Key) -> None:
        actual = self._children[DESTINATION_RULES].get(key)
        if actual is not None and is_child(actual, key):
            self._cluster.delete(DESTINATION_RULES, key)

    def _create_beside(self, model: Model) -> None:
        for extra in self._behaviour.objects_beside(model):
            try:
                self._cluster.create(self._model_refs, extra)
            except ApiError as error:
                if error.code != CONFLICT:
                    raise
