"""`conformance preflight`: everything that a run looks at before it judges, and nothing more."""

from __future__ import annotations

import dataclasses
import shutil
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
    directory = Path(tempfile.mkdtemp(prefix="externalmodel-conformance-"))
    out = directory / "preflight"
    failed, ready = [], False
    try:
        with Interrupts() as interrupts:
            run = Run(dataclasses.replace(options, out=out), 1, say)
            try:
                with interrupts.allowed():
                    run.begin()
                failed = [check.check for check in run.checks if check.outcome == "failed"]
                ready = not failed and run.blocked is None
            finally:
                run.abandon(well=ready)
    finally:
        # What was said on the way to a cluster that is not ready is there for who reads why.
        if not out.exists():
            shutil.rmtree(directory, ignore_errors=True)
    say("ready to be judged" if ready else "not ready: " + (", ".join(failed) or str(run.blocked)))
    return READY if ready else NOT_READY
