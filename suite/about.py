"""What is known of the suite itself: its version, and the score that `./prove --publish` has left in the package."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path
from typing import Any

from fixtures.catalogue import FEATURES

MATRIX = Path(__file__).parent / "kill_matrix.json"


def version() -> Mapping[str, str]:
    """Version and commit, as far as they can be known."""
    try:
        commit = subprocess.run(
            ["git", "rev-parse", "--short", "HEAD"],  # noqa: S607 - whichever git the user has
            cwd=FEATURES.parent,
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        commit = ""
    return {"version": metadata.version("externalmodel-conformance"), "commit": commit}


def score(contract: str) -> Mapping[str, Any]:
    """How many faults it caught and how many lawful variants conformed, of how many, and when; empty if none was made.

    ``current`` says whether the contract was then what it is now; ``contract`` is the fingerprint of the present one.
    """
    if not MATRIX.is_file():
        return {}
    matrix = json.loads(MATRIX.read_text(encoding="utf-8"))
    return {
        **matrix["score"],
        "made": matrix["made"],
        "version": matrix["suite"]["version"],
        "commit": matrix["suite"]["commit"],
        "current": matrix["contract"] == contract,
    }
