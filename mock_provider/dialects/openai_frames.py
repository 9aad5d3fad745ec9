"""OpenAI's frames: a chat completion, the chunks of a stream, and the headers around them, key order included."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mock_provider.dialects import Ask, Piece, Reply, Stamp

EVENT_STREAM = "text/event-stream; charset=utf-8"

Headers = tuple[tuple[str, str], ...]
Json = dict[str, Any]


def encode(document: Mapping[str, Any]) -> bytes:
    """Serialise without blanks, as the service does; half a surrogate pair, which UTF-8 lacks, becomes `?`."""
    return json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "replace")


def identifying_headers(stamp: Stamp) -> Headers:
    """Return the headers that every answer carries."""
    return (("x-request-id", f"req_{stamp.receipt}"), ("x-mock-receipt", stamp.receipt))


def success_headers(stamp: Stamp) -> Headers:
    """Return the header set of the application layer.

    Left out: what the real service's CDN adds (set-cookie, alt-svc, strict-transport-security, server). A cookie would
    live on in clients and change later requests; a script can add any of them where that is the point.
    """
    return (
        ("access-control-expose-headers", "X-Request-ID"),
        ("openai-organization", "org-mock"),
        ("openai-processing-ms", "1"),
        ("openai-project", "proj_mock"),
        ("openai-version", "2020-10-01"),
        ("x-ratelimit-limit-requests", "500"),
        ("x-ratelimit-limit-tokens", "200000"),
        ("x-ratelimit-remaining-requests", "499"),
        ("x-ratelimit-remaining-tokens", "199996"),
        ("x-ratelimit-reset-requests", "120ms"),
        ("x-ratelimit-reset-tokens", "1ms"),
        ("x-content-type-options", "nosniff"),
        *identifying_headers(stamp),
    )


def unchanged(document: Json) -> Json:
    """Return a document as OpenAI's own service sends it."""
    return document


@dataclass(frozen=True)
class Flavour:
    """Where a service that speaks OpenAI's shape differs from OpenAI's own."""

    headers: Callable[[Stamp], Headers] = success_headers
    """What stands around a good answer, beside its content type."""
    completion: Callable[[Json], Json] = unchanged
    """What becomes of a completion before it is sent."""
    chunk: Callable[[Json], Json] = unchanged
    """What becomes of a chunk of a stream before it is sent."""
    preamble: Mapping[str, Any] | None = None
    """An event before the first chunk."""


def chat_completion(model: str, stamp: Stamp, text: str, usage: Mapping[str, int], tool: str | None) -> dict[str, Any]:
    """Return a chat completion; with `tool`, a call of that function with `text` as its arguments."""
    message: dict[str, Any] = {"role": "assistant", "content": None if tool else text, "refusal": None}
    if tool:
        call = {"id": _call_id(stamp), "type": "function", "function": {"name": tool, "arguments": text}}
        message["tool_calls"] = [call]
    message["annotations"] = []
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "tool_calls" if tool else "stop"}
    return {
        "id": f"chatcmpl-{stamp.receipt}",
        "object": "chat.completion",
        "created": stamp.created,
        "model": model,
        "choices": [choice],
        "usage": _full_usage(usage),
        "service_tier": "default",
        "system_fingerprint": None,
    }


def chat_stream(
    ask: Ask,
    stamp: Stamp,
    deltas: Sequence[Piece],
    usage: Mapping[str, int],
    *,
    tool: str | None,
    done: bool,
    always_usage: bool,
    flavour: Flavour,
) -> Reply:
    """Return a chat stream with one event per delta; delays and gates of the deltas stay with their events.

    The usage event comes if the request asks for it (`stream_options.include_usage`) or always.
    """
    options = (ask.document or {}).get("stream_options")
    options = options if isinstance(options, dict) else {}
    frame = _Frame(
        ask.model or "",
        stamp,
        with_usage=always_usage or options.get("include_usage") is True,
        obfuscated=options.get("include_obfuscation") is not False,
        finished=flavour.chunk,
    )
    events = _events(frame, deltas, usage, tool, _call_id(stamp))
    pieces = [Piece(b"data: " + data + b"\n\n", piece.delay_seconds, piece.gate) for piece, data in events]
    if flavour.preamble is not None:
        pieces.insert(0, Piece(b"data: " + encode(flavour.preamble) + b"\n\n"))
    if done:
        pieces.append(Piece(b"data: [DONE]\n\n"))
    return Reply(200, (("content-type", EVENT_STREAM), *flavour.headers(stamp)), tuple(pieces), length_known=False)


class _Frame:
    """What all chunks of one stream share."""

    def __init__(
        self, model: str, stamp: Stamp, *, with_usage: bool, obfuscated: bool, finished: Callable[[Json], Json]
    ) -> None:
        self.with_usage = with_usage
        self._finished = finished
        self._model = model
        self._stamp = stamp
        self._obfuscated = obfuscated
        self._count = 0

    def chunk(self, delta: Mapping[str, Any] | None, finish: str | None, usage: Mapping[str, Any] | None) -> bytes:
        """Return one chunk; without delta it has no choice, as the usage chunk."""
        self._count += 1
        choices = [] if delta is None else [{"index": 0, "delta": delta, "finish_reason": finish}]
        document: dict[str, Any] = {
            "id": f"chatcmpl-{self._stamp.receipt}",
            "object": "chat.completion.chunk",
            "created": self._stamp.created,
            "model": self._model,
            "service_tier": "default",
            "system_fingerprint": None,
            "choices": choices,
        }
        if self.with_usage:
            document["usage"] = usage
        if self._obfuscated:
            document["obfuscation"] = self._padding()
        return encode(self._finished(document))

    def _padding(self) -> str:
        """Return text of varying length, as the service does, but the same one for the same receipt and chunk."""
        digest = hashlib.sha256(f"{self._stamp.receipt}|{self._count}".encode()).hexdigest()
        return digest[: 1 + int(digest[-1], 16)]


def _events(
    frame: _Frame, deltas: Sequence[Piece], usage: Mapping[str, int], tool: str | None, call_id: str
) -> Iterator[tuple[Piece, bytes]]:
    plain = Piece(b"")
    yield plain, frame.chunk({"role": "assistant", "content": None if tool else "", "refusal": None}, None, None)
    if tool:
        call = {"index": 0, "id": call_id, "type": "function", "function": {"name": tool, "arguments": ""}}
        yield plain, frame.chunk({"tool_calls": [call]}, None, None)
    for piece in deltas:
        text = piece.data.decode("utf-8")
        delta = {"tool_calls": [{"index": 0, "function": {"arguments": text}}]} if tool else {"content": text}
        yield piece, frame.chunk(delta, None, None)
    yield plain, frame.chunk({}, "tool_calls" if tool else "stop", None)
    if frame.with_usage:
        yield plain, frame.chunk(None, None, _full_usage(usage))


def _call_id(stamp: Stamp) -> str:
    return f"call_{stamp.receipt[:24]}"


def _full_usage(usage: Mapping[str, int]) -> dict[str, Any]:
    return {
        **usage,
        "prompt_tokens_details": {"cached_tokens": 0, "audio_tokens": 0},
        "completion_tokens_details": {
            "reasoning_tokens": 0,
            "audio_tokens": 0,
            "accepted_prediction_tokens": 0,
            "rejected_prediction_tokens": 0,
        },
    }
