"""How much the suite was known to detect when a run was made, in a line for people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def words(suite: Mapping[str, str], proof: Mapping[str, Any]) -> str:
    """``suite 0.1.0, proved on 2026-11-25: 210 of 214 faults caught, 18 of 18 lawful variants conform``."""
    version = f"suite {suite.get('version') or 'of unknown version'}"
    if not proof:
        return f"{version}, not proved: nobody has tried it on faults and lawful variants"
    score = (
        f"{proof['caught']} of {proof['faults']} faults caught, "
        f"{proof['green']} of {proof['variants']} lawful variants conform"
    )
    since = "" if proof["current"] else "; the contract has changed since"
    return f"{version}, proved on {proof['made']}: {score}{since}"
