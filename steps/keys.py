"""Steps about client keys as maas-api mints, shows and revokes them."""

from __future__ import annotations

from pytest_bdd import parsers, then, when

from fixtures.keys import Keys
from fixtures.scenario import Scenario


@when("the key of the clients is revoked")
def key_revoked(keys: Keys) -> None:
    keys.revoke()


@when(parsers.parse("the clients have a key that was minted for {seconds:d} seconds"))
def key_for_a_time(keys: Keys, seconds: int) -> None:
    keys.mint_for(seconds)


@then("a user who asks for a client key is given one, with 201 and the beginning that all have")
def key_minted(keys: Keys) -> None:
    keys.is_minted()


@then(parsers.parse("a user who asks for a client key with the unknown field {field:w} is given one all the same"))
def key_minted_with_field(keys: Keys, field: str) -> None:
    keys.is_minted(**{field: 90})


@then("what maas-api says of the key of the clients later is without its value")
def key_shown_without_value(keys: Keys) -> None:
    keys.is_shown_without_value()


@then("a stranger who asks for the key of the clients finds none")
def key_not_shown_to_stranger(keys: Keys) -> None:
    keys.is_not_shown_to_stranger()


@then("a stranger who asks for all keys does not find it")
def key_not_among_strangers(keys: Keys) -> None:
    keys.is_not_among_strangers()


@then("a stranger who revokes the key of the clients finds none")
def key_not_revoked_by_stranger(keys: Keys) -> None:
    keys.is_not_revoked_by_stranger()


@then("who shows the key of the clients to maas-api is given no other key for it")
def key_mints_none(keys: Keys) -> None:
    keys.mints_no_key()


@then(parsers.parse('with a new key, "{alias:w}" works'))
def works_with_new_key(scenario: Scenario, keys: Keys, alias: str) -> None:
    keys.renew()
    scenario.works(alias, "the model works with a new key")
