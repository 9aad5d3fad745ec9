"""Makes runs of the suite cheap: a process that has imported everything once and forks for each run and each program.

A run spends more time on importing Kubernetes, gRPC and pytest, four times over, than on a fault. Nothing else differs:
the forked process calls the command's entry point with the command's arguments, and its programs are forked from it and
executed as ``python -m`` would.

Reads one request a line from standard input, ``{"arguments": [...], "console": FILE}``, and answers each with the exit
code on a line of its own.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import runpy
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from importlib import metadata
from pathlib import Path
from typing import IO, NoReturn, cast

from pytest_bdd.feature import get_feature

from fixtures.catalogue import FEATURES
from fixtures.targets import programs
from reports import html
from suite import chapters, vocabulary

PRELOADED = (
    "kubernetes.client.api.core_v1_api",
    "kubernetes.client.api.custom_objects_api",
    "kubernetes.client.api.version_api",
    "httpcore",
    "openai",
    "allure_commons",
    "pytest_bdd",
    "xdist",
    "kubernetes_api.server",
    "kubernetes_api.lifecycle",
    "mock_provider.command",
    "mock_provider.control_plane",
    "reference_gateway.command",
    "reference_gateway.running",
    "suite.command",
    "suite.controller",
    "suite.casework",
    "suite.ground",
    "suite.plugin",
    "reports.build",
)
"""What is imported only when it is needed, and is always needed here."""
POLL_SECONDS = 0.02


class Forked:
    """As much of a ``subprocess.Popen`` as the suite asks of its programs."""

    def __init__(self, body: Callable[[], None], log: IO[bytes]) -> None:
        stdin_read, stdin_write = os.pipe()
        stdout_read, stdout_write = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            os.setsid()
            for source, target in ((stdin_read, 0), (stdout_write, 1), (log.fileno(), 2)):
                os.dup2(source, target)
            os.closerange(3, 256)
            _end_with(body)
        os.close(stdin_read)
        os.close(stdout_write)
        self.stdin: IO[bytes] | None = os.fdopen(stdin_write, "wb", buffering=0)
        self.stdout: IO[bytes] | None = os.fdopen(stdout_read, "rb")
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """The exit code, once there is one."""
        if self.returncode is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.returncode = os.waitstatus_to_exitcode(status)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """The exit code, when there is one."""
        until = time.monotonic() + (timeout if timeout is not None else float("inf"))
        while self.poll() is None:
            if time.monotonic() > until:
                raise subprocess.TimeoutExpired("a forked program", timeout or 0.0)
            time.sleep(POLL_SECONDS)
        return self.returncode or 0

    def kill(self) -> None:
        """End it at once."""
        os.kill(self.pid, signal.SIGKILL)


def fork_program(module: str, arguments: Sequence[str], log: IO[bytes]) -> Forked:
    """Run a module as a program, in a fork of this process."""

    def body() -> None:
        sys.argv = [module, *arguments]
        runpy.run_module(module, run_name="__main__", alter_sys=True)

    return Forked(body, log)


def run_command(arguments: Sequence[str], console: Path) -> int:
    """Run ``conformance`` with these arguments in a fork, its output into a file; the exit code."""
    pid = os.fork()
    if pid == 0:
        with console.open("wb") as file:
            os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
            os.dup2(file.fileno(), 1)
            os.dup2(file.fileno(), 2)

        def body() -> None:
            # As much of a Popen as is asked for.
            programs.popen = cast("Callable[..., subprocess.Popen[bytes]]", fork_program)
            sys.argv = ["conformance", *arguments]
            importlib.import_module("suite.command").main()

        _end_with(body)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def _end_with(body: Callable[[], None]) -> NoReturn:
    """Run the body and end this process as the interpreter would at its end."""
    code = 1
    try:
        body()
        code = 0
    except SystemExit as error:
        code = error.code if isinstance(error.code, int) else int(error.code is not None)
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def preload() -> None:
    """Import and read what every run imports and reads; pytest does so anew for each session, rewriting what it can."""
    for name in PRELOADED:
        importlib.import_module(name)
    for plugin in metadata.entry_points(group="pytest11"):
        plugin.load()
    html.template()
    vocabulary.read()
    for chapter in chapters.read():
        get_feature(str(FEATURES), chapter.path.name)


def main() -> None:
    """Serve until standard input ends."""
    preload()
    # What lives now lives in every fork: their collectors need not walk through it.
    gc.freeze()
    for line in sys.stdin:
        request = json.loads(line)
        code = run_command(request["arguments"], Path(request["console"]))
        sys.stdout.write(f"{code}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
