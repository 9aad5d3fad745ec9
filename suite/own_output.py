"""After a run: does anything that the run itself has written contain a secret? Then the suite has leaked it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from fixtures.canaries import forms
from reports.events import EventLog
from reports.model import Report

NAME = "the look for secrets in our own files"


class SecretInOutputError(Exception):
    """A file of the run holds a secret; says which file and line, never what."""


def looker(secrets: Iterable[str]) -> Callable[[Report, EventLog, Path], None]:
    """A writer that writes nothing: it reads what the others have written, and fails if a secret is in it.

    Every canary of a run contains the run's marker, so the marker stands for them all.
    """
    patterns = [form.encode() for secret in secrets for _, form in forms(secret)]

    def look(report: Report, log: EventLog, directory: Path) -> None:
        places = [place for path in sorted(directory.rglob("*")) if path.is_file() for place in _found(path, patterns)]
        if places:
            named = ", ".join(f"{path.relative_to(directory)}:{line}" for path, line in places[:5])
            raise SecretInOutputError(f"{len(places)} line(s) of our own output contain a secret: {named}")

    return look


def _found(path: Path, patterns: list[bytes]) -> list[tuple[Path, int]]:
    content = path.read_bytes()
    if not any(pattern in content for pattern in patterns):
        return []
    lines = content.split(b"\n")
    return [(path, number) for number, line in enumerate(lines, 1) if any(pattern in line for pattern in patterns)]
