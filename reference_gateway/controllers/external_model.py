"""ExternalModel to its children, and to the model that the processor resolves."""

from __future__ import annotations

import logging

from reference_gateway.behaviour import Behaviour
from reference_gateway.controllers.children import InvalidModelError, children_of, is_child, read_model, way_out_key
from reference_gateway.controllers.objects import Objects
from reference_gateway.kubernetes_access import Resource
from reference_gateway.resources import DESTINATION_RULES, SECRETS
from reference_gateway.stores import ModelStore
from reference_gateway.values import Key

log = logging.getLogger(__name__)


class ExternalModelController:
    """Creates, updates and repairs children; their deletion is the API's, by owner reference.

    Without a controller the processor alone learns of the model.
    """

    def __init__(
        self, behaviour: Behaviour, objects: Objects, kind: Resource, model_refs: Resource, models: ModelStore
    ) -> None:
        self._behaviour = behaviour
        self._objects = objects
        self._kind = kind
        self._model_refs = model_refs
        self._models = models

    def reconcile(self, key: Key) -> None:
        """Bring one model's children and its entry up to date."""
        item = self._objects.get(self._kind, key)
        if item is None:
            self._behaviour.on_external_model_deleted(self._models, key)
            return
        try:
            model = self._behaviour.effective_model(read_model(item, self._behaviour), self._models.wanted(key))
        except InvalidModelError as error:
            # As shipped, it stays as it was and only the log tells; a new edit brings it back here.
            log.warning("ExternalModel %s: %s", key, error)
            return
        if not self._behaviour.takes_up(item, self._objects.get(self._model_refs, key)):
            return
        if self._behaviour.waits_for_secret() and self._objects.get(SECRETS, model.secret) is None:
            return
        anew = self._models.wanted(key) is None or self._behaviour.brings_back()
        self._models.want(model)
        if not self._behaviour.edition.has_controller:
            return
        self._objects.set_spec(self._kind, item, self._behaviour.spec_of_owner(item["spec"]))
        for resource, child in children_of(model, item, self._behaviour):
            self._objects.ensure(resource, child, anew=anew)
        if not model.tls and self._behaviour.removes_rule_in_clear():
            self._remove_destination_rule(key)
        for extra in self._behaviour.objects_beside(model):
            self._objects.create(self._model_refs, extra)

    def _remove_destination_rule(self, key: Key) -> None:
        rule = way_out_key(key, self._behaviour)
        actual = self._objects.get(DESTINATION_RULES, rule)
        if actual is not None and is_child(actual, key):
            self._objects.delete(DESTINATION_RULES, rule)
