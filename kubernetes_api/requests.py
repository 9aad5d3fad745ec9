"""What a request asks for: its URL as a resource, and the form in which its answer is wanted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kubernetes_api.status_errors import not_acceptable

_PRODUCED = ("application/json",)


@dataclass(frozen=True)
class ResourcePath:
    """The parts of a URL below /api/v1 or /apis/GROUP/VERSION; parts that are absent are empty."""

    group: str
    version: str
    namespace: str = ""
    plural: str = ""
    name: str = ""
    subresource: str = ""


def parse_path(path: str) -> ResourcePath | None:
    """Return what a URL names; None if it lies outside of /api and /apis or is not of a known shape."""
    parts = path.strip("/").split("/")
    if parts[0] == "api" and len(parts) >= 2:
        group, version, rest = "", parts[1], parts[2:]
    elif parts[0] == "apis" and len(parts) >= 3:
        group, version, rest = parts[1], parts[2], parts[3:]
    else:
        return None
    namespace = ""
    if rest[:1] == ["namespaces"] and len(rest) >= 3 and not (len(rest) == 3 and rest[2] in ("finalize", "status")):
        namespace, rest = rest[1], rest[2:]
    if len(rest) > 3 or "" in rest:
        return None
    return ResourcePath(group, version, namespace, *rest)


@dataclass(frozen=True)
class Accepted:
    """The form of the answer.

    `as_kind` is empty for the object itself, or Table, PartialObjectMetadata, PartialObjectMetadataList or
    APIGroupDiscoveryList.
    """

    as_kind: str = ""
    version: str = ""


def negotiate(
    accept: str, offered: Sequence[str] = ("Table", "PartialObjectMetadata", "PartialObjectMetadataList")
) -> Accepted:
    """Return the first form in an Accept header that can be produced, always as JSON; raise 406 if there is none."""
    if not accept.strip():
        return Accepted()
    for clause in accept.split(","):
        media_type, *parameters = (part.strip() for part in clause.split(";"))
        if media_type not in ("application/json", "application/*", "*/*"):
            continue
        told = dict(parameter.partition("=")[::2] for parameter in parameters)
        wanted = told.get("as", "")
        if not wanted:
            return Accepted()
        if wanted in offered and told.get("v", "v1") in ("v1", "v2"):
            return Accepted(wanted, told.get("v", "v1"))
    raise not_acceptable(_PRODUCED)
