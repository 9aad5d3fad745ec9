"""Which cases run at the same time: all of them, but one that disturbs everybody runs alone."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SERIAL = "serial"
"""The tag of a scenario that runs alone, after all others."""
_FILE = "turns"


@contextmanager
def turn(directory: Path, *, alone: bool) -> Iterator[None]:
    """Wait for a turn among the processes of a run, and have it: with others, or alone.

    The lock is the kernel's, so that a process that is killed gives its turn back.
    """
    with (directory / _FILE).open("a", encoding="ascii") as file:
        fcntl.flock(file, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
        yield


def forget(directory: Path) -> None:
    """Remove what the turns of a run have left."""
    (directory / _FILE).unlink(missing_ok=True)
