"""Ports for programs that cannot choose one themselves, or are started later."""

from __future__ import annotations

import secrets
import socket


def free_port() -> int:
    """Return a port that nobody listens on now, and that Linux gives to nobody who asks for any.

    Its program listens on it only later; a port of Linux's own choice could be somebody's by then.
    """
    while True:
        port = secrets.choice(range(20000, 32768))
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
