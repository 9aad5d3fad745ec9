"""Gates: places in an answer where the provider waits until it is told to go on, so that no proof needs a clock."""

from __future__ import annotations

import asyncio
from collections import OrderedDict


class GateKeeper:
    """Remembers which gates are released. A gate belongs to the nonce of an arrival, or to its host without nonce.

    A release is remembered, also before anyone waits; it ends when the script of its nonce or host is set anew.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._gates: OrderedDict[tuple[str, str], asyncio.Event] = OrderedDict()

    def release(self, owner: str, gate: str) -> None:
        """Let everyone pass who waits at this gate or will."""
        self.event(owner, gate).set()

    def forget(self, owner: str) -> None:
        """Close all gates of this owner for later arrivals; who waits now goes on waiting."""
        for key in [key for key in self._gates if key[0] == owner]:
            del self._gates[key]

    def event(self, owner: str, gate: str) -> asyncio.Event:
        """Return the event that is set once the gate is released."""
        key = (owner, gate)
        if key not in self._gates:
            while len(self._gates) >= self._limit:
                self._gates.popitem(last=False)
            self._gates[key] = asyncio.Event()
        return self._gates[key]
