"""OpenAPI schemas of kinds, built in or from a CRD: what fields there are, pruning of the rest, and defaulting."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cached_property
from importlib import resources
from typing import Any

from kubernetes_api.status_errors import Json

REF_PREFIX = "#/components/schemas/"
OBJECT_META = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"
LIST_META = "io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta"


class Schema:
    """One node of a schema, with references resolved on demand (JSONSchemaProps refers to itself)."""

    def __init__(self, raw: Mapping[str, Any], catalogue: Mapping[str, Json]) -> None:
        parts: Json = dict(raw)
        if "$ref" in parts:
            parts = dict(catalogue[parts["$ref"].removeprefix(REF_PREFIX)])
        elif len(parts.get("allOf", ())) == 1 and "$ref" in parts["allOf"][0]:
            # The published built-in schemas wrap references in `allOf` to be able to describe and default them.
            referred = catalogue[parts.pop("allOf")[0]["$ref"].removeprefix(REF_PREFIX)]
            parts = {**referred, **parts}
        self.raw = parts
        self._catalogue = catalogue

    def part(self, raw: Mapping[str, Any]) -> Schema:
        """Return a schema that stands inside this one."""
        return Schema(raw, self._catalogue)

    @cached_property
    def properties(self) -> dict[str, Schema]:
        """The named fields."""
        return {name: self.part(raw) for name, raw in self.raw.get("properties", {}).items()}

    @cached_property
    def additional(self) -> Schema | None:
        """The schema of a map's values."""
        raw = self.raw.get("additionalProperties")
        if raw is True:
            return self.part({"x-kubernetes-preserve-unknown-fields": True})
        return self.part(raw) if isinstance(raw, Mapping) else None

    @cached_property
    def items(self) -> Schema | None:
        """The schema of a list's items."""
        raw = self.raw.get("items")
        return self.part(raw) if isinstance(raw, Mapping) else None

    @cached_property
    def type(self) -> str:
        """`object`, `array`, `string`, ...; empty where anything goes."""
        return str(self.raw.get("type", ""))

    @cached_property
    def preserves_unknown(self) -> bool:
        """Whether fields that are not named are kept: marked so, or a free-form object or value."""
        if "x-kubernetes-preserve-unknown-fields" in self.raw:
            return bool(self.raw["x-kubernetes-preserve-unknown-fields"])
        return self.free_form

    @cached_property
    def free_form(self) -> bool:
        """Whether a built-in schema says nothing about the value (JSON, FieldsV1)."""
        described = {"properties", "additionalProperties", "items", "x-kubernetes-embedded-resource"}
        return bool(self.raw.get("x-builtin-free-form")) or (not self.type and not described & self.raw.keys())

    @cached_property
    def nullable(self) -> bool:
        """Whether null is a value of its own."""
        return bool(self.raw.get("nullable"))

    @cached_property
    def embedded(self) -> bool:
        """Whether the value is a whole object with apiVersion, kind and metadata."""
        return bool(self.raw.get("x-kubernetes-embedded-resource"))

    @cached_property
    def list_type(self) -> str:
        """`atomic`, `set` or `map`."""
        return str(self.raw.get("x-kubernetes-list-type", "atomic"))

    @cached_property
    def list_keys(self) -> tuple[str, ...]:
        """The fields that identify an item of a `map` list."""
        return tuple(self.raw.get("x-kubernetes-list-map-keys", ()))

    @cached_property
    def atomic_map(self) -> bool:
        """Whether an object is owned as a whole."""
        return self.raw.get("x-kubernetes-map-type") == "atomic"

    @cached_property
    def rules(self) -> tuple[Json, ...]:
        """The CEL rules about the value."""
        return tuple(self.raw.get("x-kubernetes-validations", ()))

    @cached_property
    def bears_rules(self) -> bool:
        """Whether there are CEL rules about the value or anything in it; only schemas of CRDs can have any."""
        inner = (*self.properties.values(), self.additional, self.items)
        return bool(self.rules) or any(part is not None and part.bears_rules for part in inner)

    def field(self, name: str) -> Schema | None:
        """Return the schema of one field of an object, or None if the schema does not know it."""
        return self.properties.get(name) or self.additional


def builtin_catalogue() -> dict[str, Json]:
    """Return the published OpenAPI v3 schemas of the built-in kinds (Kubernetes v1.34.4, api/openapi-spec/v3)."""
    text = resources.files("kubernetes_api").joinpath("schemas/builtin.json").read_text("utf-8")
    catalogue: dict[str, Json] = json.loads(text)
    for name in ("io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1",):
        catalogue[name]["x-builtin-free-form"] = True
    return catalogue


def custom_resource_schema(raw: Mapping[str, Any], catalogue: Mapping[str, Json]) -> Schema:
    """Return the schema of a custom resource: what its CRD says, completed by apiVersion, kind and ObjectMeta."""
    completed = dict(raw)
    described = {
        "apiVersion": catalogue["io.k8s.api.core.v1.Secret"]["properties"]["apiVersion"],
        "kind": catalogue["io.k8s.api.core.v1.Secret"]["properties"]["kind"],
        "metadata": {
            "allOf": [{"$ref": REF_PREFIX + OBJECT_META}],
            "description": catalogue["io.k8s.api.core.v1.Secret"]["properties"]["metadata"]["description"],
        },
    }
    completed["properties"] = {**raw.get("properties", {}), **described}
    return Schema(completed, catalogue)


def clone(value: Any) -> Any:
    """Return a deep copy of a JSON value."""
    if isinstance(value, dict):
        return {key: clone(item) for key, item in value.items()}
    if isinstance(value, list):
        return [clone(item) for item in value]
    return value


def prune(value: Any, schema: Schema, path: str = "") -> list[str]:
    """Remove, in place, every field that the schema does not know; return the paths of those removed."""
    unknown: list[str] = []
    if isinstance(value, dict):
        for name in list(value):
            where = f"{path}.{name}" if path else name
            field = schema.field(name)
            if field is not None:
                unknown += prune(value[name], field, where)
            elif schema.embedded and name in ("apiVersion", "kind", "metadata"):
                continue
            elif not schema.preserves_unknown:
                del value[name]
                unknown.append(where)
    elif isinstance(value, list) and schema.items is not None:
        for index, item in enumerate(value):
            unknown += prune(item, schema.items, f"{path}[{index}]")
    return unknown


def drop_nulls(value: Any) -> None:
    """Remove, in place, fields that are null: for a built-in kind null means absent."""
    if isinstance(value, dict):
        for name in [name for name, item in value.items() if item is None]:
            del value[name]
        for item in value.values():
            drop_nulls(item)
    elif isinstance(value, list):
        for item in value:
            drop_nulls(item)


def drop_refused_nulls(value: Any, schema: Schema) -> None:
    """Remove, in place, nulls of fields that are neither nullable nor have a default: to the API they are absent."""
    if isinstance(value, dict):
        for name in list(value):
            field = schema.field(name)
            if field is None:
                continue
            if value[name] is None and not field.nullable and "default" not in field.raw and not field.free_form:
                del value[name]
            else:
                drop_refused_nulls(value[name], field)
    elif isinstance(value, list) and schema.items is not None:
        for item in value:
            drop_refused_nulls(item, schema.items)


def apply_defaults(value: Any, schema: Schema) -> None:
    """Fill in, in place, the defaults of a CRD's schema; null counts as absent unless the field is nullable."""
    if isinstance(value, dict):
        for name, field in schema.properties.items():
            if name == "metadata":
                continue
            absent = name not in value or (value[name] is None and not field.nullable)
            if absent and "default" in field.raw:
                value[name] = clone(field.raw["default"])
            if name in value:
                apply_defaults(value[name], field)
        if schema.additional is not None:
            for name, item in value.items():
                if name not in schema.properties:
                    apply_defaults(item, schema.additional)
    elif isinstance(value, list) and schema.items is not None:
        for item in value:
            apply_defaults(item, schema.items)


def walk_path(value: Any, path: str) -> Iterator[Any]:
    """Yield what a JSON path selects, such as `.spec.ports[*].port` or `.status.conditions[?(@.type=="Ready")].status`.

    Dots in field names are escaped with a backslash, as kubectl does; this is the part that printer columns use.
    """
    yield from _walk(value, _path_steps(path))


def _path_steps(path: str) -> list[str]:
    steps: list[str] = []
    word = ""
    rest = path.strip().removeprefix("{").removesuffix("}")
    position = 0
    while position < len(rest):
        char = rest[position]
        if char == "\\" and position + 1 < len(rest):
            word += rest[position + 1]
            position += 2
            continue
        if char in ".[":
            if word:
                steps.append(word)
            word = ""
        if char == "[":
            end = rest.index("]", position)
            steps.append(rest[position : end + 1])
            position = end + 1
            continue
        if char not in ".[":
            word += char
        position += 1
    return [*steps, word] if word else steps


def _walk(value: Any, steps: list[str]) -> Iterator[Any]:
    if not steps:
        yield value
        return
    step, rest = steps[0], steps[1:]
    if not step.startswith("["):
        if isinstance(value, dict) and step in value:
            yield from _walk(value[step], rest)
        return
    inner = step[1:-1]
    if inner.startswith(("'", '"')):
        yield from _walk(value, [inner[1:-1], *rest])
    elif isinstance(value, list):
        for item in _chosen(value, inner):
            yield from _walk(item, rest)


def _chosen(items: list[Any], inner: str) -> list[Any]:
    if inner == "*":
        return items
    if inner.startswith("?("):
        left, _, right = inner[2:-1].partition("==")
        wanted = right.strip().strip("'\"")
        name = left.strip().removeprefix("@.")
        return [item for item in items if isinstance(item, dict) and str(item.get(name)) == wanted]
    if inner.lstrip("-").isdigit():
        index = int(inner)
        return items[index : index + 1] if index >= 0 else items[index:][:1]
    return []
