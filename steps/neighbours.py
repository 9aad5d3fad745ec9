"""Steps about the model in another namespace that must not notice anything."""

from __future__ import annotations

from pytest_bdd import then

from fixtures.neighbour import Neighbour
from fixtures.scenario import Scenario


@then("the neighbour still works")
def neighbour_works(neighbour: Neighbour, scenario: Scenario) -> None:
    neighbour.still_works(scenario.recorder)
