"""`conformance report merge`: one report of several runs, written as a run's own would be."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

from fixtures.errors import ConfigurationError
from reports import build, places, seal
from reports.events import to_line
from reports.merge import merge as merge_logs
from reports.model import Report
from suite.options import RUNS


def merge(runs: Sequence[Path], out: Path | None) -> tuple[Report, Path]:
    """The report of all of them, and where it was written.

    Raises:
        ConfigurationError: a run is named twice, is not as it was when it ended, or the directory is there already.
        BrokenReportError: they are not runs of one edition, suite, contract and target.
    """
    directories = [run.resolve() for run in runs]
    for directory in directories:
        if directories.count(directory) > 1:
            raise ConfigurationError(f"{directory} is named twice; a run counts once")
        if problems := seal.broken(directory):
            raise ConfigurationError(f"{directory} is not as the run left it: {problems[0]}")
    log = merge_logs({directory.name: build.read_log(directory) for directory in directories})
    made = (out or RUNS / f"merged-{time.strftime('%Y%m%d-%H%M%S')}").resolve()
    try:
        made.mkdir(parents=True)
    except OSError as error:
        raise ConfigurationError(f"{made} cannot be made ({error.strerror}); give another --out") from error
    lines = "".join(to_line(event) + "\n" for event in log.events)
    (made / places.EVENTS).write_bytes(lines.encode("utf-8", errors="backslashreplace"))
    return build.write_all(made), made
