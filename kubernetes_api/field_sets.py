"""Sets of field paths: who manages which fields (`fieldsV1`), in the way of structured-merge-diff.

A path is a tuple of elements as `fieldsV1` writes them: `f:name` is a field, `k:{...}` an item of a keyed list,
`v:...` an item of a set.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from kubernetes_api.schema import Schema
from kubernetes_api.status_errors import Json

Path = tuple[str, ...]
FieldSet = frozenset[Path]

NONE: FieldSet = frozenset()
_ABSENT: Any = object()
"""Where there is no value at all; null is a value."""


def _compact(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), sort_keys=True)


def item_element(item: Any, schema: Schema) -> str:
    """Return the path element of a list item; keys that are absent take the schema's default."""
    if schema.list_type == "set":
        return "v:" + _compact(item)
    keys: Json = {}
    for key in schema.list_keys:
        field = schema.items.field(key) if schema.items else None
        default = field.raw.get("default") if field else None
        value = item.get(key, default) if isinstance(item, dict) else None
        if value is not None:
            keys[key] = value
    return "k:" + _compact(keys)


def _is_leaf(value: Any, schema: Schema) -> bool:
    if isinstance(value, dict):
        return schema.atomic_map
    if isinstance(value, list):
        return schema.list_type == "atomic"
    return True


def _untyped(schema: Schema) -> Schema:
    return schema.part({"x-kubernetes-preserve-unknown-fields": True})


def _children(value: Any, schema: Schema) -> Iterator[tuple[str, Any, Schema, bool]]:
    """Yield element, value, schema of each child, and whether the child's path itself counts as a field of its own."""
    if isinstance(value, dict):
        for name, item in value.items():
            field = schema.field(name)
            yield f"f:{name}", item, field or _untyped(schema), name not in schema.properties
    elif isinstance(value, list):
        for item in value:
            yield item_element(item, schema), item, schema.items or _untyped(schema), True


def fields_of(value: Any, schema: Schema, path: Path = ()) -> FieldSet:
    """Return the fields that an applied configuration sets."""
    if _is_leaf(value, schema):
        return frozenset({path})
    found: set[Path] = set()
    for element, item, field, own in _children(value, schema):
        below = (*path, element)
        found |= fields_of(item, field, below)
        if own or item is None or item == {}:
            found.add(below)
    return frozenset(found)


def differences(old: Any, new: Any, schema: Schema) -> tuple[FieldSet, FieldSet]:
    """Return the fields that were added or modified, and those that were removed."""
    changed: set[Path] = set()
    removed: set[Path] = set()
    _compare(old, new, schema, (), changed, removed)
    return frozenset(changed), frozenset(removed)


def _compare(old: Any, new: Any, schema: Schema, path: Path, changed: set[Path], removed: set[Path]) -> None:
    if old == new:
        return
    both = old is not _ABSENT and new is not _ABSENT
    if _is_leaf(old if new is _ABSENT else new, schema) or (both and type(old) is not type(new)):
        (removed if new is _ABSENT else changed).add(path)
        return
    # A built-in struct that is part of every object (`default: {}`) is never added nor removed itself.
    always_there = schema.raw.get("default") == {} and path and path[-1].startswith("f:")
    if path and not always_there:
        if old is _ABSENT:
            changed.add(path)
        elif new is _ABSENT:
            removed.add(path)
    before = {element: (item, field) for element, item, field, _ in _children(old, schema)}
    after = {element: (item, field) for element, item, field, _ in _children(new, schema)}
    for element in before.keys() | after.keys():
        old_item = before[element][0] if element in before else _ABSENT
        new_item, field = after[element] if element in after else (_ABSENT, before[element][1])
        _compare(old_item, new_item, field, (*path, element), changed, removed)


def to_fields_v1(fields: FieldSet) -> Json:
    """Return the nested form in which `managedFields` holds a set."""
    root: Json = {}
    for path in sorted(fields):
        node = root
        for element in path:
            node = node.setdefault(element, {})
    for path in fields:
        node = root
        for element in path:
            node = node[element]
        if node:
            node["."] = {}
    return _ordered(root)


def _ordered(node: Json) -> Json:
    return {element: _ordered(node[element]) for element in sorted(node)}


def from_fields_v1(node: Json, path: Path = ()) -> FieldSet:
    """Return the set that `to_fields_v1` wrote."""
    found: set[Path] = set()
    for element, below in node.items():
        if element == ".":
            found.add(path)
        elif below:
            found |= from_fields_v1(below, (*path, element))
        else:
            found.add((*path, element))
    return frozenset(found)


def typing_problems(value: Any, schema: Schema, path: Path = ()) -> list[str]:
    """Return what keeps a value from being typed by the schema: unknown fields and scalars of the wrong type."""
    if isinstance(value, dict):
        problems: list[str] = []
        for name, item in value.items():
            field, below = schema.field(name), (*path, f"f:{name}")
            if field is not None:
                problems += typing_problems(item, field, below)
            elif not schema.preserves_unknown and not schema.embedded:
                problems.append(f"{path_text(below)}: field not declared in schema")
        return problems
    if isinstance(value, list):
        items = schema.items
        return [problem for item in value for problem in typing_problems(item, items, path)] if items else []
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if schema.type in ("integer", "number") and isinstance(value, str):
        return [f"{path_text(path)}: expected numeric (int or float), got string"]
    if schema.type == "string" and (number or isinstance(value, bool)):
        return [f"{path_text(path)}: expected string, got &value.valueUnstructured{{Value:{json.dumps(value)}}}"]
    return []


def path_text(path: Path) -> str:
    """Return a path as conflict messages write it: `.spec.ports[port=80,protocol="TCP"].name`."""
    text = ""
    for element in path:
        sort, _, body = element.partition(":")
        if sort == "f":
            text += f".{body}"
        elif sort == "k":
            keys: Json = json.loads(body)
            text += "[" + ",".join(f"{key}={_compact(value)}" for key, value in keys.items()) + "]"
        else:
            text += f"[={body}]"
    return text


def covers(fields: FieldSet, path: Path) -> bool:
    """Say whether the set holds the path or anything below it."""
    return any(other[: len(path)] == path for other in fields)
