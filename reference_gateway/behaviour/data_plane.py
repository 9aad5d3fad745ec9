"""What Envoy is told."""

from __future__ import annotations

from collections.abc import Sequence

from reference_gateway.behaviour.rules import Rules

RESPONSE_IN_PIECES = "FULL_DUPLEX_STREAMED"


class DataPlaneRules(Rules):
    """What Envoy is told."""

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
