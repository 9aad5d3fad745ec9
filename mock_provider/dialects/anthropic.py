"""The Anthropic dialect: the Messages API, `POST /v1/messages`, whole and streamed.

Shapes follow the vendor's API reference. A wrong key, a missing `anthropic-version`, a field that the API does not know
and a message in OpenAI's shape are refused as the service refuses them, so that an untranslated request shows.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from mock_provider.dialects import Ask, Piece, Refusal, Reply, Stamp
from mock_provider.dialects.anthropic_requests import ANTHROPIC_VERSIONS, problem_of
from mock_provider.dialects.normal_answers import answer_text, as_scripted, prompt_bytes, token_counts, word_by_word
from mock_provider.dialects.openai_frames import EVENT_STREAM, Headers, Json, encode
from mock_provider.dialects.own_errors import OwnErrors
from mock_provider.dialects.reading import ask_of, early_refusals
from mock_provider.identities import Identity
from mock_provider.received import ReceivedRequest
from mock_provider.scripts import StreamScript


class AnthropicDialect:
    """Speaks the Messages API."""

    def __init__(self) -> None:
        self._errors = OwnErrors("anthropic_errors.toml", _envelope, _headers)

    def read(self, request: ReceivedRequest, identity: Identity | None) -> Ask:
        """Tell what is asked."""
        asked = identity is not None and request.method == "POST" and request.path == identity.chat_path
        return ask_of(request, identity, "chat" if asked else None)

    def refusals(self, ask: Ask) -> list[Refusal]:
        """Check in the order host, body size, path, credential, version, JSON, parameters, model."""
        request, identity = ask.request, ask.identity
        if not request.complete:
            return [Refusal("incomplete", "bad_json")]
        if identity is None:
            return [Refusal("host", "unknown_host")]
        found = early_refusals(ask, identity)
        versions = request.values("anthropic-version")
        if not versions:
            found.append(Refusal("version", "missing_version"))
        elif versions[0] not in ANTHROPIC_VERSIONS or len(versions) > 1:
            found.append(Refusal("version", "unknown_version"))
        if ask.document is None:
            found.append(Refusal("json", "bad_json"))
        elif problem_of(ask.document):
            found.append(Refusal("json", "body"))
        elif ask.model not in identity.models:
            found.append(Refusal("model", "unknown_model"))
        return found

    def refuse(self, ask: Ask, refusal: Refusal, stamp: Stamp) -> Reply:
        """Return the error answer."""
        return self._errors.reply(
            refusal.error,
            stamp,
            model=ask.model or "",
            host=ask.request.host,
            version=", ".join(ask.request.values("anthropic-version")),
            problem=problem_of(ask.document or {}),
        )

    def blank(self, ask: Ask, stamp: Stamp) -> Reply:
        """Return an empty answer of the kind that was asked for: an event stream or JSON."""
        kind = EVENT_STREAM if ask.streamed else "application/json"
        return Reply(200, (("content-type", kind), *_headers(stamp)), (), length_known=True)

    def fail(self, status: int, stamp: Stamp) -> Reply:
        """Return the service's usual answer with this status."""
        return self._errors.reply_with_status(status, stamp)

    def answer(self, ask: Ask, stamp: Stamp, usage: Mapping[str, int] | None) -> Reply:
        """Return the normal answer: a text, or a call of the tool that the request forces."""
        tool = _forced_tool(ask.document or {})
        text = json.dumps({"nonce": stamp.nonce, "receipt": stamp.receipt}) if tool else answer_text(stamp)
        counts = token_counts(prompt_bytes(ask.document or {}), text, usage)
        if ask.streamed:
            return _stream_reply(ask, stamp, word_by_word(text), counts, tool, ended=True)
        block = _tool_use(stamp, tool, json.loads(text)) if tool else {"type": "text", "text": text}
        document = _message(ask, stamp, [block], "tool_use" if tool else "end_turn", _usage(counts))
        headers = (("content-type", "application/json"), *_headers(stamp))
        return Reply(200, headers, (Piece(encode(document)),), length_known=True)

    def stream(self, ask: Ask, stamp: Stamp, script: StreamScript) -> Reply:
        """Return a stream of the scripted deltas; `done` false leaves its last event out."""
        counts = token_counts(prompt_bytes(ask.document or {}), "".join(script.deltas), script.usage)
        return _stream_reply(ask, stamp, as_scripted(script), counts, None, ended=script.done)


def _headers(stamp: Stamp) -> Headers:
    return (
        ("anthropic-organization-id", "org-mock"),
        ("anthropic-ratelimit-requests-limit", "500"),
        ("anthropic-ratelimit-requests-remaining", "499"),
        ("request-id", f"req_{stamp.receipt}"),
        ("x-mock-receipt", stamp.receipt),
    )


def _envelope(_: int, entry: Json) -> object:
    return {"type": "error", "error": {"type": entry["type"], "message": entry["message"]}}


def _message(
    ask: Ask, stamp: Stamp, content: Sequence[Json], stop_reason: str | None, usage: Mapping[str, Any]
) -> Json:
    return {
        "id": f"msg_{stamp.receipt}",
        "type": "message",
        "role": "assistant",
        "model": ask.model,
        "content": list(content),
        "stop_reason": stop_reason,
        "stop_sequence": None,
        "usage": dict(usage),
    }


def _tool_use(stamp: Stamp, name: str, given: Mapping[str, Any]) -> Json:
    return {"type": "tool_use", "id": f"toolu_{stamp.receipt[:24]}", "name": name, "input": dict(given)}


def _usage(counts: Mapping[str, int]) -> Json:
    return {
        "input_tokens": counts["prompt_tokens"],
        "cache_creation_input_tokens": 0,
        "cache_read_input_tokens": 0,
        "output_tokens": counts["completion_tokens"],
        "service_tier": "standard",
    }


def _forced_tool(document: Mapping[str, Any]) -> str | None:
    """Return the tool that the request forces a call of: the one named, or the first one for "any"."""
    choice, tools = document.get("tool_choice"), document.get("tools")
    if not isinstance(choice, dict) or not isinstance(tools, list) or not tools:
        return None
    if choice.get("type") == "tool":
        return str(choice.get("name"))
    return str(tools[0].get("name")) if choice.get("type") == "any" else None


def _stream_reply(
    ask: Ask, stamp: Stamp, deltas: Sequence[Piece], counts: Mapping[str, int], tool: str | None, *, ended: bool
) -> Reply:
    events = list(_events(ask, stamp, deltas, counts, tool))
    pieces = [
        Piece(
            f"event: {document['type']}\ndata: ".encode() + encode(document) + b"\n\n", piece.delay_seconds, piece.gate
        )
        for piece, document in (events if ended else events[:-1])
    ]
    return Reply(200, (("content-type", EVENT_STREAM), *_headers(stamp)), tuple(pieces), length_known=False)


def _events(
    ask: Ask, stamp: Stamp, deltas: Sequence[Piece], counts: Mapping[str, int], tool: str | None
) -> Iterator[tuple[Piece, Json]]:
    plain = Piece(b"")
    usage = _usage(counts)
    block = _tool_use(stamp, tool, {}) if tool else {"type": "text", "text": ""}
    delta_of: Callable[[str], Json] = (
        (lambda text: {"type": "input_json_delta", "partial_json": text})
        if tool
        else (lambda text: {"type": "text_delta", "text": text})
    )
    yield plain, {"type": "message_start", "message": _message(ask, stamp, [], None, {**usage, "output_tokens": 1})}
    yield plain, {"type": "content_block_start", "index": 0, "content_block": block}
    yield plain, {"type": "ping"}
    for piece in deltas:
        delta = delta_of(piece.data.decode("utf-8"))
        yield piece, {"type": "content_block_delta", "index": 0, "delta": delta}
    yield plain, {"type": "content_block_stop", "index": 0}
    stopped = {"stop_reason": "tool_use" if tool else "end_turn", "stop_sequence": None}
    yield plain, {"type": "message_delta", "delta": stopped, "usage": {"output_tokens": usage["output_tokens"]}}
    yield plain, {"type": "message_stop"}
