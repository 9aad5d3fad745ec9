"""Signals that come at the worst of moments."""

from __future__ import annotations

import signal

import pytest

from suite.interrupts import Interrupts


class Finalised:
    """Is interrupted while it is finalised, where Python lets no exception out."""

    def __del__(self) -> None:
        signal.raise_signal(signal.SIGTERM)


def test_an_interrupt_that_a_finaliser_has_swallowed_comes_all_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    def work() -> None:
        gone = Finalised()
        del gone
        signal.pause()

    with Interrupts() as interrupts, pytest.raises(KeyboardInterrupt), interrupts.allowed():
        work()

    assert interrupts.seen == "SIGTERM"
    assert capsys.readouterr().err == ""


def test_a_worker_that_has_ended_its_session_is_interrupted_by_nothing() -> None:
    before = signal.getsignal(signal.SIGINT)
    try:
        with Interrupts(at_the_end_of_the_process=True):
            pass
        signal.raise_signal(signal.SIGINT)
    finally:
        signal.signal(signal.SIGINT, before)
