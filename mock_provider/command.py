"""The program: listens, says so in one line of JSON, serves, and stops when told to."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import secrets
import signal
import socket
import ssl
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass

from starlette.types import ASGIApp
from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from mock_provider import __version__
from mock_provider.control_plane import control_app
from mock_provider.data_plane import DataPlane
from mock_provider.dialects.all_dialects import all_dialects
from mock_provider.http2 import Http2Listener
from mock_provider.journal import Journal
from mock_provider.listeners import BACKLOG, address_of, bind
from mock_provider.options import Options, UsageError, parse
from mock_provider.provider import Provider
from mock_provider.receipts import ReceiptMaker
from mock_provider.wire import protocol_factory, server_tls_context

# A gateway keeps idle connections to its provider. If the provider closed them first, a request sent at that moment
# would fail, and the gateway would be blamed.
_KEEP_ALIVE_SECONDS = 3600
_STOP_SECONDS = 0.5


@dataclass(frozen=True)
class _Sockets:
    control: socket.socket
    plain: socket.socket
    tls: socket.socket | None
    http2: socket.socket | None


def main(arguments: list[str] | None = None) -> int:
    """Run until SIGTERM, SIGINT or, if asked for, the end of standard input; return the exit code."""
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="mock_provider: %(levelname)s %(message)s")
    try:
        options = parse(sys.argv[1:] if arguments is None else arguments)
        h1_tls, h2_tls = _tls_context(options, ["http/1.1"]), _tls_context(options, ["h2"])
        sockets = _listen(options)
    except UsageError as error:
        print(f"mock_provider: {error}", file=sys.stderr)  # noqa: T201
        return 2
    asyncio.run(_serve(options, sockets, h1_tls, h2_tls))
    return 0


async def _serve(
    options: Options, sockets: _Sockets, h1_tls: ssl.SSLContext | None, h2_tls: ssl.SSLContext | None
) -> None:
    provider = Provider(
        dialects=all_dialects(),
        receipts=ReceiptMaker(options.receipt_secret or secrets.token_bytes(32)),
        journal=Journal(options.journal_limit),
    )
    data_plane, control = DataPlane(provider), control_app(provider, options.control_token)
    data_config, control_config, state = _server_config(data_plane), _server_config(control), ServerState()
    data_protocol = protocol_factory(data_config, state, provider.connections)
    loop = asyncio.get_running_loop()
    servers = [
        await loop.create_server(_control_protocol(control_config, state), sock=sockets.control, backlog=BACKLOG),
        await loop.create_server(data_protocol, sock=sockets.plain, backlog=BACKLOG),
    ]
    if sockets.tls:
        servers.append(await loop.create_server(data_protocol, sock=sockets.tls, ssl=h1_tls, backlog=BACKLOG))
    http2 = Http2Listener(data_plane, sockets.http2, h2_tls, provider.connections) if sockets.http2 else None
    http2_task = asyncio.create_task(http2.serve()) if http2 else None
    stop = _stop_event(options)
    print(json.dumps(_ready_line(sockets)), flush=True)  # noqa: T201
    await stop.wait()
    for server in servers:
        server.close()
    if http2 and http2_task:
        http2_task.cancel()
        await http2.end_connections(_STOP_SECONDS)
    await _end_connections(state)


def _control_protocol(config: Config, state: ServerState) -> Callable[[], asyncio.Protocol]:
    return lambda: HttpToolsProtocol(config=config, server_state=state, app_state={})


def _server_config(app: ASGIApp) -> Config:
    config = Config(
        app,
        lifespan="off",
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=False,
        proxy_headers=False,
        timeout_keep_alive=_KEEP_ALIVE_SECONDS,
    )
    config.load()
    return config


async def _end_connections(state: ServerState) -> None:
    """Abort what is open, and let the answers see it: a script may hold one back for minutes."""
    for connection in list(state.connections):
        if isinstance(connection, HttpToolsProtocol):
            connection.transport.abort()
    if state.tasks:
        await asyncio.wait(state.tasks, timeout=_STOP_SECONDS)


def _tls_context(options: Options, alpn: list[str]) -> ssl.SSLContext | None:
    if options.certificate is None or options.private_key is None:
        return None
    try:
        return server_tls_context(options.certificate, options.private_key, alpn, options.more_certificates)
    except OSError as error:
        files = f"--certificate {options.certificate} and --private-key {options.private_key}"
        if options.more_certificates:
            files += ", or one of --certificate-for"
        raise UsageError(f"Cannot use {files}: {error}; give a PEM certificate and its key.") from error


def _listen(options: Options) -> _Sockets:
    return _Sockets(
        control=bind(options.control),
        plain=bind(options.plain),
        tls=bind(options.tls) if options.tls else None,
        http2=bind(options.http2) if options.http2 else None,
    )


def _ready_line(sockets: _Sockets) -> dict[str, str | None]:
    return {
        "control": f"http://{address_of(sockets.control)}",
        "plain": address_of(sockets.plain),
        "tls": address_of(sockets.tls) if sockets.tls else None,
        "http2": address_of(sockets.http2) if sockets.http2 else None,
        "version": __version__,
    }


def _stop_event(options: Options) -> asyncio.Event:
    """Return an event that is set when the program is to end."""
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    if options.exit_with_stdin:

        def watch() -> None:
            while os.read(0, 4096):
                pass
            loop.call_soon_threadsafe(stop.set)

        threading.Thread(target=watch, name="stdin", daemon=True).start()
    return stop
