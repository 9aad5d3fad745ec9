"""Runs of the suite, made as a user makes them, and what came of them."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
MOST_SECONDS = 900


@dataclass(frozen=True)
class Outcome:
    """What came of a run."""

    code: int
    report: dict[str, Any]
    console: str

    def requirements(self, *outcomes: str) -> set[str]:
        """Ids of the requirements with one of these outcomes."""
        return {item["id"] for item in self.report["requirements"] if item["outcome"] in outcomes}


def run(directory: Path, *arguments: str) -> Outcome:
    """Run the suite with these arguments into the directory."""
    done = subprocess.run(
        [sys.executable, "-m", "suite.command", "run", "--out", str(directory), *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=MOST_SECONDS,
        check=False,
    )
    console = done.stdout + done.stderr
    report = directory / "report.json"
    assert report.is_file(), console
    return Outcome(done.returncode, json.loads(report.read_text(encoding="utf-8")), console)
