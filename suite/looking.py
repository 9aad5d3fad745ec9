"""`conformance preflight`: everything that a run looks at before it judges, and nothing more."""

from __future__ import annotations

import dataclasses
import tempfile
from collections.abc import Callable
from pathlib import Path

from suite.interrupts import Interrupts
from suite.options import Options
from suite.run import Run

READY, NOT_READY = 0, 3


def look(options: Options, say: Callable[[str], None]) -> int:
    """Look, one line a check; 0 if a run would find all it needs, 3 if not.

    Raises:
        ConfigurationError: what was asked for cannot be done.
    """
    with tempfile.TemporaryDirectory(prefix="externalmodel-conformance-") as directory, Interrupts() as interrupts:
        run = Run(dataclasses.replace(options, out=Path(directory) / "preflight"), 1, say)
        try:
            with interrupts.allowed():
                run.begin()
        finally:
            run.abandon()
    failed = [check for check in run.checks if check.outcome == "failed"]
    say("not ready: " + ", ".join(check.check for check in failed) if failed else "ready to be judged")
    return NOT_READY if failed else READY
