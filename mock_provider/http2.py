"""The HTTP/2 listener: hypercorn's protocol, with TLS (ALPN h2) and without (h2c) on the same port."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl

from hypercorn.app_wrappers import ASGIWrapper
from hypercorn.asyncio.tcp_server import TCPServer
from hypercorn.asyncio.worker_context import WorkerContext
from hypercorn.config import Config
from starlette.types import ASGIApp

from mock_provider.wire import ConnectionCounter

_TLS_HANDSHAKE = b"\x16"
_KEEP_ALIVE_SECONDS = 3600


class Http2Listener:
    """Accepts connections and tells by their first byte whether TLS is spoken."""

    def __init__(
        self, app: ASGIApp, listener: socket.socket, tls: ssl.SSLContext | None, counter: ConnectionCounter
    ) -> None:
        self._app = ASGIWrapper(app)  # type: ignore[arg-type]  # hypercorn's own ASGI types, same thing
        self._listener = listener
        self._tls = tls
        self._counter = counter
        self._config = _config()
        self._context = WorkerContext(None)
        self._tasks: set[asyncio.Task[None]] = set()
        self._transports: set[asyncio.Transport] = set()

    async def serve(self) -> None:
        """Accept connections until cancelled."""
        loop = asyncio.get_running_loop()
        self._listener.setblocking(False)
        while True:
            accepted, _ = await loop.sock_accept(self._listener)
            self._spawn(self._connect(accepted))

    async def end_connections(self, seconds: float) -> None:
        """Abort what is open, and give the answers this time to see it."""
        for transport in list(self._transports):
            transport.abort()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=seconds)

    def _spawn(self, work: asyncio._CoroutineLike[None]) -> None:
        task: asyncio.Task[None] = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _connect(self, accepted: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        accepted.setblocking(False)
        try:
            first = await _peek(accepted)
        except OSError:
            first = b""
        if not first or (first == _TLS_HANDSHAKE and self._tls is None):
            accepted.close()
            return
        reader = asyncio.StreamReader()
        protocol = asyncio.StreamReaderProtocol(reader)
        with contextlib.suppress(OSError):  # a failed handshake is the client's business
            transport, _ = await loop.connect_accepted_socket(
                lambda: protocol, accepted, ssl=self._tls if first == _TLS_HANDSHAKE else None
            )
            writer = asyncio.StreamWriter(transport, protocol, reader, loop)
            state = {"connection": self._counter.open(transport)}
            self._transports.add(transport)
            try:
                await TCPServer(self._app, loop, self._config, self._context, state, reader, writer)
            finally:
                self._transports.discard(transport)


async def _peek(accepted: socket.socket) -> bytes:
    """Return the first byte without taking it; empty if the client closed."""
    loop = asyncio.get_running_loop()
    readable = asyncio.Event()
    loop.add_reader(accepted, readable.set)
    try:
        await readable.wait()
    finally:
        loop.remove_reader(accepted)
    return accepted.recv(1, socket.MSG_PEEK)


def _config() -> Config:
    """Keep idle connections: a provider that closes them would race with a gateway's next request."""
    config = Config()
    config.include_server_header = False
    config.include_date_header = False
    config.keep_alive_timeout = _KEEP_ALIVE_SECONDS
    config.keep_alive_max_requests = 10**9
    config.errorlog = None
    return config
