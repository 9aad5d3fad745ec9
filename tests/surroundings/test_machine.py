"""The machine that the suite runs on: a full disk, a killed worker. Never a verdict over the gateway."""

from __future__ import annotations

import os
import resource
import signal
from pathlib import Path

from tests.command.running import report
from tests.surroundings.conftest import Surroundings
from tests.surroundings.verdicts import blameless

A_FEW_EVENTS = 20_000
"""Bytes more than are written already."""


def counts_for(pid: int) -> int:
    """By how much a process counts as larger than it is, for a kernel that is out of memory."""
    return int(Path(f"/proc/{pid}/oom_score_adj").read_text(encoding="ascii"))


def test_a_disk_that_is_full_is_an_error_of_the_surroundings(surroundings: Surroundings) -> None:
    command = surroundings.start()
    command.until("judging")
    room = (surroundings.out / "events.ndjson").stat().st_size + A_FEW_EVENTS
    for pid in command.processes():
        # As good as a full disk: the kernel takes no more bytes of a file than this.
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (room, room))

    ended = command.end()

    assert ended.code in (3, 4), ended.stdout + ended.stderr
    assert "onformant, edition" not in ended.stdout
    assert "could not be appended" in ended.stdout + ended.stderr
    assert ended.command.left() == []


def test_a_worker_that_is_killed_leaves_its_case_unjudged(surroundings: Surroundings) -> None:
    command = surroundings.start(workers="2")
    command.until("judging")
    command.pause(4)
    workers = command.processes("exec(eval")
    assert workers, "pytest-xdist starts its workers so"
    # Where memory runs out the kernel takes one of them, and not who writes the report.
    assert all(counts_for(pid) > counts_for(command.process.pid) for pid in workers)

    os.kill(workers[0], signal.SIGKILL)

    ended = command.end()
    if report(surroundings.out)["plan"]["notExecuted"]:
        blameless(ended, surroundings, "was lost")
    else:
        assert ended.code == 0, ended.stdout + ended.stderr
