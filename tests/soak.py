"""Runs of the suite whose processes are killed or frozen at random moments: `python -m tests.soak --minutes 30`.

No test of ./check, because it goes on for as long as one likes. Each round is a run of a few cases against the
reference gateway, which conforms: whatever is done to its surroundings, the run must never say nonconformant, must say
conformant only if every case was judged, and must leave no process behind. A round is repeated by its seed.

With --storm EDITION a round is a whole run, and one part after the other is frozen from its first case to its last.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from fixtures.catalogue import load
from tests.command.running import Command, Ended, report

STORMY = ("exec(eval", "-m mock_provider", "-m kubernetes_api", "-m reference_gateway", "envoy")
"""Parts of command lines: workers, the programs of the embedded target that a run cannot do without, its Envoy."""
VICTIMS = (*STORMY, "-m fixtures.targets.prometheus", "conformance run")
"""Those, what a run can do without, and the command itself."""
REQUIREMENTS = 5
"""How many a round judges: about as long as the pause before somebody is hit."""
FROZEN_SECONDS = 3.0
STORM_SECONDS = 7.0
"""A part in a storm is frozen for up to so long, as a machine with two processors has held a program up for."""
LULL_SECONDS = 2.0
"""The longest that a storm leaves all parts alone."""


def main() -> int:
    """Soak until the time is over; 1 if a round broke a promise."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=None, help="repeat one round")
    parser.add_argument("--storm", metavar="EDITION", help="whole runs of this edition, their parts frozen in turn")
    parser.add_argument("--memory", type=int, default=0, metavar="MB", help="hold so much memory meanwhile")
    asked = parser.parse_args()
    ballast = bytearray(os.urandom(1 << 20) * asked.memory)
    until = time.monotonic() + asked.minutes * 60
    broken = rounds = 0
    while True:
        seed = asked.seed if asked.seed is not None else random.randrange(1 << 30)  # noqa: S311 - any will do
        rounds += 1
        broken += not (storm_once(asked.storm, seed) if asked.storm else soak_once(seed))
        if asked.seed is not None or time.monotonic() > until:
            break
    say(f"{rounds} rounds, {broken} broke a promise; {len(ballast) >> 20} MB were held")
    return int(broken > 0)


def soak_once(seed: int) -> bool:
    """One round; whether every promise was kept."""
    chance = random.Random(seed)  # noqa: S311
    directory = Path(tempfile.mkdtemp(prefix="soak-"))
    edition = chance.choice(sorted(load().editions.values(), key=lambda edition: edition.name))
    judged = sorted(id_ for id_, holding in edition.holdings.items() if holding.level is not None)
    selection, workers = " or ".join(chance.sample(judged, REQUIREMENTS)), str(chance.randint(1, 4))
    out = directory / "run"
    command = Command(
        *("run", "--edition", edition.name, "--select", selection),
        *("--workers", workers, "--converge", "10", "--out", out),
    )
    act, words = chance.choice(ACTS)
    command.until(chance.choice(("target", "preflight  gateway", "judging", "judging")))
    command.pause(chance.uniform(0, 6))
    victim = chance.choice(VICTIMS)
    pids = command.processes(victim)
    if pids:
        act(chance.choice(pids))
    done = f"{words} {victim}" if pids else f"{victim} was gone already"
    return kept(command, out, f"seed {seed}: {edition.name}, {selection}, {workers} workers, {done}")


def storm_once(edition: str, seed: int) -> bool:
    """One whole run in a storm; whether every promise was kept."""
    chance = random.Random(seed)  # noqa: S311
    out = Path(tempfile.mkdtemp(prefix="soak-")) / "run"
    command = Command("run", "--edition", edition, "--out", out)
    command.until("judging")
    frozen = 0
    while command.process.poll() is None:
        pids = command.processes(chance.choice(STORMY))
        if pids:
            freeze(chance.choice(pids), chance.uniform(0.3, 1) * STORM_SECONDS)
            frozen += 1
        command.pause(chance.uniform(0, LULL_SECONDS))
    return kept(command, out, f"seed {seed}: {edition}, {frozen} times a part was frozen")


def kept(command: Command, out: Path, words: str) -> bool:
    """Say how a round has ended; whether every promise was kept, and if not, with all that the run wrote."""
    ended = command.end()
    problems = broken_promises(ended, out)
    say(f"{words}: exit code {ended.code}" + "".join(problems))
    if problems:
        say(f"{ended.stdout}{ended.stderr}it wrote {out}")
    else:
        shutil.rmtree(out.parent, ignore_errors=True)
    return not problems


def broken_promises(ended: Ended, out: Path) -> list[str]:
    """What must not be, and is."""
    problems = []
    if ended.code not in (0, 3, 4, -signal.SIGKILL):
        problems.append(f"; exit code {ended.code}")
    if (out / "report.json").exists():
        document = report(out)
        if document["verdict"] == "nonconformant":
            problems.append("; the gateway was blamed")
        if ended.code == 0 and document["plan"]["notExecuted"]:
            problems.append("; conformant, though not every case was judged")
    elif ended.code in (0, 3):
        problems.append("; no report")
    if left := ended.command.left():
        problems.append(f"; {len(left)} processes are left: {left}")
    return problems


def kill(pid: int) -> None:
    """End it at once."""
    _signal(pid, signal.SIGKILL)


def freeze(pid: int, seconds: float = FROZEN_SECONDS) -> None:
    """Stop it for a while, as a machine does that has no memory or no time for it."""
    _signal(pid, signal.SIGSTOP)
    time.sleep(seconds)
    _signal(pid, signal.SIGCONT)


def _signal(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return


ACTS: tuple[tuple[Callable[[int], None], str], ...] = ((kill, "killed"), (freeze, "froze"))


def say(line: str) -> None:
    """Print at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
