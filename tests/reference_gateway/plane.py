"""A whole data plane without a Kubernetes API: Envoy, processor and translation over children that a test makes."""

from __future__ import annotations

import shutil
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from reference_gateway.behaviour import Behaviour
from reference_gateway.control_plane import ControlPlane
from reference_gateway.controllers.children import children_of
from reference_gateway.controllers.routes import RouteTranslator
from reference_gateway.data_plane.configuration import Wiring, bootstrap
from reference_gateway.data_plane.connect_to import ConnectTo
from reference_gateway.data_plane.discovery import Snapshot
from reference_gateway.data_plane.envoy import Envoy, find_envoy
from reference_gateway.kubernetes_access import JSON, Resource
from reference_gateway.limitador.counters import Limitador
from reference_gateway.processor.decision import Decider
from reference_gateway.processor.metering import Metering
from reference_gateway.processor.server import Processor
from reference_gateway.resources import DESTINATION_RULES, GATEWAY, HTTP_ROUTES, NAMESPACE, SERVICE_ENTRIES, SERVICES
from reference_gateway.stores import Stores
from reference_gateway.values import Destination, Key, Model, ModelRef

PROGRAMMED_SECONDS = 60.0


class Objects:
    """Stands where an informer stands: a map of objects."""

    def __init__(self) -> None:
        self.items: dict[Key, JSON] = {}

    def view(self) -> dict[Key, JSON]:
        return dict(self.items)


class Programmed:
    """Where Envoy leads to by what it has acknowledged last. An acknowledgement alone says nothing: it may be late."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._destinations: frozenset[Destination] = frozenset()

    def take(self, snapshot: Snapshot) -> None:
        """Envoy has acknowledged a snapshot."""
        with self._changed:
            self._destinations = snapshot.destinations
            self._changed.notify_all()

    def wait_for(self, destination: Destination) -> None:
        """Return when Envoy leads there."""
        with self._changed:
            assert self._changed.wait_for(lambda: destination in self._destinations, PROGRAMMED_SECONDS)


@dataclass
class Plane:
    behaviour: Behaviour
    stores: Stores
    translator: RouteTranslator
    objects: dict[Resource, Objects]
    control: ControlPlane
    envoy: Envoy
    client: httpx.Client
    access_log: Path
    limitador: Limitador
    programmed: Programmed

    def add(self, model: Model, key: str | None, ref: bool = True) -> None:
        """Publish a model with a credential, and wait until Envoy routes it."""
        owner = {"apiVersion": "v1", "kind": "X", "metadata": {"name": model.key.name, "uid": "u"}}
        for resource, child in children_of(model, owner, self.behaviour):
            self.objects[resource].items[model.key] = child
        namespace = Key("", model.key.namespace)
        self.objects[NAMESPACE].items[namespace] = {"metadata": {"name": namespace.name}}
        self.stores.models.want(model)
        if ref:
            self.stores.refs.put(model.key, ModelRef(model.key, "ExternalModel", model.key.name))
        if key is not None:
            self.stores.credentials.put(model.secret, {self.behaviour.edition.secret_data_key: key})
        self.translator.translate(GATEWAY)
        self.programmed.wait_for(model.destination)


@contextmanager
def data_plane(
    behaviour: Behaviour, directory: Path, connect_to: tuple[ConnectTo, ...], provider_ca: Path | None
) -> Iterator[Plane]:
    sockets = Path(tempfile.mkdtemp(prefix="gateway-test-"))
    wiring = Wiring(
        listen_host="127.0.0.1",
        listen_port=0,
        control_socket=sockets / "control",
        processor_socket=sockets / "processor",
        admin_socket=sockets / "admin",
        access_log=directory / "access.log",
        provider_ca=provider_ca,
        connect_to=connect_to,
    )
    stores = Stores()
    kinds = (HTTP_ROUTES, SERVICES, SERVICE_ENTRIES, DESTINATION_RULES, NAMESPACE)
    objects = {resource: Objects() for resource in kinds}
    translator = RouteTranslator(behaviour, wiring, objects, stores.models)
    programmed = Programmed()

    def on_programmed(snapshot: Snapshot) -> None:
        translator.on_programmed(snapshot)
        programmed.take(snapshot)

    decider, limitador = Decider(behaviour, stores), Limitador(behaviour)
    processor = Processor(behaviour, [decider], Metering(behaviour, decider, limitador))
    control = ControlPlane(
        wiring.control_socket, wiring.processor_socket, processor, translator.first_snapshot(), on_programmed
    )
    translator.discovery = control.discovery
    control.start()
    envoy = Envoy(find_envoy(), wiring, bootstrap(wiring, behaviour), directory)
    try:
        address = envoy.wait_until_ready()
        with httpx.Client(base_url=f"http://{address}", timeout=60) as client:
            yield Plane(
                behaviour, stores, translator, objects, control, envoy, client, wiring.access_log, limitador, programmed
            )
    finally:
        envoy.stop()
        control.stop()
        shutil.rmtree(sockets, ignore_errors=True)
