"""Where connections really go: curl's --connect-to, for hosts whose names resolve nowhere."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Sequence
from dataclasses import dataclass

from reference_gateway.errors import UsageProblem

_SHAPE = re.compile(r"(\[[0-9a-fA-F:]+\]|[^:\[\]]*):(\d*):(\[[0-9a-fA-F:]+\]|[^:\[\]]*):(\d*)")


@dataclass(frozen=True)
class ConnectTo:
    """Connections to host:port go to address:target_port instead; an empty host and a None port match or keep any."""

    host: str
    port: int | None
    address: str
    target_port: int | None


def parse_connect_to(text: str) -> ConnectTo:
    """Read HOST:PORT:ADDR:PORT; anything else raises UsageProblem."""
    found = _SHAPE.fullmatch(text)
    ports = [int(part) if part else None for part in (found[2], found[4])] if found else []
    if found is None or any(port is not None and not 0 < port < 65536 for port in ports):
        raise UsageProblem(f"--connect-to '{text}' is not of the form HOST:PORT:ADDR:PORT; HOST and PORT may be empty.")
    return ConnectTo(found[1].strip("[]").lower(), ports[0], found[3].strip("[]"), ports[1])


def connection_target(rules: Sequence[ConnectTo], host: str, port: int) -> tuple[str, int]:
    """The address and port to connect to for a host and port; the first rule that matches counts."""
    for rule in rules:
        if rule.host in ("", host.lower()) and rule.port in (None, port):
            return rule.address or host, rule.target_port or port
    return host, port


def is_ip_address(host: str) -> bool:
    """Whether the text is an IPv4 or IPv6 address."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
