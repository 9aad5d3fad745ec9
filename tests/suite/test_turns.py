"""A case that disturbs all others has its turn alone."""

from __future__ import annotations

import multiprocessing
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from suite import turns

PATIENCE = 0.2
"""Seconds in which nothing is to happen."""


def _take(directory: Path, alone: bool, pipe: Connection) -> None:
    with turns.turn(directory, alone=alone):
        pipe.send("has it")
        pipe.recv()


class Case:
    """A case in a process of its own."""

    def __init__(self, directory: Path, *, alone: bool) -> None:
        context = multiprocessing.get_context("fork")
        self.pipe, other = context.Pipe()
        self.process = context.Process(target=_take, args=(directory, alone, other), daemon=True)
        self.process.start()

    def has_its_turn(self, seconds: float = 30.0) -> bool:
        return self.pipe.poll(seconds) and self.pipe.recv() == "has it"

    def end(self) -> None:
        self.pipe.send("end")
        self.process.join()


def test_cases_run_together_and_a_disturbing_one_waits_for_them_all(tmp_path: Path) -> None:
    one, two = Case(tmp_path, alone=False), Case(tmp_path, alone=False)
    assert one.has_its_turn()
    assert two.has_its_turn()

    serial = Case(tmp_path, alone=True)
    one.end()
    assert not serial.has_its_turn(PATIENCE)
    two.end()
    assert serial.has_its_turn()

    late = Case(tmp_path, alone=False)
    assert not late.has_its_turn(PATIENCE)
    serial.end()
    assert late.has_its_turn()
    late.end()


@pytest.mark.parametrize("alone", [True, False])
def test_a_case_that_is_killed_gives_its_turn_back(tmp_path: Path, alone: bool) -> None:
    killed = Case(tmp_path, alone=alone)
    assert killed.has_its_turn()

    killed.process.kill()

    following = Case(tmp_path, alone=True)
    assert following.has_its_turn()
    following.end()


def test_nothing_of_it_stays(tmp_path: Path) -> None:
    with turns.turn(tmp_path, alone=True):
        pass
    turns.forget(tmp_path)
    turns.forget(tmp_path)

    assert list(tmp_path.iterdir()) == []
