"""The access layer, put together: stores, gatekeeper, quota, the API beside the models, and their controllers."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from reference_gateway.access.authorization import Authorization
from reference_gateway.access.gatekeeper import Gatekeeper
from reference_gateway.access.listing import Listing
from reference_gateway.access.maas_api import MaasApi
from reference_gateway.access.quota import Quota
from reference_gateway.access.stores import AccessStores
from reference_gateway.access.users import Users
from reference_gateway.behaviour import Behaviour
from reference_gateway.controllers.access import AccessController, policy_controller, subscription_controller
from reference_gateway.controllers.controller import Controller
from reference_gateway.edition import Access
from reference_gateway.informer import Informer
from reference_gateway.kubernetes_access import Cluster, Resource
from reference_gateway.limitador.counters import Limitador
from reference_gateway.resources import EditionResources
from reference_gateway.stores import Stores
from reference_gateway.values import Key


class AccessLayer:
    """Everything about callers that the program has to start."""

    def __init__(
        self,
        behaviour: Behaviour,
        access: Access,
        cluster: Cluster,
        stores: Stores,
        informers: Mapping[Resource, Informer],
        users: Users,
        limitador: Limitador,
    ) -> None:
        own = AccessStores(access)
        refs = informers[EditionResources.of(behaviour.edition).model_refs]
        self.quota = Quota(behaviour, own, limitador)
        gatekeeper = Gatekeeper(behaviour, stores, own, self.quota)
        self.authorization = Authorization(behaviour, gatekeeper)
        listing = Listing(behaviour, stores, own, self.quota, refs)
        self.maas_api = MaasApi(behaviour, access, stores, own, users, gatekeeper, listing)
        self.controllers = _controllers(behaviour, cluster, own, informers)


def _controllers(
    behaviour: Behaviour, cluster: Cluster, stores: AccessStores, informers: Mapping[Resource, Informer]
) -> list[Controller]:
    kinds = EditionResources.of(behaviour.edition)
    refs = informers[kinds.model_refs]
    made = []
    for kind, reconciler_for in ((kinds.policies, policy_controller), (kinds.subscriptions, subscription_controller)):
        if kind is None:
            continue
        reconciler = reconciler_for(behaviour, cluster, stores, informers[kind], refs)
        controller = Controller(f"access {kind.plural}", reconciler.reconcile, behaviour.convergence_delay())
        informers[kind].subscribe(controller.add)
        refs.subscribe(_adding_those_naming(reconciler, controller))
        made.append(controller)
    return made


def _adding_those_naming(reconciler: AccessController, controller: Controller) -> Callable[[Key], None]:
    return lambda ref: reconciler.add_those_naming(ref, controller.add)
