"""Reading what Envoy's messages say."""

from __future__ import annotations

from envoy.service.ext_proc.v3 import external_processor_pb2 as ext_proc  # type: ignore[import-untyped]


def headers_of(message: ext_proc.HttpHeaders) -> list[tuple[str, str]]:
    """Names in lower case, and values."""
    return [
        (header.key.lower(), header.value or header.raw_value.decode("latin-1")) for header in message.headers.headers
    ]
