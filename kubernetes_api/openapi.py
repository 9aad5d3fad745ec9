"""OpenAPI documents of what is served, enough for `kubectl explain`, for `kubectl apply` and for validating clients."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

from kubernetes_api.resources import Registry, Resource, group_version
from kubernetes_api.schema import LIST_META, OBJECT_META, REF_PREFIX
from kubernetes_api.status_errors import Json

_WRITE_PARAMETERS = ("dryRun", "fieldManager", "fieldValidation")
_PATCH_TYPES = (
    "application/apply-patch+yaml",
    "application/json-patch+json",
    "application/merge-patch+json",
    "application/strategic-merge-patch+json",
)
_SCHEMAS_SERVED_TO_ALL = ("Status", "DeleteOptions", "Patch")


def index(registry: Registry) -> Json:
    """Return /openapi/v3: one document per group version, with a hash so that clients may cache."""
    paths: Json = {}
    for group, versions in registry.group_versions().items():
        for version in versions:
            name = _document_name(group, version)
            digest = hashlib.sha256(json.dumps(document(registry, group, version)).encode()).hexdigest()[:32].upper()
            paths[name] = {"serverRelativeURL": f"/openapi/v3/{name}?hash={digest}"}
    return {"paths": paths}


def _document_name(group: str, version: str) -> str:
    return f"apis/{group}/{version}" if group else f"api/{version}"


def document(registry: Registry, group: str, version: str) -> Json | None:
    """Return the OpenAPI v3 document of a group version; None if nothing of it is served."""
    served = [one for one in registry if (one.group, one.version) == (group, version)]
    if not served:
        return None
    return {
        "openapi": "3.0.0",
        "info": {"title": "Kubernetes", "version": "v1.34.4"},
        "paths": _paths(served),
        "components": {"schemas": _schemas(registry, served)},
    }


def swagger(registry: Registry) -> Json:
    """Return /openapi/v2: everything in one document."""
    served = list(registry)
    text = json.dumps({"paths": {}, "definitions": _schemas(registry, served)}).replace(REF_PREFIX, "#/definitions/")
    whole: Json = json.loads(text)
    return {"swagger": "2.0", "info": {"title": "Kubernetes", "version": "v1.34.4"}, **whole}


def _schemas(registry: Registry, served: list[Resource]) -> Json:
    catalogue = registry.catalogue
    schemas: Json = {}
    wanted = [f"io.k8s.apimachinery.pkg.apis.meta.v1.{name}" for name in _SCHEMAS_SERVED_TO_ALL]
    for resource in served:
        if resource.custom:
            schemas[resource.schema_name] = {**resource.schema.raw, **_kind_mark(resource, resource.kind)}
            schemas[f"{resource.schema_name}List"] = _list_schema(resource)
            wanted += [OBJECT_META, LIST_META]
        else:
            wanted += [resource.schema_name, f"{resource.schema_name}List"]
    while wanted:
        name = wanted.pop()
        if name in catalogue and name not in schemas:
            schemas[name] = catalogue[name]
            wanted += _references(catalogue[name])
    return schemas


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            if key == "$ref" and isinstance(item, str):
                yield item.removeprefix(REF_PREFIX)
            else:
                yield from _references(item)
    elif isinstance(value, list):
        for item in value:
            yield from _references(item)


def _kind_mark(resource: Resource, kind: str) -> Json:
    return {"x-kubernetes-group-version-kind": [{"group": resource.group, "version": resource.version, "kind": kind}]}


def _list_schema(resource: Resource) -> Json:
    properties = {
        "apiVersion": {"type": "string"},
        "kind": {"type": "string"},
        "metadata": {"allOf": [{"$ref": REF_PREFIX + LIST_META}]},
        "items": {"type": "array", "items": {"allOf": [{"$ref": REF_PREFIX + resource.schema_name}]}},
    }
    listed = {
        "type": "object",
        "description": f"{resource.list_kind} is a list of {resource.kind}",
        "required": ["items"],
    }
    return {**listed, "properties": properties, **_kind_mark(resource, resource.list_kind)}


def _paths(served: list[Resource]) -> Json:
    paths: Json = {}
    for resource in served:
        root = "/apis/" if resource.group else "/api/"
        base = root + group_version(resource.group, resource.version)
        base += f"/namespaces/{{namespace}}/{resource.plural}" if resource.namespaced else f"/{resource.plural}"
        paths[base] = {"get": _operation(resource, "list", ()), "post": _operation(resource, "post", _WRITE_PARAMETERS)}
        if "get" not in resource.verbs:
            del paths[base]["get"]
            continue
        paths[f"{base}/{{name}}"] = {
            "get": _operation(resource, "get", ()),
            "put": _operation(resource, "put", _WRITE_PARAMETERS),
            "patch": _operation(resource, "patch", (*_WRITE_PARAMETERS, "force")),
            "delete": _operation(resource, "delete", ("dryRun", "propagationPolicy")),
        }
    return paths


def _operation(resource: Resource, action: str, parameters: tuple[str, ...]) -> Json:
    schema = {"$ref": REF_PREFIX + resource.schema_name}
    kind = {"group": resource.group, "version": resource.version, "kind": resource.kind}
    operation: Json = {
        "parameters": [{"in": "query", "name": name, "schema": {"type": "string"}} for name in parameters],
        "responses": {"200": {"description": "OK", "content": {"application/json": {"schema": schema}}}},
        "x-kubernetes-action": action,
        "x-kubernetes-group-version-kind": kind,
    }
    if action in ("post", "put"):
        operation["requestBody"] = {"content": {"*/*": {"schema": schema}}}
    elif action == "patch":
        # kubectl apply reads here whether a kind may be sent a strategic merge patch.
        types = _PATCH_TYPES[:3] if resource.custom else _PATCH_TYPES
        patch = {"schema": {"$ref": REF_PREFIX + "io.k8s.apimachinery.pkg.apis.meta.v1.Patch"}}
        operation["requestBody"] = {"content": dict.fromkeys(types, patch)}
    return operation
