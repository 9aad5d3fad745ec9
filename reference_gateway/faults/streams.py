"""Streams that arrive other than they were sent."""

# ruff: noqa: D102 - a fault's docstring is the class's; the method's is the conforming one's

from __future__ import annotations

import re
from collections.abc import Sequence

from reference_gateway.behaviour.rules import JSON
from reference_gateway.deviations import OfPieces
from reference_gateway.faults.fault import Fault
from reference_gateway.values import Answer, Header, Key, Model, ResponseChanges

AT_HAND = Key("", "the request at hand")
"""Under which something is remembered from one decision about a request to the next."""
LINE = Key("", "the line that has not ended")

DONE = b"data: [DONE]"
USAGE_EVENT = re.compile(rb'data: [^\n]*"choices":\[\][^\n]*\n\n')


class EventsReserialised(OfPieces, Fault):
    """Reads the JSON of each event and writes it anew, with other white space."""

    id, name, source = "M63", "events-reserialised", "EAIG#2162"
    catches = "A stream reaches the client byte for byte."

    def response_pieces(self, chunk: bytes) -> Sequence[bytes]:
        return [piece.replace(b'data: {"', b'data: { "') for piece in super().response_pieces(chunk)]


class DoneFoundAnywhere(OfPieces, Fault):
    """Takes every event that has `[DONE]` in it for the end of its stream, and writes that in its place."""

    id, name = "X962", "done-found-anywhere"
    catches = "A stream ends where its provider ends it."

    def response_pieces(self, chunk: bytes) -> Sequence[bytes]:
        return [re.sub(rb"data: [^\r\n]*\[DONE\][^\r\n]*", DONE, piece) for piece in super().response_pieces(chunk)]


class DoneDoubled(OfPieces, Fault):
    """Ends a stream twice."""

    id, name, source = "X800", "done-doubled", "litellm#1255"
    catches = "A stream has one end."

    def response_pieces(self, chunk: bytes) -> Sequence[bytes]:
        return [piece.replace(DONE, DONE + b"\n\n" + DONE) for piece in super().response_pieces(chunk)]


class CommentsDropped(OfPieces, Fault):
    """Drops the comments of a stream, by which a provider keeps the connection alive."""

    id, name = "X801", "stream-comments-dropped"
    catches = "A stream reaches the client byte for byte."

    def response_pieces(self, chunk: bytes) -> Sequence[bytes]:
        return [re.sub(rb"(?m)^:[^\n]*\n+", b"", piece) for piece in super().response_pieces(chunk)]


class LineEndsNormalised(OfPieces, Fault):
    """Ends every line of a stream in a bare line feed."""

    id, name = "X802", "line-ends-normalised"
    catches = "A stream reaches the client byte for byte."

    def response_pieces(self, chunk: bytes) -> Sequence[bytes]:
        return [piece.replace(b"\r\n", b"\n") for piece in super().response_pieces(chunk)]


class UnendedLineDropped(OfPieces, Fault):
    """Reads a stream line by line, and loses the last one if nothing ends it."""

    id, name = "X908", "unended-line-dropped"
    catches = "A stream reaches the client byte for byte."

    def response_pieces(self, chunk: bytes) -> Sequence[bytes]:
        return [piece.removesuffix(DONE) for piece in super().response_pieces(chunk)]


class MoreLineEndsKnown(OfPieces, Fault):
    """Ends a line of a stream wherever Unicode could, as Python's splitlines does."""

    id, name = "X909", "more-line-ends-known"
    catches = "A stream reaches the client byte for byte."

    def response_pieces(self, chunk: bytes) -> Sequence[bytes]:
        return [piece.replace("\u2028".encode(), b"\n") for piece in super().response_pieces(chunk)]


class LineBufferShared(OfPieces, Fault):
    """Reads streams line by line, and keeps what stands behind the last line end in one place for all of them."""

    id, name = "X965", "line-buffer-shared"
    catches = "Streams at the same time have nothing in common."

    def response_pieces(self, chunk: bytes) -> Sequence[bytes]:
        begins, is_stream = chunk.startswith(b"data: "), not chunk.startswith(b"{")
        if not begins and not (is_stream and LINE in self.memory):
            return super().response_pieces(chunk)
        before = b"" if begins else self.memory.pop(LINE)
        lines, end, rest = (before + chunk).rpartition(b"\n")
        if rest == DONE:
            return super().response_pieces(lines + end + rest)
        if rest:
            self.memory[LINE] = rest
        return super().response_pieces(lines + end)


class UsageDropped(OfPieces, Fault):
    """Drops the event that bears the usage, which has no choices."""

    id, name = "X803", "usage-event-dropped"
    catches = "The usage at the end of a stream reaches the client."

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


# --- Errors where a stream was asked for ---


class ProviderErrorsStreamed(Fault):
    """Answers 200 and an event stream to a request for a stream, also where the provider answers with an error."""

    id, name = "X258", "provider-errors-streamed"
    catches = "An error of the provider on a streaming request is an ordinary error."

    def upstream_body(self, model: Model, body: JSON) -> JSON | None:
        self.memory[AT_HAND] = body.get("stream") is True
        return super().upstream_body(model, body)

    def injected_headers(self, model: Model, key: str) -> Sequence[Header]:
        injected = super().injected_headers(model, key)
        for header in injected:
            self.memory[Key("", header.value)] = self.memory.get(AT_HAND)
        return injected

    def response_changes(self, status: int, injected: Sequence[Header]) -> ResponseChanges:
        changes = super().response_changes(status, injected)
        if status < 400 or not any(self.memory.get(Key("", header.value)) for header in injected):
            return changes
        return ResponseChanges(200, (*changes.headers, Header("content-type", "text/event-stream")))


class RefusalsStreamed(Fault):
    """Refuses a request for a stream in an event."""

    id, name = "X259", "refusals-streamed"
    catches = "A refusal of the gateway on a streaming request is an ordinary error."

    def named_model(self, body: JSON, model: Model | None) -> str | None:
        self.memory[AT_HAND] = body.get("stream") is True
        return super().named_model(body, model)

    def own_answer(self, answer: Answer) -> Answer:
        right = super().own_answer(answer)
        if not self.memory.pop(AT_HAND, False):
            return right
        headers = (*right.headers, Header("content-type", "text/event-stream"))
        return Answer(right.status, f"data: {right.body}\n\n", headers, right.reason)


# --- Streams that end too early or too late ---


class BreakOffsHidden(Fault):
    """Leaves the client's connection as it is when the provider breaks off in the middle of an answer."""

    id, name = "X260", "break-offs-hidden"
    catches = "A stream that breaks off does not look unfinished for ever, nor finished."

    def passes_on_break_offs(self) -> bool:
        return False


class HangUpsHidden(Fault):
    """Reads the provider's answer to its end although the client has gone."""

    id, name = "X261", "hang-ups-hidden"
    catches = "A client that hangs up ends its request at the provider."

    def passes_on_hang_ups(self) -> bool:
        return False
