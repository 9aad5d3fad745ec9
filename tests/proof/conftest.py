"""The process that the runs of the proofs are forked from."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.proof.runs import Nursery


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    """One for each pytest-xdist worker."""
    made = Nursery()
    yield made
    made.close()
