"""The shapes of what the control API accepts, as JSON Schemas."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from mock_provider.canaries import MIN_SECRET_LENGTH
from mock_provider.identities import CHAT_PATHS_OF

Schema = Mapping[str, Any]

_MILLISECONDS = {"type": "number", "minimum": 0, "maximum": 600_000}
_COUNT = {"type": "integer", "minimum": 0}
_NAME = {"type": "string", "pattern": r"^[A-Za-z0-9][A-Za-z0-9._:/@-]{0,199}$"}
_SECRET = {"type": "string", "minLength": MIN_SECRET_LENGTH, "maxLength": 65_536}
_GATE = {"type": "string", "pattern": r"^[A-Za-z0-9._-]{1,100}$"}
_USAGE = {
    "type": ["object", "null"],
    "properties": dict.fromkeys(("prompt_tokens", "completion_tokens", "total_tokens"), _COUNT),
    "additionalProperties": False,
}
_HEADER = {
    "type": "array",
    "prefixItems": [
        {"type": "string", "pattern": r"^[A-Za-z0-9!#$%&'*+.^_`|~-]+$"},
        {"type": "string", "pattern": r"^[^\x00-\x08\x0a-\x1f\x7f]*$"},
    ],
    "minItems": 2,
    "maxItems": 2,
}


def _object(properties: Mapping[str, Any], required: tuple[str, ...] = ()) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(required),
        "additionalProperties": False,
    }


_NAMED_SECRET = _object({"name": _NAME, "value": _SECRET}, ("name", "value"))

IDENTITY = _object(
    {
        "models": {"type": "array", "items": {"type": "string", "minLength": 1}},
        "keys": {"type": "array", "items": _NAMED_SECRET},
        "dialect": {"enum": list(CHAT_PATHS_OF)},
        "credentialHeader": {"enum": ["authorization", "x-api-key", "api-key"]},
        "chatPath": {"type": "string", "pattern": r"^/[^?#\s]*$"},
        "strict": {"type": "boolean"},
    },
    ("models", "keys"),
)

CANARIES = _object({"canaries": {"type": "array", "items": _NAMED_SECRET}}, ("canaries",))

CANARY_NAMES = _object({"names": {"type": "array", "items": {"type": "string"}}}, ("names",))

_STREAM = _object(
    {
        "deltas": {"type": "array", "items": {"type": "string"}},
        "gapMs": _MILLISECONDS,
        "usage": _USAGE,
        "done": {"type": "boolean"},
        "gates": {
            "type": "object",
            "propertyNames": {"pattern": r"^(0|[1-9][0-9]*)$"},
            "additionalProperties": _GATE,
        },
    },
    ("deltas",),
)

_CHUNK = {
    **_object({"text": {"type": "string"}, "base64": {"type": "string"}, "delayMs": _MILLISECONDS, "gate": _GATE}),
    "not": {"required": ["text", "base64"]},
}

_FAULT = _object(
    {
        "kind": {"enum": ["reset", "close", "stall", "slow"]},
        "afterBytes": _COUNT,
        "bytesPerSecond": {"type": "integer", "minimum": 1},
        "forMs": _MILLISECONDS,
        "gate": _GATE,
        "inHead": {"type": "boolean"},
    },
    ("kind",),
)

_BODIES = ("body", "bodyBase64", "stream", "chunks")

_ANSWER = {
    **_object(
        {
            "status": {"type": "integer", "minimum": 200, "maximum": 599},
            "headers": {"type": "array", "items": _HEADER},
            "body": {"type": "string"},
            "bodyBase64": {"type": "string"},
            "reason": {"type": "string", "pattern": r"^[\t\x20-\x7e]*$"},
            "delayMs": _MILLISECONDS,
            "stream": _STREAM,
            "chunks": {"type": "array", "items": _CHUNK},
            "fault": _FAULT,
            "contentLength": _COUNT,
            "gateTimeoutMs": _MILLISECONDS,
            "usage": _USAGE,
        }
    ),
    "allOf": [{"not": {"required": [one, other]}} for i, one in enumerate(_BODIES) for other in _BODIES[i + 1 :]],
}

SCRIPT = _object(
    {"answers": {"type": "array", "items": _ANSWER, "minItems": 1}, "afterChecks": {"type": "boolean"}},
    ("answers",),
)


def complaint(schema: Schema, document: object) -> str | None:
    """Return one sentence about what is wrong with the document, or None. Never quotes a value: it may be a secret."""
    error = best_match(Draft202012Validator(schema).iter_errors(document))
    if error is None:
        return None
    where = error.json_path.removeprefix("$").lstrip(".") or "the body"
    return f"{where} {_rule(error.validator, error.validator_value, error.instance)}"


def _rule(rule: str, value: Any, instance: Any) -> str:
    match rule:
        case "type":
            return f"must be of type {' or '.join([value] if isinstance(value, str) else value)}"
        case "required":
            missing = [name for name in value if name not in instance]
            return f"lacks {', '.join(missing)}"
        case "additionalProperties":
            return "has a field that is not known"
        case "not":
            return f"must not have both {' and '.join(value['required'])}"
        case "enum":
            return f"must be one of {', '.join(value)}"
        case "pattern" | "propertyNames":
            return f"must match {value if isinstance(value, str) else value['pattern']}"
        case "minLength":
            return f"must have at least {value} characters"
        case _:
            return f"breaks the rule {rule} {value}"
