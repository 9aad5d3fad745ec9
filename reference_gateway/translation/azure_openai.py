"""Azure OpenAI: OpenAI's shape, with the findings of its content filters in every answer (behaviour.md 3.6)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

JSON = dict[str, Any]


def answer(document: Mapping[str, Any]) -> JSON:
    """The answer without what the filters found."""
    stripped = {name: value for name, value in document.items() if name != "prompt_filter_results"}
    if isinstance(stripped.get("choices"), list):
        stripped["choices"] = [_choice(choice) for choice in stripped["choices"]]
    return stripped


def _choice(choice: Any) -> Any:
    if not isinstance(choice, dict):
        return choice
    return {name: value for name, value in choice.items() if name != "content_filter_results"}
