"""What Envoy is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

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
        """Envoy's retry conditions; none beside retriable_statuses, because a completion is not safe to repeat."""
        return "retriable-status-codes" if self.retriable_statuses() else ""

    def access_log_fields(self) -> Mapping[str, str]:
        """Fields of the access log beside its own, in Envoy's words: none that could hold a credential."""
        return {}

    def retriable_statuses(self) -> Sequence[int]:
        """Statuses that count as a reason to send a request again: none."""
        return ()

    def redirects_followed(self) -> Sequence[int]:
        """Statuses of the provider's redirects that Envoy follows by itself: none."""
        return ()

    def header_of_endpoint(self) -> str | None:
        """The client's header by which Envoy chooses the host that a request goes to: there is none."""
        return None

    def server_name(self, host: str) -> str:
        """The name that the provider is called by in the TLS handshake."""
        return host

    def passes_on_hang_ups(self) -> bool:
        """Whether the provider's connection ends when the client's does."""
        return True

    def passes_on_break_offs(self) -> bool:
        """Whether the client's connection ends when the provider's does in the middle of an answer."""
        return True

    def verifies_provider(self) -> bool:
        """Whether the provider's certificate is verified."""
        return True

    def accepts_expired(self) -> bool:
        """Whether a provider's certificate is good after its time, too."""
        return False

    def accepts_any_issuer(self) -> bool:
        """Whether a provider's certificate is good whoever has issued it."""
        return False

    def own_statuses(self) -> Mapping[str, int]:
        """Other statuses than Envoy's for what went wrong behind it, by Envoy's flag for it."""
        return {}

    def upstream_header_case(self) -> str:
        """How header names are written to the provider over HTTP/1.1: lower or proper."""
        return "lower"

    def upstream_protocol(self) -> str:
        """The protocol to providers with TLS: http1, or negotiated (HTTP/2 if the provider takes it)."""
        return "http1"
