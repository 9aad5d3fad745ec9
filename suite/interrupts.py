"""Signals that end a run: they interrupt it only where it can be interrupted, and never its tidying up."""

from __future__ import annotations

import signal
import sys
from collections.abc import Generator
from contextlib import contextmanager
from types import FrameType, TracebackType
from typing import Any

import pytest

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
MOMENT_SECONDS = 0.01
"""Enough for a finaliser to be over."""


class Interrupts:
    """While entered, the first signal becomes one KeyboardInterrupt in the next stretch that allows it.

    Outside such a stretch it is only remembered, and so is every further one: what stops programs, deletes namespaces
    and writes reports is never cut in two. To be used in the main thread, where Python delivers signals.

    ``at_the_end_of_the_process``: nothing is left to interrupt afterwards, and SIGINT is ignored. execnet sends one to
    its own worker that takes more than 5 s to end, and whatever finaliser it met would print a traceback.
    """

    def __init__(self, *, at_the_end_of_the_process: bool = False) -> None:
        self._at_the_end_of_the_process = at_the_end_of_the_process
        self.seen: str | None = None
        """Name of the first signal, such as ``SIGINT``."""
        self._allowed = False
        self._before: dict[signal.Signals, Any] = {}
        self._hook = sys.unraisablehook

    def __enter__(self) -> Interrupts:
        for number in SIGNALS:
            self._before[number] = signal.signal(number, self._take)
        if self._at_the_end_of_the_process:
            self._before[signal.SIGINT] = signal.SIG_IGN
        self._before[signal.SIGALRM] = signal.signal(signal.SIGALRM, self._take_again)
        self._hook, sys.unraisablehook = sys.unraisablehook, self._give_again
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # First of all: what stands for SIGALRM outside ends the process.
        signal.setitimer(signal.ITIMER_REAL, 0)
        for number, handler in self._before.items():
            signal.signal(number, handler)
        sys.unraisablehook = self._hook

    def _give_again(self, lost: Any) -> None:
        """An interrupt that came while Python ran a finaliser is lost there: give it again a moment later."""
        if issubclass(lost.exc_type, KeyboardInterrupt):
            signal.setitimer(signal.ITIMER_REAL, MOMENT_SECONDS)
        else:
            self._hook(lost)

    @contextmanager
    def allowed(self) -> Generator[None, None, None]:
        """A stretch of work that may be interrupted at any point.

        Raises:
            KeyboardInterrupt: a signal comes, or has come already.
        """
        self._allowed = True
        try:
            if self.seen:
                raise KeyboardInterrupt(self.seen)
            yield
        finally:
            self._allowed = False

    def _take(self, number: int, frame: FrameType | None) -> None:
        first = self.seen is None
        self.seen = self.seen or signal.Signals(number).name
        if first and self._allowed:
            raise KeyboardInterrupt(self.seen)

    def _take_again(self, number: int, frame: FrameType | None) -> None:
        if self._allowed:
            raise KeyboardInterrupt(self.seen)


class Interruptible:
    """A pytest plugin: the judging may be interrupted, but neither the start of workers nor the tidying up after it."""

    def __init__(self, interrupts: Interrupts) -> None:
        self._interrupts = interrupts

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtestloop(self) -> Generator[None, object, object]:
        """Allow it."""
        with self._interrupts.allowed():
            return (yield)
