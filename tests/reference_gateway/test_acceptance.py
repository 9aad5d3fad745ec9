"""When an HTTPRoute is called accepted: whoever calls its model from then on must be served by every replica."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest

from reference_gateway.controllers.controller import Controller
from reference_gateway.controllers.routes import RouteTranslator
from reference_gateway.data_plane.configuration import Wiring
from reference_gateway.data_plane.discovery import Snapshot
from reference_gateway.stores import ModelStore
from reference_gateway.values import Key, Model
from tests.reference_gateway.conftest import behaviour

MODEL = Model(Key("ns", "m"), "openai", "gpt", "m.test", Key("ns", "secret"))
ROUTED = Snapshot(2, frozenset({MODEL.destination}), {})


class Statuses(Controller):
    """Notes whose status is to be written."""

    def __init__(self) -> None:
        self.asked: list[Key] = []

    def add(self, key: Key) -> None:
        self.asked.append(key)


@pytest.fixture
def waiting(monkeypatch: pytest.MonkeyPatch) -> list[tuple[float, Any]]:
    """What a timer was set for, which goes off when the test says so."""
    timers: list[tuple[float, Any]] = []

    class Timer(threading.Thread):
        def __init__(self, seconds: float, function: Any, arguments: list[Any]) -> None:
            super().__init__()
            timers.append((seconds, lambda: function(*arguments)))

    monkeypatch.setattr(threading, "Timer", Timer)
    return timers


def translator(*variants: str) -> tuple[RouteTranslator, ModelStore, Statuses]:
    models, statuses = ModelStore(), Statuses()
    wiring = Wiring("127.0.0.1", 0, Path("c"), Path("p"), Path("a"), Path("log"), None, ())
    made = RouteTranslator(behaviour("rhoai-3.4", variants=variants), wiring, {}, models)
    made.statuses = statuses
    models.want(MODEL)
    return made, models, statuses


def test_a_route_is_accepted_when_envoy_routes_by_it(waiting: list[tuple[float, Any]]) -> None:
    made, models, statuses = translator()

    made.on_programmed(ROUTED)

    assert models.view() == {MODEL.key: MODEL}
    assert statuses.asked == [MODEL.key]
    assert waiting == []


def test_with_a_replica_that_hears_later_it_is_accepted_when_that_has_heard(waiting: list[tuple[float, Any]]) -> None:
    """EM-REF-013 of rhoai-3.5 once failed with V50: Ready was said while one replica denied the model."""
    made, models, statuses = translator("V50")

    made.on_programmed(ROUTED)

    assert models.view() == {MODEL.key: MODEL}
    assert statuses.asked == []
    ((seconds, go_off),) = waiting
    assert seconds == 0.8
    go_off()
    assert statuses.asked == [MODEL.key]
