"""What models, or requests at the same time, share although only a name or a moment is common to them."""

# ruff: noqa: D102 - a fault's docstring is the class's; the method's is the conforming one's

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence

from reference_gateway.behaviour.rules import JSON
from reference_gateway.faults.fault import SHIPPED, Fault
from reference_gateway.stores import ModelStore, Store
from reference_gateway.values import Credentials, Header, Key, Model, ModelRef

MOMENT_SECONDS = 0.02
"""What counts as the same time here: a burst of requests is that close together, a client by itself is not."""


# --- Requests at the same time ---


class LookupsCoalesced(Fault):
    """Answers look-ups of credentials in one namespace that come at the same time with the first one's credential."""

    id, name = "X230", "lookups-coalesced"
    catches = "Each request bears the credential of its own model, whatever else is under way."

    def find_credentials(self, store: Store[Credentials], model: Model) -> Credentials | None:
        own, now, place = super().find_credentials(store, model), time.monotonic(), Key(model.key.namespace, "")
        since, found = self.memory.get(place, (0.0, None))
        if now - since >= MOMENT_SECONDS:
            self.memory[place] = (now, own)
            return own
        first: Credentials | None = found
        return first


class BodyBuffersShared(Fault):
    """Sends the provider the body of another request to the same model that came at the same time."""

    id, name = "X231", "body-buffers-shared"
    catches = "Each request reaches the provider with its own body."

    def upstream_body(self, model: Model, body: JSON) -> JSON | None:
        now = time.monotonic()
        since, found = self.memory.get(model.key, (0.0, None))
        if now - since < MOMENT_SECONDS:
            return super().upstream_body(model, found) or dict(found)
        self.memory[model.key] = (now, body)
        return super().upstream_body(model, body)


# --- Names that coincide ---


class SecretsGoByName(Fault):
    """Keeps one credential for all Secrets of the same name: that of the namespace which comes first."""

    id, name = "X232", "secrets-go-by-name"
    catches = "Secrets of one name in two namespaces are two."

    def find_credentials(self, store: Store[Credentials], model: Model) -> Credentials | None:
        if super().find_credentials(store, model) is None:
            return None
        return next(found for key, found in sorted(store.view().items()) if key.name == model.secret.name)


class DeletionGoesByName(Fault):
    """Forgets all models of a name when one of them is deleted."""

    id, name = "X233", "deletion-goes-by-name"
    catches = "Deleting a model leaves its namesake in another namespace alone."

    def on_external_model_deleted(self, store: ModelStore, model: Key) -> None:
        super().on_external_model_deleted(store, model)
        for key in store.view():
            if key.name == model.name:
                store.drop(key)


class ModelsGoByName(Fault):
    """Serves models of one name in several namespaces by the one whose namespace comes first."""

    id, name, source = "X234", "models-go-by-name", "ai-gateway-payload-processing's store by model name"
    catches = "Models of one name in two namespaces are two."

    def resolve(self, path: str, models: Mapping[Key, Model]) -> Model | None:
        own = super().resolve(path, models)
        if own is None:
            return None
        return next(models[key] for key in sorted(models) if key.name == own.key.name)


class SharedSecretRotatesOnce(Fault):
    """Tells only the first model that uses a Secret of its rotation; any other keeps the value that it began with."""

    id, name = "X235", "shared-secret-rotates-once"
    catches = "A rotation reaches every model that refers to the Secret."

    def find_credentials(self, store: Store[Credentials], model: Model) -> Credentials | None:
        found = super().find_credentials(store, model)
        if self.memory.setdefault(model.secret, model.key) == model.key or found is None:
            return found
        kept: Credentials = self.memory.setdefault(model.key, found)
        return kept


class SharedSecretWithdrawnOnce(Fault):
    """Tells only the first model that uses a Secret when it may be used no longer; any other goes on with its value."""

    id, name = "X970", "shared-secret-withdrawn-once"
    catches = "A Secret that is withdrawn ends the service of every model that refers to it."

    def find_credentials(self, store: Store[Credentials], model: Model) -> Credentials | None:
        found = super().find_credentials(store, model)
        if self.memory.setdefault(model.secret, model.key) == model.key:
            return found
        if found is not None:
            self.memory[model.key] = found
        last: Credentials | None = self.memory.get(model.key)
        return last


class RoutedByTargetModel(Fault):
    """Sends requests to the first of several models that have the same targetModel."""

    id, name, source = "X236", "routed-by-target-model", "behaviour.md 3.2 (the second selection of a route)"
    catches = "A credential meets no endpoint but its own."

    def sent_to(self, model: Model, path: str, routing: str | None, published: Sequence[Model]) -> Model:
        own = super().sent_to(model, path, routing, published)
        return next((each for each in published if each.target_model == own.target_model), own)


class EndpointDeletedWithModel(Fault):
    """Forgets every model at the endpoint of one that is deleted."""

    id, name = "X237", "endpoint-deleted-with-model"
    catches = "Deleting a model ends the service of that one alone."

    def on_external_model_deleted(self, store: ModelStore, model: Key) -> None:
        gone = store.wanted(model)
        super().on_external_model_deleted(store, model)
        for key, other in store.view().items():
            if gone is not None and other.endpoint == gone.endpoint:
                store.drop(key)


class SharedSecretForgottenWithModel(Fault):
    """Forgets a Secret with the first model that named it, whoever names it still, until it is changed."""

    id, name = "X950", "shared-secret-forgotten-with-model"
    catches = "Deleting a model leaves a Secret that another one names in use."

    def on_external_model_deleted(self, store: ModelStore, model: Key) -> None:
        gone = store.wanted(model)
        if gone is not None:
            self.memory[gone.secret] = "forgotten"
        super().on_external_model_deleted(store, model)

    def effective_model(self, model: Model, former: Model | None) -> Model:
        if former is None:
            self.memory.pop(model.secret, None)
        return super().effective_model(model, former)

    def on_credentials_changed(self, store: Store[Credentials], secret: Key, credentials: Credentials) -> None:
        self.memory.pop(secret, None)
        super().on_credentials_changed(store, secret, credentials)

    def find_credentials(self, store: Store[Credentials], model: Model) -> Credentials | None:
        return None if model.secret in self.memory else super().find_credentials(store, model)


class TargetModelForgottenWithModel(Fault):
    """Forgets every model with the targetModel of one that is deleted."""

    id, name = "X951", "target-model-forgotten-with-model"
    catches = "Deleting a model ends the service of that one alone."

    def on_external_model_deleted(self, store: ModelStore, model: Key) -> None:
        gone = store.wanted(model)
        super().on_external_model_deleted(store, model)
        for key, other in store.view().items():
            if gone is not None and other.target_model == gone.target_model:
                store.drop(key)


class ModelRefKindIgnored(Fault):
    """Publishes an ExternalModel by a MaaSModelRef of any kind that names it."""

    id, name, editions = "X238", "model-ref-kind-ignored", SHIPPED
    catches = "A MaaSModelRef publishes the object of the kind that it names."

    def ref_publishes(self, ref: ModelRef, model: Model) -> bool:
        kind = self.edition.external_model.kind
        return super().ref_publishes(ModelRef(ref.key, kind, ref.target_name), model)


# --- One after the other ---


class ConnectionKeepsItsModel(Fault):
    """Serves every request over a connection by the model that the first one named."""

    id, name = "X880", "connection-keeps-its-model"
    catches = "A request is judged by what it says itself."

    def told_of_connection(self) -> Sequence[str]:
        return ("source.address",)

    def path_meant(self, path: str, connection: str) -> str:
        first: str = self.memory.setdefault(Key("connection", connection), path)
        return first


class CookiesKept(Fault):
    """Keeps the cookies that a provider sets, as a client library does, and sends them with every later request."""

    id, name = "X882", "cookies-kept"
    catches = "One client's answer is nobody else's."

    def on_answer(self, model: Model, headers: Sequence[tuple[str, str]]) -> None:
        for name, value in headers:
            if name == "set-cookie":
                self.memory[model.key] = value.partition(";")[0]

    def injected_headers(self, model: Model, key: str) -> Sequence[Header]:
        kept = [Header("cookie", self.memory[model.key])] if model.key in self.memory else []
        return [*super().injected_headers(model, key), *kept]


class SecretNamesCut(Fault):
    """Keeps credentials under the first 63 characters of the Secret's name, as if it were a label."""

    id, name = "X887", "secret-names-cut"
    catches = "Secrets of different names are different Secrets."

    def secret_of(self, model: Key, reference: JSON) -> Key:
        return cut(super().secret_of(model, reference))

    def on_credentials_changed(self, store: Store[Credentials], secret: Key, credentials: Credentials) -> None:
        super().on_credentials_changed(store, cut(secret), credentials)

    def on_label_added(self, store: Store[Credentials], secret: Key, credentials: Credentials) -> None:
        super().on_label_added(store, cut(secret), credentials)


class ModelNamesCut(Fault):
    """Knows models by the first 57 characters of their names, as where something is to be appended to them."""

    id, name = "X961", "model-names-cut"
    catches = "Models of different names are different models."

    def resolve(self, path: str, models: Mapping[Key, Model]) -> Model | None:
        own = super().resolve(path, models)
        if own is None:
            return None
        start = str(own.key)[: len(own.key.namespace) + 1 + 57]
        return next(models[key] for key in sorted(models, reverse=True) if str(key).startswith(start))


class NamesJoined(Fault):
    """Keeps credentials under namespace and name of the Secret, joined by a hyphen."""

    id, name = "X892", "names-joined"
    catches = "A namespace is where it ends."

    def secret_of(self, model: Key, reference: JSON) -> Key:
        return joined(super().secret_of(model, reference))

    def on_credentials_changed(self, store: Store[Credentials], secret: Key, credentials: Credentials) -> None:
        super().on_credentials_changed(store, joined(secret), credentials)

    def on_label_added(self, store: Store[Credentials], secret: Key, credentials: Credentials) -> None:
        super().on_label_added(store, joined(secret), credentials)


def joined(secret: Key) -> Key:
    """The Secret by what is left when nobody knows any more where its namespace ends."""
    return Key("", f"{secret.namespace}-{secret.name}")


def cut(secret: Key) -> Key:
    """The Secret by as much of its name as a label holds."""
    return Key(secret.namespace, secret.name[:63])


# --- Trouble next door ---


class BrokenModelBlocksOthers(Fault):
    """Takes up no change of a model while another one of its namespace has an endpoint that does not exist."""

    id, name, source = "M97", "broken-model-blocks-others", "EAIG#742"
    catches = "A broken ExternalModel holds up nobody else."

    def effective_model(self, model: Model, former: Model | None) -> Model:
        taken_up = super().effective_model(model, former)
        namespace = Key(model.key.namespace, "")
        broken: set[Key] = self.memory.setdefault(namespace, set())
        if model.endpoint.endswith(".invalid"):
            broken.add(model.key)
        return former if broken - {model.key} and former is not None else taken_up

    def on_external_model_deleted(self, store: ModelStore, model: Key) -> None:
        self.memory.setdefault(Key(model.namespace, ""), set()).discard(model)
        super().on_external_model_deleted(store, model)
