"""Where a key shows that nobody looks at, and that many may read."""

# ruff: noqa: D102 - a fault's docstring is the class's; the method's is the conforming one's

from __future__ import annotations

import base64
import copy
import hashlib
import logging
from collections.abc import Mapping, Sequence

from reference_gateway.behaviour.rules import JSON
from reference_gateway.faults.fault import SHIPPED, Fault
from reference_gateway.stores import Store
from reference_gateway.values import Credentials, Header, Key, Model

log = logging.getLogger(__name__)

KEYS = Key("", "keys")
"""Under which the keys are remembered that were seen last."""
SHOWN = Key("", "shown")
"""The same, of what clients have shown."""

# --- In objects of the cluster ---


class KeyInStatus(Fault):
    """Says in the status of each MaaSModelRef which credentials it has taken up."""

    id, name, source, editions = "M51", "key-in-status", "litellm#8075", SHIPPED
    catches = "No status shows a key."

    def on_credentials_changed(self, store: Store[Credentials], secret: Key, credentials: Credentials) -> None:
        self.memory[KEYS] = [*self.memory.get(KEYS, ()), *credentials.values()]
        super().on_credentials_changed(store, secret, credentials)

    def extra_conditions(self) -> Sequence[tuple[str, str, str]]:
        words = f"taken up: {' '.join(self.memory.get(KEYS, ()))}"
        return (*super().extra_conditions(), ("CredentialsReady", "Synced", words))


class KeyInEvent(Fault):
    """Writes an Event that quotes the value of a Secret."""

    id, name, source = "X245", "key-in-event", "litellm#8075"
    catches = "No Event shows a key."

    def told_of_secret(self, secret: Key, credentials: Credentials) -> Sequence[JSON]:
        words = f"credential taken up: {' '.join(credentials.values())}"
        return (*super().told_of_secret(secret, credentials), _event(secret, words))


class KeyInAnnotation(Fault):
    """Annotates a model's children with the credential that they were made for."""

    id, name = "X246", "key-in-annotation"
    catches = "No annotation shows a key."

    def on_credentials_changed(self, store: Store[Credentials], secret: Key, credentials: Credentials) -> None:
        self.memory[secret] = credentials
        super().on_credentials_changed(store, secret, credentials)

    def secret_of(self, model: Key, reference: JSON) -> Key:
        secret = super().secret_of(model, reference)
        self.memory[Key(model.namespace, "")] = secret
        return secret

    def child(self, child: JSON, model: Key) -> JSON:
        whole = copy.deepcopy(super().child(child, model))
        secret = self.memory.get(Key(model.namespace, ""), KEYS)
        credentials: Credentials = self.memory.get(secret, {})
        whole["metadata"]["annotations"] = {"gateway.example/made-for": " ".join(credentials.values())}
        return whole


class KeyInConfigMap(Fault):
    """Copies a Secret's data into a ConfigMap, in base64 as they are."""

    id, name = "X247", "key-in-config-map"
    catches = "No object but the Secret shows a key, in whatever encoding."

    def told_of_secret(self, secret: Key, credentials: Credentials) -> Sequence[JSON]:
        data = {name: base64.b64encode(value.encode()).decode() for name, value in credentials.items()}
        metadata = {"name": f"copy-of-{secret.name}", "namespace": secret.namespace}
        copied = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data}
        return (*super().told_of_secret(secret, credentials), copied)


# --- In metrics and logs ---


class KeyInMetrics(Fault):
    """Counts requests by the credential that they were sent with, and shows it as a label."""

    id, name = "X248", "key-in-metrics"
    catches = "No metric shows a key."

    def injected_headers(self, model: Model, key: str) -> Sequence[Header]:
        self.memory[KEYS] = [*self.memory.get(KEYS, ()), key]
        return super().injected_headers(model, key)

    def more_series(self) -> Sequence[tuple[str, Mapping[str, str], int]]:
        keys: list[str] = self.memory.get(KEYS, [])
        shown = [("upstream_requests", {"credential": key}, keys.count(key)) for key in dict.fromkeys(keys)]
        return (*super().more_series(), *shown)


class KeyInLog(Fault):
    """Logs the credential of each request."""

    id, name, source = "X249", "key-in-log", "litellm#8075"
    catches = "No log shows a key."

    def injected_headers(self, model: Model, key: str) -> Sequence[Header]:
        log.info("%s is called with %s", model.key, key)
        return super().injected_headers(model, key)


class KeyInAccessLog(Fault):
    """Has the access log show the Authorization of each request, as the provider gets it."""

    id, name = "X266", "key-in-access-log"
    catches = "No log shows a key."

    def access_log_fields(self) -> Mapping[str, str]:
        return {**super().access_log_fields(), "authorization": "%REQ(AUTHORIZATION)%"}


def _event(secret: Key, words: str) -> JSON:
    # A name of its own for each value, as event recorders have it.
    name = f"{secret.name}.{hashlib.sha256(words.encode()).hexdigest()[:16]}"
    return {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {"name": name, "namespace": secret.namespace},
        "involvedObject": {"apiVersion": "v1", "kind": "Secret", "name": secret.name, "namespace": secret.namespace},
        "reason": "CredentialTakenUp",
        "message": words,
        "type": "Normal",
        "source": {"component": "reference-gateway"},
    }


class ClientKeyInLog(Fault):
    """Logs the key of each client, a good one or not."""

    id, name, source, editions = "X936", "client-key-in-log", "sxueck/llm-gateway#34", SHIPPED
    catches = "No log shows a client's key."

    def is_key(self, token: str) -> bool:
        is_key = super().is_key(token)
        if is_key:
            log.info("a client shows %s", token)
        return is_key


class ClientKeyInMetrics(Fault):
    """Counts requests by the keys of clients, and shows them as a label."""

    id, name, editions = "X937", "client-key-in-metrics", SHIPPED
    catches = "No metric shows a client's key."

    def is_key(self, token: str) -> bool:
        is_key = super().is_key(token)
        if is_key:
            self.memory[SHOWN] = [*self.memory.get(SHOWN, ()), token]
        return is_key

    def more_series(self) -> Sequence[tuple[str, Mapping[str, str], int]]:
        tokens: list[str] = self.memory.get(SHOWN, [])
        shown = [("client_requests", {"api_key": token}, tokens.count(token)) for token in dict.fromkeys(tokens)]
        return (*super().more_series(), *shown)
