"""Answers that are brought into another shape: which ones have to be read whole, and what becomes of them."""

from __future__ import annotations

import json
from collections.abc import Sequence

from reference_gateway.behaviour import Behaviour
from reference_gateway.values import Model


def is_translated(behaviour: Behaviour, model: Model, headers: Sequence[tuple[str, str]]) -> bool:
    """Whether an answer with these headers is read whole: a JSON document of a provider whose shape is another."""
    kind = next((value for name, value in headers if name == "content-type"), "")
    return kind.partition(";")[0].strip().lower() == "application/json" and behaviour.translates_answers(model)


def translated(behaviour: Behaviour, model: Model, body: bytes) -> bytes | None:
    """The body that the client gets in place of the provider's; None leaves that as it is."""
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(document, dict):
        return None
    other = behaviour.translated_answer(model, document)
    return None if other is None else json.dumps(other, ensure_ascii=False).encode("utf-8", "replace")
