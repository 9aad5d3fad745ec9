"""How an edition writes models down, as controllers: one object that says everything, or one that refers to others."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from reference_gateway.behaviour import Behaviour
from reference_gateway.controllers.controller import Controller
from reference_gateway.controllers.external_model import ExternalModelController
from reference_gateway.controllers.external_provider import ExternalProviderController
from reference_gateway.controllers.migration import MigrationController
from reference_gateway.controllers.objects import Objects
from reference_gateway.controllers.referring_model import ReferringModelController
from reference_gateway.informer import Informer
from reference_gateway.kubernetes_access import Resource
from reference_gateway.resources import (
    DESTINATION_RULES,
    HTTP_ROUTES,
    SECRETS,
    SERVICE_ENTRIES,
    SERVICES,
    EditionResources,
)
from reference_gateway.stores import ModelStore
from reference_gateway.values import Key

Informers = Mapping[Resource, Informer]

WAY_OUT = (SERVICES, SERVICE_ENTRIES, DESTINATION_RULES)


def model_controllers(
    behaviour: Behaviour, objects: Objects, kinds: EditionResources, informers: Informers, models: ModelStore
) -> list[Controller]:
    """The controllers of the edition's models, subscribed to what they must hear of; the first is ExternalModel's."""
    provider = kinds.external_providers
    if provider is None:
        return _whole(behaviour, objects, kinds, informers, models)
    controllers = _referring(behaviour, objects, kinds, provider, informers, models)
    if kinds.legacy_external_models is not None:
        controllers.append(_migration(behaviour, objects, kinds, provider, kinds.legacy_external_models, informers))
    return controllers


def _whole(
    behaviour: Behaviour, objects: Objects, kinds: EditionResources, informers: Informers, models: ModelStore
) -> list[Controller]:
    kind = kinds.external_models
    reconciler = ExternalModelController(behaviour, objects, kind, kinds.model_refs, models)
    controller = Controller("external-model", reconciler.reconcile, behaviour.convergence_delay())
    children = (*WAY_OUT, HTTP_ROUTES) if behaviour.repairs_children() else ()
    for each in (kind, *children):
        informers[each].subscribe(controller.add)
    if behaviour.waits_for_secret():
        informers[SECRETS].subscribe(_all_beside(informers[kind], controller))
    return [controller]


def _referring(
    behaviour: Behaviour,
    objects: Objects,
    kinds: EditionResources,
    provider: Resource,
    informers: Informers,
    models: ModelStore,
) -> list[Controller]:
    kind, delay = kinds.external_models, behaviour.convergence_delay()
    of_providers = ExternalProviderController(behaviour, objects, provider)
    of_models = ReferringModelController(behaviour, objects, (kind, provider), kinds.model_refs, models)
    providers = Controller("external-provider", of_providers.reconcile, delay)
    model = Controller("external-model", of_models.reconcile, delay)
    for each in (provider, *WAY_OUT):
        informers[each].subscribe(providers.add)
    for each in (kind, HTTP_ROUTES):
        informers[each].subscribe(model.add)
    informers[SECRETS].subscribe(_all_beside(informers[provider], providers))
    informers[provider].subscribe(_all_beside(informers[kind], model))
    return [model, providers]


def _migration(
    behaviour: Behaviour,
    objects: Objects,
    kinds: EditionResources,
    provider: Resource,
    legacy: Resource,
    informers: Informers,
) -> Controller:
    reconciler = MigrationController(behaviour, objects, legacy, (kinds.external_models, provider))
    controller = Controller("legacy-migration", reconciler.reconcile, behaviour.convergence_delay())
    for each in (legacy, kinds.external_models, provider):
        informers[each].subscribe(controller.add)
    return controller


def _all_beside(informer: Informer, controller: Controller) -> Callable[[Key], None]:
    """Has the controller look at all objects of a kind in the namespace of something that has changed."""

    def add(changed: Key) -> None:
        for key in informer.view():
            if key.namespace == changed.namespace:
                controller.add(key)

    return add
