"""Budgets, counters and their exposition."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from reference_gateway.behaviour import Behaviour
from reference_gateway.edition import read_edition
from reference_gateway.limitador.counters import Counter, Limit, Limitador
from reference_gateway.limitador.exposition import MetricsServer, exposition

EDITIONS = Path(__file__).resolve().parents[2] / "features" / "editions"
MINUTE = Limit("tokens-per-minute", 100, 60.0)
FREE = Counter("ns/alpha")
LIMITED = Counter("ns/alpha", subscription="s/free", user="u1", limits=(MINUTE,))


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def behaviour() -> Behaviour:
    return Behaviour(read_edition(EDITIONS / "runbook.yaml"))


def test_without_limits_everything_is_within_budget(behaviour: Behaviour) -> None:
    limitador = Limitador(behaviour)

    assert [limitador.check(FREE) for _ in range(3)] == [True] * 3
    limitador.report(FREE, 10**9)
    assert limitador.check(FREE)


def test_a_budget_is_overdrawn_by_one_request_and_recovers_with_its_window(behaviour: Behaviour) -> None:
    clock = Clock()
    limitador = Limitador(behaviour, clock)

    assert limitador.check(LIMITED)
    limitador.report(LIMITED, 120)
    assert not limitador.check(LIMITED)
    clock.now += 59.9
    assert not limitador.check(LIMITED)
    clock.now += 0.1
    assert limitador.check(LIMITED)


def test_the_window_begins_with_its_first_token(behaviour: Behaviour) -> None:
    clock = Clock()
    limitador = Limitador(behaviour, clock)
    limitador.report(LIMITED, 60)
    clock.now += 50
    limitador.report(LIMITED, 60)
    assert not limitador.check(LIMITED)
    clock.now += 10
    assert limitador.check(LIMITED)
    limitador.report(LIMITED, 60)
    assert limitador.check(LIMITED)


def test_budgets_of_users_subscriptions_and_models_are_apart(behaviour: Behaviour) -> None:
    limitador = Limitador(behaviour)
    limitador.report(LIMITED, 100)

    others = (
        Counter("ns/alpha", "s/free", "u2", limits=(MINUTE,)),
        Counter("ns/alpha", "s/paid", "u1", limits=(MINUTE,)),
        Counter("ns/beta", "s/free", "u1", limits=(MINUTE,)),
    )
    assert not limitador.check(LIMITED)
    assert all(limitador.check(other) for other in others)


def test_every_limit_counts(behaviour: Behaviour) -> None:
    clock = Clock()
    limitador = Limitador(behaviour, clock)
    both = Counter("ns/alpha", limits=(MINUTE, Limit("tokens-per-hour", 150, 3600.0)))
    limitador.report(both, 100)
    clock.now += 60
    assert limitador.check(both)
    limitador.report(both, 60)
    clock.now += 60

    assert not limitador.check(both)
    assert list(limitador.series("limited_calls")) == [
        (("limit_name", "tokens-per-hour"), ("limitador_namespace", "ns/alpha"))
    ]


def test_the_exposition(behaviour: Behaviour) -> None:
    limitador = Limitador(behaviour)
    limitador.check(LIMITED)
    limitador.report(LIMITED, 120)
    limitador.check(LIMITED)
    limitador.check(Counter('a"b\\c'))

    lines = exposition(limitador, behaviour).splitlines()

    assert [line for line in lines if not line.startswith("#") and not line.startswith("datastore_latency")] == [
        'authorized_calls{limitador_namespace="ns/alpha"} 1',
        r'authorized_calls{limitador_namespace="a\"b\\c"} 1',
        'authorized_hits{limitador_namespace="ns/alpha"} 120',
        'limited_calls{limit_name="tokens-per-minute",limitador_namespace="ns/alpha"} 1',
        "limitador_up 1",
        "datastore_partitioned 0",
    ]
    assert "# TYPE authorized_calls counter" in lines
    assert 'datastore_latency_bucket{le="+Inf"} 0' in lines


def test_the_server_shows_it(behaviour: Behaviour) -> None:
    limitador = Limitador(behaviour)
    server = MetricsServer(limitador, behaviour, "127.0.0.1")
    server.start()
    limitador.check(FREE)

    answer = httpx.get(f"http://{server.address}/metrics")
    elsewhere = httpx.get(f"http://{server.address}/")
    server.stop()

    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/plain; version=0.0.4; charset=utf-8")
    assert 'authorized_calls{limitador_namespace="ns/alpha"} 1' in answer.text
    assert elsewhere.status_code == 404
