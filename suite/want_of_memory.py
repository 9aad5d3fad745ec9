"""Where memory runs out, Linux kills who takes most of it: let that be a worker, and not the process that reports."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from reports.events import PreflightChecked

AHEAD = 300
"""Thousandths of all memory by which a worker counts as larger than it is; who reports is larger by less."""
PROC = Path("/proc")
_COUNTED = "oom_kill"


def goes_first(pid: int) -> None:
    """Have the kernel take this process first, as far as it can be told. Its case is lost then, and the run says so."""
    with suppress(OSError):
        (PROC / str(pid) / "oom_score_adj").write_text(f"{AHEAD}\n", encoding="ascii")


def killed() -> int:
    """How many processes the kernel of this machine has killed for want of memory so far; 0 where that is not told."""
    try:
        lines = (PROC / "vmstat").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0
    counts = dict(line.split(maxsplit=1) for line in lines)
    return int(counts.get(_COUNTED, 0))


def meanwhile(before: int) -> Iterator[PreflightChecked]:
    """Those that it has killed since; one line, or none."""
    times = killed() - before
    if times > 0:
        processes = "a process" if times == 1 else f"{times} processes"
        detail = f"the kernel of this machine has killed {processes} for want of memory"
        advice = "give fewer --workers, or more memory; the case of a worker that was killed is not judged"
        yield PreflightChecked(time.time(), "during the run, memory", "failed", detail, advice)
