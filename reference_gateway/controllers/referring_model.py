"""An ExternalModel that refers to its providers: to its HTTPRoute, its status, and the model that is resolved.

A reference may find its ExternalProvider missing, or its path may have a placeholder that nothing fills. The model is
then served by its other providers, if it has any, and its status names the trouble.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from reference_gateway.behaviour import Behaviour
from reference_gateway.controllers.children import (
    MANAGED_BY_LABEL,
    child,
    header_match,
    path_match,
    route_rule,
    route_spec,
)
from reference_gateway.controllers.external_provider import Provider, read_provider, status_of
from reference_gateway.controllers.objects import Objects
from reference_gateway.kubernetes_access import JSON, Resource
from reference_gateway.resources import HTTP_ROUTES
from reference_gateway.stores import ModelStore
from reference_gateway.values import Auth, Key, Model

MANAGED_BY = "ipp-external-model-reconciler"
MODEL_LABEL = "inference.opendatahub.io/external-model"
MODEL_HEADER = "X-Gateway-Model-Name"
PROVIDER_HEADER = "x-ipp-selected-provider"
PLACEHOLDER = re.compile(r"\{([^{}]+)\}")


class BrokenReferenceError(Exception):
    """A provider that the model refers to cannot serve it: why, in the words of the status."""


class ReferringModelController:
    """Creates, updates and repairs HTTPRoutes; their deletion is the API's, by owner reference."""

    def __init__(
        self,
        behaviour: Behaviour,
        objects: Objects,
        kinds: tuple[Resource, Resource],
        model_refs: Resource,
        models: ModelStore,
    ) -> None:
        self._behaviour = behaviour
        self._objects = objects
        self._kind, self._provider_kind = kinds
        self._model_refs = model_refs
        self._models = models

    def reconcile(self, key: Key) -> None:
        """Bring one model's route, its status and its entry up to date."""
        item = self._objects.get(self._kind, key)
        if item is None:
            self._behaviour.on_external_model_deleted(self._models, key)
            return
        if not self._behaviour.takes_up(item, self._objects.get(self._model_refs, key)):
            return
        ways, problems = self._ways(key, item)
        if problems and not self._behaviour.keeps_other_ways():
            ways = []
        if not ways:
            self._models.drop(key)
            self._objects.write_status(self._kind, item, self._broken(item, problems[0]))
            return
        former = self._models.wanted(key)
        model = self._behaviour.effective_model(replace(ways[0], more=tuple(ways[1:])), former)
        self._models.want(model)
        self._objects.set_spec(self._kind, item, self._behaviour.spec_of_owner(item["spec"]))
        labels = {MANAGED_BY_LABEL: MANAGED_BY, MODEL_LABEL: key.name}
        route = child(HTTP_ROUTES, key, _http_route(model, self._behaviour), labels, item, self._behaviour)
        self._objects.ensure(HTTP_ROUTES, route, anew=former is None or self._behaviour.brings_back())
        for extra in self._behaviour.objects_beside(model):
            self._objects.create(self._model_refs, extra)
        self._objects.write_status(self._kind, item, self._status(item, problems))

    def _ways(self, key: Key, item: JSON) -> tuple[list[Model], list[str]]:
        """The model as each provider serves it that can, and what is wrong with the others."""
        ways, problems = [], []
        for ref in item["spec"]["externalProviderRefs"]:
            try:
                ways.append(self._way(key, item["spec"], ref))
            except BrokenReferenceError as error:
                problems.append(str(error))
        return ways, problems

    def _way(self, key: Key, spec: JSON, ref: JSON) -> Model:
        provider = self._provider(Key(key.namespace, ref["ref"]["name"]))
        config = {**provider.config, **(ref.get("config") or {})}
        auth, secret = self._auth(provider, ref)
        return Model(
            key=key,
            provider=provider.kind,
            target_model=ref["targetModel"],
            endpoint=provider.endpoint,
            secret=secret,
            client_model=spec.get("modelName") or key.name,
            backend=provider.key.name,
            path=self._path(ref["path"], config),
            api_format=ref["apiFormat"],
            auth=auth,
            weight=ref.get("weight", 1),
        )

    def _provider(self, key: Key) -> Provider:
        item = self._behaviour.find_provider(self._objects.present(self._provider_kind), key)
        if item is None:
            raise BrokenReferenceError(f'ExternalProvider "{key.name}" not found in namespace "{key.namespace}"')
        return read_provider(item, self._behaviour)

    def _auth(self, provider: Provider, ref: JSON) -> tuple[Auth, Key]:
        """How this model proves itself there, and by which Secret: as the provider says, unless the reference does."""
        own = self._behaviour.auth_of_reference(ref)
        if own is None:
            return provider.auth, provider.secret
        secret = self._behaviour.secret_of(provider.key, own["secretRef"])
        return replace(provider.auth, type=own["type"]), secret

    def _path(self, path: str, config: dict[str, str]) -> str:
        filled = self._behaviour.path_at_provider(path, config)
        missing = [name for name in PLACEHOLDER.findall(path) if name not in config]
        if missing and not self._behaviour.serves_with_placeholders():
            raise BrokenReferenceError(
                f'path "{path}": path has unresolved placeholders [{" ".join(missing)}] '
                "— add these keys to the provider or model config"
            )
        return filled

    def _status(self, item: JSON, problems: Sequence[str]) -> JSON:
        name, namespace = item["metadata"]["name"], item["metadata"]["namespace"]
        unready = [
            f'ExternalProvider "{provider}" is not ready (phase: {phase})'
            for provider, phase in self._phases(item, namespace)
            if phase != "Ready"
        ]
        troubles = [*problems, *unready]
        if troubles:
            return self._broken(item, troubles[0])
        return {**status_of(item, "Ready", "Reconciled", "HTTPRoute created successfully"), "httpRouteName": name}

    def _broken(self, item: JSON, trouble: str) -> JSON:
        return status_of(item, self._behaviour.phase_without_provider(), "ReconcileFailed", trouble)

    def _phases(self, item: JSON, namespace: str) -> list[tuple[str, str]]:
        names = [ref["ref"]["name"] for ref in item["spec"]["externalProviderRefs"]]
        found = ((name, self._objects.get(self._provider_kind, Key(namespace, name))) for name in names)
        return [(name, (each.get("status") or {}).get("phase", "Pending")) for name, each in found if each is not None]


def _http_route(model: Model, behaviour: Behaviour) -> JSON:
    by_name = header_match(MODEL_HEADER, model.body_model)
    usual = [path_match(behaviour.route_prefix(model.key)), {"headers": [by_name]}]
    chosen = [({"headers": [header_match(PROVIDER_HEADER, way.backend), by_name]}, way) for way in model.ways]
    return route_spec(
        [
            *(route_rule(match, behaviour.way_out_name(model.backend), model) for match in usual),
            *(route_rule(match, behaviour.way_out_name(way.backend), way) for match, way in chosen),
        ]
    )
