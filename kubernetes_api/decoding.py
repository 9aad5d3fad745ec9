"""Reading the body of a request: JSON, YAML or protobuf, with the fields that are given twice."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import yaml

from kubernetes_api.protobuf import MEDIA_TYPE, decode_protobuf
from kubernetes_api.status_errors import Json, bad_request, unsupported_media_type

APPLY_PATCH = "application/apply-patch+yaml"
_READABLE = ("application/json", "application/yaml", MEDIA_TYPE)


@dataclass
class Body:
    """What was sent. `duplicates` are the paths of fields that stand twice; the last one won."""

    value: Any
    duplicates: list[str] = field(default_factory=list)


def decode(raw: bytes, content_type: str) -> Body:
    """Return the value of a body; raise 400 or 415."""
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type and media_type not in (*_READABLE, APPLY_PATCH) and not media_type.endswith("+json"):
        raise unsupported_media_type(_READABLE)
    try:
        if media_type == MEDIA_TYPE:
            return Body(decode_protobuf(raw))
        return _from_yaml(raw) if "yaml" in media_type else _from_json(raw)
    except (ValueError, yaml.YAMLError) as error:
        raise bad_request(f"the object provided is unrecognized (must be of type Json or Yaml): {error}") from error


def _from_json(raw: bytes) -> Body:
    repeated: list[tuple[Json, str]] = []

    def pairs(items: list[tuple[str, Any]]) -> Json:
        value = dict(items)
        if len(value) < len(items):
            names = [name for name, _ in items]
            repeated.extend((value, name) for name in value if names.count(name) > 1)
        return value

    value = json.loads(raw, object_pairs_hook=pairs)
    if not repeated:
        return Body(value)
    paths: list[str] = []
    _find(value, "", repeated, paths)
    return Body(value, paths)


def _find(value: Any, path: str, repeated: list[tuple[Json, str]], paths: list[str]) -> None:
    if isinstance(value, dict):
        for name, item in value.items():
            where = f"{path}.{name}" if path else name
            if any(owner is value and again == name for owner, again in repeated):
                paths.append(where)
            _find(item, where, repeated, paths)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            _find(item, f"{path}[{index}]", repeated, paths)


class _StringTimes(yaml.SafeLoader):
    """YAML as Kubernetes reads it: a date stays a string."""


_StringTimes.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def _from_yaml(raw: bytes) -> Body:
    loader = _StringTimes(raw)
    try:
        node = loader.get_single_node()
        paths: list[str] = []
        _find_in_yaml(node, "", paths)
        return Body(loader.construct_document(node) if node is not None else None, paths)
    finally:
        loader.dispose()


def _find_in_yaml(node: yaml.Node | None, path: str, paths: list[str]) -> None:
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, item in node.value:
            where = f"{path}.{key.value}" if path else str(key.value)
            if key.value in seen:
                paths.append(where)
            seen.add(key.value)
            _find_in_yaml(item, where, paths)
    elif isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            _find_in_yaml(item, f"{path}[{index}]", paths)
