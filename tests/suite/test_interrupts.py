"""Signals that come at the worst of moments."""

from __future__ import annotations

import signal
import subprocess
import sys
from typing import IO, cast

import pytest

from suite.interrupts import Interrupts, withheld


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


WORKER = """
import sys, signal
from suite.interrupts import Interrupts
print("started", flush=True)
sys.stdin.readline()
with Interrupts() as interrupts:
    print(interrupts.seen, flush=True)
signal.raise_signal(signal.SIGINT)
print("ended", flush=True)
"""


def test_a_worker_is_interrupted_in_its_session_and_at_no_other_time() -> None:
    with withheld():
        worker = subprocess.Popen(
            [sys.executable, "-c", WORKER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
    stdin, stdout = cast("IO[str]", worker.stdin), cast("IO[str]", worker.stdout)
    before = stdout.readline()

    worker.send_signal(signal.SIGINT)

    stdin.write("go on\n")
    stdin.flush()
    assert (before, stdout.readline(), stdout.readline()) == ("started\n", "SIGINT\n", "ended\n")
    assert worker.wait() == 0
