"""What the rules of every topic stand on."""

from __future__ import annotations

from typing import Any

from reference_gateway.edition import Edition
from reference_gateway.values import Key

JSON = dict[str, Any]

LONGEST_BODY = 64 << 20
"""Bytes of a body from which on a request is not served; no client comes near."""


class Rules:
    """The edition, and a memory that the conforming gateway never needs."""

    def __init__(self, edition: Edition) -> None:
        self.edition = edition
        self.memory: dict[Key, Any] = {}
        """A place for faults that remember too much."""
