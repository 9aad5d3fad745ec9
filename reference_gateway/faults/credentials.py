"""What is injected, and which Secret counts."""

# ruff: noqa: D102 - a fault's docstring is the class's; the method's is the conforming one's

from __future__ import annotations

from collections.abc import Mapping, Sequence

from reference_gateway.behaviour.rules import JSON
from reference_gateway.faults.fault import Fault
from reference_gateway.stores import Store
from reference_gateway.values import Answer, Credentials, Header, Key, Model

LABELS = {"inference.networking.k8s.io/bbr-managed", "inference.llm-d.ai/ipp-managed"}
"""By which a Secret is known, in one edition or another."""

# --- What is injected ---


class NeverInjects(Fault):
    """Forwards every request without a credential."""

    id, name, source = "M01", "never-injects", "IPP#153, MaaS#1295"
    catches = "The provider receives exactly the configured credential."

    def injected_headers(self, model: Model, key: str) -> Sequence[Header]:
        return ()


class ConstantKey(Fault):
    """Injects the same dummy key for every model."""

    id, name = "M02", "constant-key"
    catches = "The provider receives exactly the configured credential."

    def injected_headers(self, model: Model, key: str) -> Sequence[Header]:
        return super().injected_headers(model, "dummy")


class DoubledBearer(Fault):
    """Writes the scheme twice: `Bearer Bearer KEY`."""

    id, name = "M03", "doubled-bearer"
    catches = "The Authorization header is `Bearer ` and the credential, nothing more."

    def authorization_value(self, key: str) -> str:
        return f"Bearer {super().authorization_value(key)}"


class LowerCaseScheme(Fault):
    """Writes the scheme in lower case: `bearer KEY`."""

    id, name = "X01", "lower-case-scheme"
    catches = "The Authorization header is `Bearer ` and the credential, nothing more."

    def authorization_value(self, key: str) -> str:
        return f"bearer {key}"


class Base64Sent(Fault):
    """Sends the base64 text of the Secret instead of the value behind it."""

    id, name = "M21", "base64-sent"
    catches = "The provider receives exactly the configured credential."

    def decoded(self, raw: str) -> str:
        return raw


# --- Which Secret counts ---


class LabelIgnored(Fault):
    """Uses any Secret, labelled or not."""

    id, name = "M06", "label-ignored"
    catches = "A Secret without the label is not used."

    def is_managed(self, labels: Mapping[str, str]) -> bool:
        return True


class OtherLabelWanted(Fault):
    """Uses only Secrets that bear the label of another edition."""

    id, name, source = "M09", "other-label-wanted", "guide#89"
    catches = "A Secret with the edition's label is used."

    def is_managed(self, labels: Mapping[str, str]) -> bool:
        others = LABELS - {self.edition.secret_label}
        return any(labels.get(label) == self.edition.secret_label_value for label in others)


class LabelPresenceSuffices(Fault):
    """Uses a Secret that bears the label with any value, `"false"` included."""

    id, name = "M07", "label-presence-suffices"
    catches = "The label's value counts, exactly."

    def is_managed(self, labels: Mapping[str, str]) -> bool:
        return self.edition.secret_label in labels


class LabelValueCaseIgnored(Fault):
    """Takes the label's value in any case, `"True"` included."""

    id, name = "X02", "label-value-case-ignored"
    catches = "The label's value counts, exactly."

    def is_managed(self, labels: Mapping[str, str]) -> bool:
        return labels.get(self.edition.secret_label, "").lower() == self.edition.secret_label_value


class AnnotationTakenForLabel(Fault):
    """Takes an annotation by the name of the label for the label."""

    id, name = "X924", "annotation-taken-for-label"
    catches = "A Secret without the label is not used."

    def marks(self, metadata: JSON) -> Mapping[str, str]:
        return {**(metadata.get("annotations") or {}), **super().marks(metadata)}


class LabelRemovalUnnoticed(Fault):
    """Goes on using a Secret whose label was taken away."""

    id, name, source = "M10", "label-removal-unnoticed", "IPP#49"
    catches = "Removing the label ends the Secret's use."

    def on_label_removed(self, store: Store[Credentials], secret: Key) -> None:
        pass


class LabelAdditionUnnoticed(Fault):
    """Never notices a label that is added to a Secret which was there without it."""

    id, name = "X03", "label-addition-unnoticed"
    catches = "Adding the label makes the Secret usable."

    def on_label_added(self, store: Store[Credentials], secret: Key, credentials: Credentials) -> None:
        pass


class LabelBringsFormerValue(Fault):
    """Puts a Secret aside when its label goes, and takes it up as it was when the label is back."""

    id, name = "X925", "label-brings-former-value"
    catches = "A Secret that is labelled again serves with the value that it has now."

    def on_label_removed(self, store: Store[Credentials], secret: Key) -> None:
        self.memory[secret] = store.get(secret) or self.memory.get(secret)
        super().on_label_removed(store, secret)

    def on_label_added(self, store: Store[Credentials], secret: Key, credentials: Credentials) -> None:
        super().on_label_added(store, secret, self.memory.get(secret) or credentials)


class KeyCachedForEver(Fault):
    """Keeps the first key that it used for a Secret, whatever becomes of the Secret."""

    id, name, source = "M12", "key-cached-for-ever", "EAIG#1313"
    catches = "A rotated key replaces the old one."

    def find_credentials(self, store: Store[Credentials], model: Model) -> Credentials | None:
        found: Credentials | None = self.memory.get(model.secret) or super().find_credentials(store, model)
        if found is not None:
            self.memory[model.secret] = found
        return found


class DeletedSecretStillUsed(Fault):
    """Goes on using the last known key of a deleted Secret."""

    id, name, source = "M16", "deleted-secret-still-used", "kgateway#12444"
    catches = "Deleting the Secret ends its use."

    def on_secret_deleted(self, store: Store[Credentials], secret: Key) -> None:
        pass


class OpenWithoutCredentials(Fault):
    """Forwards the request without a credential if the model has no usable Secret."""

    id, name, source = "M17", "open-without-credentials", "llm-router#13"
    catches = "Without a usable Secret nothing is forwarded."

    def answer_without_credentials(self, model: Model) -> Answer | None:
        return None


class ForeignSecretUsed(Fault):
    """Takes a Secret of the right name from any namespace if the model's own has no usable one."""

    id, name, source = "M22", "foreign-secret-used", "MaaS#612"
    catches = "Only a Secret of the model's own namespace is used."

    def find_credentials(self, store: Store[Credentials], model: Model) -> Credentials | None:
        namesakes = (each for key, each in sorted(store.view().items()) if key.name == model.secret.name)
        return super().find_credentials(store, model) or next(namesakes, None)


class SecretCreationUnnoticed(Fault):
    """Never looks again for a Secret that was missing when a request first asked for it."""

    id, name = "X04", "secret-creation-unnoticed"
    catches = "A Secret that is created later makes the model usable."

    def find_credentials(self, store: Store[Credentials], model: Model) -> Credentials | None:
        found = super().find_credentials(store, model)
        if found is None:
            self.memory[model.secret] = None
        return None if model.secret in self.memory else found


class AnyDataKeyAccepted(Fault):
    """Takes whatever value the Secret has if the data key is another than the edition's."""

    id, name = "X05", "any-data-key-accepted"
    catches = "Only the edition's data key holds the credential."

    def pick_value(self, credentials: Credentials) -> str | None:
        return super().pick_value(credentials) or next(iter(credentials.values()), None)


class EmptyValueInjected(Fault):
    """Forwards `Bearer ` with nothing behind it if the Secret's value is empty."""

    id, name = "X06", "empty-value-injected"
    catches = "Without a usable Secret nothing is forwarded."

    def is_usable(self, value: str) -> bool:
        return value == "" or super().is_usable(value)


class EmptiedSecretStillUsed(Fault):
    """Goes on using the last key of a Secret whose value was emptied or whose data was removed."""

    id, name = "X07", "emptied-secret-still-used"
    catches = "A Secret without a usable value is not used."

    def on_data_unusable(self, store: Store[Credentials], secret: Key) -> None:
        pass


class FieldsOnlyAdded(Fault):
    """Takes up the fields that a changed Secret has, and lets go of none that it has no longer."""

    id, name = "X953", "fields-only-added"
    catches = "A Secret that has lost its data key is not used."

    def on_credentials_changed(self, store: Store[Credentials], secret: Key, credentials: Credentials) -> None:
        super().on_credentials_changed(store, secret, {**(store.get(secret) or {}), **credentials})


class OpenWithoutField(Fault):
    """Forwards the request without a credential if the Secret lacks the data key."""

    id, name = "X08", "open-without-field"
    catches = "Without a usable Secret nothing is forwarded."

    def answer_without_field(self, model: Model) -> Answer | None:
        return None
