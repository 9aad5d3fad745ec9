"""After a run: does anything that the run itself has written contain a secret? Then the suite has leaked it."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from pathlib import Path

from fixtures.canaries import SHORTEST_PIECE, forms
from reports.events import EventLog
from reports.model import Report

NAME = "the look for secrets in our own files"
_SHOWN = 5
_BREAKS = re.compile(rb"\\+[nrt]")
_WHITE = b" \t\r\n"


class SecretInOutputError(Exception):
    """A file of the run holds a secret; says which file and line, never what."""


def looker(secrets: Iterable[str], elsewhere: Collection[Path] = ()) -> Callable[[Report, EventLog, Path], None]:
    """A writer that writes nothing: it reads what the others have written, and fails if a secret is in it.

    Every canary of a run contains the run's marker, so the marker stands for them all: a whole run is looked through
    for a handful of texts, however many canaries there are. ``elsewhere`` are files that are not ours to answer for.
    """
    # Too short a secret of a user's stands in a text by chance, and a run is not refused by chance.
    patterns = [
        _joined(form.encode()) for secret in secrets if len(secret) >= SHORTEST_PIECE for _, form in forms(secret)
    ]

    def look(report: Report, log: EventLog, directory: Path) -> None:
        files = [path for path in sorted(directory.rglob("*")) if path.is_file() and path not in elsewhere]
        places = [f"{path.relative_to(directory)}:{line}" for path in files for line in lines_with(path, patterns)]
        if places:
            named = ", ".join(places[:_SHOWN])
            raise SecretInOutputError(f"{len(places)} line(s) of our own output contain a secret: {named}")

    return look


def lines_with(path: Path, patterns: Iterable[bytes]) -> list[int]:
    """Numbers of a file's lines where one of these texts begins, also if it is broken over several."""
    return lines_of(path.read_bytes(), patterns)


def lines_of(content: bytes, patterns: Iterable[bytes]) -> list[int]:
    """The same for what a file would hold."""
    joined = _joined(content)
    offsets = sorted({offset for pattern in patterns for offset in _offsets(pattern, joined)})
    return list(dict.fromkeys(_line_numbers(content, offsets))) if offsets else []


def _joined(content: bytes) -> bytes:
    """The content as if nothing had been broken over lines; the search for backslashes is the dear part of it."""
    return (_BREAKS.sub(b"", content) if b"\\" in content else content).translate(None, _WHITE)


def _offsets(pattern: bytes, content: bytes) -> Iterator[int]:
    offset = content.find(pattern)
    while offset >= 0:
        yield offset
        offset = content.find(pattern, offset + 1)


def _line_numbers(content: bytes, offsets: Iterable[int]) -> Iterator[int]:
    """The lines of these offsets into the joined content."""
    waiting = list(offsets)
    passed = 0
    for number, line in enumerate(content.split(b"\n"), 1):
        passed += len(_joined(line))
        while waiting and waiting[0] < passed:
            waiting.pop(0)
            yield number
