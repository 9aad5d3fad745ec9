"""Secrets to credentials in memory (behaviour.md section 5). Logs name a Secret, never what is in it."""

from __future__ import annotations

import logging

from reference_gateway.behaviour import Behaviour
from reference_gateway.controllers.objects import Objects
from reference_gateway.informer import Informer
from reference_gateway.resources import CONFIG_MAPS, EVENTS
from reference_gateway.stores import Store
from reference_gateway.values import Credentials, Key

log = logging.getLogger(__name__)

TOLD_IN = {"Event": EVENTS, "ConfigMap": CONFIG_MAPS}


class CredentialsController:
    """Keeps the credential store in step with the Secrets of all namespaces."""

    def __init__(self, behaviour: Behaviour, objects: Objects, secrets: Informer, store: Store[Credentials]) -> None:
        self._behaviour = behaviour
        self._objects = objects
        self._secrets = secrets
        self._store = store
        self._unmanaged: set[Key] = set()

    def reconcile(self, key: Key) -> None:
        """Bring the store's entry for one Secret up to date."""
        secret = self._secrets.get(key)
        if secret is None or "deletionTimestamp" in secret["metadata"]:
            self._unmanaged.discard(key)
            self._behaviour.on_secret_deleted(self._store, key)
            return
        managed = self._behaviour.is_managed(self._behaviour.marks(secret["metadata"]))
        if not managed or not self._behaviour.accepts_type(secret.get("type", "Opaque")):
            self._unmanaged.add(key)
            self._behaviour.on_label_removed(self._store, key)
            return
        credentials = self._behaviour.usable_data(secret.get("data") or {})
        if credentials is None:
            log.warning("Secret %s is managed but has no data, or a value that is empty or cannot be sent", key)
            self._behaviour.on_data_unusable(self._store, key)
        elif key in self._unmanaged:
            self._behaviour.on_label_added(self._store, key, credentials)
        else:
            self._behaviour.on_credentials_changed(self._store, key, credentials)
        for item in self._behaviour.told_of_secret(key, credentials or {}):
            self._objects.create(TOLD_IN[item["kind"]], item)
