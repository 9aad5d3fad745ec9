"""The proof that a red verdict means something: each fault is caught by the requirement that is meant to catch it.

faults/*.yaml, a file a topic, name for each fault the requirement that is there for it and, with the reason
(``alongWith``), every other one that cannot but fail with it. Nothing may fail beyond what is listed: in a whole run
for the faults with the widest reach (``whole``), in a run of what is listed for the others. Editions default to
runbook.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from tests.proof.runs import Nursery

NONCONFORMANT = 1
CONVERGE_SECONDS = "6"
"""The reference gateway takes milliseconds; a fault makes the suite wait for the whole of it."""


@dataclass(frozen=True)
class Proof:
    """What a fault must lead to."""

    fault: str
    edition: str
    caught_by: str
    along_with: dict[str, str]
    """Other requirements that fail -> why they cannot but fail."""
    whole: bool
    scored: bool
    """False where nothing but a SHOULD or a provisional requirement catches it: a warning, which is no verdict."""

    @property
    def expected(self) -> set[str]:
        return {self.caught_by, *self.along_with}

    @property
    def extent(self) -> list[str]:
        """The options that say how much is judged."""
        return ["--workers", "5"] if self.whole else ["--workers", "1", "--select", " or ".join(sorted(self.expected))]


def proofs() -> list[Proof]:
    files = sorted((Path(__file__).parent / "faults").glob("*.yaml"))
    rows = [row for file in files for row in yaml.safe_load(file.read_text(encoding="utf-8"))]
    return [
        Proof(
            row["fault"],
            edition,
            row["caughtBy"],
            row.get("alongWith", {}),
            row.get("whole", False),
            row.get("scored", True),
        )
        for row in rows
        for edition in row.get("editions", ["runbook"])
    ]


@pytest.mark.parametrize("proof", proofs(), ids=lambda proof: f"{proof.fault}-{proof.edition}")
def test_the_fault_is_caught_by_its_requirement_and_nothing_else_fails(
    proof: Proof, nursery: Nursery, tmp_path: Path
) -> None:
    settings = ("--edition", proof.edition, "--fault", proof.fault, "--converge", CONVERGE_SECONDS)
    outcome = nursery.run(tmp_path / "run", *settings, *proof.extent)
    assert outcome.requirements("failed", "warning") == proof.expected, outcome.console
    assert outcome.requirements("harness-error") == set(), outcome.console
    assert (outcome.report["verdict"] == "nonconformant") == proof.scored, outcome.console
    assert (outcome.code == NONCONFORMANT) == proof.scored, outcome.console
