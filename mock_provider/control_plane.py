"""The control plane: the API by which a suite sets the provider up and reads its journal. Documented in docs/."""

from __future__ import annotations

import hmac
import json
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from mock_provider import __version__
from mock_provider.control_schemas import CANARIES, CANARY_NAMES, IDENTITY, SCRIPT, Schema, complaint
from mock_provider.identities import CHAT_PATHS_OF, CREDENTIAL_HEADERS_OF, DialectName, Identity, Key
from mock_provider.journal import Query
from mock_provider.provider import Provider
from mock_provider.scripts import Script, TooManyScriptsError, parse_script

MAX_CANARIES = 20_000
_MAX_WAIT_MS = 600_000

Handler = Callable[[Request], Awaitable[Response]]


def control_app(provider: Provider, token: str | None) -> Starlette:
    """Return the control API; with a token every call but /healthz must bear it."""
    control = _Control(provider)
    routes = [
        Route("/healthz", control.health, methods=["GET"]),
        Route("/v1/identities/{host}", control.put_identity, methods=["PUT"]),
        Route("/v1/identities/{host}", control.get_identity, methods=["GET"]),
        Route("/v1/identities/{host}", control.delete_identity, methods=["DELETE"]),
        Route("/v1/identities/{host}/script", control.put_script, methods=["PUT"]),
        Route("/v1/identities/{host}/script", control.delete_script, methods=["DELETE"]),
        Route("/v1/canaries", control.add_canaries, methods=["POST"]),
        Route("/v1/canaries", control.delete_canaries, methods=["DELETE"]),
        Route("/v1/scripts/{nonce}", control.put_script, methods=["PUT"]),
        Route("/v1/scripts/{nonce}", control.delete_script, methods=["DELETE"]),
        Route("/v1/gates/{owner}/{gate}", control.release_gate, methods=["POST"]),
        Route("/v1/arrivals", control.read_arrivals, methods=["GET"]),
        Route("/v1/arrivals/wait", control.wait_for_arrivals, methods=["GET"]),
        Route("/v1/stats", control.stats, methods=["GET"]),
    ]
    middleware = [Middleware(_RequireToken, token=token)] if token else []
    return Starlette(routes=routes, middleware=middleware, exception_handlers={HTTPException: _error})


async def _error(_: Request, error: Exception) -> Response:
    status, detail = (error.status_code, error.detail) if isinstance(error, HTTPException) else (500, str(error))
    return JSONResponse({"error": detail}, status)


class _RequireToken:
    """Refuses calls without the right bearer token."""

    def __init__(self, app: ASGIApp, token: str) -> None:
        self._app = app
        self._expected = f"Bearer {token}".encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] != "/healthz":
            given = dict(scope["headers"]).get(b"authorization", b"")
            if not hmac.compare_digest(given, self._expected):
                refusal = JSONResponse({"error": "this control API wants its bearer token"}, 401)
                await refusal(scope, receive, send)
                return
        await self._app(scope, receive, send)


class _Control:
    """The handlers, one for each route."""

    def __init__(self, provider: Provider) -> None:
        self._provider = provider

    async def health(self, _: Request) -> Response:
        return JSONResponse({"status": "ok", "version": __version__})

    async def put_identity(self, request: Request) -> Response:
        document = await _document(request, IDENTITY)
        host = _host(request)
        keys = tuple(Key(key["name"], key["value"]) for key in document["keys"])
        self._add_canaries([(key.name, key.value) for key in keys])
        dialect: DialectName = document.get("dialect", "openai")
        identity = Identity(
            host=host,
            dialect=dialect,
            models=tuple(document["models"]),
            keys=keys,
            credential_header=document.get("credentialHeader", CREDENTIAL_HEADERS_OF[dialect]),
            chat_path=document.get("chatPath", CHAT_PATHS_OF[dialect]),
            strict=document.get("strict", True),
        )
        self._provider.identities[host] = identity
        return JSONResponse(identity.to_json())

    async def get_identity(self, request: Request) -> Response:
        return JSONResponse(self._identity(request).to_json())

    async def delete_identity(self, request: Request) -> Response:
        host = self._identity(request).host
        del self._provider.identities[host]
        self._provider.scripts.delete(host)
        self._provider.gates.forget(host)
        return Response(status_code=204)

    async def put_script(self, request: Request) -> Response:
        owner = self._script_owner(request)
        try:
            script = parse_script(await _document(request, SCRIPT))
            self._provider.scripts.put(owner, script)
        except (ValueError, TooManyScriptsError) as error:
            raise HTTPException(422, str(error)) from error
        self._provider.gates.forget(owner)
        return JSONResponse(_script_json(owner, script))

    async def delete_script(self, request: Request) -> Response:
        owner = self._script_owner(request)
        if not self._provider.scripts.delete(owner):
            raise HTTPException(404, f"there is no script for {owner}")
        self._provider.gates.forget(owner)
        return Response(status_code=204)

    async def add_canaries(self, request: Request) -> Response:
        document = await _document(request, CANARIES)
        self._add_canaries([(canary["name"], canary["value"]) for canary in document["canaries"]])
        return JSONResponse({"canaries": len(self._provider.canaries)})

    async def delete_canaries(self, request: Request) -> Response:
        document = await _document(request, CANARY_NAMES)
        return JSONResponse({"deleted": self._provider.canaries.remove(document["names"])})

    async def release_gate(self, request: Request) -> Response:
        owner, gate = request.path_params["owner"].lower(), request.path_params["gate"]
        self._provider.gates.release(owner, gate)
        return JSONResponse({"gate": gate, "released": True})

    async def read_arrivals(self, request: Request) -> Response:
        return JSONResponse(self._provider.journal.read(_query(request)))

    async def wait_for_arrivals(self, request: Request) -> Response:
        minimum = _number(request, "min", 1, 1_000_000)
        quiet = _number(request, "quietMs", 0, _MAX_WAIT_MS) / 1000
        timeout = _number(request, "timeoutMs", 5000, _MAX_WAIT_MS) / 1000
        journal = self._provider.journal
        return JSONResponse(await journal.wait(_query(request), minimum=minimum, quiet=quiet, timeout=timeout))

    async def stats(self, _: Request) -> Response:
        connections = self._provider.connections
        counts = {"connections": connections.opened, "malformed": connections.malformed}
        return JSONResponse({**self._provider.journal.stats(), **counts})

    def _identity(self, request: Request) -> Identity:
        host = _host(request)
        identity = self._provider.identities.get(host)
        if identity is None:
            raise HTTPException(404, f"there is no identity for host {host}")
        return identity

    def _script_owner(self, request: Request) -> str:
        nonce: str | None = request.path_params.get("nonce")
        if nonce is None:
            return self._identity(request).host
        if not 8 <= len(nonce) <= 64 or set(nonce) - set("0123456789abcdef"):
            raise HTTPException(422, "a nonce is 8 to 64 characters of 0-9 and a-f")
        return nonce

    def _add_canaries(self, canaries: list[tuple[str, str]]) -> None:
        if len(self._provider.canaries) + len(canaries) > MAX_CANARIES:
            raise HTTPException(422, f"there would be more than {MAX_CANARIES} canaries; delete those that are done")
        for name, value in canaries:
            self._provider.canaries.add(name, value)


async def _document(request: Request, schema: Schema) -> dict[str, Any]:
    try:
        document = json.loads(await request.body())
    except ValueError as error:
        raise HTTPException(422, "the body is not JSON") from error
    wrong = complaint(schema, document)
    if wrong:
        raise HTTPException(422, wrong)
    checked: dict[str, Any] = document
    return checked


def _host(request: Request) -> str:
    host: str = request.path_params["host"].lower()
    return host


def _script_json(owner: str, script: Script) -> dict[str, Any]:
    return {"for": owner, "answers": len(script.answers), "afterChecks": script.after_checks}


def _query(request: Request) -> Query:
    parameters = request.query_params
    known = {"host", "nonce", "canary", "since", "limit", "min", "quietMs", "timeoutMs"}
    unknown = sorted(set(parameters.keys()) - known)
    if unknown:
        raise HTTPException(422, f"the query has unknown parameters: {', '.join(unknown)}")
    return Query(
        hosts=frozenset(host.lower() for host in parameters.getlist("host")),
        nonce=parameters.get("nonce"),
        canary=parameters.get("canary"),
        since=_number(request, "since", 0, 2**63),
        limit=_number(request, "limit", 1000, 100_000),
    )


def _number(request: Request, name: str, default: int, maximum: int) -> int:
    text = request.query_params.get(name)
    if text is None:
        return default
    if not text.isascii() or not text.isdigit() or int(text) > maximum:
        raise HTTPException(422, f"{name} must be a whole number from 0 to {maximum}")
    return int(text)
