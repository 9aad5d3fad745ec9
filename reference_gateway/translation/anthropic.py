"""The Anthropic Messages API, from and to chat completions (behaviour.md 3.5)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from reference_gateway.translation.problems import UntranslatableError

JSON = dict[str, Any]

VERSION = "2023-06-01"
DEFAULT_MAX_TOKENS = 4096

_COPIED = ("temperature", "top_p", "stream", "response_format")
_FINISH_REASONS = {"max_tokens": "length", "tool_use": "tool_calls"}
_DATA_URL = re.compile(r"data:(?P<type>[^;,]+);base64,(?P<data>.*)", re.DOTALL)


def request(body: Mapping[str, Any]) -> JSON:
    """The Messages request for a chat completion's body.

    Raises:
        UntranslatableError: its messages have no counterpart.
    """
    messages = _messages_of(body)
    system = [_text(message.get("content")) for message in messages if message.get("role") in ("system", "developer")]
    translated: JSON = {
        "model": body.get("model"),
        "messages": _conversation(messages),
        "max_tokens": body.get("max_completion_tokens") or body.get("max_tokens") or DEFAULT_MAX_TOKENS,
    }
    if system:
        translated["system"] = "\n".join(system)
    if body.get("tools"):
        translated["tools"] = [_tool(tool["function"]) for tool in body["tools"] if "function" in tool]
    choice = _tool_choice(body.get("tool_choice"))
    if choice is not None:
        translated["tool_choice"] = choice
    stop = body.get("stop")
    if stop:
        translated["stop_sequences"] = [stop] if isinstance(stop, str) else stop
    translated.update({name: body[name] for name in _COPIED if name in body})
    return translated


def answer(document: Mapping[str, Any], model: str, created: int) -> JSON | None:
    """The chat completion, or the error, for an answer of the API; None for a document that is neither."""
    if document.get("type") == "error":
        error = document.get("error") or {}
        kind = error.get("type")
        return {"error": {"message": error.get("message"), "type": kind, "param": None, "code": kind}}
    if document.get("type") != "message":
        return None
    blocks = document.get("content") or []
    message: JSON = {
        "role": "assistant",
        "content": "".join(block.get("text", "") for block in blocks if block.get("type") == "text"),
    }
    calls = [_tool_call(block) for block in blocks if block.get("type") == "tool_use"]
    if calls:
        message["tool_calls"] = calls
    usage = document.get("usage") or {}
    prompt, completion = usage.get("input_tokens", 0), usage.get("output_tokens", 0)
    finish_reason = _FINISH_REASONS.get(document.get("stop_reason") or "", "stop")
    return {
        "id": document.get("id"),
        "object": "chat.completion",
        "created": created,
        "model": model,
        "choices": [{"index": 0, "message": message, "finish_reason": finish_reason}],
        "usage": {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion},
    }


def _messages_of(body: Mapping[str, Any]) -> Sequence[JSON]:
    if "messages" not in body:
        raise UntranslatableError("failed to extract messages: messages field is required")
    messages = body["messages"]
    if not isinstance(messages, list):
        raise UntranslatableError("failed to extract messages: messages must be an array")
    for index, message in enumerate(messages):
        if not isinstance(message, dict):
            raise UntranslatableError(f"failed to extract messages: message at index {index} is not an object")
    return messages


def _conversation(messages: Sequence[JSON]) -> list[JSON]:
    translated: list[JSON] = []
    results: list[JSON] | None = None
    for index, message in enumerate(messages):
        role = message.get("role")
        if role == "tool":
            if results is None:
                results = []
                translated.append({"role": "user", "content": results})
            results.append(_tool_result(index, message))
            continue
        results = None
        if role in ("system", "developer"):
            continue
        if role not in ("user", "assistant"):
            raise UntranslatableError(f"message at index {index} has unknown role '{role}'")
        translated.append({"role": role, "content": _content(message)})
    if not translated:
        raise UntranslatableError("at least one non-system message is required")
    return translated


def _content(message: JSON) -> str | list[JSON]:
    content = message.get("content")
    calls = message.get("tool_calls")
    if isinstance(content, str) and not calls:
        return content
    blocks = [{"type": "text", "text": content}] if isinstance(content, str) and content else _blocks(content)
    return [*blocks, *(_tool_use(call) for call in calls or ())]


def _blocks(content: object) -> list[JSON]:
    if not isinstance(content, list):
        return []
    return [block for part in content if isinstance(part, dict) and (block := _block(part)) is not None]


def _block(part: JSON) -> JSON | None:
    if part.get("type") == "text":
        return {"type": "text", "text": part.get("text")}
    url = (part.get("image_url") or {}).get("url") or ""
    image = _DATA_URL.fullmatch(url)
    if image is None:
        return None
    return {"type": "image", "source": {"type": "base64", "media_type": image["type"], "data": image["data"]}}


def _tool_use(call: JSON) -> JSON:
    function = call.get("function") or {}
    try:
        given = json.loads(function.get("arguments") or "")
    except ValueError:
        given = {}
    return {"type": "tool_use", "id": call.get("id"), "name": function.get("name"), "input": given}


def _tool_result(index: int, message: JSON) -> JSON:
    if not message.get("tool_call_id"):
        raise UntranslatableError(f"message at index {index}: tool message missing required 'tool_call_id' field")
    return {"type": "tool_result", "tool_use_id": message["tool_call_id"], "content": _text(message.get("content"))}


def _text(content: object) -> str:
    if isinstance(content, str):
        return content
    return "".join(block["text"] for block in _blocks(content) if block["type"] == "text")


def _tool(function: JSON) -> JSON:
    tool = {"name": function.get("name"), "input_schema": function.get("parameters") or {"type": "object"}}
    return {**tool, "description": function["description"]} if "description" in function else tool


def _tool_choice(choice: object) -> JSON | None:
    match choice:
        case "auto":
            return {"type": "auto"}
        case "required":
            return {"type": "any"}
        case {"function": {"name": name}}:
            return {"type": "tool", "name": name}
        case _:
            return None


def _tool_call(block: JSON) -> JSON:
    arguments = json.dumps(block.get("input") or {}, separators=(",", ":"), ensure_ascii=False)
    return {
        "id": block.get("id"),
        "type": "function",
        "function": {"name": block.get("name"), "arguments": arguments},
    }
