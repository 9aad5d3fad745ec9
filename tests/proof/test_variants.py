"""The proof that a green verdict is not a matter of taste: gateways that differ lawfully conform."""

from __future__ import annotations

from pathlib import Path

import pytest

from fixtures.catalogue import load
from tests.proof import outfits, records
from tests.proof.outfits import Outfit
from tests.proof.runs import Nursery


@pytest.mark.parametrize("outfit", outfits.quick(load()), ids=lambda outfit: outfit.id)
def test_a_gateway_that_differs_lawfully_conforms(outfit: Outfit, nursery: Nursery, tmp_path: Path) -> None:
    record = records.of_outfit(outfit, nursery, tmp_path / "run")
    assert not record.problems, (tmp_path / "run" / "console.txt").read_text("utf-8")
