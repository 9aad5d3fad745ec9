"""What is wrong with the body of a request to the Messages API, in the words of the service."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

ANTHROPIC_VERSIONS = frozenset({"2023-06-01", "2023-01-01"})

_REQUIRED: tuple[tuple[str, type, str], ...] = (
    ("model", str, "string"),
    ("max_tokens", int, "integer"),
    ("messages", list, "list"),
)
_FIELDS = frozenset(
    {
        "model",
        "messages",
        "max_tokens",
        "system",
        "tools",
        "tool_choice",
        "stop_sequences",
        "stream",
        "temperature",
        "top_k",
        "top_p",
        "metadata",
        "service_tier",
        "thinking",
        "container",
    }
)
_CHOICES = ("auto", "any", "tool", "none")
_BLOCKS = {
    "user": frozenset({"text", "image", "document", "tool_result"}),
    "assistant": frozenset({"text", "tool_use", "thinking", "redacted_thinking"}),
}


def problem_of(document: Mapping[str, Any]) -> str | None:
    """Return the first problem as the service words it, or None; the model's name is another matter."""
    for field, kind in (("model", str), ("max_tokens", int), ("messages", list)):
        if field not in document:
            return f"{field}: Field required"
        if not isinstance(document[field], kind) or isinstance(document[field], bool):
            return (
                f"{field}: Input should be a valid {'string' if kind is str else 'integer' if kind is int else 'list'}"
            )
    unknown = next((field for field in document if field not in _FIELDS), None)
    if unknown is not None:
        return f"{unknown}: Extra inputs are not permitted"
    if not document["messages"]:
        return "messages: at least one message is required"
    problems = (_message(f"messages.{index}", message) for index, message in enumerate(document["messages"]))
    return next((problem for problem in problems if problem), None) or _tools(document)


def _message(where: str, message: object) -> str | None:
    if not isinstance(message, dict):
        return f"{where}: Input should be a valid dictionary"
    role, content = message.get("role"), message.get("content")
    if role == "system":
        return (
            'messages: Unexpected role "system". The Messages API accepts a top-level `system` parameter, '
            'not "system" as an input message role.'
        )
    if role not in _BLOCKS:
        return f"{where}.role: Input should be 'user' or 'assistant'"
    unknown = next((field for field in message if field not in ("role", "content")), None)
    if unknown is not None:
        return f"{where}.{unknown}: Extra inputs are not permitted"
    if isinstance(content, str):
        return None if content else f"{where}: text content blocks must be non-empty"
    if not isinstance(content, list):
        return f"{where}.content: Input should be a valid list"
    for index, block in enumerate(content):
        kind = block.get("type") if isinstance(block, dict) else None
        if kind not in _BLOCKS[role]:
            return f"{where}.content.{index}: Input tag '{kind}' does not match any of the expected tags"
    return None


def _tools(document: Mapping[str, Any]) -> str | None:
    for index, tool in enumerate(document.get("tools") or []):
        for field in ("name", "input_schema"):
            if not isinstance(tool, dict) or field not in tool:
                return f"tools.{index}.custom.{field}: Field required"
    choice = document.get("tool_choice")
    if choice is not None and (
        not isinstance(choice, dict) or choice.get("type") not in ("auto", "any", "tool", "none")
    ):
        return "tool_choice: Input should be a valid dictionary or object to extract fields from"
    return None
