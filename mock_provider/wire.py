"""What the HTTP server knows about a connection and usually hides: raw headers, raw target, TLS facts, the transport.

`ForensicProtocol` is uvicorn's httptools protocol with three callbacks extended. It hands the facts to the ASGI
application in `scope["state"]`: `connection` (a `Connection`) and `head` (a `RawHead`).
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import socket
import ssl
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from mock_provider.options import DomainCertificate

_RESET_ON_CLOSE = struct.pack("ii", 1, 0)


class ServerNameSSLObject(ssl.SSLObject):
    """An SSL object that remembers the server name (SNI) that the client asked for."""

    server_name: str | None = None


def server_tls_context(
    certificate: Path, private_key: Path, alpn: list[str], others: Sequence[DomainCertificate] = ()
) -> ssl.SSLContext:
    """Make a server context that records the SNI of each handshake, and shows hosts below a domain its certificate.

    Raises:
        OSError: if a file cannot be read or does not hold what it should (ssl.SSLError is an OSError).
    """
    context = _context(certificate, private_key, alpn)
    context.sslobject_class = ServerNameSSLObject
    by_domain = {f".{each.domain}": _context(each.certificate, each.private_key, alpn) for each in others}

    def take_server_name(tls: ssl.SSLObject | ssl.SSLSocket, name: str | None, _: ssl.SSLContext) -> None:
        if isinstance(tls, ServerNameSSLObject):
            tls.server_name = name
        for domain, other in by_domain.items():
            if name is not None and name.lower().endswith(domain):
                tls.context = other

    context.sni_callback = take_server_name
    return context


def _context(certificate: Path, private_key: Path, alpn: list[str]) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(certificate, private_key)
    context.set_alpn_protocols(alpn)
    return context


@dataclass(frozen=True)
class TlsFacts:
    """What was negotiated: for example TLSv1.3, http/1.1, TLS_AES_256_GCM_SHA384."""

    version: str | None
    alpn: str | None
    cipher: str | None
    server_name: str | None


class Connection:
    """One accepted connection: its identity in the journal, and the ways to end it."""

    def __init__(self, number: int, transport: asyncio.Transport) -> None:
        self.id = f"c{number:06d}"
        self.transport = transport
        self.peer = _peer_text(transport.get_extra_info("peername"))
        self.tls = _tls_facts(transport.get_extra_info("ssl_object"))
        self._requests = itertools.count(1)

    def next_request(self) -> int:
        """Return the ordinal (1, 2, ...) of the next request on this connection."""
        return next(self._requests)

    def reset(self) -> None:
        """End the connection with a TCP RST, so that no peer can take it for a clean end."""
        raw: socket.socket | None = self.transport.get_extra_info("socket")
        if raw is not None:
            with contextlib.suppress(OSError):  # the peer may have gone already
                raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        self.transport.abort()

    def close(self) -> None:
        """Send what is buffered, then FIN."""
        self.transport.close()


class ConnectionCounter:
    """Numbers the connections of all listeners, and counts requests that no HTTP parser accepted."""

    def __init__(self) -> None:
        self.opened = 0
        self.malformed = 0

    def open(self, transport: asyncio.Transport) -> Connection:
        """Register a new connection."""
        self.opened += 1
        return Connection(self.opened, transport)


@dataclass
class RawHead:
    """The request line's target and the header fields as received: order, case and duplicates kept."""

    target: bytes = b""
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    trailers: list[tuple[bytes, bytes]] = field(default_factory=list)
    complete: bool = False


class ForensicProtocol(HttpToolsProtocol):
    """uvicorn's protocol, which also tells the application what it saw on the wire."""

    def __init__(self, counter: ConnectionCounter, config: Config, server_state: ServerState) -> None:
        super().__init__(config=config, server_state=server_state, app_state={})
        self._counter = counter
        self._connection: Connection | None = None
        self._head = RawHead()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Number the connection."""
        super().connection_made(transport)
        self._connection = self._counter.open(transport)

    def on_message_begin(self) -> None:
        """Start a fresh head, and put the facts where the application finds them."""
        super().on_message_begin()
        self._head = RawHead()
        state: dict[str, Any] = {"connection": self._connection, "head": self._head}
        self.scope["state"] = state

    def on_url(self, url: bytes) -> None:
        """Keep the target as sent.

        uvicorn gets a harmless one in its place: it refuses targets that its URL parser cannot split, which would
        hide them from the journal.
        """
        self._head.target += url
        self.url = b"/"

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep the field as sent; the same callback brings trailers once the headers are complete."""
        (self._head.trailers if self._head.complete else self._head.headers).append((name, value))
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Mark the head as complete before the application starts."""
        self._head.complete = True
        super().on_headers_complete()

    def send_400_response(self, msg: str) -> None:
        """Count what could not be parsed: such a request has no journal entry."""
        self._counter.malformed += 1
        super().send_400_response(msg)


def protocol_factory(config: Config, state: ServerState, counter: ConnectionCounter) -> Callable[[], asyncio.Protocol]:
    """Return what `loop.create_server` needs to serve `config.app` with the facts of the wire."""
    return lambda: ForensicProtocol(counter, config, state)


def _peer_text(peername: Any) -> str:
    if not isinstance(peername, tuple):
        return ""
    host, port = peername[0], peername[1]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _tls_facts(tls: Any) -> TlsFacts | None:
    if not isinstance(tls, ssl.SSLObject):
        return None
    cipher = tls.cipher()
    return TlsFacts(
        version=tls.version(),
        alpn=tls.selected_alpn_protocol(),
        cipher=cipher[0] if cipher else None,
        server_name=tls.server_name if isinstance(tls, ServerNameSSLObject) else None,
    )
