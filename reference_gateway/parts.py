"""The gateway's parts, each a Deployment that whoever may scale it can stop and start, though no Pod comes of it.

Both parts run in this program. A part that is scaled to nothing is as if its program were gone: the processor answers
no more and loses what it had in memory, the controller hears of no change. A change of the Pod template, which is what
`kubectl rollout restart` makes, ends the part and starts it again. The Deployment's status says what has become of it,
as Kubernetes' own controller would say; an API where that controller runs is no place for this program.
"""

from __future__ import annotations

import functools
import threading
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence

from reference_gateway.behaviour import Behaviour
from reference_gateway.control_plane import ControlPlane
from reference_gateway.controllers.controller import Controller
from reference_gateway.informer import Informer
from reference_gateway.kubernetes_access import JSON, ApiError, Cluster, Resource
from reference_gateway.resources import GATEWAY, EditionResources
from reference_gateway.stores import Stores
from reference_gateway.values import Key

DEPLOYMENTS = Resource("apps", "v1", "Deployment", "deployments")
PROCESSOR = Key(GATEWAY.namespace, "payload-processing")
CONTROLLER = Key(GATEWAY.namespace, "maas-controller")
READING_SECONDS = 30.0
EXISTS = 409


class Part(ABC):
    """What can be stopped and started; it works when the program begins."""

    @abstractmethod
    def start(self) -> None:
        """Begin to work, with nothing in memory."""

    @abstractmethod
    def stop(self) -> None:
        """Work no more."""


class ProcessorPart(Part):
    """Answers Envoy, from Secrets that it reads itself and from models that the controllers tell it of."""

    def __init__(
        self,
        behaviour: Behaviour,
        stores: Stores,
        control: ControlPlane,
        credentials: Controller,
        secrets: Informer,
        models: Informer,
    ) -> None:
        self._behaviour = behaviour
        self._stores = stores
        self._control = control
        self._credentials = credentials
        self._secrets = secrets
        self._models = models
        self._waiting = threading.Event()

    def start(self) -> None:
        """Hear of the models, read the Secrets, and then answer."""
        if self._behaviour.hears_of_models_again():
            self._models.tell_again(lambda _: True)
        self._credentials.resume()
        delay = self._behaviour.seconds_until_secrets_are_read()
        if not delay:
            self._read_secrets()
        self._control.start_processor()
        self._behaviour.on_processor_started()
        if delay:
            self._waiting.wait(delay)
            self._read_secrets()

    def stop(self) -> None:
        """Answer no more, and forget."""
        self._control.stop_processor()
        self._credentials.rest()
        self._behaviour.on_processor_stopped(self._stores.credentials)
        self._stores.models.clear()

    def _read_secrets(self) -> None:
        if self._behaviour.reads_secrets_on_start():
            self._secrets.tell_again(lambda _: True)
            self._credentials.wait_until_idle(READING_SECONDS)


class ControllerPart(Part):
    """Makes of models and references what leads to them."""

    def __init__(
        self,
        behaviour: Behaviour,
        stores: Stores,
        kinds: EditionResources,
        informers: Mapping[Resource, Informer],
        controllers: Sequence[Controller],
        deletions: tuple[Controller, Controller],
    ) -> None:
        self._behaviour = behaviour
        self._stores = stores
        self._kinds = kinds
        self._informers = informers
        self._controllers = controllers
        self._of_models, self._of_refs = deletions
        self._seen: dict[Resource, Mapping[Key, JSON]] = {}

    def start(self) -> None:
        """Hear of changes again, and look at everything that there is, and that there was."""
        for controller in self._controllers:
            controller.resume()
        for kind in self._kinds.all:
            self._informers[kind].tell_again(functools.partial(self._takes_up, self._seen.get(kind, {})))
        if self._behaviour.notices_deletions_on_start():
            for key in self._stores.models.known():
                self._of_models.add(key)
            for key in self._stores.refs.view():
                self._of_refs.add(key)

    def stop(self) -> None:
        """Hear of no change."""
        for controller in self._controllers:
            controller.rest()
        self._seen = {kind: self._informers[kind].view() for kind in self._kinds.all}
        self._behaviour.on_controller_stopped(self._stores.models)

    def _takes_up(self, former: Mapping[Key, JSON], item: JSON) -> bool:
        metadata = item["metadata"]
        before = former.get(Key(metadata["namespace"], metadata["name"]))
        return self._behaviour.takes_up_on_start(changed=before is None or before.get("spec") != item.get("spec"))


class PartController:
    """Brings one part to what its Deployment asks for, and says in the status what has become of it."""

    def __init__(
        self, behaviour: Behaviour, cluster: Cluster, deployments: Informer, parts: Mapping[Key, Part]
    ) -> None:
        self._behaviour = behaviour
        self._cluster = cluster
        self._deployments = deployments
        self._parts = parts
        self._templates: dict[Key, JSON | None] = {}
        """The Pod template that a part works by; None while it is down."""
        self._waiting = threading.Event()

    def reconcile(self, key: Key) -> None:
        """Stop, start or restart the part that a Deployment stands for."""
        item, part = self._deployments.get(key), self._parts.get(key)
        if item is None or part is None:
            return
        replicas, template = item["spec"]["replicas"], item["spec"]["template"]
        running = self._templates.setdefault(key, template)
        if running is not None and (not replicas or running != template):
            if delay := self._behaviour.seconds_to_stop():
                # A Deployment does not count a Pod that is on its way out and answers still.
                self._write_status(key, item, 0)
                self._waiting.wait(delay)
            part.stop()
            self._templates[key] = running = None
        if running is None and replicas:
            self._write_status(key, item, 0)
            self._waiting.wait(self._behaviour.seconds_to_start())
            part.start()
            self._templates[key] = template
        self._write_status(key, item, replicas)

    def _write_status(self, key: Key, item: JSON, ready: int) -> None:
        replicas = item["spec"]["replicas"]
        counts = dict.fromkeys(("readyReplicas", "availableReplicas"), ready)
        wanted = {
            "observedGeneration": item["metadata"]["generation"],
            "replicas": replicas,
            "updatedReplicas": replicas,
            "unavailableReplicas": replicas - ready,
            **counts,
        }
        if {name: (item.get("status") or {}).get(name, 0) for name in wanted} != wanted:
            self._cluster.write_status(DEPLOYMENTS, key, wanted)


def install_parts(cluster: Cluster, behaviour: Behaviour) -> None:
    """Create the Deployments that the API lacks; one that is there asks for what somebody wants of it."""
    for key in (PROCESSOR, CONTROLLER):
        labels = {"app": key.name}
        container = {"name": key.name, "image": f"reference-gateway.example/{key.name}"}
        body: JSON = {
            "apiVersion": DEPLOYMENTS.api_version,
            "kind": DEPLOYMENTS.kind,
            "metadata": {"namespace": key.namespace, "name": key.name, "labels": labels},
            "spec": {
                "replicas": behaviour.replicas(),
                "selector": {"matchLabels": labels},
                "template": {"metadata": {"labels": labels}, "spec": {"containers": [container]}},
            },
        }
        try:
            cluster.create(DEPLOYMENTS, body)
        except ApiError as error:
            if error.code != EXISTS:
                raise
