"""Steps about client keys as maas-api mints, shows and revokes them."""

from __future__ import annotations

from pytest_bdd import parsers, then, when

from fixtures.callers import Callers
from fixtures.scenario import Scenario


@when("the key of the clients is revoked")
def key_revoked(scenario: Scenario, callers: Callers) -> None:
    scenario.clients.revoke_key()


@when(parsers.parse("the clients have a key that was minted for {seconds:d} seconds"))
def key_for_a_time(callers: Callers, seconds: int) -> None:
    callers.mint_for(seconds)


@then("a user who asks for a client key is given one, with 201 and the beginning that all have")
def key_minted(callers: Callers) -> None:
    callers.is_minted()


@then(parsers.parse("a user who asks for a client key with the unknown field {field:w} is given one all the same"))
def key_minted_with_field(callers: Callers, field: str) -> None:
    callers.is_minted(**{field: 90})


@then("what maas-api says of the key of the clients later is without its value")
def key_shown_without_value(callers: Callers) -> None:
    callers.is_shown_without_value()


@then("a stranger who asks for the key of the clients finds none")
def key_not_shown_to_stranger(callers: Callers) -> None:
    callers.is_not_shown_to_stranger()


@then("a stranger who revokes the key of the clients finds none")
def key_not_revoked_by_stranger(callers: Callers) -> None:
    callers.is_not_revoked_by_stranger()


@then("who shows the key of the clients to maas-api is given no other key for it")
def key_mints_none(callers: Callers) -> None:
    callers.mints_no_key()


@then(parsers.parse('with a new key, "{alias:w}" works'))
def works_with_new_key(scenario: Scenario, callers: Callers, alias: str) -> None:
    callers.renew()
    scenario.works(alias, "the model works with a new key")
