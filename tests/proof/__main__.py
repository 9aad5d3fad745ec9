"""`./prove`: runs the suite against every fault and every lawful variant, and says what is proved and what is not."""

from __future__ import annotations

import json
import queue
import shutil
import sys
import threading
import time
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from fixtures.catalogue import Catalogue, load
from suite import about, plan
from suite.chapters import slug
from tests.proof import digest, matrix, outfits, page, pairs, published
from tests.proof.outfits import Outfit
from tests.proof.pairs import Pair
from tests.proof.published import Published
from tests.proof.records import Record, Store, of_outfit, of_pair
from tests.proof.runs import ROOT, Nursery

PROVED, NOT_PROVED, PART = 0, 1, 3
WHOLE = "1/1"
DAY_SECONDS = 86400
KEPT = ROOT / "reports" / "proof"
MATRIX = ROOT / "suite" / "kill_matrix.json"
PAGE = ROOT / "docs" / "kill-matrix.md"


@dataclass(frozen=True)
class Task:
    """One run to be made."""

    key: str
    """Unlike that of any other run of the proof."""
    asked: Pair | Outfit
    wide: bool
    """Whether it keeps the machine busy by itself."""


@click.command(context_settings={"max_content_width": 110})
@click.option("--quick", "extent", flag_value="quick", default="quick", help="Narrow runs, as CI makes them. [default]")
@click.option(
    "--full", "extent", flag_value="full", help="A whole run for each fault and each variant in each edition."
)
@click.option("--only", multiple=True, metavar="ID", help="Only this fault or variant; repeatable.")
@click.option("--shard", default=WHOLE, show_default=True, metavar="K/N", help="Only every N-th run, from the K-th on.")
@click.option(
    "--rotate",
    type=click.IntRange(2, 366),
    metavar="N",
    help="Only what has changed since the published proof, and of the rest every N-th run, others each day.",
)
@click.option(
    "--changed", is_flag=True, help="Only what has changed since the published proof; what has not is taken from there."
)
@click.option("--jobs", type=click.IntRange(1, 64), default=6, show_default=True, help="Narrow runs at a time.")
@click.option("--minutes", type=float, metavar="N", help="Begin no run after so many minutes; what is missing is said.")
@click.option("--fresh", is_flag=True, help="Make all runs anew; without it, a proof goes on where it stopped.")
@click.option(
    "--publish", is_flag=True, help="Write docs/kill-matrix.md, and the matrix that reports take their score from."
)
def main(
    extent: str,
    only: tuple[str, ...],
    shard: str,
    rotate: int | None,
    jobs: int,
    minutes: float | None,
    *,
    changed: bool,
    fresh: bool,
    publish: bool,
) -> None:
    """Run the suite against every fault and every lawful variant of the reference gateway.

    Exit codes: 0 proved, or the day's part of --rotate is; 1 not proved; 2 usage; 3 nothing is wrong with another part.
    """
    part = bool(only) or shard != WHOLE or rotate is not None
    if changed and rotate is not None:
        raise click.UsageError("--rotate makes what has changed, too; leave out --changed")
    if publish and part:
        raise click.UsageError("--publish takes a whole proof, or --changed; leave out --only, --shard and --rotate")
    catalogue = load()
    everything = tasks(catalogue, extent)
    wanted = _shard([task for task in everything if not only or set(_subjects(task)) & set(only)], shard)
    if not wanted:
        raise click.UsageError("that leaves nothing to do; `conformance list faults` and `list variants` show the ids")
    before = published.read(MATRIX)
    standing = _standing(wanted, before)
    if rotate is not None:
        standing, wanted = {}, _rotated(wanted, standing, before, rotate, time.time())
    elif changed:
        _say(f"{len(wanted) - len(standing)} of {len(wanted)} runs have changed {_since(before)}")
    else:
        standing = {}
    store = Store(KEPT)
    until = time.monotonic() + 60 * (float("inf") if minutes is None else minutes)
    missing = _possible([task for task in wanted if task.key not in standing])
    made = _prove(catalogue, missing, store, jobs, until, fresh=fresh)
    records = {**standing, **made}
    found = matrix.make(catalogue, [records[task.key] for task in wanted if task.key in records], partial=part)
    suite, today = about.version(), time.strftime("%Y-%m-%d", time.gmtime())
    runs = {key: before.runs[key] for key in standing}
    for task in wanted:
        if task.key in made:
            runs[task.key] = published.Made(digest.of(task.asked), suite["commit"], today)
    facts = {"suite": suite, "made": today, "command": f"./prove --{extent}", "contract": plan.fingerprint()}
    document = published.document(found, runs, facts)
    KEPT.mkdir(parents=True, exist_ok=True)
    _write(KEPT / MATRIX.name, KEPT / PAGE.name, document)
    if publish:
        _write(MATRIX, PAGE, document)
    _conclude(found, store, partial=part, right=PART if part and rotate is None else PROVED)


def tasks(catalogue: Catalogue, extent: str) -> list[Task]:
    """The runs of a proof, those that take longest first."""
    made = pairs.full(catalogue) if extent == "full" else pairs.quick(catalogue)
    worn = outfits.full(catalogue) if extent == "full" else outfits.quick(catalogue)
    found = [Task(f"{pair.id}-{pair.caught_by}-{pair.extent}", pair, pair.extent == "whole") for pair in made]
    found += [Task(f"{outfit.id}-{slug(outfit.extent)}", outfit, not outfit.select) for outfit in worn]
    return sorted(found, key=lambda task: not task.wide)


def _possible(wanted: list[Task]) -> list[Task]:
    """The tasks that this machine has the programs for; what is left out is said."""
    lacking = [
        task
        for task in wanted
        if isinstance(task.asked, Pair) and task.asked.needs is not None and shutil.which(task.asked.needs) is None
    ]
    for task in lacking:
        _say(f"left out: {task.key}, which takes a program that this machine lacks")
    return [task for task in wanted if task not in lacking]


def _subjects(task: Task) -> Sequence[str]:
    return (task.asked.fault,) if isinstance(task.asked, Pair) else task.asked.variants


def _shard(wanted: list[Task], shard: str) -> list[Task]:
    number, _, count = shard.partition("/")
    if not (number.isdecimal() and count.isdecimal() and 1 <= int(number) <= int(count)):
        raise click.UsageError(f"--shard {shard}: write for example 1/4, for the first of four")
    return wanted[int(number) - 1 :: int(count)]


def _standing(wanted: Sequence[Task], before: Published) -> dict[str, Record]:
    """What the published proof vouches for, by the keys of the tasks."""
    found = ((task.key, before.standing(task.key, digest.of(task.asked), task.asked)) for task in wanted)
    return {key: record for key, record in found if record is not None}


def _since(before: Published) -> str:
    return f"since the proof of {before.made}" if before.made else "that is known: no proof has been published"


def _rotated(
    wanted: list[Task], standing: Mapping[str, Record], before: Published, count: int, now: float
) -> list[Task]:
    """What the published proof does not vouch for, and a part of the rest that changes from day to day."""
    changed = [task for task in wanted if before.made and task.key not in standing]
    rest = [task for task in wanted if task not in changed]
    today = int(now // DAY_SECONDS) % count
    # By name and not by place, so that a new fault does not move all others to another day. The few whole runs, of
    # which one takes minutes, are dealt out instead, so that no day has two of them while another has none.
    due = [task for task in rest if not task.wide and zlib.crc32(task.key.encode()) % count == today]
    due += [task for place, task in enumerate(task for task in rest if task.wide) if place % count == today]
    day = time.strftime("%Y-%m-%d", time.gmtime(now))
    _say(
        f"{len(changed) + len(due)} of {len(wanted)} runs: {len(changed)} changed {_since(before)}; "
        f"of the other {len(rest)}, part {today + 1} of {count}, which is that of {day}"
    )
    return [task for task in wanted if task in changed or task in due]


def _prove(
    catalogue: Catalogue, wanted: list[Task], store: Store, jobs: int, until: float, *, fresh: bool
) -> dict[str, Record]:
    """The records of the tasks, by their keys: those at hand, and the others by as many runs at a time as is good."""
    records = {} if fresh else {task.key: record for task in wanted if (record := store.find(task.key))}
    if records:
        _say(f"{len(records)} of {len(wanted)} runs were made from these sources before")
    lanes: list[queue.SimpleQueue[Task]] = []
    # A whole run brings workers of its own, which wait more than they compute: the narrow ones go on beside it.
    for wide, side_by_side in ((True, max(1, jobs // 6)), (False, jobs)):
        missing = [task for task in wanted if task.wide is wide and task.key not in records]
        lanes += [_queue(missing)] * min(side_by_side, len(missing))
    _work(catalogue, lanes, records, len(wanted), store, until)
    return records


def _queue(tasks: list[Task]) -> queue.SimpleQueue[Task]:
    waiting: queue.SimpleQueue[Task] = queue.SimpleQueue()
    for task in tasks:
        waiting.put(task)
    return waiting


def _work(
    catalogue: Catalogue,
    lanes: list[queue.SimpleQueue[Task]],
    records: dict[str, Record],
    total: int,
    store: Store,
    until: float,
) -> None:
    """Make the runs of each lane one after the other, and the lanes side by side; some wait for the same tasks."""
    failures: list[BaseException] = []
    saying = threading.Lock()

    def work(waiting: queue.SimpleQueue[Task]) -> None:
        nursery = Nursery()
        try:
            while not failures and time.monotonic() < until:
                task = waiting.get_nowait()
                record = _made(catalogue, task, nursery, store)
                store.put(task.key, record)
                with saying:
                    records[task.key] = record
                    _say(f"{len(records)}/{total} {_line(record)}")
        except queue.Empty:
            pass
        except BaseException as error:
            failures.append(error)
        finally:
            nursery.close()

    threads = [threading.Thread(target=work, args=(lane,)) for lane in lanes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]


def _made(catalogue: Catalogue, task: Task, nursery: Nursery, store: Store) -> Record:
    asked = task.asked
    if isinstance(asked, Outfit):
        return of_outfit(asked, nursery, store.evidence(task.key))
    return of_pair(asked, asked.is_scored(catalogue.edition(asked.edition)), nursery, store.evidence(task.key))


def _line(record: Record) -> str:
    what = f"{record.subject} {record.edition}"
    if record.problems:
        return f"{what}: NOT PROVED: {'; '.join(record.problems)}"
    said = f"caught by {record.caught_by}" if record.caught_by else "conforms"
    again = ", by the suite's own bounds" if record.repeated else ""
    return f"{what}: {said}, {record.extent}, {record.seconds:.0f} s{again}"


def _write(matrix_file: Path, page_file: Path, document: dict[str, object]) -> None:
    matrix_file.write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    page_file.write_text(page.render(document), encoding="utf-8")


def _conclude(found: matrix.Matrix, store: Store, *, partial: bool, right: int) -> None:
    for problem in found.problems:
        _say(f"not proved: {problem}")
    part = "; only a part was asked for" if partial else ""
    _say("{caught} of {faults} faults caught, {green} of {variants} variants conform".format(**found.score) + part)
    if found.problems:
        _say(f"what the runs wrote that went wrong: {store.directory / 'evidence'}")
        sys.exit(NOT_PROVED)
    sys.exit(right)


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
