"""What a normal answer says and what it costs, in any shape: the same words and the same counts for every provider."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from mock_provider.dialects import Piece, Stamp
from mock_provider.scripts import StreamScript


def answer_text(stamp: Stamp) -> str:
    """Return the text of an answer: it names the nonce and bears the receipt."""
    nonce = f"[nonce:{stamp.nonce}] " if stamp.nonce else ""
    return f"pong {nonce}[receipt:{stamp.receipt}]"


def word_by_word(text: str) -> list[Piece]:
    """Return the pieces in which a text is streamed, one a word."""
    return [Piece(delta.encode("utf-8")) for delta in re.findall(r"\s*\S+", text)]


def as_scripted(script: StreamScript) -> list[Piece]:
    """Return the pieces of a scripted stream, with their gaps and gates."""
    return [
        Piece(delta.encode("utf-8"), script.gap_seconds if index else 0.0, script.gates.get(index))
        for index, delta in enumerate(script.deltas)
    ]


def prompt_bytes(document: Mapping[str, Any]) -> int:
    """Return the bytes of the texts in a request's messages."""
    messages = document.get("messages")
    contents = [message.get("content") for message in messages or [] if isinstance(message, dict)]
    return sum(_content_bytes(content) for content in contents)


def _content_bytes(content: object) -> int:
    if isinstance(content, str):
        return len(content.encode("utf-8", "surrogatepass"))
    if isinstance(content, list):
        return sum(_content_bytes(part.get("text")) for part in content if isinstance(part, dict))
    return 0


def token_counts(prompt: int, text: str, scripted: Mapping[str, int] | None) -> dict[str, int]:
    """Return the counts of a request of so many bytes and of an answer: ceil(bytes / 4), or what a script says."""
    prompt, completion = -(-prompt // 4), -(-len(text.encode("utf-8")) // 4)
    counts = {"prompt_tokens": prompt, "completion_tokens": completion, **(scripted or {})}
    return {**counts, "total_tokens": counts["prompt_tokens"] + counts["completion_tokens"], **(scripted or {})}
