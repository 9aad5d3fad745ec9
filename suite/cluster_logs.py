"""What everything on a cluster made by the run has logged, kept with the run in a size to read, and without secrets."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Protocol

from fixtures.canaries import SHORTEST_PIECE, forms
from fixtures.diagnosis import hidden
from suite.own_output import lines_with

LARGEST_FILE = 1_000_000
"""Bytes of one log; the end is kept."""
HIDDEN_LINE = b"\xe2\x80\xb9a line with a secret of this run's\xe2\x80\xba"
PASSES = 5
"""How often a log is looked through: a value may be broken over several lines, of which one is found at a time."""


class Logged(Protocol):
    """A cluster whose logs can be had."""

    def take_down_logs(self, directory: Path) -> None:
        """Write them there."""


def keep(cluster: Logged, directory: Path, secrets: Iterable[str]) -> None:
    """Take the logs down, and make each file fit to be kept.

    Raises:
        ConfigurationError: they cannot be had.
    """
    patterns = [form.encode() for secret in secrets if len(secret) >= SHORTEST_PIECE for _, form in forms(secret)]
    try:
        cluster.take_down_logs(directory)
    finally:
        for path in sorted(directory.rglob("*")) if directory.is_dir() else ():
            if path.is_symlink() or not path.is_file():
                continue
            path.write_bytes(_fit(path.read_bytes()[-LARGEST_FILE:]))
            _clear(path, patterns)


def _fit(content: bytes) -> bytes:
    """As text, without what looks like a credential."""
    return hidden(content.decode("utf-8", errors="replace")).encode()


def _clear(path: Path, patterns: list[bytes]) -> None:
    """Take out each line in which a secret stands, in whatever form; the whole file if that is not enough."""
    for _ in range(PASSES):
        numbers = lines_with(path, patterns)
        if not numbers:
            return
        lines = path.read_bytes().split(b"\n")
        for number in numbers:
            # A value that begins here may end in the next line.
            for at in (number - 1, number):
                if at < len(lines):
                    lines[at] = HIDDEN_LINE
        path.write_bytes(b"\n".join(lines))
    path.unlink()
