"""Signals that end a run: they interrupt it only where it can be interrupted, and never its tidying up."""

from __future__ import annotations

import signal
import sys
from collections.abc import Generator
from contextlib import contextmanager
from types import FrameType, TracebackType
from typing import Any

import pytest

from fixtures.targets.starting import SIGNALS

MOMENT_SECONDS = 0.01
"""Enough for a finaliser to be over."""


class Interrupts:
    """While entered, the first signal becomes one KeyboardInterrupt in the next stretch that allows it.

    Outside such a stretch it is only remembered, and so is every further one: what stops programs, deletes namespaces
    and writes reports is never cut in two. To be used in the main thread, where Python delivers signals.

    A process that is started ``withheld`` from signals takes them while this is entered and at no other time.
    """

    def __init__(self) -> None:
        self.seen: str | None = None
        """Name of the first signal, such as ``SIGINT``."""
        self._allowed = False
        self._before: dict[signal.Signals, Any] = {}
        self._withheld: set[int] = set()
        self._hook = sys.unraisablehook

    def __enter__(self) -> Interrupts:
        for number in SIGNALS:
            self._before[number] = signal.signal(number, self._take)
        self._before[signal.SIGALRM] = signal.signal(signal.SIGALRM, self._take_again)
        self._hook, sys.unraisablehook = sys.unraisablehook, self._give_again
        self._withheld = signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        signal.pthread_sigmask(signal.SIG_SETMASK, self._withheld)
        # Before its handler goes: what stands for SIGALRM outside ends the process.
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


@contextmanager
def withheld() -> Generator[None, None, None]:
    """From what is started meanwhile, a signal is withheld until it enters ``Interrupts``, and again after that.

    A worker that is interrupted while it imports, or after its session, prints whatever finaliser the signal has met.
    Both happen: a run that ends early interrupts its workers, and execnet interrupts one that takes 5 s to end.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


class Interruptible:
    """A pytest plugin: the judging may be interrupted, but neither the start of workers nor the tidying up after it."""

    def __init__(self, interrupts: Interrupts) -> None:
        self._interrupts = interrupts

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_sessionstart(self) -> Generator[None, object, object]:
        """Here pytest-xdist starts its workers."""
        with withheld():
            return (yield)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtestloop(self) -> Generator[None, object, object]:
        """Allow it."""
        with self._interrupts.allowed():
            return (yield)
