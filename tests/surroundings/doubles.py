"""Surroundings that misbehave on demand: a reverse proxy before an API, and a door before a gateway."""

from __future__ import annotations

import asyncio
import contextlib
import datetime
import json
import ssl
import threading
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import trustme
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]


@dataclass(frozen=True)
class Asked:
    """A request at the proxy."""

    method: str
    path: str
    agent: str = ""
    """What whoever asks calls himself."""


@dataclass(frozen=True)
class Fault:
    """What becomes of a request instead of what should: at most one of the last three."""

    seconds: float = 0.0
    """To wait first."""
    status: int | None = None
    """To answer, as a Kubernetes API does."""
    reason: str = ""
    cut: bool = False
    """Break the connection off in the middle of an answer."""
    rewrite: Callable[[Any], Any] | None = None
    """Of the JSON that was answered."""


Rule = Callable[[Asked], Fault | None]


def harmless(asked: Asked) -> Fault | None:
    """The rule of surroundings that are in order."""
    return None


@dataclass
class Proxy:
    """A reverse proxy before an HTTP API; ``rule`` may be changed at any time."""

    url: str = ""
    rule: Rule = harmless
    faults: int = field(default=0)
    """Requests that a fault has struck."""


@contextmanager
def proxy(upstream: str, verify: ssl.SSLContext | bool = True) -> Iterator[Proxy]:
    """A proxy before this API, until the end of the block."""
    made = Proxy()

    async def handle(request: Request) -> Response:
        fault = made.rule(Asked(request.method, request.url.path, request.headers.get("user-agent", "")))
        if fault is not None:
            made.faults += 1
            await asyncio.sleep(fault.seconds)
        if fault is not None and fault.cut:
            return _Cut()
        if fault is not None and fault.status is not None:
            return _status(fault.status, fault.reason)
        answer = await _forwarded(request, upstream, request.app.state.client)
        if fault is not None and fault.rewrite is not None:
            return JSONResponse(fault.rewrite(json.loads(answer.content)), answer.status_code)
        kept = {name: value for name, value in answer.headers.items() if name in ("content-type", "retry-after")}
        return Response(answer.content, answer.status_code, kept)

    @contextlib.asynccontextmanager
    async def with_client(app: Starlette) -> AsyncIterator[None]:
        async with httpx.AsyncClient(verify=verify, trust_env=False, timeout=60) as client:
            app.state.client = client
            yield

    app = Starlette(routes=[Route("/{path:path}", handle, methods=METHODS)], lifespan=with_client)
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    _wait_until(lambda: server.started)
    made.url = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    yield made
    server.should_exit = True
    thread.join()


class Door:
    """A TCP door before a gateway, which can be shut and opened, at one and the same address."""

    def __init__(self, host: str, port: int, tls: ssl.SSLContext | None = None) -> None:
        self._upstream = (host, port)
        self._tls = tls
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._server: asyncio.Server | None = None
        self.port = 0
        self.open()

    def open(self) -> None:
        """Take connections."""
        self._run(self._open())

    def shut(self) -> None:
        """Refuse connections."""
        self._run(self._shut())

    def close(self) -> None:
        """Be gone for good."""
        self.shut()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    async def _open(self) -> None:
        self._server = await asyncio.start_server(self._carry, "127.0.0.1", self.port, ssl=self._tls)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _shut(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        back_reader, back_writer = await asyncio.open_connection(*self._upstream)
        await asyncio.gather(_pump(reader, back_writer), _pump(back_reader, writer))


def expired(directory: Path) -> tuple[ssl.SSLContext, Path]:
    """What a server at 127.0.0.1 shows whose certificate was good until yesterday, and whom to trust for it."""
    authority = trustme.CA()
    yesterday = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=1)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1", not_after=yesterday).configure_cert(context)
    authority.cert_pem.write_to_path(str(directory / "ca.pem"))
    return context, directory / "ca.pem"


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while piece := await reader.read(65536):
            writer.write(piece)
            await writer.drain()
    with contextlib.suppress(OSError):
        writer.close()


class _Cut(Response):
    """An answer that promises more than comes, which makes the server break the connection off."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"1000")]})
        await send({"type": "http.response.body", "body": b"{", "more_body": True})


def _status(status: int, reason: str) -> Response:
    content = {"kind": "Status", "apiVersion": "v1", "status": "Failure", "code": status, "reason": reason}
    return JSONResponse({**content, "message": f"made up by the test: {reason}"}, status, {"retry-after": "1"})


async def _forwarded(request: Request, upstream: str, client: httpx.AsyncClient) -> httpx.Response:
    headers = [(name, value) for name, value in request.headers.items() if name not in ("host", "content-length")]
    target = f"{upstream}{request.url.path}" + (f"?{request.url.query}" if request.url.query else "")
    return await client.request(request.method, target, headers=headers, content=await request.body())


def _wait_until(ready: Callable[[], bool]) -> None:
    waiting = threading.Event()
    while not ready():
        waiting.wait(0.01)
