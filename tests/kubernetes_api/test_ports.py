"""Ports for what is started later."""

from __future__ import annotations

from pathlib import Path

from kubernetes_api.ports import free_port


def test_a_port_is_not_one_that_a_connection_could_be_given_meanwhile() -> None:
    first = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text(encoding="ascii").split()[0])

    assert max(free_port() for _ in range(50)) < first
