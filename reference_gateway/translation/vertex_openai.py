"""Vertex AI's OpenAI-compatible endpoint: a path and a usage of its own (behaviour.md 3.3, 3.6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from reference_gateway.errors import UsageProblem

JSON = dict[str, Any]


@dataclass(frozen=True)
class VertexEndpoint:
    """What the gateway is configured with: without it, it cannot speak to Vertex AI."""

    project: str
    location: str
    endpoint: str

    @property
    def path(self) -> str:
        """Where the endpoint takes chats."""
        where = f"projects/{self.project}/locations/{self.location}/endpoints/{self.endpoint}"
        return f"/v1/{where}/chat/completions"


def parse_vertex_endpoint(text: str) -> VertexEndpoint:
    """The endpoint that an option names as PROJECT/LOCATION/ENDPOINT; anything else raises UsageProblem."""
    parts = text.split("/")
    if len(parts) != 3 or not all(parts):
        raise UsageProblem(f"--vertex-openai '{text}' is not of the form PROJECT/LOCATION/ENDPOINT.")
    return VertexEndpoint(*parts)


def answer(document: Mapping[str, Any]) -> JSON:
    """The answer with OpenAI's counts alone in its usage."""
    usage = document.get("usage")
    if not isinstance(usage, dict):
        return dict(document)
    return {**document, "usage": {name: value for name, value in usage.items() if name != "extra_properties"}}
