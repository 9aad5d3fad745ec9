"""Events of several processes in one file, and what is left of them when a process dies or the disk is full."""

from __future__ import annotations

import errno
import multiprocessing
import os
from pathlib import Path

import pytest

from reports.events import CaseStarted, EventLog, read, to_line
from reports.recorder import EventNotWrittenError, EventWriter
from tests.reports.runs import START, everything, finished, run_started


def _write_many(path: Path, worker: str, count: int, size: int) -> None:
    writer = EventWriter(path)
    for number in range(count):
        writer.write(CaseStarted(START, worker, f"{number}/{'x' * size}"))
    writer.close()


def test_lines_of_several_processes_never_mix_and_keep_their_order(tmp_path: Path) -> None:
    path = tmp_path / "events.ndjson"
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=_write_many, args=(path, f"gw{n}", 200, 9000)) for n in range(4)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()

    log = read(path.open(encoding="utf-8"))

    assert [process.exitcode for process in processes] == [0, 0, 0, 0]
    assert log.truncated_lines == 0
    for worker in ("gw0", "gw1", "gw2", "gw3"):
        own = [event.case for event in log.events if isinstance(event, CaseStarted) and event.worker == worker]
        assert [int(case.partition("/")[0]) for case in own] == list(range(200))


def test_what_is_written_is_what_is_read(tmp_path: Path) -> None:
    writer = EventWriter(tmp_path / "events.ndjson")
    for event in everything().events:
        writer.write(event)
    writer.close()
    writer.close()

    assert read((tmp_path / "events.ndjson").open(encoding="utf-8")) == everything()


def test_half_a_character_survives(tmp_path: Path) -> None:
    writer = EventWriter(tmp_path / "events.ndjson")
    event = finished("EM-A-001/a", "not-testable", cause="\ud83d torn, and é whole")
    writer.write(event)
    writer.close()

    assert read((tmp_path / "events.ndjson").open(encoding="utf-8")).events == (event,)


def test_a_full_disk_is_said_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_descriptor: int, _line: bytes) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    writer = EventWriter(tmp_path / "events.ndjson")
    monkeypatch.setattr(os, "write", full)

    with pytest.raises(EventNotWrittenError, match=r"^run\.started could not be appended to .*: No space left"):
        writer.write(run_started())


def test_a_line_taken_in_part_is_said_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    writer = EventWriter(tmp_path / "events.ndjson")
    monkeypatch.setattr(os, "write", lambda _descriptor, line: len(line) - 7)

    with pytest.raises(EventNotWrittenError, match=r"only .* bytes were taken"):
        writer.write(run_started())


def test_a_directory_that_is_gone_is_said_by_name(tmp_path: Path) -> None:
    with pytest.raises(EventNotWrittenError, match="cannot be opened for events: No such file"):
        EventWriter(tmp_path / "gone" / "events.ndjson")


def test_a_fragment_costs_one_event_only() -> None:
    whole = finished("EM-A-001/a")
    torn = to_line(finished("EM-A-001/b"))[:60]

    assert read([torn + to_line(whole)]) == EventLog((whole,), truncated_lines=1)


def test_text_that_looks_like_an_event_is_none() -> None:
    forged = to_line(finished("EM-A-001/forged"))
    honest = to_line(finished("EM-A-001/a", "not-testable", cause=forged))

    assert read([honest[:-5]]) == EventLog((), truncated_lines=1)
