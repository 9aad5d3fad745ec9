"""Secrets and credentials (behaviour.md section 5)."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence

from reference_gateway import answers
from reference_gateway.behaviour.rules import JSON, Rules
from reference_gateway.stores import Store
from reference_gateway.values import Answer, Credentials, Key, Model


class CredentialRules(Rules):
    """Secrets and credentials (behaviour.md section 5)."""

    def marks(self, metadata: JSON) -> Mapping[str, str]:
        """What of a Secret's metadata says whether it may be used: its labels."""
        return metadata.get("labels") or {}

    def is_managed(self, labels: Mapping[str, str]) -> bool:
        """Whether a Secret with these labels may be used at all: the label's value counts, exactly."""
        return labels.get(self.edition.secret_label) == self.edition.secret_label_value

    def accepts_type(self, type_: str) -> bool:
        """Whether a Secret of this type may be used: every type is as good."""
        return True

    def decoded(self, raw: str) -> str:
        """The value behind one entry of a Secret's data."""
        return base64.b64decode(raw, validate=True).decode("utf-8")

    def usable_data(self, data: Mapping[str, str]) -> Credentials | None:
        """A Secret's raw data as credentials; None without data, or if any value makes the whole Secret unusable."""
        try:
            credentials = {name: self.decoded(raw) for name, raw in data.items()}
        except (binascii.Error, UnicodeDecodeError):
            return None
        key = self.edition.secret_data_key
        usable = (self.is_usable(v) if name == key else self.is_usable_beside(v) for name, v in credentials.items())
        return credentials if credentials and all(usable) else None

    def is_usable(self, value: str) -> bool:
        """Whether a value can be sent in a header: no empty one, and none with a control character."""
        return bool(value) and value.isprintable()

    def is_usable_beside(self, value: str) -> bool:
        """Whether a Secret is usable with this value beside that of the data key: any will do that is not empty."""
        return bool(value)

    def on_credentials_changed(self, store: Store[Credentials], secret: Key, credentials: Credentials) -> None:
        """A managed Secret was created or its data changed."""
        store.put(secret, credentials)

    def on_label_added(self, store: Store[Credentials], secret: Key, credentials: Credentials) -> None:
        """A Secret that was seen without the label has it now."""
        store.put(secret, credentials)

    def on_data_unusable(self, store: Store[Credentials], secret: Key) -> None:
        """A managed Secret has no usable data, any more or from the start."""
        store.drop(secret)

    def on_label_removed(self, store: Store[Credentials], secret: Key) -> None:
        """A Secret is there, but not managed, any more or from the start."""
        store.drop(secret)

    def on_secret_deleted(self, store: Store[Credentials], secret: Key) -> None:
        """A Secret is gone."""
        store.drop(secret)

    def told_of_secret(self, secret: Key, credentials: Credentials) -> Sequence[JSON]:
        """Events and ConfigMaps that tell what was made of a Secret: none."""
        return ()

    def find_credentials(self, store: Store[Credentials], model: Model) -> Credentials | None:
        """The credentials for a model: of exactly the Secret that it names, in its own namespace."""
        return store.get(model.secret)

    def pick_value(self, credentials: Credentials) -> str | None:
        """The credential among a Secret's entries: under the edition's data key only."""
        return credentials.get(self.edition.secret_data_key)

    def answer_without_credentials(self, model: Model) -> Answer | None:
        """What the client gets if the model has no usable Secret; None would forward without a credential."""
        return answers.credentials_not_found(self.edition, self.provider_in_errors(model))

    def answer_without_field(self, model: Model) -> Answer | None:
        """What the client gets if the Secret lacks the data key; None would forward without a credential."""
        return answers.credential_field_missing(self.edition, self.provider_in_errors(model))

    def provider_in_errors(self, model: Model) -> str:
        """The provider that an error text names."""
        return model.provider
