"""A program that was started is ended, whenever the interrupt comes."""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path

import pytest

from fixtures.errors import ConfigurationError, InTroubleError
from fixtures.targets.kind.commands import Commands
from fixtures.targets.kind.planning import Command
from fixtures.targets.starting import held_back


def step(*words: str, seconds: float = 60.0, waits: bool = False) -> Command:
    return Command("does it", words, seconds, "do better", waits=waits)


def test_an_interrupt_while_a_program_is_being_started_ends_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[subprocess.Popen[bytes]] = []
    real = subprocess.Popen

    def interrupted(*words: object, **options: object) -> subprocess.Popen[bytes]:
        begun.append(real(*words, **options))  # type: ignore[call-overload]
        os.kill(os.getpid(), signal.SIGINT)
        return begun[0]

    monkeypatch.setattr(subprocess, "Popen", interrupted)

    with pytest.raises(KeyboardInterrupt):
        Commands(tmp_path / "log").run(step("sleep", "600"))

    assert begun[0].poll() is not None


def test_signals_are_given_again_and_handlers_are_as_before() -> None:
    before = signal.getsignal(signal.SIGINT)
    passed = []

    def interrupted() -> None:
        with held_back():
            os.kill(os.getpid(), signal.SIGINT)
            passed.append("on")

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert passed == ["on"]
    assert signal.getsignal(signal.SIGINT) is before


def test_what_takes_too_long_is_ended(tmp_path: Path) -> None:
    with pytest.raises(InTroubleError, match="`sleep 600`, which does it, took too long: it said nothing; do better"):
        Commands(tmp_path / "log").run(step("sleep", "600", seconds=0.2, waits=True))


def test_what_cannot_be_started_is_said(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"/no/such cannot be started \(No such file or directory\)"):
        Commands(tmp_path / "log").run(step("/no/such"))
