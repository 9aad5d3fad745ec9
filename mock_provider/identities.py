"""Identities: the hostnames under which the provider answers, each with its own models, keys and path."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from mock_provider.canaries import fingerprint
from mock_provider.credentials import bearer_token
from mock_provider.received import ReceivedRequest

CredentialHeader = Literal["authorization", "x-api-key", "api-key"]
DialectName = Literal["openai", "anthropic", "azure-openai", "bedrock-openai", "vertex-openai"]

CREDENTIAL_HEADERS_OF: Mapping[DialectName, CredentialHeader] = {
    "openai": "authorization",
    "anthropic": "x-api-key",
    "azure-openai": "api-key",
    "bedrock-openai": "authorization",
    "vertex-openai": "authorization",
}
CHAT_PATHS_OF: Mapping[DialectName, str] = {
    "openai": "/v1/chat/completions",
    "anthropic": "/v1/messages",
    "azure-openai": "/openai/v1/chat/completions",
    "bedrock-openai": "/v1/chat/completions",
    "vertex-openai": "/v1/projects/mock/locations/global/endpoints/openapi/chat/completions",
}
"""Where the service itself takes chats; an identity can name another path."""


@dataclass(frozen=True)
class Key:
    """A key that the identity accepts, with the name under which the journal knows it."""

    name: str
    value: str


@dataclass(frozen=True)
class Identity:
    """One provider host. A strict identity refuses wrong credentials and models; a lenient one only records them."""

    host: str
    dialect: DialectName
    models: tuple[str, ...]
    keys: tuple[Key, ...]
    credential_header: CredentialHeader
    chat_path: str
    strict: bool

    @property
    def base_path(self) -> str:
        """The path before `/chat/completions`; /v1 for a chat path of another shape."""
        base, suffix, _ = self.chat_path.rpartition("/chat/completions")
        return base if suffix else "/v1"

    def presented(self, request: ReceivedRequest) -> str | None:
        """Return what stands in for the key in the request: the token, else the whole value; None without header."""
        values = request.values(self.credential_header)
        if not values:
            return None
        return bearer_token(values[0]) or values[0] if self.credential_header == "authorization" else values[0]

    def accepts_credential(self, request: ReceivedRequest) -> bool:
        """Whether the request carries the credential header exactly once, in exactly the right form, with a known key.

        A second value is refused even if both are right: which of them a server would use is anyone's guess.
        """
        values = request.values(self.credential_header)
        if len(values) != 1:
            return False
        token = bearer_token(values[0]) if self.credential_header == "authorization" else values[0]
        return any(token == key.value for key in self.keys)

    def to_json(self) -> dict[str, object]:
        """Return the control API's form: keys by name and fingerprint, never by value."""
        return {
            "host": self.host,
            "dialect": self.dialect,
            "models": list(self.models),
            "keys": [{"name": key.name, "fingerprint": fingerprint(key.value)} for key in self.keys],
            "credentialHeader": self.credential_header,
            "chatPath": self.chat_path,
            "strict": self.strict,
        }
