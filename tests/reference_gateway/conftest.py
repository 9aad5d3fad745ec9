"""What the gateway's tests stand on: the editions as they are shipped, and behaviours composed from them."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from reference_gateway.behaviour import Behaviour
from reference_gateway.deviations import Deviation, chosen, composed
from reference_gateway.edition import Edition, read_edition
from reference_gateway.faults import all_faults
from reference_gateway.variants import all_variants

EDITIONS = Path(__file__).parents[2] / "features" / "editions"


@cache
def edition_named(name: str) -> Edition:
    return read_edition(EDITIONS / f"{name}.yaml")


def behaviour(edition: str, faults: tuple[str, ...] = (), variants: tuple[str, ...] = ()) -> Behaviour:
    """A behaviour by the names or ids of its deviations."""
    read = edition_named(edition)
    deviations: list[type[Deviation]] = [
        *chosen(faults, all_faults(), "fault", read),
        *chosen(variants, all_variants(), "variant", read),
    ]
    return composed(read, deviations)


@pytest.fixture
def runbook() -> Behaviour:
    return behaviour("runbook")


@pytest.fixture
def shipped() -> Behaviour:
    return behaviour("rhoai-3.4")
