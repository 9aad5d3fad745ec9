"""What does not go when a run ends."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from fixtures.kube import Leftover
from fixtures.settle import Bounds
from suite.leftovers import stuck
from tests.clock import Clock

PATIENCE = Bounds(converge_seconds=10, interval_seconds=4)
NOW = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)


class Namespaces:
    """A cluster that has come to the end of one namespace whenever somebody looks a few times."""

    def __init__(self, number: int, held: int = 0) -> None:
        self._names = [f"emc-1f-{index}" for index in range(number)]
        self._held = held
        self._looks = 0

    def look(self) -> Sequence[Leftover]:
        self._looks += 1
        if self._looks % 2 == 0 and len(self._names) > self._held:
            self._names.pop()
        return [Leftover(name, "1f", NOW, True) for name in self._names]


def test_a_cluster_that_goes_on_is_given_its_time() -> None:
    """It has ten to delete, and is given time for three or so at once."""
    clock = Clock()

    assert stuck(Namespaces(10).look, PATIENCE, clock=clock, sleep=clock.sleep) == []
    assert clock.now - clock.began > 3 * PATIENCE.converge_seconds


def test_what_is_held_is_left() -> None:
    clock = Clock()

    left = stuck(Namespaces(10, held=2).look, PATIENCE, clock=clock, sleep=clock.sleep)

    assert [item.name for item in left] == ["emc-1f-0", "emc-1f-1"]
