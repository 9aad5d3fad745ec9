"""The proof that a red verdict means something, one pair at a time: `pytest tests/proof -k M06`; `./prove` makes all.

Each fault is caught by the requirement that is meant to catch it, and nothing fails beyond what is listed.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from fixtures.catalogue import load
from tests.proof import pairs, records
from tests.proof.pairs import Pair
from tests.proof.runs import Nursery


@pytest.mark.parametrize("pair", pairs.quick(load()), ids=lambda pair: f"{pair.id}-{pair.caught_by}")
def test_the_fault_is_caught_by_its_requirement_and_nothing_else_fails(
    pair: Pair, nursery: Nursery, tmp_path: Path
) -> None:
    scored = pair.is_scored(load().edition(pair.edition))
    record = records.of_pair(pair, scored, nursery, tmp_path / "run")
    console = tmp_path / "run" / "console.txt"
    assert not record.problems, "\n".join(
        [*record.problems, *([console.read_text("utf-8")] if console.exists() else [])]
    )
