"""Providers that are not OpenAI (behaviour.md 3.3, 3.5, 3.6)."""

from __future__ import annotations

import time
from collections.abc import Sequence

from reference_gateway.behaviour.rules import JSON, Rules
from reference_gateway.translation import anthropic, azure_openai, vertex_openai
from reference_gateway.translation.vertex_openai import VertexEndpoint
from reference_gateway.values import Header, Model

CREDENTIAL_HEADERS = {"anthropic": "x-api-key", "azure-openai": "api-key"}
"""Where the bare key goes; every other provider takes a Bearer token."""
PATHS = {
    "openai": "/v1/chat/completions",
    "bedrock-openai": "/v1/chat/completions",
    "azure-openai": "/openai/v1/chat/completions",
    "anthropic": "/v1/messages",
}


class TranslationRules(Rules):
    """Providers that are not OpenAI (behaviour.md 3.3, 3.5, 3.6)."""

    vertex_openai: VertexEndpoint | None = None
    """What the gateway was configured with."""

    def credential_header(self, model: Model) -> str:
        """The header in which the provider takes its credential."""
        return CREDENTIAL_HEADERS.get(model.provider, "authorization")

    def provider_path(self, model: Model) -> str | None:
        """Where the provider takes chats; None for a provider that we cannot speak to."""
        if model.provider == "vertex-openai":
            return None if self.vertex_openai is None else self.vertex_openai.path
        return PATHS.get(model.provider)

    def provider_headers(self, model: Model) -> Sequence[Header]:
        """What the provider wants to be told beside the credential."""
        if model.provider == "anthropic":
            return (Header("anthropic-version", anthropic.VERSION), Header("content-type", "application/json"))
        return (Header("content-type", "application/json"),) if model.provider == "azure-openai" else ()

    def translated_request(self, model: Model, body: JSON) -> JSON | None:
        """The client's body in the provider's shape; None where that is OpenAI's.

        Raises:
            UntranslatableError: it has no counterpart there.
        """
        return anthropic.request(body) if model.provider == "anthropic" else None

    def translates_answers(self, model: Model) -> bool:
        """Whether an answer of the model's provider has to be read whole, because it may be changed."""
        return self.edition.translates_answers and model.provider in ("anthropic", "azure-openai", "vertex-openai")

    def translated_answer(self, model: Model, document: JSON) -> JSON | None:
        """A provider's JSON answer in OpenAI's shape; None leaves it byte for byte as it is."""
        match model.provider:
            case "anthropic":
                return anthropic.answer(document, model.target_model, int(time.time()))
            case "azure-openai":
                return azure_openai.answer(document)
            case "vertex-openai":
                return vertex_openai.answer(document)
            case _:
                return None
