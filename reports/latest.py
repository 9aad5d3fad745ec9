"""Keeps ``latest`` beside the runs pointing at the newest one."""

from __future__ import annotations

import uuid
from pathlib import Path

_NAME = "latest"


def update(runs: Path, run: str) -> None:
    """Let ``<runs>/latest`` point at ``<runs>/<run>``, in one step: a reader sees the old run or the new one.

    Raises:
        OSError: something else than a link has that name, or links are not possible there.
    """
    fresh = runs / f".{_NAME}-{uuid.uuid4().hex}"
    fresh.symlink_to(run, target_is_directory=True)
    try:
        fresh.replace(runs / _NAME)
    finally:
        fresh.unlink(missing_ok=True)
