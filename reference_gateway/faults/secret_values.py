"""What is read out of a Secret, and what becomes of values that are out of the ordinary."""

# ruff: noqa: D102 - a fault's docstring is the class's; the method's is the conforming one's

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from reference_gateway.faults.fault import Fault
from reference_gateway.stores import Store
from reference_gateway.values import Answer, Credentials, Header, Key, Model

LONGEST_VALUE = 255
SHIPPED_EDITIONS = ("rhoai-3.4", "rhoai-3.5")
GENERATIONS = frozenset({"inference.networking.k8s.io/bbr-managed", "inference.llm-d.ai/ipp-managed"})


class AnyGenerationsLabelAccepted(Fault):
    """Uses a Secret that bears the label of any generation of the product."""

    id, name = "X420", "any-generations-label-accepted"
    catches = "The label of the edition counts, and no other."

    def is_managed(self, labels: Mapping[str, str]) -> bool:
        return any(labels.get(label) == self.edition.secret_label_value for label in GENERATIONS)


class OtherGenerationsLabelRefused(Fault):
    """Leaves a Secret alone that bears the label of another generation, too."""

    id, name = "X421", "other-generations-label-refused"
    catches = "Labels beside the edition's do not matter."

    def is_managed(self, labels: Mapping[str, str]) -> bool:
        return super().is_managed(labels) and not labels.keys() >= GENERATIONS


class DataKeySpelledAnyhow(Fault):
    """Finds the data key in any spelling: case, hyphens and underscores do not count."""

    id, name = "X410", "data-key-spelled-anyhow"
    catches = "Only the edition's data key holds the credential."

    def pick_value(self, credentials: Credentials) -> str | None:
        wanted = _letters(self.edition.secret_data_key)
        return next((value for name, value in credentials.items() if _letters(name) == wanted), None)


class AuthTypeTakenForDataKey(Fault):
    """Takes the value under `apikey`, the word of the auth type, where there is none under the data key."""

    id, name = "X897", "auth-type-taken-for-data-key"
    catches = "Only the edition's data key holds the credential."

    def pick_value(self, credentials: Credentials) -> str | None:
        return super().pick_value(credentials) or credentials.get("apikey")


class PagesDataKeyAccepted(Fault):
    """Takes the value under OPENAI_API_KEY, as the page has it, where there is none under the data key."""

    id, name, source, editions = "X898", "pages-data-key-accepted", "D2", SHIPPED_EDITIONS
    catches = "The page's data key holds no credential."

    def pick_value(self, credentials: Credentials) -> str | None:
        return super().pick_value(credentials) or credentials.get("OPENAI_API_KEY")


class EmptyFieldsIgnored(Fault):
    """Reads a Secret as if its empty fields were not there."""

    id, name, editions = "X411", "empty-fields-ignored", SHIPPED_EDITIONS
    catches = "An empty field invalidates the whole Secret."

    def usable_data(self, data: Mapping[str, str]) -> Credentials | None:
        return super().usable_data({name: raw for name, raw in data.items() if raw})


class FirstFieldInjected(Fault):
    """Takes the first of a Secret's fields by the alphabet, if the right one is among them."""

    id, name = "X412", "first-field-injected"
    catches = "Only the edition's data key holds the credential."

    def pick_value(self, credentials: Credentials) -> str | None:
        return None if super().pick_value(credentials) is None else credentials[min(credentials)]


class FieldsBesideJudged(Fault):
    """Uses a Secret only if a header could carry each of its fields."""

    id, name = "X900", "fields-beside-judged"
    catches = "Other fields of the Secret do not matter."

    def is_usable_beside(self, value: str) -> bool:
        return self.is_usable(value)


class OnlyOpaqueSecrets(Fault):
    """Uses Secrets of the type Opaque only."""

    id, name, editions = "X413", "only-opaque-secrets", SHIPPED_EDITIONS
    catches = "A Secret's type does not matter."

    def accepts_type(self, type_: str) -> bool:
        return type_ == "Opaque"


class LongValueCut(Fault):
    """Sends no more than the first 255 characters of a value."""

    id, name = "X414", "long-value-cut"
    catches = "The provider receives exactly the configured credential."

    def authorization_value(self, key: str) -> str:
        return super().authorization_value(key[:LONGEST_VALUE])


class PaddingStripped(Fault):
    """Takes equals signs at the end of a value for padding, and leaves them out."""

    id, name = "X415", "padding-stripped"
    catches = "The provider receives exactly the configured credential."

    def authorization_value(self, key: str) -> str:
        return super().authorization_value(key.rstrip("="))


class LineEndEncoded(Fault):
    """Sends a line end in a value on as `%0A`."""

    id, name, source = "M20", "line-end-encoded", "hopsworks#185, litellm#15799"
    catches = "A value that no header can carry is sent clean or not at all."

    def is_usable(self, value: str) -> bool:
        return super().is_usable(value) or bool(value.split())

    def authorization_value(self, key: str) -> str:
        return super().authorization_value(key.replace("\r", "%0D").replace("\n", "%0A"))


class RejectedValueQuoted(Fault):
    """Quotes a value that cannot be sent in the error about it."""

    id, name, source = "X416", "rejected-value-quoted", "litellm#15799"
    catches = "No error of the gateway contains the provider's key."
    _rejected: Mapping[str, str]

    def usable_data(self, data: Mapping[str, str]) -> Credentials | None:
        self._rejected = {name: self.decoded(raw) for name, raw in data.items()}
        return super().usable_data(data)

    def on_data_unusable(self, store: Store[Credentials], secret: Key) -> None:
        self.memory[secret] = self._rejected
        super().on_data_unusable(store, secret)

    def answer_without_credentials(self, model: Model) -> Answer | None:
        answer = super().answer_without_credentials(model)
        rejected = self.memory.get(model.secret, {}).get(self.edition.secret_data_key)
        if answer is None or not rejected:
            return answer
        return replace(answer, body=f"{answer.body}: invalid header value {rejected!r}")


class HeaderSplit(Fault):
    """Writes a value into the request line by line, so that it can bring headers of its own along."""

    id, name = "X417", "header-split"
    catches = "A value that no header can carry is sent clean or not at all."

    def is_usable(self, value: str) -> bool:
        return super().is_usable(value) or bool(value.split())

    def injected_headers(self, model: Model, key: str) -> Sequence[Header]:
        value, *lines = key.splitlines()
        others = (line.partition(":") for line in lines if ":" in line)
        return (*super().injected_headers(model, value), *(Header(name, text.strip()) for name, _, text in others))


class BrokenSecretBlocksRotation(Fault):
    """Takes up no new value in a namespace in which another managed Secret is unusable."""

    id, name = "X418", "broken-secret-blocks-rotation"
    catches = "A broken Secret concerns nobody but the models that name it."

    def on_data_unusable(self, store: Store[Credentials], secret: Key) -> None:
        self.memory[secret] = None
        super().on_data_unusable(store, secret)

    def on_credentials_changed(self, store: Store[Credentials], secret: Key, credentials: Credentials) -> None:
        self.memory.pop(secret, None)
        blocked = any(broken.namespace == secret.namespace for broken in self.memory)
        if not blocked or store.get(secret) is None:
            super().on_credentials_changed(store, secret, credentials)


class FormerValueNotTakenUp(Fault):
    """Never takes up a value that a Secret had before."""

    id, name = "X419", "former-value-not-taken-up"
    catches = "The value that counts is the one in the Secret, even if it is an old one."

    def on_credentials_changed(self, store: Store[Credentials], secret: Key, credentials: Credentials) -> None:
        known = self.memory.setdefault(secret, [])
        if credentials in known[:-1]:
            return
        if credentials not in known:
            known.append(credentials)
        super().on_credentials_changed(store, secret, credentials)


def _letters(name: str) -> str:
    return re.sub(r"[-_.]", "", name).lower()
