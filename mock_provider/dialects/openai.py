"""The OpenAI dialect: which requests there are, what is wrong with one, and the normal answers.

Shapes follow openai/openai-openapi at f85dbe2 and recorded exchanges of the real service; `model` in answers is
exactly the model asked for, so that a gateway that rewrites it shows. Token counts are ceil(bytes / 4).
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import struct
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import unquote

from mock_provider.dialects import Ask, Operation, Piece, Refusal, Reply, Stamp
from mock_provider.dialects.normal_answers import answer_text, as_scripted, prompt_bytes, token_counts, word_by_word
from mock_provider.dialects.openai_errors import Errors, ErrorTexts
from mock_provider.dialects.openai_frames import EVENT_STREAM, Flavour, chat_completion, chat_stream, encode
from mock_provider.dialects.reading import ask_of, early_refusals
from mock_provider.identities import Identity
from mock_provider.received import ReceivedRequest
from mock_provider.scripts import StreamScript

_MODEL_CREATED = 1754426384  # that of gpt-5-nano: the age of a model says nothing here, so it is the same for all
_DEFAULT_DIMENSIONS = 16


class OpenAIDialect:
    """Speaks chat completions, models and embeddings; services that differ a little bring a flavour and errors."""

    def __init__(self, flavour: Flavour | None = None, errors: Errors | None = None) -> None:
        self._flavour = flavour or Flavour()
        self._errors = errors or ErrorTexts.load("openai_errors.toml")

    def read(self, request: ReceivedRequest, identity: Identity | None) -> Ask:
        """Tell what is asked."""
        ask = ask_of(request, identity, _operation(request, identity) if identity else None)
        if ask.operation == "model" and identity:
            return replace(ask, model=unquote(request.path.removeprefix(f"{identity.base_path}/models/")))
        return ask

    def refusals(self, ask: Ask) -> list[Refusal]:
        """Check in the order host, body size, path, credential, JSON, model, parameters."""
        identity = ask.identity
        if not ask.request.complete:
            return [Refusal("incomplete", "bad_json")]
        if identity is None:
            return [Refusal("host", "unknown_host")]
        found = early_refusals(ask, identity)
        if ask.operation in ("chat", "embeddings"):
            found += _body_refusals(ask, identity)
        elif ask.operation == "model" and ask.model not in identity.models:
            found.append(Refusal("model", "unknown_model"))
        return found

    def refuse(self, ask: Ask, refusal: Refusal, stamp: Stamp) -> Reply:
        """Return the error answer; a wrong key is echoed in masked form, as the real service does."""
        request, identity = ask.request, ask.identity
        return self._errors.reply(
            refusal.error,
            stamp,
            key=masked((identity.presented(request) if identity else None) or ""),
            model=ask.model or "",
            method=request.method,
            path=request.path,
            host=request.host,
        )

    def blank(self, ask: Ask, stamp: Stamp) -> Reply:
        """Return an empty answer of the kind that was asked for: an event stream or JSON."""
        kind = EVENT_STREAM if ask.streamed else "application/json"
        return Reply(200, (("content-type", kind), *self._flavour.headers(stamp)), (), length_known=True)

    def fail(self, status: int, stamp: Stamp) -> Reply:
        """Return the service's usual answer with this status."""
        return self._errors.reply_with_status(status, stamp)

    def answer(self, ask: Ask, stamp: Stamp, usage: Mapping[str, int] | None) -> Reply:
        """Return the normal answer to the operation; anything that is not listed is answered as a chat."""
        if ask.operation == "models":
            models = [_model(name) for name in (ask.identity.models if ask.identity else ())]
            return self._json_reply({"object": "list", "data": models}, stamp)
        if ask.operation == "model":
            return self._json_reply(_model(ask.model or ""), stamp)
        if ask.operation == "embeddings":
            return self._json_reply(_embeddings(ask, usage), stamp)
        tool = _forced_tool(ask.document or {})
        text = json.dumps({"nonce": stamp.nonce, "receipt": stamp.receipt}) if tool else answer_text(stamp)
        counts = token_counts(prompt_bytes(ask.document or {}), text, usage)
        if ask.streamed:
            return chat_stream(
                ask, stamp, word_by_word(text), counts, tool=tool, done=True, always_usage=False, flavour=self._flavour
            )
        completion = chat_completion(ask.model or "", stamp, text, counts, tool)
        return self._json_reply(self._flavour.completion(completion), stamp)

    def stream(self, ask: Ask, stamp: Stamp, script: StreamScript) -> Reply:
        """Return a chat stream of the scripted deltas, with their gaps and gates."""
        counts = token_counts(prompt_bytes(ask.document or {}), "".join(script.deltas), script.usage)
        always = script.usage is not None
        return chat_stream(
            ask,
            stamp,
            as_scripted(script),
            counts,
            tool=None,
            done=script.done,
            always_usage=always,
            flavour=self._flavour,
        )

    def _json_reply(self, document: Mapping[str, Any], stamp: Stamp) -> Reply:
        headers = (("content-type", "application/json"), *self._flavour.headers(stamp))
        return Reply(200, headers, (Piece(encode(document)),), length_known=True)


def masked(key: str) -> str:
    """Show the first eight and the last four characters, as the real service does; nothing of a short key."""
    if len(key) <= 16:
        return "*" * len(key)
    return key[:8] + "*" * (len(key) - 12) + key[-4:]


def _operation(request: ReceivedRequest, identity: Identity) -> Operation | None:
    base = identity.base_path
    if request.method == "POST" and request.path == identity.chat_path:
        return "chat"
    if request.method == "POST" and request.path == f"{base}/embeddings":
        return "embeddings"
    if request.method == "GET" and request.path == f"{base}/models":
        return "models"
    if request.method == "GET" and re.fullmatch(re.escape(base) + r"/models/[^/]+", request.path):
        return "model"
    return None


def _body_refusals(ask: Ask, identity: Identity) -> list[Refusal]:
    if ask.document is None:
        return [Refusal("json", "bad_json")]
    found: list[Refusal] = []
    if ask.model is None:
        found.append(Refusal("model", "missing_model"))
    elif ask.model not in identity.models:
        found.append(Refusal("model", "unknown_model"))
    if ask.operation == "chat" and not isinstance(ask.document.get("messages"), list):
        found.append(Refusal("json", "missing_messages"))
    elif ask.operation == "chat" and not ask.document["messages"]:
        found.append(Refusal("json", "empty_messages"))
    elif ask.operation == "embeddings" and not ask.document.get("input"):
        found.append(Refusal("json", "missing_input"))
    return found


def _forced_tool(document: Mapping[str, Any]) -> str | None:
    """Return the function that the request forces a call of: the one named, or the first one for "required"."""
    choice, tools = document.get("tool_choice"), document.get("tools")
    if isinstance(choice, dict) and isinstance(choice.get("function"), dict):
        return str(choice["function"].get("name"))
    if choice != "required" or not isinstance(tools, list):
        return None
    functions = [
        tool["function"] for tool in tools if isinstance(tool, dict) and isinstance(tool.get("function"), dict)
    ]
    return str(functions[0].get("name")) if functions else None


def _model(name: str) -> dict[str, Any]:
    created = _MODEL_CREATED
    return {"id": name, "object": "model", "created": created, "owned_by": "system", "shutdown_date": None}


def _embeddings(ask: Ask, scripted: Mapping[str, int] | None) -> dict[str, Any]:
    document = ask.document or {}
    given = document.get("input") or ""
    inputs: Sequence[object] = given if isinstance(given, list) and not isinstance(given[0], int) else [given]
    wanted = document.get("dimensions")
    dimensions = wanted if isinstance(wanted, int) and 0 < wanted <= 4096 else _DEFAULT_DIMENSIONS
    encoded = document.get("encoding_format") == "base64"
    data = []
    for index, text in enumerate(inputs):
        vector = _vector(text, dimensions)
        packed = base64.b64encode(struct.pack(f"<{dimensions}f", *vector)).decode("ascii")
        data.append({"object": "embedding", "index": index, "embedding": packed if encoded else vector})
    prompt = sum(-(-len(str(text).encode("utf-8", "surrogatepass")) // 4) for text in inputs)
    counts = {"prompt_tokens": prompt, "total_tokens": prompt, **(scripted or {})}
    return {"object": "list", "data": data, "model": ask.model, "usage": counts}


def _vector(text: object, dimensions: int) -> list[float]:
    """Return numbers between -1 and 1 that depend on the input alone and are exact in 32 bits."""
    raw = hashlib.shake_128(json.dumps(text).encode("utf-8")).digest(dimensions * 2)
    return [(value - 32768) / 32768 for value in struct.unpack(f"<{dimensions}H", raw)]
