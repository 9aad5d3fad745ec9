"""The HTTP side of the embedded API: authentication, routing, and answers in the wanted form."""

from __future__ import annotations

import hmac
import json
import logging
import traceback
from collections.abc import AsyncIterator
from typing import Any

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from kubernetes_api import discovery, openapi, patch
from kubernetes_api.cluster import Cluster
from kubernetes_api.decoding import decode
from kubernetes_api.deletion import Deleter, delete_options
from kubernetes_api.reads import Reader, watch_options
from kubernetes_api.requests import Accepted, ResourcePath, negotiate, parse_path
from kubernetes_api.resources import Resource
from kubernetes_api.status_errors import (
    FieldError,
    Json,
    StatusError,
    invalid,
    method_not_allowed,
    unauthorized,
)
from kubernetes_api.tables import partial, partial_list, table
from kubernetes_api.writes import Place, WriteOptions, Writer

VERSION = "v1.34.4"
_HEALTH = ("/healthz", "/livez", "/readyz")
_TRUE = ("true", "1")
_log = logging.getLogger("kubernetes_api")


class NoSuchPath(Exception):  # noqa: N818 - an answer, not an error
    """The URL names nothing that this API serves: the one failure that the API answers in plain text."""


class KubernetesApi:
    """The ASGI application. One bearer token opens everything."""

    def __init__(self, cluster: Cluster, token: str) -> None:
        self._cluster = cluster
        self._token = token
        self._reader = Reader(cluster)
        self._writer = Writer(cluster)
        self._deleter = Deleter(cluster)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        request = Request(scope, receive)
        try:
            response = await self._answer(request)
        except StatusError as error:
            response = _json_response(error.status(), error.code)
        except NoSuchPath:
            response = Response("404 page not found\n", 404, media_type="text/plain")
        except ClientDisconnect:
            return
        except Exception as error:
            # A defect of this program: say so to the client in the API's shape, and keep serving the others.
            _log.exception("%s %s", request.method, request.url.path)
            message = f"Internal error occurred: {traceback.format_exception_only(error)[-1].strip()}"
            response = _json_response(StatusError(500, "InternalError", message).status(), 500)
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        path = request.url.path
        if path in _HEALTH or path.startswith(tuple(f"{health}/" for health in _HEALTH)):
            return Response("ok", media_type="text/plain")
        if path.rstrip("/") == "/version":
            return _json_response(discovery.version_info(VERSION))
        self._authenticate(request)
        told = parse_path(path)
        if told is not None and told.plural:
            return await self._resource(request, told)
        if request.method != "GET":
            raise method_not_allowed()
        return self._describe(request, path.rstrip("/"), told)

    def _authenticate(self, request: Request) -> None:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not hmac.compare_digest(token.strip(), self._token):
            raise unauthorized()

    def _describe(self, request: Request, path: str, told: ResourcePath | None) -> Response:
        """Answer discovery and OpenAPI."""
        registry = self._cluster.registry
        if path in ("/api", "/apis"):
            accepted = negotiate(request.headers.get("accept", ""), ("APIGroupDiscoveryList",))
            if accepted.as_kind and accepted.version == "v2":
                form = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"
                return _json_response(discovery.aggregated(registry, core=path == "/api"), media_type=form)
            if path == "/api":
                return _json_response(discovery.core_versions(request.headers.get("host", "")))
            return _json_response(discovery.group_list(registry))
        found = self._document(path, told)
        if found is None:
            raise NoSuchPath
        return _json_response(found)

    def _document(self, path: str, told: ResourcePath | None) -> Json | None:
        registry = self._cluster.registry
        if told is not None:
            return discovery.resource_list(registry, told.group, told.version)
        if path == "/openapi/v2":
            return openapi.swagger(registry)
        if path == "/openapi/v3":
            return openapi.index(registry)
        if path.startswith("/openapi/v3/"):
            group_path = parse_path(path.removeprefix("/openapi/v3"))
            return openapi.document(registry, group_path.group, group_path.version) if group_path else None
        group = path.removeprefix("/apis/")
        versions = registry.group_versions().get(group)
        if path.startswith("/apis/") and versions:
            return {"kind": "APIGroup", "apiVersion": "v1", **discovery.group(group, versions)}
        if not path:
            return {"paths": ["/api", "/apis", *_HEALTH, "/openapi/v2", "/openapi/v3", "/version"]}
        return None

    async def _resource(self, request: Request, told: ResourcePath) -> Response:
        resource = self._cluster.registry.find(told.group, told.version, told.plural)
        if resource is None or (told.subresource and told.subresource not in resource.subresources):
            raise NoSuchPath
        if told.namespace and not resource.namespaced:
            raise NoSuchPath
        place = Place(resource, told.namespace, told.name, told.subresource)
        accepted = negotiate(request.headers.get("accept", ""))
        if not told.name:
            return await self._collection(request, place, accepted)
        if request.method == "GET":
            item = self._cluster.live(resource, told.namespace, told.name)
            return _shown(request, resource, item, accepted)
        options = _write_options(request)
        if request.method == "PUT":
            item = self._writer.update(place, await _body(request), options)
            return _shown(request, resource, item, accepted, warnings=options.warnings)
        if request.method == "PATCH":
            return await self._patch(request, place, options, accepted)
        if request.method == "DELETE" and not told.subresource:
            asked = delete_options(dict(request.query_params), (await _optional_body(request)))
            return _json_response(self._deleter.delete(place, asked))
        raise method_not_allowed()

    async def _patch(self, request: Request, place: Place, options: WriteOptions, accepted: Accepted) -> Response:
        media_type = request.headers.get("content-type", "").partition(";")[0].strip()
        known = (patch.JSON_PATCH, patch.MERGE_PATCH, patch.STRATEGIC_MERGE_PATCH, patch.APPLY_PATCH)
        if media_type not in known:
            raise patch.unsupported_patch(custom=place.resource.custom)
        body = decode(await request.body(), media_type)
        if media_type == patch.APPLY_PATCH:
            _require_manager(request)
            item, created = self._writer.apply(place, body, options)
            code = 201 if created else 200
            return _shown(request, place.resource, item, accepted, code=code, warnings=options.warnings)
        item = self._writer.patch(place, media_type, body, options)
        return _shown(request, place.resource, item, accepted, warnings=options.warnings)

    async def _collection(self, request: Request, place: Place, accepted: Accepted) -> Response:
        resource, query = place.resource, dict(request.query_params)
        verbs = {"GET": "list", "POST": "create", "DELETE": "deletecollection"}
        if verbs.get(request.method) not in resource.verbs:
            raise method_not_allowed()
        if request.method == "POST":
            if resource.namespaced and not place.namespace:
                raise method_not_allowed()
            options = _write_options(request)
            item = self._writer.create(place, await _body(request), options)
            return _shown(request, resource, item, accepted, code=201, warnings=options.warnings)
        if request.method == "DELETE":
            asked = delete_options(query, (await _optional_body(request)))
            matches = self._reader.matcher(resource, place.namespace, query)
            removed = self._deleter.delete_collection(resource, place.namespace, matches, asked)
            return _json_response(self._reader.list_of(resource, removed))
        if query.get("watch", "").lower() in _TRUE:
            return self._watch(resource, place.namespace, query, accepted)
        listed = self._reader.list_objects(resource, place.namespace, query)
        if accepted.as_kind == "Table":
            include = query.get("includeObject", "Metadata")
            return _json_response(table(resource, listed["items"], listed["metadata"], include))
        if accepted.as_kind:
            return _json_response(partial_list(listed["items"], listed["metadata"]))
        if not resource.custom:
            # As the real API: the items of a built-in list do not repeat what the list says.
            listed["items"] = [_without_kind(item) for item in listed["items"]]
        return _json_response(listed)

    def _watch(self, resource: Resource, namespace: str, query: dict[str, str], accepted: Accepted) -> Response:
        options = watch_options(query)
        events = self._reader.watch(resource, namespace, query, options)
        # Selectors are checked before the stream begins, so that a bad one is a 400 and not a broken stream.
        self._reader.matcher(resource, namespace, query)
        include = query.get("includeObject", "Metadata")
        return StreamingResponse(_lines(resource, events, accepted, include), media_type="application/json")


async def _lines(
    resource: Resource, events: AsyncIterator[tuple[str, Json]], accepted: Accepted, include: str
) -> AsyncIterator[bytes]:
    first = True
    async for kind, item in events:
        shown = item
        if kind != "ERROR" and accepted.as_kind == "Table":
            rows = [] if kind == "BOOKMARK" else [item]
            metadata = {"resourceVersion": item["metadata"]["resourceVersion"]}
            shown = table(resource, rows, metadata, include, with_columns=first)
            first = False
        elif kind != "ERROR" and accepted.as_kind:
            shown = partial(item)
        yield json.dumps({"type": kind, "object": shown}, separators=(",", ":")).encode() + b"\n"


def _shown(
    request: Request,
    resource: Resource,
    item: Json,
    accepted: Accepted,
    *,
    code: int = 200,
    warnings: list[str] | None = None,
) -> Response:
    shown = item
    if accepted.as_kind == "Table":
        include = request.query_params.get("includeObject", "Metadata")
        metadata = {"resourceVersion": item["metadata"].get("resourceVersion", "")}
        shown = table(resource, [item], metadata, include)
    elif accepted.as_kind == "PartialObjectMetadata":
        shown = partial(item)
    response = _json_response(shown, code)
    for warning in dict.fromkeys(warnings or ()):
        text = warning.replace("\\", "\\\\").replace('"', '\\"')
        response.headers.append("warning", f'299 - "{text}"')
    return response


def _without_kind(item: Json) -> Json:
    return {name: value for name, value in item.items() if name not in ("apiVersion", "kind")}


def _json_response(content: Json, code: int = 200, media_type: str = "application/json") -> Response:
    text = json.dumps(content, separators=(",", ":"), ensure_ascii=False)
    return Response(text.encode() + b"\n", code, media_type=media_type)


async def _body(request: Request) -> Any:
    return decode(await request.body(), request.headers.get("content-type", "application/json"))


async def _optional_body(request: Request) -> Any:
    raw = await request.body()
    return decode(raw, request.headers.get("content-type", "application/json")).value if raw.strip() else None


def _write_options(request: Request) -> WriteOptions:
    query = request.query_params
    agent = request.headers.get("user-agent", "unknown").partition("/")[0].partition(" ")[0]
    return WriteOptions(
        manager=query.get("fieldManager") or agent,
        dry_run="All" in query.getlist("dryRun"),
        validation=query.get("fieldValidation") or "Warn",
        force=query.get("force", "").lower() in _TRUE,
    )


def _require_manager(request: Request) -> None:
    if not request.query_params.get("fieldManager"):
        error = FieldError("FieldValueRequired", "fieldManager", detail="is required for apply patch")
        raise invalid("meta.k8s.io", "PatchOptions", "", [error])
