"""What does not go when a run ends."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from fixtures.kube import Leftover
from fixtures.settle import Bounds
from suite.leftovers import stuck

PATIENCE = Bounds(converge_seconds=0.1, hold_seconds=0.01, interval_seconds=0.04)
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
    assert stuck(Namespaces(10).look, PATIENCE) == []


def test_what_is_held_is_left() -> None:
    assert [item.name for item in stuck(Namespaces(10, held=2).look, PATIENCE)] == ["emc-1f-0", "emc-1f-1"]
