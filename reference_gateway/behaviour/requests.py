"""What goes upstream (behaviour.md 3.3, 3.4)."""

from __future__ import annotations

from collections.abc import Sequence

from reference_gateway.behaviour.rules import JSON, LONGEST_BODY
from reference_gateway.behaviour.translation import TranslationRules
from reference_gateway.values import Auth, Header, Model

OPENAI_SHAPED = ("openai", "bedrock-openai")
CLIENT_CREDENTIAL_HEADERS = frozenset(
    {"authorization", "x-api-key", "api-key", "x-goog-api-key", "cookie", "proxy-authorization", "x-gateway-model-name"}
)


class RequestRules(TranslationRules):
    """What goes upstream (behaviour.md 3.3, 3.4)."""

    def is_client_secret(self, header: str) -> bool:
        """Whether a client's header (lower case) must not reach a provider: credentials, identity, forged routing."""
        return header in CLIENT_CREDENTIAL_HEADERS or header.startswith("x-maas-")

    def removed_headers(self, names: Sequence[str]) -> Sequence[str]:
        """Which of a client's headers (lower case, as often as they came) do not go on."""
        return [name for name in sorted(set(names)) if self.is_client_secret(name)]

    def checks_credential_first(self) -> bool:
        """Whether a model without a credential refuses a request unread: that is the last check."""
        return False

    def injected_headers(self, model: Model, key: str) -> Sequence[Header]:
        """The headers that carry the credential, in the provider's shape."""
        asked_for, prefix = self.header_asked_for(model.auth)
        if asked_for is not None:
            return (Header(asked_for.lower(), f"{prefix or ''}{key}"),)
        header = self.credential_header(model)
        return (Header(header, self.authorization_value(key) if header == "authorization" else key),)

    def header_asked_for(self, auth: Auth) -> tuple[str | None, str | None]:
        """The header in which a provider's config asks for the credential, and what is to stand before that."""
        return auth.header, auth.prefix

    def authorization_value(self, key: str) -> str:
        """The value of an Authorization header."""
        return f"Bearer {key}"

    def upstream_path(self, model: Model, path: str) -> str | None:
        """The path at the provider, without the client's query; None for a provider that we cannot speak to."""
        return self.provider_path(model) if model.path is None else model.path

    def upstream_body(self, model: Model, body: JSON) -> JSON | None:
        """Another body for the provider; None leaves the client's bytes as they are.

        Raises:
            UntranslatableError: the provider has another shape, in which it has no counterpart.
        """
        changed = {**body, "model": self.upstream_model(model)}
        if self.asks_for_usage(body):
            options = body.get("stream_options")
            changed["stream_options"] = {**(options if isinstance(options, dict) else {}), "include_usage": True}
        translated = self.translated_request(model, changed)
        return translated or (None if changed == body else changed)

    def upstream_model(self, model: Model) -> str:
        """What the provider's body calls the model."""
        return model.target_model

    def asks_for_usage(self, body: JSON) -> bool:
        """Whether the provider is asked for a stream's usage, whatever the client thinks of it."""
        return self.edition.stream_usage and body.get("stream") is True

    def longest_body(self) -> int:
        """Bytes of a body from which on a request is not served."""
        return LONGEST_BODY

    def body_read(self, body: bytes, told: str | None) -> bytes:
        """As much of a body as counts: all of it, whether its Content-Length was ``told`` or not."""
        return body

    def content_length(self, model: Model, size: int) -> int:
        """The Content-Length of a body that the gateway has written anew."""
        return size

    def chunks_request(self) -> bool:
        """Whether the request goes on with chunked transfer coding, whatever the client used."""
        return False
