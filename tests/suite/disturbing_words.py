"""A vocabulary that disturbs every scenario but its own."""

from __future__ import annotations

from pytest_bdd import when


@when("the power is cut")
def power_cut(outages: object) -> object:
    return outages
