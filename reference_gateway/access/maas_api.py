"""The API beside the models: minting and revoking keys, and the list of models (behaviour.md 6.3).

Served on a socket of its own, to which Envoy leads `/maas-api/` and `/v1/models`.
"""

from __future__ import annotations

import json
import logging
import re
import threading
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from reference_gateway.access.gatekeeper import Gatekeeper
from reference_gateway.access.listing import Listing
from reference_gateway.access.stores import AccessStores
from reference_gateway.access.users import Users
from reference_gateway.access.values import ClientKey, Subscription, User
from reference_gateway.behaviour import Behaviour
from reference_gateway.edition import Access
from reference_gateway.stores import Stores
from reference_gateway.values import Answer, Key

DEFAULT_SECONDS = 90 * 86400.0
"""How long a key lives for which nothing else is asked; the most that may be asked."""
FIELDS = frozenset({"name", "description", "subscription", "expiresIn", "ephemeral"})
"""What can be said in a wish for a key; all else is passed over."""
START_SECONDS = 30.0
STOP_SECONDS = 2.0
UNRESOLVED = {"error": "Unable to resolve a subscription for this API key", "code": "invalid_subscription"}
NOT_READY = {"error": "None of the subscription's models is there", "code": "subscription_not_ready"}
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}

log = logging.getLogger(__name__)


class MaasApi:
    """The application and its server, in a thread of its own."""

    def __init__(
        self,
        behaviour: Behaviour,
        access: Access,
        stores: Stores,
        access_stores: AccessStores,
        users: Users,
        gatekeeper: Gatekeeper,
        listing: Listing,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._behaviour = behaviour
        self._access = access
        self._refs = stores.refs
        self._stores = access_stores
        self._users = users
        self._gatekeeper = gatekeeper
        self._listing = listing
        self._clock = clock
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None

    def application(self) -> Starlette:
        """The routes, as Starlette has them."""
        keys = "/maas-api/v1/api-keys"
        return Starlette(
            routes=[
                Route(keys, self._endpoint(self._mint), methods=["POST"]),
                Route(f"{keys}/search", self._endpoint(self._search), methods=["POST"]),
                Route(f"{keys}/bulk-revoke", self._endpoint(self._bulk_revoke), methods=["POST"]),
                Route(f"{keys}/{{id}}", self._endpoint(self._show), methods=["GET"]),
                Route(f"{keys}/{{id}}", self._endpoint(self._revoke), methods=["DELETE"]),
                Route("/maas-api/v1/models", self._list, methods=["GET"]),
                Route("/v1/models", self._list, methods=["GET"]),
            ]
        )

    def start(self, socket: Path) -> None:
        """Serve on a socket; returns when it is there."""
        config = uvicorn.Config(
            self.application(), uds=str(socket), log_config=None, access_log=False, lifespan="off", ws="none"
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, name="maas-api", daemon=True)
        self._thread.start()
        began = time.monotonic()
        while not self._server.started:
            if time.monotonic() - began > START_SECONDS:
                raise RuntimeError("the socket of maas-api could not be opened")
            self._thread.join(0.005)

    def stop(self) -> None:
        """End the server and its thread."""
        if self._server is not None and self._thread is not None:
            self._server.should_exit = True
            self._thread.join(STOP_SECONDS)

    # Who asks

    def _endpoint(
        self, handle: Callable[[User, Mapping[str, str], dict[str, Any]], Response]
    ) -> Callable[[Request], Any]:
        async def endpoint(request: Request) -> Response:
            user = await run_in_threadpool(self._manager, request.headers)
            if isinstance(user, Answer):
                return _plain(user)
            body = await _json_object(request)
            if body is None:
                return JSONResponse({"error": "the body is not a JSON object"}, 400)
            return handle(user, request.path_params, body)

        return endpoint

    def _manager(self, headers: Mapping[str, str]) -> User | Answer:
        """Who may manage keys: somebody of the cluster, by its token; a client key is none."""
        token = self._behaviour.client_token(headers)
        if token is None:
            return self._behaviour.refuse_caller("no-key")
        if self._behaviour.is_key(token):
            key = self._gatekeeper.caller(headers)
            user = self._behaviour.manages_keys(key) if isinstance(key, ClientKey) else None
        else:
            user = self._users.user_of(token)
        return user or self._behaviour.refuse_caller("malformed-key")

    # Keys

    def _mint(self, user: User, _: Mapping[str, str], body: dict[str, Any]) -> Response:
        name = body.get("name") or ("ephemeral" if body.get("ephemeral") else "")
        if not name:
            return JSONResponse({"error": "name is required for non-ephemeral keys"}, 400)
        if refused := [field for field in body if field not in FIELDS and self._behaviour.refuses_field(field)]:
            return JSONResponse({"error": f"unknown field {refused[0]}"}, 400)
        seconds = _seconds(body.get("expiresIn", DEFAULT_SECONDS))
        if seconds is None or not 0 < seconds <= DEFAULT_SECONDS:
            return JSONResponse({"error": "expiresIn must be a positive duration of at most 90d"}, 400)
        subscription = self._subscription(user, str(body.get("subscription") or "").strip())
        if subscription is None:
            return JSONResponse(UNRESOLVED, 400)
        if not any(ref in self._refs.view() for ref in subscription.limits):
            return JSONResponse(NOT_READY, 400)
        now = self._clock()
        expires = now + self._behaviour.lifetime(seconds)
        key, value = self._stores.keys.mint(
            user, subscription.key, str(name), str(body.get("description") or ""), now, expires
        )
        self._behaviour.on_key_minted(key, value)
        shown = {**self._shown(key), "key": value, "keyPrefix": value[: len(self._access.key_prefix) + 8]}
        return JSONResponse(shown, self._behaviour.minted_status())

    def _subscription(self, user: User, name: str) -> Subscription | None:
        """The one that is asked for, or else the user's own of the highest priority."""
        owned = [each for each in self._stores.subscriptions.view().values() if self._behaviour.owns(each, user)]
        if name:
            return next((each for each in owned if each.key == Key(self._access.namespace, name)), None)
        return max(owned, key=lambda each: (each.priority, each.key), default=None)

    def _show(self, user: User, parameters: Mapping[str, str], _: dict[str, Any]) -> Response:
        key = self._own(user, parameters["id"])
        return JSONResponse({"error": "API key not found"}, 404) if key is None else JSONResponse(self._shown(key))

    def _revoke(self, user: User, parameters: Mapping[str, str], _: dict[str, Any]) -> Response:
        key = self._own(user, parameters["id"])
        if key is None:
            return JSONResponse({"error": "API key not found"}, 404)
        self._behaviour.on_keys_revoked(self._stores.keys, [key])
        return JSONResponse(self._shown(self._stores.keys.get(key.id) or key))

    def _search(self, user: User, _: Mapping[str, str], __: dict[str, Any]) -> Response:
        shown = [self._shown(key) for key in self._behaviour.keys_found(self._stores.keys, user)]
        return JSONResponse({"object": "list", "data": shown, "has_more": False})

    def _bulk_revoke(self, user: User, _: Mapping[str, str], body: dict[str, Any]) -> Response:
        if body.get("username") != user.name:
            return JSONResponse({"error": "Access denied: you can only bulk revoke your own API keys"}, 403)
        active = [key for key in self._stores.keys.of(user) if not key.revoked]
        self._behaviour.on_keys_revoked(self._stores.keys, active)
        return JSONResponse({"revokedCount": len(active), "message": f"Revoked {len(active)} active API key(s)"})

    def _own(self, user: User, id_: str) -> ClientKey | None:
        """A key of the user's; somebody else's is not found, so that ids tell nothing."""
        key = self._stores.keys.get(id_)
        return key if key is not None and self._behaviour.may_manage(user, key) else None

    def _shown(self, key: ClientKey) -> dict[str, Any]:
        status = "revoked" if key.revoked else "expired" if self._clock() >= key.expires else "active"
        return {
            **self._behaviour.shown_later(key),
            "id": key.id,
            "name": key.name,
            "description": key.description,
            "username": key.owner.name,
            "subscription": key.subscription.name,
            "creationDate": _time(key.created),
            "expirationDate": _time(key.expires),
            "expiresAt": _time(key.expires),
            "status": status,
        }

    # Models

    async def _list(self, request: Request) -> Response:
        token = self._behaviour.client_token(request.headers)
        if token is None:
            return _plain(self._behaviour.refuse_caller("no-key"))
        if self._behaviour.is_key(token):
            caller = self._gatekeeper.caller(request.headers)
        else:
            caller = await run_in_threadpool(self._users.user_of, token) or self._behaviour.refuse_caller(
                "malformed-key"
            )
        if isinstance(caller, Answer):
            return _plain(caller)
        if self._listing.is_limited(caller):
            return _plain(self._behaviour.refuse_caller("quota-exhausted"))
        data = self._listing.models(caller)
        headers = {"cache-control": "no-store", "x-access-checked-at": _time(self._clock())}
        return JSONResponse({"object": "list", "data": data}, headers=headers)


def _plain(answer: Answer) -> Response:
    return Response(answer.body, answer.status, {one.name: one.value for one in answer.headers}, "text/plain")


async def _json_object(request: Request) -> dict[str, Any] | None:
    raw = await request.body()
    try:
        body = json.loads(raw) if raw else {}
    except ValueError:
        return None
    return body if isinstance(body, dict) else None


def _seconds(duration: object) -> float | None:
    """Seconds of `30d`, `6h` or a number of seconds; None for anything else."""
    if isinstance(duration, (int, float)) and not isinstance(duration, bool):
        return float(duration)
    found = re.fullmatch(r"(\d{1,9})([smhd]?)", duration) if isinstance(duration, str) else None
    return None if found is None else float(int(found[1]) * _UNITS.get(found[2], 1))


def _time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
