"""Streams that arrive other than they were sent."""

# ruff: noqa: D102 - a fault's docstring is the class's; the method's is the conforming one's

from __future__ import annotations

import re
from collections.abc import Sequence

from reference_gateway.behaviour.data_plane import RESPONSE_IN_PIECES
from reference_gateway.behaviour.rules import JSON
from reference_gateway.faults.fault import Fault
from reference_gateway.values import Model

DONE = b"data: [DONE]"
USAGE_EVENT = re.compile(rb'data: [^\n]*"choices":\[\][^\n]*\n\n')


class EventsReserialised(Fault):
    """Reads the JSON of each event and writes it anew, with other white space."""

    id, name, source = "M63", "events-reserialised", "EAIG#2162"
    catches = "A stream reaches the client byte for byte."

    def response_body_mode(self) -> str:
        return RESPONSE_IN_PIECES

    def response_pieces(self, chunk: bytes) -> Sequence[bytes]:
        return [piece.replace(b'data: {"', b'data: { "') for piece in super().response_pieces(chunk)]


class DoneDoubled(Fault):
    """Ends a stream twice."""

    id, name, source = "X800", "done-doubled", "litellm#1255"
    catches = "A stream has one end."

    def response_body_mode(self) -> str:
        return RESPONSE_IN_PIECES

    def response_pieces(self, chunk: bytes) -> Sequence[bytes]:
        return [piece.replace(DONE, DONE + b"\n\n" + DONE) for piece in super().response_pieces(chunk)]


class CommentsDropped(Fault):
    """Drops the comments of a stream, by which a provider keeps the connection alive."""

    id, name = "X801", "stream-comments-dropped"
    catches = "A stream reaches the client byte for byte."

    def response_body_mode(self) -> str:
        return RESPONSE_IN_PIECES

    def response_pieces(self, chunk: bytes) -> Sequence[bytes]:
        return [re.sub(rb"(?m)^:[^\n]*\n+", b"", piece) for piece in super().response_pieces(chunk)]


class LineEndsNormalised(Fault):
    """Ends every line of a stream in a bare line feed."""

    id, name = "X802", "line-ends-normalised"
    catches = "A stream reaches the client byte for byte."

    def response_body_mode(self) -> str:
        return RESPONSE_IN_PIECES

    def response_pieces(self, chunk: bytes) -> Sequence[bytes]:
        return [piece.replace(b"\r\n", b"\n") for piece in super().response_pieces(chunk)]


class UsageDropped(Fault):
    """Drops the event that bears the usage, which has no choices."""

    id, name = "X803", "usage-event-dropped"
    catches = "The usage at the end of a stream reaches the client."

    def response_body_mode(self) -> str:
        return RESPONSE_IN_PIECES

    def response_pieces(self, chunk: bytes) -> Sequence[bytes]:
        return [
            re.sub(rb'data: [^\n]*"choices":\[\][^\n]*\n\n', b"", piece) for piece in super().response_pieces(chunk)
        ]


class StreamOptionsDropped(Fault):
    """Forwards a streaming request without its `stream_options`."""

    id, name = "X804", "stream-options-dropped"
    catches = "The provider learns what the client wants of its stream."

    def upstream_body(self, model: Model, body: JSON) -> JSON | None:
        body = super().upstream_body(model, body) or body
        return {name: value for name, value in body.items() if name != "stream_options"}
