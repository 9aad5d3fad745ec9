"""The pytest fixtures that steps ask for."""

from __future__ import annotations

from collections.abc import Generator

import pytest

from fixtures.budgets import Budgets
from fixtures.callers import Callers
from fixtures.children import Children
from fixtures.keys import Keys
from fixtures.listing import Listing
from fixtures.model_refs import ModelRefs
from fixtures.monitoring import Monitoring
from fixtures.neighbour import Neighbour
from fixtures.offers import Offers
from fixtures.outages import Outages
from fixtures.references import References
from fixtures.scenario import Scenario
from fixtures.secrecy import Secrecy
from suite.casework import CASEWORK


@pytest.fixture
def scenario(request: pytest.FixtureRequest, neighbour: Neighbour) -> Generator[Scenario, None, None]:
    """The ground of the case; cleaned up after it. The neighbour is always there."""
    casework = request.config.stash[CASEWORK]
    scenario = casework.ground_for(request.node)
    yield scenario
    try:
        scenario.look_back()
        if casework.failed(request.node):
            scenario.take_down()
    finally:
        if not casework.keeps(request.node):
            scenario.clean_up()
        scenario.close()


@pytest.fixture
def offers(scenario: Scenario) -> Offers:
    """What a scenario offers to the API server."""
    return Offers(scenario)


@pytest.fixture
def children(scenario: Scenario) -> Children:
    """What a scenario sees of the objects that the controller makes."""
    return Children(scenario)


@pytest.fixture
def model_refs(scenario: Scenario) -> ModelRefs:
    """What a scenario makes of MaaSModelRefs that are out of the ordinary."""
    return ModelRefs(scenario)


@pytest.fixture
def monitoring(pytestconfig: pytest.Config, scenario: Scenario) -> Monitoring:
    """What operators see of the case's traffic."""
    return Monitoring(scenario, pytestconfig.stash[CASEWORK].target.metrics)


@pytest.fixture
def callers(scenario: Scenario) -> Callers:
    """Who calls in a case in which that is what is judged."""
    return Callers(scenario)


@pytest.fixture
def budgets(scenario: Scenario, callers: Callers) -> Budgets:
    """The budgets of tokens in a case in which they are what is judged."""
    return Budgets(scenario, callers)


@pytest.fixture
def keys(scenario: Scenario, callers: Callers) -> Keys:
    """The client keys in a case in which they are what is judged."""
    return Keys(scenario, callers)


@pytest.fixture
def listing(scenario: Scenario, callers: Callers) -> Listing:
    """The list of models as the clients of a case see it."""
    return Listing(scenario, callers)


@pytest.fixture
def outages(pytestconfig: pytest.Config, scenario: Scenario) -> Generator[Outages, None, None]:
    """Outages of the gateway's parts, which are over when the case is, whatever becomes of it."""
    casework = pytestconfig.stash[CASEWORK]
    outages = Outages(scenario, casework.target, casework.run)
    yield outages
    outages.put_back()


@pytest.fixture
def references(scenario: Scenario) -> References:
    """What owners do with references to providers."""
    return References(scenario)


@pytest.fixture
def secrecy(pytestconfig: pytest.Config, scenario: Scenario) -> Secrecy:
    """The looks for keys beside the answers to clients."""
    return Secrecy(scenario, pytestconfig.stash[CASEWORK].target)


@pytest.fixture(scope="session")
def neighbour(pytestconfig: pytest.Config) -> Generator[Neighbour, None, None]:
    """A model in another namespace that works all the time; one for each worker."""
    scenario = pytestconfig.stash[CASEWORK].ground_for_neighbour()
    yield Neighbour(scenario)
    scenario.clean_up()
    scenario.close()
