"""The proof that a green verdict is not a matter of taste: gateways that differ lawfully conform.

All variants that go together are worn by one gateway at once; each run is a whole one.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.proof.runs import Nursery

WARDROBES = {
    "runbook": ("V01", "V02", "V03", "V04", "V06", "V08", "V09", "V10", "V11"),
    # HTTP/2 has no case of header names and no chunks, so it does without V04 and V06.
    "rhoai-3.4": ("V01", "V02", "V03", "V05", "V07", "V08", "V10", "V70"),
}


@pytest.mark.parametrize("edition", WARDROBES)
def test_a_gateway_that_differs_lawfully_conforms(edition: str, nursery: Nursery, tmp_path: Path) -> None:
    words = [word for variant in WARDROBES[edition] for word in ("--variant", variant)]
    outcome = nursery.run(tmp_path / "run", "--edition", edition, *words)
    assert outcome.report["verdict"] == "conformant", outcome.console
    assert outcome.code == 0, outcome.console
