from __future__ import annotations

import threading

from reference_gateway.workqueue import WorkQueue


def test_a_key_is_handed_out_once_however_often_it_is_added() -> None:
    queue: WorkQueue[str] = WorkQueue()
    for _ in range(3):
        queue.add("a")
    queue.add("b")

    assert [queue.get(), queue.get()] == ["a", "b"]


def test_a_key_that_is_added_while_it_is_worked_on_waits_for_the_end_of_that() -> None:
    queue: WorkQueue[str] = WorkQueue()
    queue.add("a")
    assert queue.get() == "a"
    queue.add("a")
    queue.add("b")
    assert queue.get() == "b"

    queue.done("a")
    assert queue.get() == "a"


def test_a_later_key_does_not_hold_up_an_earlier_one() -> None:
    queue: WorkQueue[str] = WorkQueue()
    queue.add("late", delay=0.2)
    queue.add("soon")

    assert [queue.get(), queue.get()] == ["soon", "late"]


def test_an_earlier_request_for_the_same_key_counts() -> None:
    queue: WorkQueue[str] = WorkQueue()
    queue.add("a", delay=3600)
    queue.add("a")

    assert queue.get() == "a"


def test_a_failed_key_comes_back() -> None:
    queue: WorkQueue[str] = WorkQueue()
    queue.add("a")
    for _ in range(3):
        assert queue.get() == "a"
        queue.failed("a")

    assert queue.get() == "a"


def test_closing_ends_a_waiting_reader() -> None:
    queue: WorkQueue[str] = WorkQueue()
    seen: list[str | None] = []
    reader = threading.Thread(target=lambda: seen.append(queue.get()))
    reader.start()
    queue.close()
    reader.join(60)

    assert seen == [None]
