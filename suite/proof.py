"""What is known of the suite itself: the score of its last proof, as `./prove --publish` has left it in the package."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

MATRIX = Path(__file__).parent / "kill_matrix.json"


def facts(contract: str) -> Mapping[str, Any]:
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
