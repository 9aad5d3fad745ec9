"""ExternalProvider to what leads to its host, and to a status that tells of a missing Secret (behaviour.md 2.5)."""

from __future__ import annotations

from dataclasses import dataclass

from reference_gateway.behaviour import Behaviour
from reference_gateway.controllers.children import MANAGED_BY_LABEL, child, way_out, way_out_key
from reference_gateway.controllers.objects import Objects
from reference_gateway.controllers.status import condition
from reference_gateway.kubernetes_access import JSON, Resource
from reference_gateway.resources import SECRETS
from reference_gateway.values import Auth, Destination, Key

MANAGED_BY = "ipp-external-provider-reconciler"
PROVIDER_LABEL = "inference.opendatahub.io/external-provider"
PORT = 443


@dataclass(frozen=True)
class Provider:
    """What an ExternalProvider says."""

    key: Key
    kind: str
    endpoint: str
    auth_type: str
    secret: Key
    config: dict[str, str]

    @property
    def auth(self) -> Auth:
        """How it wants its credential."""
        return Auth(self.auth_type, self.config.get("authHeaderName"), self.config.get("authValuePrefix"))

    @property
    def destination(self) -> Destination:
        """Where it is."""
        return Destination(self.key, self.endpoint, PORT, tls=True)


def read_provider(item: JSON, behaviour: Behaviour) -> Provider:
    """An ExternalProvider as a value."""
    metadata, spec = item["metadata"], item["spec"]
    key = Key(metadata["namespace"], metadata["name"])
    return Provider(
        key=key,
        kind=spec["provider"],
        endpoint=spec["endpoint"],
        auth_type=spec["auth"]["type"],
        secret=behaviour.secret_of(key, spec["auth"]["secretRef"]),
        config=dict(spec.get("config") or {}),
    )


class ExternalProviderController:
    """Creates, updates and repairs what leads to a provider's host; its deletion is the API's, by owner reference."""

    def __init__(self, behaviour: Behaviour, objects: Objects, kind: Resource) -> None:
        self._behaviour = behaviour
        self._objects = objects
        self._kind = kind

    def reconcile(self, key: Key) -> None:
        """Bring one provider's children and its status up to date."""
        item = self._objects.get(self._kind, key)
        if item is None:
            return
        provider = read_provider(item, self._behaviour)
        labels = {MANAGED_BY_LABEL: MANAGED_BY, PROVIDER_LABEL: key.name}
        out = way_out_key(key, self._behaviour)
        for resource, spec in way_out(provider.destination):
            self._objects.ensure(resource, child(resource, out, spec, labels, item, self._behaviour))
        self._objects.write_status(self._kind, item, self._status(provider, item))

    def _status(self, provider: Provider, item: JSON) -> JSON:
        if self._objects.get(SECRETS, provider.secret) is not None:
            return status_of(item, "Ready", "Reconciled", "All resources created successfully")
        message = f'secret "{provider.secret.name}" not found in namespace "{provider.secret.namespace}"'
        return status_of(item, self._behaviour.phase_without_secret(), "SecretNotFound", message)


def status_of(item: JSON, phase: str, reason: str, message: str) -> JSON:
    """The status of an ExternalProvider or of an ExternalModel that refers to some."""
    former = (item.get("status") or {}).get("conditions") or []
    generation = item["metadata"].get("generation", 1)
    return {"phase": phase, "conditions": [condition("Ready", phase == "Ready", reason, message, generation, former)]}
