"""What stands between Envoy and the providers of a gateway that hides from one end how the other has ended.

Envoy ends both connections by itself as soon as one has ended, so a gateway that does not is one with a relay behind
it. Bytes go through as they are, TLS included.
"""

from __future__ import annotations

import contextlib
import socket
import socketserver
import threading
import time
from dataclasses import replace

from reference_gateway.behaviour import Behaviour
from reference_gateway.data_plane.connect_to import ConnectTo

PIECE = 1 << 16
MIDDLE_SECONDS = 0.3
"""From the last bytes of a provider to its end: where that is shorter, and nobody has asked since, it broke off."""
CONNECT_SECONDS = 5.0
ALERT, GOODBYE_BYTES = 21, 24
"""By which TLS says that nothing more will come: the type of a record of TLS 1.2, and the length of one of TLS 1.3,
where it looks like any other; no piece of a request is as short."""


class Relay:
    """Listens in place of one address until it is stopped."""

    def __init__(self, rule: ConnectTo, behaviour: Behaviour) -> None:
        class Handler(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                with contextlib.suppress(OSError), _connected(rule) as provider:
                    _Pair(self.request, provider, behaviour).pump()

        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._rule = rule

    def start(self) -> ConnectTo:
        """Begin to listen; the rule that leads here instead."""
        threading.Thread(target=self._server.serve_forever, name="relay", daemon=True).start()
        address, port = self._server.server_address[:2]
        return replace(self._rule, address=str(address), target_port=int(port))

    def stop(self) -> None:
        """Listen no more."""
        self._server.shutdown()
        self._server.server_close()


class _Pair:
    """One connection of Envoy's, and the provider's behind it."""

    def __init__(self, envoy: socket.socket, provider: socket.socket, behaviour: Behaviour) -> None:
        self._envoy = envoy
        self._provider = provider
        self._behaviour = behaviour
        self._answered_at: float | None = None
        """When the provider's last bytes came, if Envoy has sent none since."""

    def pump(self) -> None:
        """Pass bytes on until both have ended, or until the one has whose end the other is told of."""
        asking = threading.Thread(target=self._ask, name="relay to the provider", daemon=True)
        asking.start()
        self._answer()
        asking.join()

    def _ask(self) -> None:
        held = b""
        while piece := _received(self._envoy):
            self._answered_at = None
            if piece[0] == ALERT or len(piece) == GOODBYE_BYTES:
                held = piece
                continue
            _sent(self._provider, held + piece)
            held = b""
        if self._behaviour.passes_on_hang_ups():
            _sent(self._provider, held)
            _end(self._provider)

    def _answer(self) -> None:
        while piece := _received(self._provider):
            self._answered_at = time.monotonic()
            _sent(self._envoy, piece)
        broke_off = self._answered_at is not None and time.monotonic() - self._answered_at < MIDDLE_SECONDS
        if not broke_off or self._behaviour.passes_on_break_offs():
            _end(self._envoy)


def _connected(rule: ConnectTo) -> socket.socket:
    provider = socket.create_connection((rule.address, rule.target_port or 443), CONNECT_SECONDS)
    provider.settimeout(None)
    return provider


def _received(connection: socket.socket) -> bytes:
    """The next bytes; none if the other end has ended, in whatever way."""
    try:
        return connection.recv(PIECE)
    except OSError:
        return b""


def _sent(connection: socket.socket, piece: bytes) -> None:
    # To an end that is gone: the bytes are lost, as the fault will have it.
    with contextlib.suppress(OSError):
        connection.sendall(piece)


def _end(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
