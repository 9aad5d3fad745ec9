"""The proof that a red verdict means something: each fault is caught by the requirement that is meant to catch it.

faults.yaml names for each fault the requirement that is there for it and, with the reason, every other one that fails
along with it. Nothing may fail beyond what is listed, in a whole run for some faults, in a run of what is listed for
the others.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent.parent
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

    @property
    def expected(self) -> set[str]:
        return {self.caught_by, *self.along_with}


def proofs() -> list[Proof]:
    rows = yaml.safe_load((Path(__file__).parent / "faults.yaml").read_text(encoding="utf-8"))
    return [
        Proof(row["fault"], edition, row["caughtBy"], row.get("alongWith", {}), row.get("whole", False))
        for row in rows
        for edition in row.get("editions", ["runbook"])
    ]


def run(proof: Proof, directory: Path) -> tuple[int, dict[str, Any], str]:
    """Exit code, report and console of a run with the fault."""
    extent = ["--workers", "5"] if proof.whole else ["--workers", "2", "--select", " or ".join(sorted(proof.expected))]
    done = subprocess.run(
        [
            *(sys.executable, "-m", "suite.command", "run", "--out", str(directory)),
            *("--edition", proof.edition, "--fault", proof.fault, "--converge", CONVERGE_SECONDS),
            *extent,
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    console = done.stdout + done.stderr
    assert (directory / "report.json").is_file(), console
    return done.returncode, json.loads((directory / "report.json").read_text(encoding="utf-8")), console


@pytest.mark.parametrize("proof", proofs(), ids=lambda proof: f"{proof.fault}-{proof.edition}")
def test_the_fault_is_caught_by_its_requirement_and_nothing_else_fails(proof: Proof, tmp_path: Path) -> None:
    code, report, console = run(proof, tmp_path / "run")
    outcomes = {requirement["id"]: requirement["outcome"] for requirement in report["requirements"]}
    failed = {id_ for id_, outcome in outcomes.items() if outcome in ("failed", "warning")}
    assert failed == proof.expected, console
    assert "harness-error" not in outcomes.values(), console
    assert report["verdict"] == "nonconformant", console
    assert code == NONCONFORMANT, console
