"""Appends events to events.ndjson while a run goes on; several processes write to the same file."""

from __future__ import annotations

import os
from pathlib import Path

from reports.events import Event, to_line


class EventNotWrittenError(Exception):
    """An event could not be recorded (disk full, directory gone): the run has lost evidence and cannot be judged."""


class EventWriter:
    """Appends one line an event, each with one write on a descriptor of its own opened for appending.

    The kernel puts every such write whole at the end of the file, so lines of several processes never mix, and nothing
    is left in a buffer when a process is killed.

    Raises:
        EventNotWrittenError: the file cannot be opened for appending.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise EventNotWrittenError(f"{path} cannot be opened for events: {error.strerror}") from error

    def write(self, event: Event) -> None:
        """Append the event.

        Raises:
            EventNotWrittenError: not all of the line could be written, or the writer is closed.
        """
        # A lone surrogate of a damaged text becomes its JSON escape, so the line stays readable and nothing is lost.
        line = (to_line(event) + "\n").encode("utf-8", errors="backslashreplace")
        try:
            written = os.write(self._descriptor, line)
        except OSError as error:
            raise EventNotWrittenError(
                f"{event.type} could not be appended to {self._path}: {error.strerror}"
            ) from error
        if written != len(line):
            raise EventNotWrittenError(
                f"{event.type} could not be appended to {self._path}: only {written} of {len(line)} bytes were taken"
            )

    def close(self) -> None:
        """Close the file; closing twice is harmless."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1
