"""Runs of the suite, made as a user makes them, and what came of them."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent


@dataclass(frozen=True)
class Outcome:
    """What came of a run."""

    code: int
    report: dict[str, Any]
    console: str

    def requirements(self, *outcomes: str) -> set[str]:
        """Ids of the requirements with one of these outcomes."""
        return {item["id"] for item in self.report["requirements"] if item["outcome"] in outcomes}


class Nursery:
    """The process that forks the runs (nursery.py); one for each pytest-xdist worker, ended with it."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.proof.nursery"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )

    def run(self, directory: Path, *arguments: str) -> Outcome:
        """Run the suite with these arguments into the directory."""
        console = directory.with_suffix(".console")
        request = {"arguments": ["run", f"--out={directory}", *arguments], "console": str(console)}
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        code = int(self._process.stdout.readline())
        text = console.read_text(encoding="utf-8")
        report = directory / "report.json"
        assert report.is_file(), text
        return Outcome(code, json.loads(report.read_text(encoding="utf-8")), text)

    def close(self) -> None:
        """End the process."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()
