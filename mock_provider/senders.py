"""Two ways to put an answer on the wire: through the server, or past it where HTTP itself is to be bent."""

from __future__ import annotations

import http
from typing import Protocol

from starlette.types import Send

from mock_provider.wire import Connection

Headers = tuple[tuple[str, str], ...]
_HALF_A_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: applica"


class Sender(Protocol):
    """What a delivery needs. `ends_connection`: a clean end of the answer ends the connection too."""

    ends_connection: bool

    async def start(self, status: int, headers: Headers) -> None:
        """Send the status line and the headers."""

    def start_and_stop(self) -> None:
        """Send a status line and the beginning of a header, which nothing can follow but the end of the connection."""

    async def send(self, data: bytes) -> None:
        """Send a part of the body by one write."""

    async def finish(self) -> None:
        """End the answer cleanly."""

    def reset(self) -> None:
        """End the connection with RST."""

    def close(self) -> None:
        """End the connection with FIN, in the middle of the answer."""


class ServerSender:
    """Sends through the HTTP server, which frames, keeps the connection alive and speaks HTTP/2."""

    ends_connection = False

    def __init__(self, send: Send, connection: Connection) -> None:
        self._send = send
        self._connection = connection

    async def start(self, status: int, headers: Headers) -> None:
        """Send the status line and the headers."""
        fields = [(name.encode("latin-1", "replace"), value.encode("latin-1", "replace")) for name, value in headers]
        await self._send({"type": "http.response.start", "status": status, "headers": fields})

    def start_and_stop(self) -> None:
        """Send a status line and the beginning of a header."""
        self._connection.transport.write(_HALF_A_HEAD)

    async def send(self, data: bytes) -> None:
        """Send a part of the body."""
        await self._send({"type": "http.response.body", "body": data, "more_body": True})

    async def finish(self) -> None:
        """End the answer."""
        await self._send({"type": "http.response.body", "body": b"", "more_body": False})

    def reset(self) -> None:
        """End the connection with RST; on HTTP/2 that ends its other streams too."""
        self._connection.reset()

    def close(self) -> None:
        """End the connection with FIN."""
        self._connection.close()


class RawSender:
    """Writes HTTP/1.1 bytes by itself, so that the reason phrase, the case of headers and the length can be anything.

    It always ends the connection: afterwards the two ends may disagree about where the answer ended.
    """

    ends_connection = True

    def __init__(self, connection: Connection, method: str, reason: str | None) -> None:
        self._connection = connection
        self._reason = reason
        self._bodiless = method == "HEAD"
        self._chunked = False

    async def start(self, status: int, headers: Headers) -> None:
        """Send the status line and the headers; without content-length the body will be chunked."""
        names = {name.lower() for name, _ in headers}
        self._chunked = not names & {"content-length", "transfer-encoding"} and status not in (204, 304)
        extra: list[tuple[str, str]] = [("transfer-encoding", "chunked")] if self._chunked else []
        if "connection" not in names:
            extra.append(("connection", "close"))
        lines = [f"HTTP/1.1 {status} {_phrase(status) if self._reason is None else self._reason}"]
        lines += [f"{name}: {value}" for name, value in (*headers, *extra)]
        self._write(("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace"))

    def start_and_stop(self) -> None:
        """Send a status line and the beginning of a header."""
        self._connection.transport.write(_HALF_A_HEAD)

    async def send(self, data: bytes) -> None:
        """Send a part of the body."""
        if not self._bodiless and data:
            self._write(b"%x\r\n%s\r\n" % (len(data), data) if self._chunked else data)

    async def finish(self) -> None:
        """End the answer and the connection."""
        if self._chunked and not self._bodiless:
            self._write(b"0\r\n\r\n")
        self._connection.close()

    def reset(self) -> None:
        """End the connection with RST."""
        self._connection.reset()

    def close(self) -> None:
        """End the connection with FIN."""
        self._connection.close()

    def _write(self, data: bytes) -> None:
        if not self._connection.transport.is_closing():
            self._connection.transport.write(data)


def _phrase(status: int) -> str:
    try:
        return http.HTTPStatus(status).phrase
    except ValueError:
        return ""
