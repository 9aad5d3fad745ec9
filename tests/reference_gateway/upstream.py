"""A tiny provider that records what arrives and answers as it is told; over TLS if it is given a context."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

CHUNK_PAUSE_SECONDS = 60.0


@dataclass(frozen=True)
class Arrival:
    path: str
    headers: list[tuple[str, str]]
    body: bytes

    def values(self, name: str) -> list[str]:
        return [value for known, value in self.headers if known.lower() == name]


@dataclass
class Upstream:
    """What the provider saw, and how it answers: chunks after the first wait for `go_on`."""

    port: int
    arrivals: list[Arrival] = field(default_factory=list)
    status: int = 200
    headers: list[tuple[str, str]] = field(default_factory=lambda: [("Content-Type", "application/json")])
    chunks: list[bytes] = field(default_factory=lambda: [b'{"object":"chat.completion"}'])
    go_on: threading.Event = field(default_factory=threading.Event)


@contextmanager
def serving(context: ssl.SSLContext | None = None) -> Iterator[Upstream]:
    upstream = Upstream(0)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            body = self.read_body()
            upstream.arrivals.append(Arrival(self.path, list(self.headers.items()), body))
            self.send_response_only(upstream.status)
            for name, value in [*upstream.headers, ("Transfer-Encoding", "chunked")]:
                self.send_header(name, value)
            self.end_headers()
            for number, chunk in enumerate(upstream.chunks):
                if number:
                    upstream.go_on.wait(CHUNK_PAUSE_SECONDS)
                self.wfile.write(b"%x\r\n%s\r\n" % (len(chunk), chunk))
            self.wfile.write(b"0\r\n\r\n")

        do_GET = do_POST  # noqa: N815 - the name that http.server asks for

        def read_body(self) -> bytes:
            if self.headers.get("Transfer-Encoding", "") != "chunked":
                return self.rfile.read(int(self.headers.get("Content-Length", "0")))
            body = b""
            while size := int(self.rfile.readline(), 16):
                body += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
            return body

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    upstream.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield upstream
    finally:
        upstream.go_on.set()
        server.shutdown()
        server.server_close()
