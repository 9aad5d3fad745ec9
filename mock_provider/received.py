"""One request as it reached the provider, read off ASGI without interpretation."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from typing import Any

from starlette.types import Receive, Scope

from mock_provider.wire import Connection, RawHead

MAX_BODY_BYTES = 32 * 1024 * 1024
"""A larger body is counted and hashed to its end but not kept; it is answered 413."""

_NONCE_IN_BODY = re.compile(rb"\[nonce:([0-9a-f]{8,64})\]")
_NONCE_IN_TARGET = re.compile(r"nonce=([0-9a-f]{8,64})(?![0-9a-f])")


@dataclass(frozen=True)
class ReceivedRequest:
    """The raw facts of one request. `complete` is false if the client went away before the body's end."""

    connection: Connection
    connection_request: int
    protocol: str
    method: str
    target: str
    host: str
    headers: tuple[tuple[str, str], ...]
    trailers: tuple[tuple[str, str], ...]
    body: bytes
    body_bytes: int
    body_sha256: str
    complete: bool

    @property
    def path(self) -> str:
        """The target up to the first question mark, undecoded."""
        return self.target.partition("?")[0]

    @property
    def query(self) -> str:
        """The target after the first question mark, undecoded."""
        return self.target.partition("?")[2]

    @property
    def too_large(self) -> bool:
        """Whether the body was longer than what is kept."""
        return self.body_bytes > len(self.body)

    @property
    def body_fields(self) -> dict[str, str] | None:
        """SHA-256 of the value of each field of a JSON object, the same for every spelling; None if it is none.

        Keys sorted, no white space, characters outside ASCII escaped, numbers as doubles, integers exactly.
        """
        try:
            value = json.loads(self.body.decode("utf-8"), parse_float=_number)
        except (UnicodeDecodeError, ValueError, RecursionError):
            return None
        return {name: _value_sha256(item) for name, item in value.items()} if isinstance(value, dict) else None

    @property
    def framing(self) -> str:
        """How the body's length was announced: content-length, chunked or none."""
        if any("chunked" in value.lower() for value in self.values("transfer-encoding")):
            return "chunked"
        return "content-length" if self.values("content-length") else "none"

    @property
    def nonces(self) -> tuple[str, ...]:
        """All nonces carried, without repetition: those of the body first, then those of the target."""
        found = [match.decode("ascii") for match in _NONCE_IN_BODY.findall(self.body)]
        found += _NONCE_IN_TARGET.findall(self.target)
        return tuple(dict.fromkeys(found))

    def values(self, name: str) -> list[str]:
        """Return all values of the header `name` (lower case), in order."""
        return [value for field, value in self.headers if field.lower() == name]


def head_of(scope: Scope) -> RawHead:
    """Return the raw head; the HTTP/2 server has none of its own, there the ASGI scope is as raw as it gets."""
    head = scope["state"].get("head")
    if isinstance(head, RawHead):
        return head
    query: bytes = scope["query_string"]
    target: bytes = scope["raw_path"] + (b"?" + query if query else b"")
    return RawHead(target=target, headers=list(scope["headers"]), complete=True)


def host_of(head: RawHead) -> str:
    """Return the one Host without port, in lower case; empty if there is none or more than one."""
    hosts = [_text(value) for name, value in head.headers if name.lower() == b"host"]
    if len(hosts) != 1:
        return ""
    return re.sub(r":\d*$", "", hosts[0].strip()).lower()


async def read_request(scope: Scope, receive: Receive) -> ReceivedRequest:
    """Read the request to the end of its body or until the client goes away."""
    head = head_of(scope)
    connection: Connection = scope["state"]["connection"]
    digest, kept, size, complete = hashlib.sha256(), bytearray(), 0, False
    while not complete:
        message = await receive()
        if message["type"] == "http.disconnect":
            break
        data: bytes = message.get("body", b"")
        digest.update(data)
        size += len(data)
        kept += data[: max(0, MAX_BODY_BYTES - len(kept))]
        complete = not message.get("more_body", False)
    return ReceivedRequest(
        connection=connection,
        connection_request=connection.next_request(),
        protocol="HTTP/2" if scope["http_version"] == "2" else f"HTTP/{scope['http_version']}",
        method=scope["method"],
        target=_text(head.target),
        host=host_of(head),
        headers=_pairs(head.headers),
        trailers=_pairs(head.trailers),
        body=bytes(kept),
        body_bytes=size,
        body_sha256=digest.hexdigest(),
        complete=complete,
    )


def _text(raw: bytes) -> str:
    """Header bytes as text: Latin-1 maps each byte to one character, so nothing is lost."""
    return raw.decode("latin-1")


def _pairs(fields: list[tuple[bytes, bytes]]) -> tuple[tuple[str, str], ...]:
    return tuple((_text(name), _text(value)) for name, value in fields)


def _number(text: str) -> int | float:
    number = float(text)
    return int(number) if number.is_integer() else number


def _value_sha256(value: object) -> str:
    spelling = json.dumps(value, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(spelling.encode("ascii")).hexdigest()


def json_object(body: bytes) -> dict[str, Any] | None:
    """Parse the body; None unless it is a JSON object in UTF-8."""
    try:
        parsed = json.loads(body.decode("utf-8"))
    except (UnicodeDecodeError, ValueError, RecursionError):
        return None
    return parsed if isinstance(parsed, dict) else None
