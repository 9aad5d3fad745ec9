"""The whole gateway, put together: start in order, tell when a request would be answered, stop in reverse."""

from __future__ import annotations

import contextlib
import logging
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

import urllib3

from reference_gateway.access.layer import AccessLayer
from reference_gateway.access.users import ListedUsers, ReviewedUsers
from reference_gateway.behaviour import Behaviour
from reference_gateway.behaviour.publication import CLOSED_LABEL
from reference_gateway.control_plane import ControlPlane
from reference_gateway.controllers.controller import Controller
from reference_gateway.controllers.credentials import CredentialsController
from reference_gateway.controllers.layouts import model_controllers
from reference_gateway.controllers.model_ref import Governance, ModelRefController, ModelRefStatusController
from reference_gateway.controllers.objects import Objects
from reference_gateway.controllers.routes import RouteStatusController, RouteTranslator
from reference_gateway.controllers.status import condition
from reference_gateway.data_plane.configuration import Wiring, bootstrap
from reference_gateway.data_plane.connect_to import ConnectTo
from reference_gateway.data_plane.envoy import Envoy, find_envoy
from reference_gateway.data_plane.relay import Relay
from reference_gateway.errors import UsageProblem
from reference_gateway.guide import install_guide
from reference_gateway.informer import Informer
from reference_gateway.kubernetes_access import JSON, ApiError, Cluster, Resource
from reference_gateway.limitador.counters import Limitador
from reference_gateway.limitador.exposition import MetricsServer
from reference_gateway.parts import (
    CONTROLLER,
    DEPLOYMENTS,
    PROCESSOR,
    ControllerPart,
    PartController,
    ProcessorPart,
    install_parts,
)
from reference_gateway.processor.decision import Decider
from reference_gateway.processor.metering import Metering
from reference_gateway.processor.server import Processor
from reference_gateway.resources import (
    CONTROLLER_NAME,
    DESTINATION_RULES,
    GATEWAY,
    GATEWAYS,
    HTTP_ROUTES,
    NAMESPACE,
    SECRETS,
    SERVICE_ENTRIES,
    SERVICES,
    EditionResources,
    install,
)
from reference_gateway.stores import Stores
from reference_gateway.values import Key

OPEN_NAMESPACES: JSON = {"matchExpressions": [{"key": CLOSED_LABEL, "operator": "DoesNotExist"}]}
SYNC_SECONDS = 30.0
LONGEST_DIRECTORY = 60

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Settings:
    """What a run of the gateway is told."""

    kubeconfig: Path
    directory: Path
    listen_host: str
    listen_port: int
    provider_ca: Path | None
    connect_to: tuple[ConnectTo, ...]
    user_tokens: Path | None = None
    """Who stands behind a cluster's tokens; None to ask the Kubernetes API."""


class Gateway:
    """A context manager: inside it, the gateway serves."""

    def __init__(self, settings: Settings, behaviour: Behaviour) -> None:
        self._settings = settings
        self._behaviour = behaviour
        self._closing = contextlib.ExitStack()
        self.address = ""
        """HOST:PORT of the listener, once started."""
        self.envoy: Envoy
        self.access_log = settings.directory / "access.log"
        self.metrics_address = ""
        """HOST:PORT at which Limitador shows its metrics, once started."""

    def __enter__(self) -> Gateway:
        with contextlib.ExitStack() as starting:
            self._start(starting)
            self._closing = starting.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._closing.close()

    def _start(self, starting: contextlib.ExitStack) -> None:
        binary = find_envoy()
        cluster = _reachable(Cluster(self._settings.kubeconfig))
        stores = Stores()
        informers = _informers(cluster, self._behaviour)
        wiring = self._wiring(starting)
        translator = RouteTranslator(self._behaviour, wiring, informers, stores.models)
        decider, limitador = Decider(self._behaviour, stores), Limitador(self._behaviour)
        layer = self._access_layer(cluster, stores, informers, limitador)
        metering = Metering(self._behaviour, decider, limitador, None if layer is None else layer.quota)
        replicas = [Decider(self._behaviour, stores.known_after(late)) for late in self._behaviour.lags() if late]
        processor = Processor(self._behaviour, [decider, *replicas], metering)
        control = ControlPlane(
            wiring.control_socket,
            wiring.processor_socket,
            processor,
            translator.first_snapshot(),
            translator.on_programmed,
            None if layer is None else layer.authorization,
        )
        translator.discovery = control.discovery
        control.start()
        starting.callback(control.stop)
        if layer is not None and wiring.maas_api_socket is not None:
            layer.maas_api.start(wiring.maas_api_socket)
            starting.callback(layer.maas_api.stop)
        # Envoy takes its time to start; the API can do its part meanwhile.
        self.envoy = Envoy(binary, wiring, bootstrap(wiring, self._behaviour), self._settings.directory)
        starting.callback(self.envoy.stop)
        metrics = MetricsServer(limitador, self._behaviour, self._settings.listen_host)
        metrics.start()
        starting.callback(metrics.stop)
        self.metrics_address = metrics.address
        controllers = _controllers(cluster, self._behaviour, stores, informers, translator)
        running = controllers.all
        running.append(_parts(cluster, self._behaviour, stores, informers, controllers, control))
        if layer is not None:
            running += layer.controllers
        try:
            install(cluster, self._behaviour)
            for informer in informers.values():
                informer.start()
                starting.callback(informer.stop)
            self.address = self.envoy.wait_until_ready()
            _install_gateway(cluster, self.address)
            install_parts(cluster, self._behaviour)
            install_guide(cluster, self._behaviour, self.metrics_address)
        except (ApiError, urllib3.exceptions.HTTPError) as error:
            raise UsageProblem(f"The gateway's objects could not be installed at {cluster.url}: {error}.") from error
        for informer in informers.values():
            if not informer.synced.wait(SYNC_SECONDS):
                kind = informer.resource.plural
                raise UsageProblem(f"The API at {cluster.url} did not list {kind} within {SYNC_SECONDS:g} s.")
        for controller in running:
            controller.start()
            starting.callback(controller.stop)

    def _wiring(self, starting: contextlib.ExitStack) -> Wiring:
        # A socket's path may have no more than about a hundred characters, so a deep directory cannot hold them.
        own = self._settings.directory
        sockets = Path(tempfile.mkdtemp(prefix="gateway-", dir=own if len(str(own)) < LONGEST_DIRECTORY else None))
        starting.callback(shutil.rmtree, sockets, ignore_errors=True)
        return Wiring(
            listen_host=self._settings.listen_host,
            listen_port=self._settings.listen_port,
            control_socket=sockets / "control",
            processor_socket=sockets / "processor",
            admin_socket=sockets / "admin",
            access_log=self.access_log,
            provider_ca=self._settings.provider_ca,
            connect_to=self._connect_to(starting),
            maas_api_socket=None if self._behaviour.edition.access is None else sockets / "maas-api",
        )

    def _connect_to(self, starting: contextlib.ExitStack) -> tuple[ConnectTo, ...]:
        """Where connections to providers go: straight there, unless one end is not to learn of the other's."""
        if self._behaviour.passes_on_hang_ups() and self._behaviour.passes_on_break_offs():
            return self._settings.connect_to
        relays = [Relay(rule, self._behaviour) for rule in self._settings.connect_to]
        for relay in relays:
            starting.callback(relay.stop)
        return tuple(relay.start() for relay in relays)

    def _access_layer(
        self, cluster: Cluster, stores: Stores, informers: Mapping[Resource, Informer], limitador: Limitador
    ) -> AccessLayer | None:
        if self._behaviour.edition.access is None:
            return None
        file = self._settings.user_tokens
        users = ReviewedUsers(cluster) if file is None else ListedUsers.read(file)
        return AccessLayer(
            self._behaviour, self._behaviour.edition.access, cluster, stores, informers, users, limitador
        )


def _reachable(cluster: Cluster) -> Cluster:
    try:
        cluster.request("GET", "/version")
    except (ApiError, urllib3.exceptions.HTTPError) as error:
        raise UsageProblem(
            f"The Kubernetes API at {cluster.url} does not answer ({type(error).__name__}); "
            "is it running, and is the kubeconfig its own?"
        ) from error
    return cluster


def _informers(cluster: Cluster, behaviour: Behaviour) -> dict[Resource, Informer]:
    kinds = EditionResources.of(behaviour.edition)
    watched = (
        *kinds.all,
        SECRETS,
        SERVICES,
        SERVICE_ENTRIES,
        DESTINATION_RULES,
        HTTP_ROUTES,
        GATEWAYS,
        DEPLOYMENTS,
        NAMESPACE,
    )
    return {resource: Informer(cluster, resource) for resource in watched}


@dataclass(frozen=True)
class Controllers:
    """The loops of the gateway itself, by the part that they are of."""

    credentials: Controller
    """Of the processor."""
    models: Controller
    """ExternalModels; with what follows, of the controller."""
    refs: Controller
    others: list[Controller]
    data_plane: list[Controller]
    """Of neither: they stand for the mesh."""

    @property
    def all(self) -> list[Controller]:
        """Every one."""
        return [self.credentials, *self.data_plane, *self.of_the_controller]

    @property
    def of_the_controller(self) -> list[Controller]:
        """Those that rest while the controller is down."""
        return [self.models, self.refs, *self.others]


def _controllers(
    cluster: Cluster,
    behaviour: Behaviour,
    stores: Stores,
    informers: Mapping[Resource, Informer],
    translator: RouteTranslator,
) -> Controllers:
    kinds = EditionResources.of(behaviour.edition)
    refs, routes = informers[kinds.model_refs], informers[HTTP_ROUTES]
    delay = behaviour.convergence_delay()

    objects = Objects(cluster, informers)
    of_secrets = CredentialsController(behaviour, objects, informers[SECRETS], stores.credentials)
    credentials = Controller("credentials", of_secrets.reconcile, delay)
    of_refs = ModelRefController(
        behaviour, cluster, kinds.model_refs, refs, informers[kinds.external_models], stores.refs
    )
    model_ref = Controller("model-ref", of_refs.reconcile, delay)
    translation = Controller("translation", translator.translate)
    route_status = Controller("route-status", RouteStatusController(cluster, routes, translator).reconcile)
    translator.statuses = route_status

    informers[SECRETS].subscribe(credentials.add)
    refs.subscribe(model_ref.add)
    routes.subscribe(route_status.add)
    for kind in (SERVICES, SERVICE_ENTRIES, DESTINATION_RULES, HTTP_ROUTES, NAMESPACE):
        informers[kind].subscribe(lambda _: translation.add(GATEWAY))
    models, *others = model_controllers(behaviour, objects, kinds, informers, stores.models)
    if behaviour.edition.ref_status:
        others.append(_ref_status(cluster, behaviour, kinds, informers))
    return Controllers(credentials, models, model_ref, others, [translation, route_status])


def _parts(
    cluster: Cluster,
    behaviour: Behaviour,
    stores: Stores,
    informers: Mapping[Resource, Informer],
    controllers: Controllers,
    control: ControlPlane,
) -> Controller:
    kinds = EditionResources.of(behaviour.edition)
    parts = {
        PROCESSOR: ProcessorPart(
            behaviour,
            stores,
            control,
            controllers.credentials,
            informers[SECRETS],
            informers[kinds.external_models],
        ),
        CONTROLLER: ControllerPart(
            behaviour,
            stores,
            kinds,
            informers,
            controllers.of_the_controller,
            (controllers.models, controllers.refs),
        ),
    }
    controller = Controller("parts", PartController(behaviour, cluster, informers[DEPLOYMENTS], parts).reconcile)
    informers[DEPLOYMENTS].subscribe(controller.add)
    return controller


def _ref_status(
    cluster: Cluster, behaviour: Behaviour, kinds: EditionResources, informers: Mapping[Resource, Informer]
) -> Controller:
    models, refs, routes = informers[kinds.external_models], informers[kinds.model_refs], informers[HTTP_ROUTES]
    governance = _governance(behaviour, kinds, informers)
    reconciler = ModelRefStatusController(
        behaviour, cluster, kinds.model_refs, refs, models, routes, informers[GATEWAYS], governance
    )
    controller = Controller("model-ref-status", reconciler.reconcile, behaviour.status_delay())

    def add_all_of_namespace(key: Key) -> None:
        for ref in refs.view():
            if ref.namespace == key.namespace:
                controller.add(ref)

    refs.subscribe(controller.add)
    routes.subscribe(add_all_of_namespace)
    models.subscribe(add_all_of_namespace)
    if governance is not None:
        governance.subscribe(controller.add)
    return controller


def _governance(
    behaviour: Behaviour, kinds: EditionResources, informers: Mapping[Resource, Informer]
) -> Governance | None:
    access = behaviour.edition.access
    if access is None or not access.governance_pairing or kinds.policies is None or kinds.subscriptions is None:
        return None
    return Governance(behaviour, informers[kinds.policies], informers[kinds.subscriptions])


def _install_gateway(cluster: Cluster, address: str) -> None:
    host, _, port = address.rpartition(":")
    listener = {
        "name": "http",
        "protocol": "HTTP",
        "port": int(port),
        "allowedRoutes": {"namespaces": {"from": "Selector", "selector": OPEN_NAMESPACES}},
    }
    spec = {"gatewayClassName": "reference-gateway", "listeners": [listener]}
    metadata = {"namespace": GATEWAY.namespace, "name": GATEWAY.name}
    body: JSON = {"apiVersion": GATEWAYS.api_version, "kind": "Gateway", "metadata": metadata, "spec": spec}
    try:
        found = cluster.create(GATEWAYS, body)
    except ApiError as error:
        if error.code != 409:
            raise
        found = cluster.merge(GATEWAYS, GATEWAY, {"spec": spec})
    generation = found["metadata"].get("generation", 1)
    conditions = [
        condition("Accepted", True, "Accepted", f"Accepted by {CONTROLLER_NAME}", generation),
        condition("Programmed", True, "Programmed", "Envoy listens", generation),
    ]
    status = {"addresses": [{"type": "IPAddress", "value": host}], "conditions": conditions}
    cluster.write_status(GATEWAYS, GATEWAY, status)
