"""Processes that the kernel kills for want of memory: counted, and named once."""

from __future__ import annotations

from pathlib import Path

import pytest

from suite import want_of_memory


@pytest.fixture
def proc(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(want_of_memory, "PROC", tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (3, 3, []),
        (3, 4, ["the kernel of this machine has killed a process for want of memory"]),
        (0, 26, ["the kernel of this machine has killed 26 processes for want of memory"]),
    ],
)
def test_what_was_killed_meanwhile_is_one_line(before: int, after: int, said: list[str], proc: Path) -> None:
    (proc / "vmstat").write_text(f"pgfault 8\noom_kill {before}\nnr_free_pages 1\n", encoding="ascii")
    began = want_of_memory.killed()
    (proc / "vmstat").write_text(f"pgfault 9\noom_kill {after}\n", encoding="ascii")

    assert [check.detail for check in want_of_memory.meanwhile(began)] == said


def test_a_kernel_that_does_not_tell_has_killed_nobody(proc: Path) -> None:
    assert want_of_memory.killed() == 0
    (proc / "vmstat").write_text("pgfault 8\n", encoding="ascii")
    assert want_of_memory.killed() == 0


def test_where_the_kernel_cannot_be_told_whom_to_take_nothing_happens(proc: Path) -> None:
    want_of_memory.goes_first(1)

    assert list(proc.iterdir()) == []
