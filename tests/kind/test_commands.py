"""A program that was started is ended, whenever the interrupt comes."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from fixtures.errors import ConfigurationError, InTroubleError
from fixtures.settle import Bounds
from fixtures.targets.kind.commands import Commands
from fixtures.targets.kind.planning import Command
from fixtures.targets.starting import held_back


@pytest.fixture(autouse=True)
def heeded() -> Iterator[None]:
    """Whoever is started in the background of a shell does not heed SIGINT, and would pass that on to these tests."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


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


def early(tmp_path: Path, program: str) -> Command:
    """A program that is told by a file that it has been here before."""
    return Command(
        "does it", ("sh", "-c", program, "sh", str(tmp_path / "made")), 60.0, "do better", too_early="no kind"
    )


def test_what_comes_too_early_is_done_again(tmp_path: Path) -> None:
    program = 'test -e "$1" || { touch "$1"; echo no kind Gateway yet; exit 1; }'

    Commands(tmp_path / "log").run(early(tmp_path, program))

    assert (tmp_path / "log").read_text(encoding="utf-8").count("$ sh -c") == 2


def test_what_goes_on_to_come_too_early_is_said_by_the_line_that_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fixtures.targets.kind.commands.AGAIN", Bounds(converge_seconds=0.1, interval_seconds=0.01))

    with pytest.raises(ConfigurationError, match="ended with exit code 1: no kind Gateway; do better"):
        Commands(tmp_path / "log").run(
            early(tmp_path, "echo no kind Gateway; echo ensure CRDs are installed first; exit 1")
        )


def test_what_fails_otherwise_is_not_done_again(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="ended with exit code 1: denied"):
        Commands(tmp_path / "log").run(early(tmp_path, "echo denied; exit 1"))

    assert (tmp_path / "log").read_text(encoding="utf-8").count("$ sh -c") == 1


@pytest.mark.parametrize("program", ["true", "false"])
def test_what_nobody_needs_after_it_is_gone_whether_it_went_well_or_not(tmp_path: Path, program: str) -> None:
    archive = tmp_path / "image-0.tar"
    archive.write_bytes(b"large")

    with contextlib.suppress(ConfigurationError):
        Commands(tmp_path / "log").run(dataclasses.replace(step(program), spends=archive))

    assert not archive.exists()
