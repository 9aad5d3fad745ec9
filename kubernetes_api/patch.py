"""The three client-side patch formats: JSON patch, JSON merge patch, strategic merge patch."""

from __future__ import annotations

import json
from typing import Any

import jsonpatch

from kubernetes_api.schema import Schema, clone
from kubernetes_api.status_errors import Json, StatusError, bad_request, unsupported_media_type

JSON_PATCH = "application/json-patch+json"
MERGE_PATCH = "application/merge-patch+json"
STRATEGIC_MERGE_PATCH = "application/strategic-merge-patch+json"
APPLY_PATCH = "application/apply-patch+yaml"


def compact(patch: Any) -> str:
    """Return a patch as text, as error messages quote it."""
    return json.dumps(patch, separators=(",", ":"))


def unsupported_patch(*, custom: bool) -> StatusError:
    """415: the patch format is unknown, or not for custom resources."""
    offered = [JSON_PATCH, MERGE_PATCH, *(() if custom else (STRATEGIC_MERGE_PATCH,)), APPLY_PATCH]
    return unsupported_media_type(offered)


def json_patch(item: Json, operations: Any) -> Json:
    """Return the object after a JSON patch (RFC 6902)."""
    if not isinstance(operations, list):
        raise bad_request(
            "error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp"
        )
    try:
        patched = jsonpatch.apply_patch(clone(item), operations)
    except (jsonpatch.JsonPatchException, jsonpatch.JsonPointerException, KeyError, TypeError) as error:
        raise StatusError(
            422, "Invalid", "the server rejected our request due to an error in our request", {}
        ) from error
    if not isinstance(patched, dict):
        raise bad_request("the patched object is not an object")
    return patched


def merge_patch(value: Any, patch: Any) -> Any:
    """Return the value after a JSON merge patch (RFC 7386)."""
    if not isinstance(patch, dict):
        return clone(patch)
    merged = dict(value) if isinstance(value, dict) else {}
    for name, change in patch.items():
        if change is None:
            merged.pop(name, None)
        else:
            merged[name] = merge_patch(merged.get(name), change)
    return merged


def strategic_merge_patch(value: Any, patch: Any, schema: Schema) -> Any:
    """Return the value after a strategic merge patch; the schema says by strategies and keys how lists merge."""
    if not isinstance(patch, dict):
        return clone(patch)
    directive = patch.get("$patch")
    if directive == "delete":
        return {}
    if directive == "replace":
        return {name: clone(item) for name, item in patch.items() if name != "$patch"}
    merged = dict(value) if isinstance(value, dict) else {}
    retained = patch.get("$retainKeys")
    if retained is not None:
        merged = {name: item for name, item in merged.items() if name in retained}
    for name, change in patch.items():
        if name.startswith("$deleteFromPrimitiveList/"):
            target = name.partition("/")[2]
            merged[target] = [item for item in merged.get(target, []) if item not in change]
        elif not name.startswith("$"):
            _merge_field(merged, name, change, schema)
    for name, order in patch.items():
        if name.startswith("$setElementOrder/"):
            _reorder(merged, name.partition("/")[2], order, schema)
    return merged


def _merge_field(merged: Json, name: str, change: Any, schema: Schema) -> None:
    field = schema.field(name) or schema.part({})
    if change is None:
        merged.pop(name, None)
    elif isinstance(change, list):
        merged[name] = _merge_list(merged.get(name) or [], change, field)
    else:
        merged[name] = strategic_merge_patch(merged.get(name), change, field)


def _merge_list(current: list[Any], change: list[Any], schema: Schema) -> list[Any]:
    if "merge" not in str(schema.raw.get("x-kubernetes-patch-strategy", "")).split(","):
        return [clone(item) for item in change]
    key = schema.raw.get("x-kubernetes-patch-merge-key")
    if key is None:
        return [*current, *(item for item in change if item not in current)]
    if any(isinstance(item, dict) and item.get("$patch") == "replace" and key not in item for item in change):
        return [clone(item) for item in change if "$patch" not in item]
    merged = list(current)
    items = schema.items or schema.part({})
    for item in change:
        if not isinstance(item, dict) or key not in item:
            raise bad_request(f"map: {item} does not contain declared merge key: {key}")
        places = [index for index, known in enumerate(merged) if known.get(key) == item[key]]
        if item.get("$patch") == "delete":
            merged = [known for known in merged if known.get(key) != item[key]]
        elif places:
            merged[places[0]] = strategic_merge_patch(merged[places[0]], item, items)
        else:
            merged.append(strategic_merge_patch({}, item, items))
    return merged


def _reorder(merged: Json, name: str, order: list[Any], schema: Schema) -> None:
    items = merged.get(name)
    if not isinstance(items, list):
        return
    field = schema.field(name)
    key = field.raw.get("x-kubernetes-patch-merge-key") if field else None
    wanted = [entry.get(key) if isinstance(entry, dict) else entry for entry in order]

    def position(item: Any) -> int:
        identity = item.get(key) if isinstance(item, dict) else item
        return wanted.index(identity) if identity in wanted else len(wanted)

    merged[name] = sorted(items, key=position)
