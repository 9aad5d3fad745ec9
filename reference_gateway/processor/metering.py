"""Counts calls when they come and tokens when the answer tells of them; looks on and never holds a request up."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from typing import Any

from envoy.service.ext_proc.v3 import external_processor_pb2 as ext_proc  # type: ignore[import-untyped]

from reference_gateway.access.authorization import ticket_in
from reference_gateway.access.quota import Quota
from reference_gateway.access.values import Ticket
from reference_gateway.behaviour import Behaviour
from reference_gateway.limitador.counters import Counter, Limitador
from reference_gateway.processor.decision import Decider
from reference_gateway.processor.messages import headers_of
from reference_gateway.values import Answer

STAGE = "x-reference-gateway-stage"
"""gRPC metadata that says which of the two filters a stream of Envoy's belongs to."""
METERING = "metering"
EVENT_STREAM = "text/event-stream"


@dataclass
class _Seen:
    """What has been seen of one request."""

    counter: Counter | None = None
    status: int = 0
    streamed: bool = False
    length: int | None = None
    """Of the answer's body, where its headers tell."""
    body: bytearray = field(default_factory=bytearray)

    @property
    def is_whole(self) -> bool:
        """Whether the client has all of it: with the last byte it may go, before HTTP/2 tells of the end."""
        return self.length is not None and len(self.body) >= self.length


class Metering:
    """Follows requests from outside the processor: what it counts is what the client got."""

    def __init__(
        self, behaviour: Behaviour, decider: Decider, limitador: Limitador, quota: Quota | None = None
    ) -> None:
        self._behaviour = behaviour
        self._decider = decider
        self._limitador = limitador
        self._quota = quota
        """Whose counters an access layer has asked already; None where nobody else does."""

    async def follow(self, messages: AsyncIterator[ext_proc.ProcessingRequest]) -> None:
        """Count one request; returns with the end of its answer, or when Envoy has nothing more to tell of it."""
        seen = _Seen()
        async for message in messages:
            match message.WhichOneof("request"):
                case "request_headers":
                    self._begin(seen, dict(headers_of(message.request_headers)), ticket_in(message))
                case "response_headers":
                    headers = dict(headers_of(message.response_headers))
                    seen.status = int(headers.get(":status", "0"))
                    seen.streamed = headers.get("content-type", "").startswith(EVENT_STREAM)
                    seen.length = int(headers["content-length"]) if "content-length" in headers else None
                    if message.response_headers.end_of_stream:
                        self._end(seen)
                        return
                case "response_body":
                    seen.body += message.response_body.body
                    if message.response_body.end_of_stream or seen.is_whole:
                        self._end(seen)
                        return

    def _begin(self, seen: _Seen, headers: dict[str, str], ticket: Ticket | None) -> None:
        if self._quota is not None and ticket is not None:
            seen.counter = self._quota.counter_of(ticket)
            return
        admitted = self._decider.admit(headers.get(":path", ""), can_infer=headers.get(":method") == "POST")
        if admitted is None or isinstance(admitted, Answer):
            return
        seen.counter = Counter(self._behaviour.metric_namespace(admitted.key), model=admitted.target_model)
        self._limitador.check(seen.counter)

    def _end(self, seen: _Seen) -> None:
        if seen.counter is None:
            return
        usage = usage_of(bytes(seen.body), streamed=seen.streamed)
        tokens = self._behaviour.tokens_of(seen.status, usage, streamed=seen.streamed)
        self._limitador.report(seen.counter, tokens)


def usage_of(body: bytes, *, streamed: bool) -> dict[str, Any] | None:
    """What an answer declares as its usage, a stream with its last event that has one; None if it declares none."""
    declared = None
    for document in _events(body) if streamed else (body,):
        try:
            content = json.loads(document)
        except (ValueError, RecursionError):
            continue
        if isinstance(content, dict) and isinstance(content.get("usage"), dict):
            declared = content["usage"]
    return declared


def _events(body: bytes) -> Iterator[bytes]:
    for line in body.splitlines():
        if line.startswith(b"data:"):
            yield line.removeprefix(b"data:")
