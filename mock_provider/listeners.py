"""Listening sockets."""

from __future__ import annotations

import socket

from mock_provider.options import Address, UsageError

BACKLOG = 1024


def bind(address: Address) -> socket.socket:
    """Return a listening socket.

    Raises:
        UsageError: if the address is in use or not of this machine.
    """
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    # asyncio turns Nagle's algorithm off only where the socket says that it is TCP. With it, the second write of each
    # answer would wait 40 ms for the peer's delayed acknowledgement, and every stream would stutter.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((address.host, address.port))
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        reason = (error.strerror or str(error)).lower()
        raise UsageError(
            f"Cannot listen on {address} ({address.option}): {reason}; choose another, or port 0."
        ) from error
    return listener


def address_of(listener: socket.socket) -> str:
    """Return HOST:PORT of a listening socket."""
    host, port = listener.getsockname()[:2]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
