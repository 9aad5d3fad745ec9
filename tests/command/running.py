"""The conformance command as a process of its own, and what is left of it afterwards."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any, cast
from unittest import mock

import pytest
from tenacity import RetryError, Retrying, retry_if_result, stop_after_delay, wait_fixed

from suite.command import main

ROOT = Path(__file__).resolve().parents[2]
COMMAND = Path(sys.executable).parent / "conformance"
LONG_SECONDS = 240.0
"""For anything that takes seconds on an idle machine."""
GONE_SECONDS = 40.0
"""For programs to end by themselves; execnet gives a worker 5 s before it interrupts it, and 10 more to end."""
_MARK = "EMC_TEST_MARK"


class Command:
    """``conformance ARGUMENTS``, started; everything that it starts bears a mark by which it is found again."""

    def __init__(self, *arguments: str | Path, environment: Mapping[str, str] | None = None) -> None:
        self.mark = uuid.uuid4().hex
        self.process = subprocess.Popen(
            [COMMAND, *map(str, arguments)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, **(environment or {}), _MARK: self.mark},
            start_new_session=True,
        )
        self.seen = ""
        """What was read from its standard output so far."""

    def until(self, beginning: str) -> str:
        """Read on to the line that begins so, and return it."""
        stdout = cast("IO[str]", self.process.stdout)
        for line in stdout:
            self.seen += line
            if line.startswith(beginning):
                return line
        raise AssertionError(f"it ended without a line {beginning!r}; it said:\n{self.seen}{self._errors()}")

    def pause(self, seconds: float) -> None:
        """Let it go on for a while."""
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            return

    def send(self, number: signal.Signals) -> None:
        """A signal to the command alone."""
        self.process.send_signal(number)

    def press_control_c(self) -> None:
        """What a terminal does: SIGINT to everything in the foreground."""
        os.killpg(self.process.pid, signal.SIGINT)

    def kill_all(self) -> None:
        """What a machine that goes down does: SIGKILL to the command and its workers: nobody can put anything back."""
        os.killpg(self.process.pid, signal.SIGKILL)

    def end(self, within: float = LONG_SECONDS) -> Ended:
        """Wait for its end."""
        stdout, stderr = self.process.communicate(timeout=within)
        return Ended(self.process.returncode, self.seen + stdout, stderr, self)

    def processes(self, part: str = "") -> list[int]:
        """Ids of the processes of this command that still run, and have this in their command line."""
        return [pid for pid, words in _marked(self.mark) if part in words]

    def left(self) -> list[str]:
        """Command lines of what is left after a while; empty as soon as nothing is."""
        try:
            Retrying(
                stop=stop_after_delay(GONE_SECONDS),
                wait=wait_fixed(0.2),
                retry=retry_if_result(lambda left: bool(left)),
            )(lambda: _marked(self.mark))
        except RetryError:
            return [words for _, words in _marked(self.mark)]
        return []

    def _errors(self) -> str:
        return cast("IO[str]", self.process.stderr).read()


class Ended:
    """A command that has ended."""

    def __init__(self, code: int, stdout: str, stderr: str, command: Command) -> None:
        self.code = code
        self.stdout = stdout
        self.stderr = stderr
        self.command = command

    def refused(self, *parts: str) -> None:
        """Assert that it ended as bad input must: exit code 2, one sentence, nothing left."""
        assert (self.code, self.command.left()) == (2, []), self.stdout + self.stderr
        one_sentence(self.stderr, parts)


def one_sentence(stderr: str, parts: Sequence[str]) -> None:
    """Assert that this is how bad input is refused, and that the sentence has these parts."""
    assert stderr.startswith("conformance: "), stderr
    assert stderr.count("\n") == 1, stderr
    for part in parts:
        assert part in stderr


def run(*arguments: str | Path, environment: Mapping[str, str] | None = None) -> Ended:
    """Run the command to its end."""
    return Command(*arguments, environment=environment).end()


def refused_at_once(
    capsys: pytest.CaptureFixture[str], arguments: Sequence[str | Path], parts: Sequence[str], code: int = 2
) -> None:
    """Call the command's entry point, and assert that it refuses this with this exit code and one sentence.

    In this process, which has imported everything: a process of its own takes a second of processor time to say so.
    Nothing can be left, because nothing may be started.
    """
    handler = signal.getsignal(signal.SIGTERM)
    nothing = mock.patch.object(subprocess, "Popen", side_effect=AssertionError("a program was started"))
    words = mock.patch.object(sys, "argv", ["conformance", *map(str, arguments)])
    with nothing, words, mock.patch.dict(os.environ), pytest.raises(SystemExit) as ended:
        main()
    signal.signal(signal.SIGTERM, handler)
    assert ended.value.code == code
    one_sentence(capsys.readouterr().err, parts)


def report(directory: Path) -> dict[str, Any]:
    """The report of a run."""
    return cast("dict[str, Any]", json.loads((directory / "report.json").read_text(encoding="utf-8")))


def outcomes(directory: Path) -> set[str]:
    """The outcomes of the requirements that apply."""
    found = {item["outcome"] for item in report(directory)["requirements"]}
    return found - {"not-applicable"}


def _marked(mark: str) -> Sequence[tuple[int, str]]:
    """Processes whose environment holds the mark: from /proc where there is one, else from ps."""
    if not Path("/proc/self/environ").exists():
        lines = subprocess.run(["ps", "axeww"], capture_output=True, text=True, check=True).stdout.splitlines()  # noqa: S607
        return [(int(line.split()[0]), line) for line in lines if f"{_MARK}={mark}" in line]
    wanted = f"{_MARK}={mark}".encode()
    found = []
    for directory in Path("/proc").iterdir():
        if not directory.name.isdigit():
            continue
        try:
            # A zombie has given back its environment: what has ended is not left, only not waited for.
            if wanted in (directory / "environ").read_bytes().split(b"\0"):
                words = (directory / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                found.append((int(directory.name), words))
        except OSError:
            continue
    return found
