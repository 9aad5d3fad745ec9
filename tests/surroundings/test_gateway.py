"""A gateway that cannot be reached, for a while or at all: that is no answer, and so no finding."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.command.running import report
from tests.surroundings.conftest import Surroundings
from tests.surroundings.doubles import Door, expired
from tests.surroundings.verdicts import blameless, judged


@pytest.fixture
def door(surroundings: Surroundings) -> Iterator[Door]:
    """What stands between clients and the gateway."""
    upstream = urlsplit(surroundings.config["gateway"]["url"])
    made = Door(str(upstream.hostname), int(upstream.port or 80))
    surroundings.config["gateway"]["url"] = f"http://127.0.0.1:{made.port}"
    yield made
    made.close()


def test_a_gateway_that_goes_away_for_good_is_named_once_and_waited_for_once(
    surroundings: Surroundings, door: Door
) -> None:
    command = surroundings.start()
    command.until("judging")
    door.shut()

    blameless(command.end(), surroundings, "is not reachable: connection refused")
    first, *others = (case for item in report(surroundings.out)["requirements"] for case in item["cases"])
    assert all(case["seconds"] < first["seconds"] / 4 for case in others)


def test_a_gateway_that_is_away_for_a_while_is_judged_later_or_not_at_all(
    surroundings: Surroundings, door: Door
) -> None:
    command = surroundings.start()
    command.until("judging")
    command.pause(1)
    door.shut()
    command.pause(2)
    door.open()

    ended = command.end()

    if ended.code == 0:
        judged(ended, surroundings)
    else:
        blameless(ended, surroundings, "is not reachable: connection refused")


def test_a_certificate_that_has_expired_keeps_the_run_from_beginning(
    surroundings: Surroundings, tmp_path: Path
) -> None:
    context, authority = expired(tmp_path)
    gateway = surroundings.config["gateway"]
    upstream = urlsplit(gateway["url"])
    door = Door(str(upstream.hostname), int(upstream.port or 80), context)
    gateway.update(url=f"https://127.0.0.1:{door.port}", caFile=str(authority))

    blameless(surroundings.run(), surroundings, "does not answer (certificate has expired)")
    door.close()
