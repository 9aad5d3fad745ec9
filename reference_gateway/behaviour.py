"""Every decision that a gateway can get wrong, each as one small method with its conforming body.

The rest of the program is plumbing that asks a Behaviour. A fault or a variant overrides a method here and is
put in front of this class (see faults.py and variants.py); nothing else in the program knows that faults exist.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from typing import Any

from reference_gateway import answers
from reference_gateway.edition import Edition
from reference_gateway.stores import ModelStore, Store
from reference_gateway.values import Answer, Credentials, Header, Key, Model, ModelRef, ResponseChanges

JSON = dict[str, Any]

OPENAI_SHAPED = ("openai", "bedrock-openai")
RESPONSE_IN_PIECES = "FULL_DUPLEX_STREAMED"
CLIENT_CREDENTIAL_HEADERS = frozenset(
    {"authorization", "x-api-key", "api-key", "x-goog-api-key", "cookie", "proxy-authorization", "x-gateway-model-name"}
)


class Behaviour:
    """The conforming gateway. Sections of behaviour.md are named where a rule comes from."""

    def __init__(self, edition: Edition) -> None:
        self.edition = edition
        self.memory: dict[Key, Any] = {}
        """What the conforming gateway never needs: a place for faults that remember too much."""

    # --- Secrets and credentials (section 5) ---

    def is_managed(self, labels: Mapping[str, str]) -> bool:
        """Whether a Secret with these labels may be used at all: the label's value counts, exactly."""
        return labels.get(self.edition.secret_label) == self.edition.secret_label_value

    def decoded(self, raw: str) -> str:
        """The value behind one entry of a Secret's data."""
        return base64.b64decode(raw, validate=True).decode("utf-8")

    def usable_data(self, data: Mapping[str, str]) -> Credentials | None:
        """A Secret's raw data as credentials; None without data, or with any empty or undecodable value."""
        try:
            credentials = {name: self.decoded(raw) for name, raw in data.items()}
        except (binascii.Error, UnicodeDecodeError):
            return None
        return credentials if credentials and all(self.is_usable(value) for value in credentials.values()) else None

    def is_usable(self, value: str) -> bool:
        """Whether a value can be sent in a header; an empty one or a control character invalidates the whole Secret."""
        return bool(value) and value.isprintable()

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

    # --- Models and their publication (2.1, 2.3, 2.6, 2.7) ---

    def effective_model(self, model: Model, former: Model | None) -> Model:
        """What is served of an ExternalModel that was read anew; former is what was served before."""
        return model

    def on_external_model_deleted(self, store: ModelStore, model: Key) -> None:
        """An ExternalModel is gone."""
        store.drop(model)

    def is_owned(self, kind: str) -> bool:
        """Whether a child of this kind names its ExternalModel as owner, so that it is collected with it."""
        return True

    def objects_beside(self, model: Model) -> Sequence[JSON]:
        """Objects that are created beside a model's children; a MaaSModelRef is made by hand and never here."""
        return ()

    def ref_publishes(self, ref: ModelRef, model: Model) -> bool:
        """Whether this reference publishes this model: same namespace, its target, the edition's rule on the name."""
        return (
            ref.key.namespace == model.key.namespace
            and ref.target_kind == self.edition.external_model.kind
            and ref.target_name == model.key.name
            and self.ref_name_matches(ref)
        )

    def ref_name_matches(self, ref: ModelRef) -> bool:
        """Whether the reference is named as the edition demands."""
        return ref.key.name == ref.target_name or not self.edition.ref_name_must_equal

    def is_published(self, model: Model, refs: Mapping[Key, ModelRef]) -> bool:
        """Whether the model may be served."""
        return not self.edition.ref_required or any(self.ref_publishes(ref, model) for ref in refs.values())

    def on_model_ref_deleted(self, store: Store[ModelRef], ref: Key) -> None:
        """A MaaSModelRef is gone."""
        store.drop(ref)

    def phase_without_target(self) -> str:
        """The status phase of a MaaSModelRef whose ExternalModel does not exist."""
        return "Failed"

    def extra_labels(self) -> Mapping[str, str]:
        """Labels that children bear beside the product's own."""
        return {}

    def extra_conditions(self) -> Sequence[tuple[str, str, str]]:
        """Conditions in a MaaSModelRef's status beside Ready: type, reason, message; all of them True."""
        return ()

    # --- From the path and the body to a model (3.2) ---

    def resolve(self, path: str, models: Mapping[Key, Model]) -> Model | None:
        """The model at a request's path: its first two segments, each exactly, and something after them."""
        segments = path.partition("?")[0].split("/")
        if len(segments) < 4 or segments[0]:
            return None
        return models.get(Key(segments[1], segments[2]))

    def fallback_model(self, path: str, published: Sequence[Model]) -> Model | None:
        """The model for a path that no model has: none."""
        return None

    def is_chat_endpoint(self, path: str) -> bool:
        """Whether the path ends in an endpoint that the gateway serves."""
        return path.partition("?")[0].endswith("/chat/completions")

    def choose_model(self, model: Model, body_model: str, published: Sequence[Model]) -> Model | None:
        """The model that serves a request at a model's path; None if the body names another than its target."""
        return model if body_model == model.target_model else None

    # --- What goes upstream (3.3, 3.4) ---

    def is_client_secret(self, header: str) -> bool:
        """Whether a client's header (lower case) must not reach a provider: credentials, identity, forged routing."""
        return header in CLIENT_CREDENTIAL_HEADERS or header.startswith("x-maas-")

    def injected_headers(self, model: Model, key: str) -> Sequence[Header]:
        """The headers that carry the credential, in the provider's shape."""
        if model.provider == "azure-openai":
            return (Header("api-key", key),)
        return (Header("authorization", self.authorization_value(key)),)

    def authorization_value(self, key: str) -> str:
        """The value of an Authorization header."""
        return f"Bearer {key}"

    def upstream_path(self, model: Model, path: str) -> str | None:
        """The path at the provider, without the client's query; None for a provider that we cannot speak to."""
        if model.provider in OPENAI_SHAPED:
            return "/v1/chat/completions"
        return "/openai/v1/chat/completions" if model.provider == "azure-openai" else None

    def upstream_body(self, model: Model, body: JSON) -> JSON | None:
        """Another body for the provider; None leaves the client's bytes as they are."""
        return None

    def chunks_request(self) -> bool:
        """Whether the request goes on with chunked transfer coding, whatever the client used."""
        return False

    # --- What comes back (3.6, 3.7, 4) ---

    def response_changes(self, status: int, injected: Sequence[Header]) -> ResponseChanges:
        """What is changed in a provider's answer; injected is what its request carried."""
        return ResponseChanges()

    def own_answer(self, answer: Answer) -> Answer:
        """An answer of the gateway itself, just before it is sent."""
        return answer

    def provider_in_errors(self, model: Model) -> str:
        """The provider that an error text names."""
        return model.provider

    # --- Envoy ---

    def response_body_mode(self) -> str:
        """How Envoy hands the answer's body to the processor; NONE streams it past."""
        return "NONE"

    def response_pieces(self, chunk: bytes) -> Sequence[bytes]:
        """What becomes of a chunk of the answer's body, if response_body_mode is RESPONSE_IN_PIECES."""
        return (chunk,)

    def retry_on(self) -> str:
        """Envoy's retry conditions; none, because a completion is not safe to repeat."""
        return ""

    def verifies_provider(self) -> bool:
        """Whether the provider's certificate is verified."""
        return True

    def upstream_header_case(self) -> str:
        """How header names are written to the provider over HTTP/1.1: lower or proper."""
        return "lower"

    def upstream_protocol(self) -> str:
        """The protocol to providers with TLS: http1, or negotiated (HTTP/2 if the provider takes it)."""
        return "http1"

    # --- Times ---

    def convergence_delay(self) -> float:
        """Seconds from the notice of a change until it is acted upon."""
        return 0.0

    def status_delay(self) -> float:
        """Seconds from a change until a status tells of it."""
        return 0.0
