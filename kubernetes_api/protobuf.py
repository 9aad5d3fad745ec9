"""Reading bodies in Kubernetes' protobuf: kubectl and client-go write built-in objects so. Answers are always JSON."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import lru_cache
from importlib import resources
from typing import Any

MEDIA_TYPE = "application/vnd.kubernetes.protobuf"

_MAGIC = b"k8s\x00"
_META = "k8s.io.apimachinery.pkg.apis.meta.v1."
_PACKAGES = {
    "v1": "k8s.io.api.core.v1.",
    "coordination.k8s.io/v1": "k8s.io.api.coordination.v1.",
    "authorization.k8s.io/v1": "k8s.io.api.authorization.v1.",
}
# Zero values of these are meant; all other zero values are left out, as Go's JSON does.
_KEPT_ZEROS = {"port", "targetPort"}

Field = list[str]


@lru_cache(maxsize=1)
def _messages() -> dict[str, dict[str, Field]]:
    """Return name, type and label of each field by message and number (generated.proto of Kubernetes v1.34.4)."""
    text = resources.files("kubernetes_api").joinpath("schemas/protobuf.json").read_text("utf-8")
    messages: dict[str, dict[str, Field]] = json.loads(text)
    return messages


def decode_protobuf(raw: bytes) -> dict[str, Any]:
    """Return the object in a body; raise ValueError if it is not one that can be read."""
    if not raw.startswith(_MAGIC):
        raise ValueError("provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]")
    envelope: dict[int, bytes] = {number: value for number, value in _fields(raw[4:]) if isinstance(value, bytes)}
    kind = {number: value.decode() for number, value in _fields(envelope.get(1, b"")) if isinstance(value, bytes)}
    api_version, name = kind.get(1, ""), kind.get(2, "")
    message = _META + name if name == "DeleteOptions" else _PACKAGES.get(api_version, "?") + name
    if message not in _messages():
        raise ValueError(f"{name} of {api_version} cannot be read as protobuf here; send JSON")
    return {"apiVersion": api_version, "kind": name, **_message(envelope.get(2, b""), message)}


def _varint(raw: bytes, position: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        if position >= len(raw):
            raise ValueError("unexpected end of protobuf message")
        byte = raw[position]
        value |= (byte & 0x7F) << shift
        position += 1
        if byte < 0x80:
            return value, position
        shift += 7


def _fields(raw: bytes) -> Iterator[tuple[int, int | bytes]]:
    position = 0
    while position < len(raw):
        tag, position = _varint(raw, position)
        wire = tag & 7
        if wire == 0:
            value, position = _varint(raw, position)
            yield tag >> 3, value
            continue
        length = {1: 8, 5: 4}.get(wire, 0)
        if wire == 2:
            length, position = _varint(raw, position)
        elif not length:
            raise ValueError(f"unexpected protobuf wire type {wire}")
        yield tag >> 3, raw[position : position + length]
        position += length


def _message(raw: bytes, name: str) -> dict[str, Any]:
    described = _messages()[name]
    item: dict[str, Any] = {}
    for number, value in _fields(raw):
        if str(number) not in described:
            continue
        field, type_name, *label = described[str(number)]
        if label == ["map"]:
            key, entry = _entry(value, type_name)
            item.setdefault(field, {})[key] = entry
        elif label == ["repeated"]:
            item.setdefault(field, []).append(_value(value, type_name))
        else:
            shown = _value(value, type_name)
            if shown not in ("", 0, {}, None) or field in _KEPT_ZEROS:
                item[field] = shown
    return item


def _entry(value: int | bytes, type_name: str) -> tuple[str, Any]:
    key, entry = "", _value(b"", type_name)
    for number, part in _fields(_octets(value)):
        if number == 1:
            key = _octets(part).decode()
        else:
            entry = _value(part, type_name)
    return key, entry


def _octets(value: int | bytes) -> bytes:
    if isinstance(value, int):
        raise ValueError("unexpected protobuf wire type 0")
    return value


def _value(value: int | bytes, type_name: str) -> Any:
    if isinstance(value, int):
        if type_name == "bool":
            return bool(value)
        return value - (1 << 64) if value >= 1 << 63 else value
    if type_name == "string":
        return value.decode()
    if type_name == "bytes":
        return base64.b64encode(value).decode()
    return _special(value, type_name)


def _special(value: bytes, type_name: str) -> Any:
    short = type_name.rpartition(".")[2]
    if short in ("Time", "MicroTime"):
        times = {number: part for number, part in _fields(value) if isinstance(part, int)}
        if not times.get(1):
            return None
        moment = datetime.fromtimestamp(times[1], UTC)
        if short == "Time":
            return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
        return moment.replace(microsecond=times.get(2, 0) // 1000).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    if short == "IntOrString":
        parts = dict(_fields(value))
        return _octets(parts.get(3, b"")).decode() if parts.get(1) == 1 else parts.get(2, 0)
    if short == "FieldsV1":
        return json.loads(_octets(dict(_fields(value)).get(1, b"{}")))
    return _message(value, type_name)
