"""What does not go when a run ends."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from fixtures.catalogue import load
from fixtures.kube import Kube, Leftover, Shared
from fixtures.kubernetes_requests import ForbiddenError
from fixtures.settle import Bounds
from fixtures.targets.target import GatewayAccess, KubernetesAccess, ProviderAccess, Target
from suite.leftovers import removed, stuck
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


class Barred(Kube):
    """A cluster that lets nobody look at what is shared."""

    def __init__(self) -> None:
        self.deleted: list[str] = []
        self.labels = {}

    def objects_left(self, place: Shared, run: str | None = None) -> list[Leftover]:
        raise ForbiddenError(f"cannot list {place.resource.plural}")

    def leftovers(self, run: str | None = None) -> list[Leftover]:
        return [] if self.deleted else [Leftover("emc-1f-0", "1f", NOW, False)]

    def delete_leftover(self, item: Leftover) -> None:
        self.deleted.append(item.name)


def test_what_the_cluster_does_not_let_us_look_for_is_said_and_the_rest_deleted() -> None:
    edition, kube = load().edition("rhoai-3.4"), Barred()
    access = KubernetesAccess("kubeconfig")
    target = Target("cluster", access, GatewayAccess("http://x", mints_keys=True), ProviderAccess("", None, "x"))

    said = list(removed(kube, "1f", edition, target))

    assert [check.check for check in said] == [
        "clean-up of maasauthpolicies in models-as-a-service",
        "clean-up of maassubscriptions in models-as-a-service",
    ]
    assert said[0].detail == "cannot list maasauthpolicies"
    assert "conformance sweep 1f --yes" in said[0].advice
    assert kube.deleted == ["emc-1f-0"]


def test_what_is_held_is_left() -> None:
    clock = Clock()

    left = stuck(Namespaces(10, held=2).look, PATIENCE, clock=clock, sleep=clock.sleep)

    assert [item.name for item in left] == ["emc-1f-0", "emc-1f-1"]
