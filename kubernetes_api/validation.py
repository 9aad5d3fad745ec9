"""Validation of values against a structural schema, in the words of kube-apiserver."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache
from typing import Any

from kubernetes_api.schema import Schema
from kubernetes_api.status_errors import FieldError


def validate(value: Any, schema: Schema, path: str = "") -> list[FieldError]:
    """Return everything in which the value breaks the schema; `metadata` is checked elsewhere."""
    return list(_value_errors(value, schema, path))


def _value_errors(value: Any, schema: Schema, path: str) -> Iterator[FieldError]:
    if value is None and (schema.nullable or schema.free_form or not schema.type):
        return
    wrong_type = _type_error(value, schema, path)
    if wrong_type:
        yield wrong_type
        yield from _enum_errors(value, schema, path)
        return
    if isinstance(value, str):
        yield from _string_errors(value, schema, path)
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        yield from _number_errors(value, schema, path)
    elif isinstance(value, list):
        yield from _list_errors(value, schema, path)
    elif isinstance(value, dict):
        yield from _object_errors(value, schema, path)
    yield from _enum_errors(value, schema, path)
    yield from _combination_errors(value, schema, path)


def _enum_errors(value: Any, schema: Schema, path: str) -> Iterator[FieldError]:
    allowed = schema.raw.get("enum")
    if allowed is not None and value not in allowed:
        supported = ", ".join(json.dumps(item if isinstance(item, str) else json.dumps(item)) for item in allowed)
        yield FieldError("FieldValueNotSupported", path, value, f"supported values: {supported}")


def _invalid(path: str, value: Any, rule: str) -> FieldError:
    return FieldError("FieldValueInvalid", path, value, f"{path} in body {rule}")


def _type_error(value: Any, schema: Schema, path: str) -> FieldError | None:
    if schema.raw.get("x-kubernetes-int-or-string"):
        fits = isinstance(value, str) or (isinstance(value, int) and not isinstance(value, bool))
        expected = "integer,string"
    elif not schema.type:
        return None
    else:
        fits = _fits(value, schema.type)
        expected = schema.type
    if fits:
        return None
    found = json_type(value)
    # The API reports the type that it found as the bad value, except for scalars in place of containers.
    return FieldError("FieldValueTypeInvalid", path, found, f'{path} in body must be of type {expected}: "{found}"')


def _fits(value: Any, expected: str) -> bool:
    if expected == "object":
        return isinstance(value, dict)
    if expected == "array":
        return isinstance(value, list)
    if expected == "string":
        return isinstance(value, str)
    if expected == "boolean":
        return isinstance(value, bool)
    if isinstance(value, bool):
        return False
    if expected == "integer":
        return isinstance(value, int) or (isinstance(value, float) and value.is_integer())
    return isinstance(value, (int, float))


def json_type(value: Any) -> str:
    """Return the JSON schema's word for the type of a value."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    names = {dict: "object", list: "array", str: "string", int: "integer", float: "number"}
    return names[type(value)]


@lru_cache(maxsize=512)
def _compiled(pattern: str) -> re.Pattern[str]:
    # Go's RE2 knows \z where Python says \Z; the rest of what CRDs use is the same.
    return re.compile(pattern.replace("\\z", "\\Z"))


def _string_errors(value: str, schema: Schema, path: str) -> Iterator[FieldError]:
    raw = schema.raw
    if "maxLength" in raw and len(value) > raw["maxLength"]:
        yield FieldError("FieldValueTooLong", path, value, f"may not be more than {raw['maxLength']} bytes")
    if "minLength" in raw and len(value) < raw["minLength"]:
        yield _invalid(path, value, f"should be at least {raw['minLength']} chars long")
    if "pattern" in raw and not _compiled(raw["pattern"]).search(value):
        yield _invalid(path, value, f"should match '{raw['pattern']}'")
    if not _format_holds(value, raw.get("format", "")):
        yield _invalid(path, value, f'must be of type {raw["format"]}: "{value}"')


def _format_holds(value: str, name: str) -> bool:
    if name == "date-time":
        try:
            datetime.fromisoformat(value.replace("Z", "+00:00"))
        except ValueError:
            return False
        return "T" in value
    if name == "byte":
        try:
            base64.b64decode(value, validate=True)
        except binascii.Error:
            return False
    return True


def _number_errors(value: float, schema: Schema, path: str) -> Iterator[FieldError]:
    raw = schema.raw
    if "maximum" in raw:
        if raw.get("exclusiveMaximum") and value >= raw["maximum"]:
            yield _invalid(path, value, f"should be less than {raw['maximum']}")
        elif value > raw["maximum"]:
            yield _invalid(path, value, f"should be less than or equal to {raw['maximum']}")
    if "minimum" in raw:
        if raw.get("exclusiveMinimum") and value <= raw["minimum"]:
            yield _invalid(path, value, f"should be greater than {raw['minimum']}")
        elif value < raw["minimum"]:
            yield _invalid(path, value, f"should be greater than or equal to {raw['minimum']}")
    if "multipleOf" in raw and value % raw["multipleOf"]:
        yield _invalid(path, value, f"should be a multiple of {raw['multipleOf']}")


def _list_errors(value: list[Any], schema: Schema, path: str) -> Iterator[FieldError]:
    raw = schema.raw
    if "maxItems" in raw and len(value) > raw["maxItems"]:
        limit = raw["maxItems"]
        yield FieldError("FieldValueTooMany", path, len(value), f"must have at most {limit} item{'s' * (limit != 1)}")
    if "minItems" in raw and len(value) < raw["minItems"]:
        rule = f"{path} in body should have at least {raw['minItems']} items"
        yield FieldError("FieldValueInvalid", path, len(value), rule)
    if schema.items is not None:
        for index, item in enumerate(value):
            yield from _value_errors(item, schema.items, f"{path}[{index}]")
    yield from _duplicates(value, schema, path)


def _duplicates(value: list[Any], schema: Schema, path: str) -> Iterator[FieldError]:
    if schema.list_type == "atomic":
        return
    seen: set[str] = set()
    for index, item in enumerate(value):
        shown = (
            {key: item.get(key) for key in schema.list_keys} if isinstance(item, dict) and schema.list_keys else item
        )
        key = json.dumps(shown, sort_keys=True)
        if key in seen:
            yield FieldError("FieldValueDuplicate", f"{path}[{index}]", shown)
        seen.add(key)


def _object_errors(value: dict[str, Any], schema: Schema, path: str) -> Iterator[FieldError]:
    raw = schema.raw
    if "maxProperties" in raw and len(value) > raw["maxProperties"]:
        yield FieldError("FieldValueTooMany", path, len(value), f"must have at most {raw['maxProperties']} items")
    if "minProperties" in raw and len(value) < raw["minProperties"]:
        yield _invalid(path, value, f"should have at least {raw['minProperties']} properties")
    for name in raw.get("required", ()):
        if name not in value:
            yield FieldError("FieldValueRequired", f"{path}.{name}" if path else name)
    for name, item in value.items():
        field = schema.field(name)
        if field is not None and not (name == "metadata" and (not path or schema.embedded)):
            yield from _value_errors(item, field, f"{path}.{name}" if path else name)


def _combination_errors(value: Any, schema: Schema, path: str) -> Iterator[FieldError]:
    def holds(raw: Any) -> bool:
        return not validate(value, schema.part(raw), path)

    raw = schema.raw
    if "anyOf" in raw and not raw.get("x-kubernetes-int-or-string") and not any(map(holds, raw["anyOf"])):
        yield _invalid(path, value, "must validate at least one schema (anyOf)")
    if "oneOf" in raw:
        matching = sum(map(holds, raw["oneOf"]))
        if matching != 1:
            found = "Found none valid" if not matching else f"Found {matching} valid alternatives"
            yield _invalid(path, value, f"must validate one and only one schema (oneOf). {found}")
    if "not" in raw and holds(raw["not"]):
        yield _invalid(path, value, "must not validate the schema (not)")
    for part in raw.get("allOf", ()):
        yield from validate(value, schema.part(part), path)
