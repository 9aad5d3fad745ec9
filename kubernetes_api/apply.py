"""Field management: server-side apply, and `metadata.managedFields` for every other kind of write."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from kubernetes_api.field_sets import (
    NONE,
    FieldSet,
    Path,
    covers,
    differences,
    fields_of,
    from_fields_v1,
    item_element,
    path_text,
    to_fields_v1,
)
from kubernetes_api.schema import Schema, clone
from kubernetes_api.status_errors import Json, StatusError

# What the server itself writes into metadata belongs to nobody.
_UNMANAGED = {
    ("f:apiVersion",),
    ("f:kind",),
    ("f:metadata",),
    *(
        ("f:metadata", f"f:{name}")
        for name in (
            "name",
            "namespace",
            "creationTimestamp",
            "selfLink",
            "uid",
            "clusterName",
            "generation",
            "managedFields",
            "resourceVersion",
            "deletionTimestamp",
            "deletionGracePeriodSeconds",
        )
    ),
}


@dataclass(frozen=True)
class Manager:
    """Who writes: name, operation (`Apply` or `Update`), in which apiVersion, through which subresource."""

    name: str
    operation: str
    api_version: str
    subresource: str = ""

    def same_as(self, other: Manager) -> bool:
        """Say whether both stand for one manager; an applier stays itself in another apiVersion."""
        mine, theirs = (
            (self, other) if self.operation == "Update" else (self, replace(other, api_version=self.api_version))
        )
        return mine == theirs


@dataclass(frozen=True)
class Managed:
    """One entry of managedFields."""

    manager: Manager
    fields: FieldSet
    time: str

    def entry(self) -> Json:
        """Return the entry as the API writes it."""
        entry: Json = {
            "manager": self.manager.name,
            "operation": self.manager.operation,
            "apiVersion": self.manager.api_version,
            "time": self.time,
            "fieldsType": "FieldsV1",
            "fieldsV1": to_fields_v1(self.fields),
        }
        if self.manager.subresource:
            entry["subresource"] = self.manager.subresource
        return entry


def now_text() -> str:
    """Return the time as the API writes it: UTC, whole seconds."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def managed_of(item: Mapping[str, Any]) -> list[Managed]:
    """Return the managedFields of an object."""
    entries = item.get("metadata", {}).get("managedFields") or []
    return [
        Managed(
            Manager(entry["manager"], entry["operation"], entry["apiVersion"], entry.get("subresource", "")),
            from_fields_v1(entry.get("fieldsV1") or {}),
            entry.get("time", ""),
        )
        for entry in entries
        if entry.get("manager")
    ]


def _with_managed(item: Json, managed: list[Managed]) -> Json:
    kept = sorted(
        (one for one in managed if one.fields),
        key=lambda one: (
            one.manager.operation,
            one.time,
            one.manager.name,
            one.manager.api_version,
            one.manager.subresource,
        ),
    )
    metadata = {name: value for name, value in item["metadata"].items() if name != "managedFields"}
    if kept:
        metadata["managedFields"] = [one.entry() for one in kept]
    return {**item, "metadata": metadata}


def _concerned(fields: FieldSet, *, status_is_separate: bool, subresource: str) -> FieldSet:
    """Leave out what the endpoint does not write: status on the main one, everything else on /status."""
    kept = fields - _UNMANAGED
    if subresource == "status":
        return frozenset(path for path in kept if path[0] == "f:status")
    if status_is_separate:
        return frozenset(path for path in kept if path[0] != "f:status")
    return kept


def record_update(
    live: Json | None,
    new: Json,
    manager: Manager,
    schema: Schema,
    *,
    status_is_separate: bool,
    unmanaged: frozenset[Path] = NONE,
) -> Json:
    """Return the new object with managedFields that say what this create, update or patch changed."""
    given = new["metadata"].get("managedFields")
    if given == [] or given == [{}]:
        # An empty list is the way to ask that field management be forgotten.
        return _with_managed(new, [])
    managed = managed_of(new) if given else managed_of(live or {})
    blank: Json = {"metadata": {}}
    changed, removed = differences(live or blank, new, schema)
    changed = _concerned(changed - unmanaged, status_is_separate=status_is_separate, subresource=manager.subresource)
    own = next((one for one in managed if one.manager.same_as(manager)), Managed(manager, NONE, ""))
    others = [replace(one, fields=one.fields - changed - removed) for one in managed if one is not own]
    fields = (own.fields | changed) - removed
    time = own.time if fields == own.fields else now_text()
    return _with_managed(new, [*others, Managed(manager, fields, time)])


def server_side_apply(
    live: Json | None, config: Json, manager: Manager, schema: Schema, *, status_is_separate: bool, force: bool
) -> Json:
    """Return the live object with the manager's configuration applied; raise 409 if others manage what it changes."""
    base: Json = live or {"apiVersion": config["apiVersion"], "kind": config["kind"], "metadata": {}}
    managed = managed_of(base)
    own = next((one for one in managed if one.manager.same_as(manager)), Managed(manager, NONE, ""))
    others = [one for one in managed if one is not own]
    fields = _concerned(
        fields_of(config, schema), status_is_separate=status_is_separate, subresource=manager.subresource
    )
    merged = _merge(base, config, schema)
    dropped = frozenset(path for path in own.fields - fields if not covers(fields, path))
    foreign: FieldSet = NONE.union(*(one.fields for one in others))
    dropped = frozenset(path for path in dropped if not covers(foreign, path))
    merged = _remove(merged, dropped, schema, ()) or {}
    merged.setdefault("metadata", {})
    changed, removed = differences(base, merged, schema)
    conflicts = [(one, one.fields & changed & fields) for one in others if one.fields & changed & fields]
    if conflicts and not force:
        raise _conflict_error(conflicts)
    others = [replace(one, fields=one.fields - (changed & fields) - removed) for one in others]
    time = own.time if fields == own.fields else now_text()
    return _with_managed(merged, [*others, Managed(manager, fields, time)])


def _merge(live: Any, config: Any, schema: Schema) -> Any:
    if isinstance(config, dict) and isinstance(live, dict) and not schema.atomic_map:
        merged = dict(live)
        for name, item in config.items():
            field = schema.field(name) or schema.part({"x-kubernetes-preserve-unknown-fields": True})
            merged[name] = _merge(live.get(name), item, field)
        return merged
    if (
        isinstance(config, list)
        and isinstance(live, list)
        and schema.list_type != "atomic"
        and schema.items is not None
    ):
        return _merge_items(live, config, schema, schema.items)
    return clone(config)


def _merge_items(live: list[Any], config: list[Any], schema: Schema, items: Schema) -> list[Any]:
    """Merge by key: the applied order; what only the live list has stays before the items that follow it there."""
    before = {item_element(item, schema): item for item in live}
    applied = {item_element(item, schema): item for item in config}
    merged: list[Any] = []
    waiting = list(before)
    for element, item in applied.items():
        while waiting and waiting[0] not in applied:
            merged.append(before[waiting.pop(0)])
        merged.append(_merge(before.get(element), item, items))
        if element in waiting:
            waiting.remove(element)
    return merged + [before[element] for element in waiting]


def _remove(value: Any, dropped: FieldSet, schema: Schema, path: Path) -> Any:
    """Return the value without the dropped fields; None if a container lost all it held."""
    if not covers(dropped, path):
        return value
    if isinstance(value, dict) and not schema.atomic_map:
        kept: Json = {}
        for name, item in value.items():
            below = (*path, f"f:{name}")
            if below in dropped:
                continue
            remaining = _remove(item, dropped, schema.field(name) or schema.part({}), below)
            if remaining is not None or item is None:
                kept[name] = remaining
        return kept or None
    if isinstance(value, list) and schema.list_type != "atomic":
        items = schema.items or schema.part({})
        elements = [(item, (*path, item_element(item, schema))) for item in value]
        left = [_remove(item, dropped, items, below) for item, below in elements if below not in dropped]
        return left or None
    return value


def _conflict_error(conflicts: list[tuple[Managed, FieldSet]]) -> StatusError:
    causes: list[Json] = []
    grouped: dict[str, list[str]] = {}
    for one, fields in conflicts:
        who = _described(one)
        for path in sorted(map(path_text, fields)):
            causes.append({"reason": "FieldManagerConflict", "message": f"conflict with {who}", "field": path})
            grouped.setdefault(who, []).append(path)
    count = len(causes)
    if count == 1:
        text = f"{causes[0]['message']}: {causes[0]['field']}"
    else:
        text = "\n".join(
            f"conflicts with {who}:\n" + "\n".join(f"- {path}" for path in paths)
            for who, paths in sorted(grouped.items())
        )
    message = f"Apply failed with {count} conflict{'s' * (count != 1)}: {text}"
    return StatusError(409, "Conflict", message, {"causes": causes})


def _described(one: Managed) -> str:
    through = f' with subresource "{one.manager.subresource}"' if one.manager.subresource else ""
    using = f" using {one.manager.api_version}" if one.manager.operation == "Update" else ""
    return f'"{one.manager.name}"{through}{using}'
