"""Legacy ExternalModels to the objects that took their place (behaviour.md 2.5, legacy migration)."""

from __future__ import annotations

from reference_gateway.behaviour import Behaviour
from reference_gateway.controllers.children import MANAGED_BY_LABEL, owner_reference
from reference_gateway.controllers.objects import Objects
from reference_gateway.kubernetes_access import JSON, Resource
from reference_gateway.values import Key

MANAGED_BY = "ipp-legacy-migration"
ORIGIN_LABEL = "inference.opendatahub.io/migrated-from"
MESSAGES = ("messages", "/v1/messages")
AZURE = ("openai-chat", "/openai/v1/chat/completions")
USUAL = ("openai-chat", "/v1/chat/completions")
FORMATS = {"anthropic": MESSAGES, "azure": AZURE, "azure-openai": AZURE}
"""The provider of a legacy object -> format and path."""


class MigrationController:
    """Makes an ExternalProvider and an ExternalModel of the same name for each legacy one, and keeps them in step.

    Their deletion is the API's, by owner reference. What somebody else has made under the name is left alone.
    """

    def __init__(
        self, behaviour: Behaviour, objects: Objects, legacy: Resource, kinds: tuple[Resource, Resource]
    ) -> None:
        self._behaviour = behaviour
        self._objects = objects
        self._legacy = legacy
        self._model_kind, self._provider_kind = kinds

    def reconcile(self, key: Key) -> None:
        """Bring what one legacy object was migrated to up to date."""
        item = self._objects.get(self._legacy, key)
        if item is None or not item.get("spec") or not self._behaviour.migrates():
            return
        specs = ((self._provider_kind, _provider(item["spec"])), (self._model_kind, _model(key, item["spec"])))
        for kind, spec in specs:
            self._ensure(kind, self._migrated(kind, key, item, spec))

    def _ensure(self, kind: Resource, wanted: JSON) -> None:
        key = Key(wanted["metadata"]["namespace"], wanted["metadata"]["name"])
        actual = self._objects.get(kind, key)
        if actual is not None:
            if not self._behaviour.may_overwrite(actual, migrated=_is_migrated(actual)):
                return
            if _is_migrated(actual) and not self._behaviour.follows_legacy():
                return
            wanted = {**wanted, "spec": self._behaviour.successor_spec(wanted["spec"], actual["spec"])}
        self._objects.ensure(kind, wanted)

    def _migrated(self, kind: Resource, key: Key, legacy: JSON, spec: JSON) -> JSON:
        labels = {MANAGED_BY_LABEL: MANAGED_BY, ORIGIN_LABEL: key.name}
        metadata: JSON = {"name": key.name, "namespace": key.namespace, "labels": labels}
        if self._behaviour.is_owned(kind.kind):
            metadata["ownerReferences"] = [owner_reference(legacy)]
        return {"apiVersion": kind.api_version, "kind": kind.kind, "metadata": metadata, "spec": spec}


def _is_migrated(item: JSON) -> bool:
    return (item["metadata"].get("labels") or {}).get(MANAGED_BY_LABEL) == MANAGED_BY


def _provider(legacy: JSON) -> JSON:
    return {
        "provider": legacy["provider"],
        "endpoint": legacy["endpoint"],
        "auth": {"type": "apikey", "secretRef": {"name": legacy["credentialRef"]["name"]}},
    }


def _model(key: Key, legacy: JSON) -> JSON:
    api_format, path = FORMATS.get(legacy["provider"], USUAL)
    ref = {"name": key.name}
    target = legacy["targetModel"]
    return {"externalProviderRefs": [{"ref": ref, "targetModel": target, "apiFormat": api_format, "path": path}]}
