"""Azure OpenAI: OpenAI's shape with the results of content filters, headers of its own, and errors of its front door.

Shapes follow the exchanges that envoyproxy/ai-gateway recorded (azure-chat-basic at c217da8): `prompt_filter_results`
beside the choices, `content_filter_results` in each, and in a stream an event for the prompt before the first chunk.
"""

from __future__ import annotations

from typing import Any

from mock_provider.dialects import Stamp
from mock_provider.dialects.openai import OpenAIDialect
from mock_provider.dialects.openai_frames import Flavour, Headers, Json, identifying_headers
from mock_provider.dialects.own_errors import OwnErrors

_CATEGORIES = ("hate", "self_harm", "sexual", "violence")


def azure_openai() -> OpenAIDialect:
    """Return the dialect."""
    preamble = {
        "choices": [],
        "created": 0,
        "id": "",
        "model": "",
        "object": "",
        "prompt_filter_results": _prompt_filter_results(),
    }
    flavour = Flavour(headers=_headers, completion=_completion, chunk=_chunk, preamble=preamble)
    return OpenAIDialect(flavour, OwnErrors("azure_openai_errors.toml", _envelope, _headers))


def _headers(stamp: Stamp) -> Headers:
    return (
        ("apim-request-id", stamp.receipt),
        ("x-ms-region", "Mock Central"),
        ("x-ms-deployment-name", "mock"),
        ("x-ratelimit-remaining-requests", "499"),
        ("x-ratelimit-remaining-tokens", "199996"),
        ("strict-transport-security", "max-age=31536000; includeSubDomains; preload"),
        ("x-content-type-options", "nosniff"),
        *identifying_headers(stamp),
    )


def _completion(document: Json) -> Json:
    choices = [{"content_filter_results": _filtered(), **choice} for choice in document["choices"]]
    return {**document, "choices": choices, "prompt_filter_results": _prompt_filter_results()}


def _chunk(document: Json) -> Json:
    return {**document, "choices": [{"content_filter_results": {}, **choice} for choice in document["choices"]]}


def _prompt_filter_results() -> list[dict[str, Any]]:
    return [{"prompt_index": 0, "content_filter_results": _filtered()}]


def _filtered() -> dict[str, Any]:
    return {category: {"filtered": False, "severity": "safe"} for category in _CATEGORIES}


def _envelope(_: int, entry: Json) -> object:
    error = {"code": entry["code"], "message": entry["message"]}
    if "type" in entry:
        error = {"message": entry["message"], "type": entry["type"], "param": entry.get("param"), "code": entry["code"]}
    return {"error": error}
