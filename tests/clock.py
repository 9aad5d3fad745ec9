"""A clock for what waits: a test of how long somebody waits must not wait, nor fail on a machine that is held up."""

from __future__ import annotations


class Clock:
    """Time that passes when somebody sleeps or probes."""

    def __init__(self) -> None:
        self.began = self.now = 1000.0
        self.naps: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.naps.append(seconds)
        self.now += seconds
