"""A running mock provider, as the tests use it: the real program, real sockets."""

from __future__ import annotations

import json
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

KEY = "mockkey-alpha-0123456789"
PATIENCE_SECONDS = 120.0
"""For whatever ends by itself in a second on an idle machine; CI's is busy with other tests."""


def start_program(*arguments: str, stdin: int = subprocess.DEVNULL) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "mock_provider", *arguments],
        stdin=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def ready_line(program: subprocess.Popen[str]) -> dict[str, Any]:
    assert program.stdout is not None
    line = program.stdout.readline()
    if not line:
        raise AssertionError(f"no ready line; stderr: {program.communicate(timeout=PATIENCE_SECONDS)[1]}")
    ready: dict[str, Any] = json.loads(line)
    return ready


@dataclass(frozen=True)
class Running:
    """The addresses of a running provider and its control API."""

    ready: dict[str, Any]
    control: httpx.Client
    data: httpx.Client
    authority: Path | None

    def add_identity(self, host: str, **changes: Any) -> None:
        document = {"models": ["model-a"], "keys": [{"name": f"{host}.key", "value": KEY}], **changes}
        self.control.put(f"/v1/identities/{host}", json=document).raise_for_status()

    def script(self, nonce: str, *answers: dict[str, Any], after_checks: bool = True) -> None:
        document = {"answers": list(answers), "afterChecks": after_checks}
        self.control.put(f"/v1/scripts/{nonce}", json=document).raise_for_status()

    def arrivals(self, **query: Any) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.control.get("/v1/arrivals", params=query).json()["arrivals"]
        return found

    def wait(self, **query: Any) -> dict[str, Any]:
        answer: dict[str, Any] = self.control.get("/v1/arrivals/wait", params=query).json()
        return answer

    def only_arrival(self, **query: Any) -> dict[str, Any]:
        """Return the one arrival asked for, complete."""
        found = self.wait(min=1, timeoutMs=20_000, **query)
        assert found["outcome"] == "ok"
        assert len(found["arrivals"]) == 1
        arrival: dict[str, Any] = found["arrivals"][0]
        return arrival

    def post(
        self, host: str, body: dict[str, Any], key: str = KEY, path: str = "/v1/chat/completions"
    ) -> httpx.Response:
        headers = {"host": host, "authorization": f"Bearer {key}"}
        return self.data.post(f"http://{self.ready['plain']}{path}", json=body, headers=headers)

    def connect(self, server_name: str | None = None) -> socket.socket:
        """Connect to the plain listener, or to the TLS listener with this server name."""
        host, port = self.ready["tls" if server_name else "plain"].rsplit(":", 1)
        plain = socket.create_connection((host, int(port)), timeout=PATIENCE_SECONDS)
        if server_name is None:
            return plain
        context = ssl.create_default_context(cafile=self.authority)
        return context.wrap_socket(plain, server_hostname=server_name)

    def exchange(self, raw: bytes, server_name: str | None = None) -> bytes:
        """Send raw bytes, and return all that comes back until the provider closes."""
        with self.connect(server_name) as connection:
            connection.sendall(raw)
            return read_to_end(connection)


def read_to_end(connection: socket.socket) -> bytes:
    received = b""
    while data := connection.recv(65536):
        received += data
    return received


def read_to(connection: socket.socket, end: bytes) -> bytes:
    """Read until what was received ends so."""
    received = b""
    while not received.endswith(end):
        data = connection.recv(65536)
        if not data:
            raise AssertionError(f"the provider closed after {received!r}")
        received += data
    return received


def chat(nonce: str | None = None, **changes: Any) -> dict[str, Any]:
    content = f"hello [nonce:{nonce}]" if nonce else "hello"
    return {"model": "model-a", "messages": [{"role": "user", "content": content}], **changes}


def raw_chat(host: str, nonce: str, *extra: str, key: str = KEY, close: bool = True) -> bytes:
    """Return the bytes of a chat request with these extra header lines."""
    body = json.dumps(chat(nonce)).encode()
    lines = [
        "POST /v1/chat/completions HTTP/1.1",
        f"Host: {host}",
        f"Authorization: Bearer {key}",
        f"Content-Length: {len(body)}",
        *(["Connection: close"] if close else []),
        *extra,
    ]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


@contextmanager
def running(*arguments: str, authority: Path | None = None, token: str | None = None) -> Iterator[Running]:
    program = start_program(*arguments)
    try:
        ready = ready_line(program)
        headers = {"authorization": f"Bearer {token}"} if token else {}
        with (
            httpx.Client(base_url=ready["control"], headers=headers, timeout=PATIENCE_SECONDS) as control,
            httpx.Client(timeout=PATIENCE_SECONDS) as data,
        ):
            yield Running(ready, control, data, authority)
    finally:
        program.terminate()
        _, stderr = program.communicate(timeout=PATIENCE_SECONDS)
    assert set(stderr.splitlines()) <= {"mock_provider: WARNING Invalid HTTP request received."}
