"""A provider that is slow, in trouble, or does not tell the truth: the gateway is blamed for none of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.surroundings.conftest import Surroundings
from tests.surroundings.doubles import Asked, Door, Fault, Proxy, Rule, expired
from tests.surroundings.verdicts import blameless, judged


def wrong_receipts(document: Any) -> Any:
    for arrival in document["arrivals"]:
        arrival["answer"] = {**(arrival["answer"] or {}), "receipt": "0" * 29}
    return document


def lost_entries(document: Any) -> Any:
    return {**document, "arrivals": []}


def journal(fault: Fault) -> Rule:
    """A rule that strikes what is read of the journal."""
    return lambda asked: fault if asked.path.startswith("/v1/arrivals") else None


@pytest.mark.parametrize(
    ("rule", "cause"),
    [
        (journal(Fault(rewrite=wrong_receipts)), "the provider's journal has another receipt"),
        (journal(Fault(rewrite=lost_entries)), "the provider's journal tells of 0 arrivals where there was one"),
        (lambda asked: Fault(status=500), "the provider's control API answers 500"),
        (lambda asked: Fault(cut=True), "the provider's control API does not answer"),
    ],
    ids=["wrong receipts", "lost entries", "500", "cut"],
)
def test_a_provider_that_cannot_be_relied_on_is_named_once(
    surroundings: Surroundings, control: Proxy, rule: Rule, cause: str
) -> None:
    command = surroundings.start()
    command.until("judging")
    control.rule = rule

    blameless(command.end(), surroundings, cause)


def test_a_liar_from_the_start_keeps_the_run_from_beginning(surroundings: Surroundings, control: Proxy) -> None:
    control.rule = journal(Fault(rewrite=lost_entries))

    blameless(surroundings.run(), surroundings, "the provider's journal tells of 0 arrivals where there was one")


def test_a_slow_provider_takes_time_and_nothing_else(surroundings: Surroundings, control: Proxy) -> None:
    def slowly(asked: Asked) -> Fault:
        return Fault(seconds=0.3)

    control.rule = slowly

    judged(surroundings.run(), surroundings)


def test_a_clock_that_goes_wrong_changes_nothing(surroundings: Surroundings, control: Proxy) -> None:
    def an_hour_ahead(document: Any) -> Any:
        for arrival in document["arrivals"]:
            arrival["receivedAt"] += 3600
        return document

    control.rule = journal(Fault(rewrite=an_hour_ahead))

    judged(surroundings.run(), surroundings)


def test_a_control_api_whose_certificate_has_expired_keeps_the_run_from_beginning(
    surroundings: Surroundings, tmp_path: Path
) -> None:
    context, authority = expired(tmp_path)
    upstream = urlsplit(surroundings.config["provider"]["controlUrl"])
    door = Door(str(upstream.hostname), int(upstream.port or 80), context)
    surroundings.config["provider"]["controlUrl"] = f"https://127.0.0.1:{door.port}"
    surroundings.environment["SSL_CERT_FILE"] = str(authority)

    blameless(surroundings.run(), surroundings, "the provider's control API does not answer (certificate has expired)")
    door.close()
