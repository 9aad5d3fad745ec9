"""What a gateway remembers that it should forget, or never looks at again."""

# ruff: noqa: D102 - a fault's docstring is the class's; the method's is the conforming one's

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import replace

from reference_gateway.faults.fault import Fault
from reference_gateway.stores import ModelStore, Store
from reference_gateway.values import Answer, Credentials, Key, Model, ModelRef

LATE_SECONDS = 0.5
"""From an ExternalModel to its MaaSModelRef: longer than an owner's script takes, and shorter than an owner."""

CLEARING_SECONDS = 0.3
"""After the event: longer than it takes to make something again, and shorter than anybody looks."""

LED_TO = Key("", "the request at hand")
"""Under which the model is remembered that a request was led to by its path alone."""


class OpenForSecretNeverSeen(Fault):
    """Forwards the request without a credential if no Secret of the name was ever seen."""

    id, name = "X240", "open-for-secret-never-seen"
    catches = "Without a usable Secret nothing is forwarded."

    def find_credentials(self, store: Store[Credentials], model: Model) -> Credentials | None:
        for key in store.view():
            _note(self, key)
        return super().find_credentials(store, model)

    def on_label_removed(self, store: Store[Credentials], secret: Key) -> None:
        _note(self, secret)
        super().on_label_removed(store, secret)

    def on_data_unusable(self, store: Store[Credentials], secret: Key) -> None:
        _note(self, secret)
        super().on_data_unusable(store, secret)

    def on_secret_deleted(self, store: Store[Credentials], secret: Key) -> None:
        _note(self, secret)
        super().on_secret_deleted(store, secret)

    def answer_without_credentials(self, model: Model) -> Answer | None:
        known = Key("", model.secret.name) in self.memory
        return super().answer_without_credentials(model) if known else None


def _note(fault: Fault, secret: Key) -> None:
    fault.memory[Key("", secret.name)] = True


class RemadeSecretServesOldValue(Fault):
    """Serves a Secret that was deleted and made again with the value that it had before."""

    id, name = "X241", "remade-secret-serves-old-value"
    catches = "A Secret that is made again serves with its new value."

    def on_secret_deleted(self, store: Store[Credentials], secret: Key) -> None:
        self.memory[secret] = store.get(secret)
        super().on_secret_deleted(store, secret)

    def on_credentials_changed(self, store: Store[Credentials], secret: Key, credentials: Credentials) -> None:
        super().on_credentials_changed(store, secret, self.memory.get(secret) or credentials)


class ReplacedSecretForgotten(Fault):
    """Clears up behind a deleted Secret a moment later, whatever has been made in its place meanwhile."""

    id, name = "X901", "replaced-secret-forgotten"
    catches = "A Secret that is made again serves with its new value."

    def on_secret_deleted(self, store: Store[Credentials], secret: Key) -> None:
        self.memory[secret] = time.monotonic()
        super().on_secret_deleted(store, secret)

    def find_credentials(self, store: Store[Credentials], model: Model) -> Credentials | None:
        deleted: float = self.memory.get(model.secret, math.inf)
        if time.monotonic() - deleted >= CLEARING_SECONDS:
            del self.memory[model.secret]
            store.drop(model.secret)
        return super().find_credentials(store, model)


class QuickChangesDropped(Fault):
    """Takes a change of a Secret that follows another at once for the same one, and does not look."""

    id, name = "X902", "quick-changes-dropped"
    catches = "The value that counts is the one in the Secret."

    def on_credentials_changed(self, store: Store[Credentials], secret: Key, credentials: Credentials) -> None:
        now, known = time.monotonic(), store.get(secret)
        if known is None or now - self.memory.get(secret, -math.inf) >= CLEARING_SECONDS:
            super().on_credentials_changed(store, secret, credentials)
        if known != credentials:
            self.memory[secret] = now


class QuickEditsDropped(Fault):
    """Takes an edit of a model that follows another at once for the same one, and does not look."""

    id, name = "X934", "quick-edits-dropped"
    catches = "A changed endpoint takes effect."

    def effective_model(self, model: Model, former: Model | None) -> Model:
        now, edited = time.monotonic(), super().effective_model(model, former)
        taken_up, dropped = self.memory.get(model.key, (-math.inf, None))
        if former is None or edited == former:
            return edited
        if edited == dropped or now - taken_up < CLEARING_SECONDS:
            self.memory[model.key] = taken_up, edited
            return former
        self.memory[model.key] = now, None
        return edited


class FormerSecretInReserve(Fault):
    """Serves a model with the Secret that it named before, as long as the one that it names is not usable."""

    id, name = "X903", "former-secret-in-reserve"
    catches = "A model is served with the Secret that it names, or not at all."

    def find_credentials(self, store: Store[Credentials], model: Model) -> Credentials | None:
        found = super().find_credentials(store, model)
        if found is not None:
            self.memory[model.key] = model.secret
        former: Key | None = self.memory.get(model.key)
        return store.get(former) if found is None and former is not None else found


class FormerSecretComesBack(Fault):
    """Takes up what becomes of a Secret for each model that has ever named it, as by an index that only grows."""

    id, name = "X971", "former-secret-comes-back"
    catches = "A model is served with the Secret that it names, or not at all."

    def effective_model(self, model: Model, former: Model | None) -> Model:
        if former is not None and former.secret != model.secret:
            self.memory[former.secret] = model.key
        return super().effective_model(model, former)

    def on_credentials_changed(self, store: Store[Credentials], secret: Key, credentials: Credentials) -> None:
        if secret in self.memory and store.get(secret) != credentials:
            self.memory[self.memory[secret]] = credentials
        super().on_credentials_changed(store, secret, credentials)

    def find_credentials(self, store: Store[Credentials], model: Model) -> Credentials | None:
        taken_up: Credentials | None = self.memory.get(model.key)
        return taken_up or super().find_credentials(store, model)


class NewSecretUnwatched(Fault):
    """Watches the Secret that a model names when it is made, and reads once another one that it comes to name."""

    id, name = "X972", "new-secret-unwatched"
    catches = "A changed value replaces the old one, whichever Secret it is in."

    def find_credentials(self, store: Store[Credentials], model: Model) -> Credentials | None:
        found = super().find_credentials(store, model)
        if self.memory.setdefault(model.key, model.secret) == model.secret or found is None:
            return found
        read: Credentials = self.memory.setdefault(model.secret, found)
        return read


class RemadeModelKeepsSecret(Fault):
    """Serves an ExternalModel that was deleted and made again with the Secret that it had before."""

    id, name = "X242", "remade-model-keeps-secret"
    catches = "An ExternalModel that is made again remembers nothing."

    def on_external_model_deleted(self, store: ModelStore, model: Key) -> None:
        self.memory[model] = store.wanted(model) or self.memory.get(model)
        super().on_external_model_deleted(store, model)

    def effective_model(self, model: Model, former: Model | None) -> Model:
        taken_up, before = super().effective_model(model, former), self.memory.get(model.key)
        return taken_up if before is None else replace(taken_up, secret=before.secret)


class LateModelRefUnnoticed(Fault):
    """Looks for the MaaSModelRef of a model when that is made, and never again."""

    id, name, source = "X243", "late-model-ref-unnoticed", "MaaS#600"
    catches = "A MaaSModelRef that is added later publishes its ExternalModel."

    def effective_model(self, model: Model, former: Model | None) -> Model:
        self.memory.setdefault(model.key, time.monotonic())
        return super().effective_model(model, former)

    def on_model_ref_changed(self, store: Store[ModelRef], ref: ModelRef) -> None:
        made = self.memory.get(Key(ref.key.namespace, ref.target_name), time.monotonic())
        if ref.key in store.view() or time.monotonic() - made < LATE_SECONDS:
            super().on_model_ref_changed(store, ref)


class ModelRefNameOpensAnother(Fault):
    """Serves a path with the name of a MaaSModelRef, where that is no model's, by another model of the namespace."""

    id, name = "X244", "model-ref-name-opens-another"
    catches = "A MaaSModelRef of another name never gives access to another model."

    def on_model_ref_changed(self, store: Store[ModelRef], ref: ModelRef) -> None:
        self.memory[ref.key] = ref.target_name
        super().on_model_ref_changed(store, ref)

    def fallback_model(self, path: str, published: Sequence[Model]) -> Model | None:
        namespace, _, rest = path.lstrip("/").partition("/")
        target = self.memory.get(Key(namespace, rest.partition("/")[0]))
        if target is None:
            return super().fallback_model(path, published)
        others = (each for each in published if each.key.namespace == namespace and each.key.name != target)
        other = next(others, None)
        self.memory[LED_TO] = other and other.key
        return other

    def choose_model(self, model: Model, body_model: str, published: Sequence[Model]) -> Model | None:
        led_to = self.memory.pop(LED_TO, None)
        return model if led_to == model.key else super().choose_model(model, body_model, published)
