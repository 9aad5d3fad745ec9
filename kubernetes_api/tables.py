"""What `kubectl get` prints (`as=Table`), and objects cut down to their metadata (`as=PartialObjectMetadata`)."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from kubernetes_api.resources import Column, Resource
from kubernetes_api.schema import walk_path
from kubernetes_api.status_errors import Json

_META = "meta.k8s.io/v1"


def table(
    resource: Resource, items: list[Json], list_metadata: Json, include_object: str, *, with_columns: bool = True
) -> Json:
    """Return a Table; `include_object` is None, Metadata or Object."""
    columns = [_definition(column) for column in resource.columns] if with_columns else []
    return {
        "kind": "Table",
        "apiVersion": _META,
        "metadata": list_metadata,
        "columnDefinitions": columns,
        "rows": [_row(resource, item, include_object) for item in items],
    }


def _definition(column: Column) -> Json:
    printed = {
        "age": "date" if column.name != "Age" else "string",
        "or-none": "string",
        "ports": "string",
        "count": "string",
    }
    return {
        "name": column.name,
        "type": printed.get(column.type, column.type),
        "format": column.format,
        "description": column.description or f"{column.name} ({column.path})",
        "priority": column.priority,
    }


def _row(resource: Resource, item: Json, include_object: str) -> Json:
    row: Json = {"cells": [_cell(column, item) for column in resource.columns]}
    if include_object == "Object":
        row["object"] = item
    elif include_object != "None":
        row["object"] = partial(item)
    return row


def _cell(column: Column, item: Json) -> Any:
    values = list(walk_path(item, column.path))
    if column.type == "count":
        return len(values[0]) if values and values[0] else 0
    if column.type == "or-none":
        return values[0] if values else "<none>"
    if column.type == "ports":
        ports = values[0] if values else []
        return ",".join(f"{port['port']}/{port.get('protocol', 'TCP')}" for port in ports) or "<none>"
    if column.type == "date":
        return values[0] if values else None
    if not values or values[0] is None:
        return "<unknown>" if column.type == "age" and column.name != "Age" else None
    if column.type == "age":
        return _age(str(values[0]))
    if column.type in ("integer", "number", "boolean"):
        return values[0]
    if len(values) > 1:
        return ",".join(map(_text, values))
    return _text(values[0])


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    return json.dumps(value, separators=(",", ":"))


def _age(since: str) -> str:
    """Return the time that passed, as Kubernetes abbreviates it: 42s, 3m5s, 12m, 5h, 3d."""
    try:
        moment = datetime.fromisoformat(since.replace("Z", "+00:00"))
    except ValueError:
        return "<invalid>"
    seconds = max(0, int((datetime.now(UTC) - moment).total_seconds()))
    minutes, hours, days = seconds // 60, seconds // 3600, seconds // 86400
    if seconds < 120:
        return f"{seconds}s"
    if minutes < 10:
        return f"{minutes}m{seconds % 60}s" if seconds % 60 else f"{minutes}m"
    if hours < 3:
        return f"{minutes}m"
    if hours < 8:
        return f"{hours}h{minutes % 60}m" if minutes % 60 else f"{hours}h"
    if hours < 48:
        return f"{hours}h"
    if days < 8:
        return f"{days}d{hours % 24}h" if hours % 24 else f"{days}d"
    return f"{days}d" if days < 730 else f"{days // 365}y"


def partial(item: Json) -> Json:
    """Return an object's metadata alone."""
    return {"kind": "PartialObjectMetadata", "apiVersion": _META, "metadata": item["metadata"]}


def partial_list(items: list[Json], list_metadata: Json) -> Json:
    """Return a list of objects cut down to their metadata."""
    return {
        "kind": "PartialObjectMetadataList",
        "apiVersion": _META,
        "metadata": list_metadata,
        "items": [partial(item) for item in items],
    }
