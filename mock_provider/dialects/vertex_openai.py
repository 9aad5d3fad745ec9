"""Vertex AI's OpenAI-compatible endpoint: OpenAI's shape with `usage.extra_properties`, and Google's errors.

The key is what stands for the access token; the path names project, location and endpoint.
"""

from __future__ import annotations

from mock_provider.dialects import Stamp
from mock_provider.dialects.openai import OpenAIDialect
from mock_provider.dialects.openai_frames import Flavour, Headers, Json, identifying_headers
from mock_provider.dialects.own_errors import OwnErrors

_STATUS_WORDS = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    429: "RESOURCE_EXHAUSTED",
    503: "UNAVAILABLE",
}


def vertex_openai() -> OpenAIDialect:
    """Return the dialect."""
    flavour = Flavour(headers=_headers, completion=_with_traffic, chunk=_with_traffic)
    return OpenAIDialect(flavour, OwnErrors("vertex_openai_errors.toml", _envelope, _headers))


def _headers(stamp: Stamp) -> Headers:
    return (
        ("server", "scaffolding on HTTPServer2"),
        ("x-xss-protection", "0"),
        ("x-frame-options", "SAMEORIGIN"),
        ("x-content-type-options", "nosniff"),
        *identifying_headers(stamp),
    )


def _with_traffic(document: Json) -> Json:
    usage = document.get("usage")
    if not isinstance(usage, dict):
        return document
    return {**document, "usage": {**usage, "extra_properties": {"google": {"traffic_type": "ON_DEMAND"}}}}


def _envelope(status: int, entry: Json) -> object:
    word = _STATUS_WORDS.get(status, "INTERNAL")
    return [{"error": {"code": status, "message": entry["message"], "status": word}}]
