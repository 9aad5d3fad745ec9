"""A Kubernetes API in trouble: what passes is borne, what stays is named once, the gateway is blamed for neither."""

from __future__ import annotations

import itertools
import json

import pytest

from tests.surroundings.conftest import Surroundings
from tests.surroundings.doubles import Asked, Fault, Proxy
from tests.surroundings.verdicts import blameless, judged

CONFLICT = Fault(status=409, reason="Conflict")
BUSY = Fault(status=429, reason="TooManyRequests")


def every(number: int, fault: Fault, *methods: str) -> object:
    """A rule that strikes every so many requests of these methods, or of any."""
    count = itertools.count(1)

    def rule(asked: Asked) -> Fault | None:
        return fault if (not methods or asked.method in methods) and next(count) % number == 0 else None

    return rule


@pytest.mark.parametrize("fault", [BUSY, CONFLICT], ids=["429", "409"])
def test_a_passing_refusal_is_asked_again_and_noted(surroundings: Surroundings, api: Proxy, fault: Fault) -> None:
    api.rule = every(5, fault, "POST", "PATCH", "DELETE")  # type: ignore[assignment]

    ended = surroundings.run()

    judged(ended, surroundings)
    assert api.faults > 0
    assert f"the Kubernetes API answered {fault.status}" in json.dumps(
        (surroundings.out / "report.json").read_text(encoding="utf-8")
    )


@pytest.mark.parametrize(
    ("fault", "cause"),
    [
        (BUSY, "the Kubernetes API is in trouble: 429"),
        (CONFLICT, "the Kubernetes API is in trouble: 409"),
        (Fault(status=500, reason="InternalError"), "the Kubernetes API is in trouble: 500"),
        (Fault(status=503, reason="ServiceUnavailable"), "the Kubernetes API is in trouble: 503"),
        (Fault(cut=True), "the Kubernetes API does not answer"),
    ],
    ids=["429", "409", "500", "503", "cut"],
)
def test_what_stays_is_named_once(surroundings: Surroundings, api: Proxy, fault: Fault, cause: str) -> None:
    command = surroundings.start()
    command.until("judging")
    api.rule = lambda asked: fault

    blameless(command.end(), surroundings, cause)


def test_an_api_that_is_in_trouble_from_the_start_is_named_as_well(surroundings: Surroundings, api: Proxy) -> None:
    api.rule = lambda asked: Fault(status=500, reason="InternalError")

    blameless(surroundings.run(), surroundings, "the Kubernetes API is in trouble: 500")


def test_a_slow_api_takes_time_and_nothing_else(surroundings: Surroundings, api: Proxy) -> None:
    api.rule = lambda asked: Fault(seconds=0.4)

    judged(surroundings.run(), surroundings)


def test_connections_that_break_now_and_then_are_never_a_finding(surroundings: Surroundings, api: Proxy) -> None:
    api.rule = every(7, Fault(cut=True))  # type: ignore[assignment]

    ended = surroundings.run()

    assert api.faults > 0
    blameless(ended, surroundings, "the Kubernetes API does not answer")
