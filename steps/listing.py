"""Steps about the list of models."""

from __future__ import annotations

from pytest_bdd import given, parsers, then, when

from fixtures.listing import Listing
from fixtures.maas_api import MODELS
from fixtures.scenario import Scenario
from fixtures.words import known


@given(parsers.parse('"{alias:w}" is in the list of models'))
def listed(listing: Listing, alias: str) -> None:
    listing.is_listed(alias)


@when(parsers.parse("clients look at the list of models {number:d} times"))
def looked_at(listing: Listing, number: int) -> None:
    listing.look_at_list(number)


@when(parsers.parse('clients call "{alias:w}" at the address and by the name that the list of models shows'))
def call_as_listed(scenario: Scenario, listing: Listing, alias: str) -> None:
    scenario.planned = listing.as_listed(alias)


@then(parsers.parse('the list of models at {path} shows "{alias:w}" once'), converters={"path": known(MODELS)})
def shown_at(listing: Listing, path: str, alias: str) -> None:
    listing.lists(alias, path)


@then(parsers.parse('the list of models shows "{alias:w}"'))
def shown(listing: Listing, alias: str) -> None:
    listing.lists(alias)


@then(parsers.parse('the list of models shows "{alias:w}" at the address of its MaaSModelRef\'s status'))
def shown_at_address(listing: Listing, alias: str) -> None:
    listing.lists_at_address(alias)


@then(parsers.parse('the list of models does not show "{alias:w}"'))
def not_shown(listing: Listing, alias: str) -> None:
    listing.does_not_list(alias)


@then(parsers.parse('the list of models comes to show "{alias:w}" as ready no longer'))
def shown_as_ready_no_longer(listing: Listing, alias: str) -> None:
    listing.lists_as_ready_no_longer(alias)


@then(parsers.parse('the list of models does not show "{alias:w}" as ready'))
def not_shown_as_ready(listing: Listing, alias: str) -> None:
    listing.does_not_list_as_ready(alias)
