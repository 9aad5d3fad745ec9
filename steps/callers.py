"""Steps about who calls, with which proof, and what policies and subscriptions let him call."""

from __future__ import annotations

from pytest_bdd import given, parsers, then, when

from fixtures.callers import NAMERS, PROOFS, WAYS, Callers
from fixtures.judgements.service import AnsweredByProvider
from fixtures.scenario import Scenario
from fixtures.words import AnswerName, known


@given(parsers.parse('a model "{alias:w}" in another namespace, which a stranger alone may call'))
def strangers_model(callers: Callers, alias: str) -> None:
    callers.deploy_for_stranger(alias)


@given(parsers.parse('a model "{alias:w}" of the same name in another namespace, which a stranger alone may call'))
def strangers_namesake(callers: Callers, alias: str) -> None:
    callers.deploy_for_stranger(alias, namesake="beta")


@given(
    parsers.parse('a new model "{alias:w}" in the same namespace, which {who} names'),
    converters={"who": known(NAMERS)},
)
def new_model(callers: Callers, alias: str, who: str) -> None:
    callers.deploy_named_by(alias, who)


@when(parsers.parse('clients call "{alias:w}", showing {proof}'), converters={"proof": known(PROOFS)})
def call_showing(scenario: Scenario, callers: Callers, alias: str, proof: str) -> None:
    scenario.planned = callers.request_showing(alias, proof)


@when(
    parsers.parse('clients call "{alias:w}" {how}, showing {proof}'),
    converters={"how": known(WAYS), "proof": known(PROOFS)},
)
def call_in_a_way(scenario: Scenario, callers: Callers, alias: str, how: str, proof: str) -> None:
    scenario.planned = callers.request_showing(alias, proof, **WAYS[how](callers, scenario.models[alias].path))


@when(parsers.parse('clients call "{alias:w}" with their key in {header} instead'))
def call_showing_elsewhere(scenario: Scenario, callers: Callers, header: str, alias: str) -> None:
    scenario.planned = callers.request_showing(alias, "nothing", extra_headers=((header, callers.key),))


@when(parsers.parse('a stranger has a subscription that includes "{alias:w}", and a key for it'))
def stranger_equipped(callers: Callers, alias: str) -> None:
    callers.equip_stranger(alias)


@when(parsers.parse('a second policy of "{alias:w}" names the stranger'))
def stranger_named_by_another_policy(callers: Callers, alias: str) -> None:
    callers.admit_stranger_by_another_policy(alias)


@when(parsers.parse('clients call "{alias:w}", and somebody who shows nothing follows over the same connection'))
def somebody_follows(callers: Callers, alias: str) -> None:
    callers.follow(alias)


@then(
    parsers.parse('who follows to "{alias:w}" is refused as "{answer}", and the clients are not'),
    converters={"answer": AnswerName},
)
def followers_refused(callers: Callers, alias: str, answer: str) -> None:
    callers.followers_are_refused(alias, answer)


@when("the policy of the clients is deleted")
def policy_deleted(callers: Callers) -> None:
    callers.delete_policy()


@when("the policy names somebody else in the place of the clients")
def policy_changed(callers: Callers) -> None:
    callers.put_another_into_policy()


@when("the policy names the clients again")
def policy_changed_back(callers: Callers) -> None:
    callers.put_back_into_policy()


@when("the subscription of the clients is deleted")
def subscription_deleted(callers: Callers) -> None:
    callers.delete_subscription()


@when("the subscription of the clients becomes somebody else's")
def subscription_given_away(callers: Callers) -> None:
    callers.give_subscription_away()


@when(parsers.parse('"{alias:w}" is taken out of the subscription of the clients'))
def taken_out_of_subscription(callers: Callers, alias: str) -> None:
    callers.take_out_of_subscription(alias)


@when(parsers.parse('"{alias:w}" is taken out of the policy of the clients'))
def taken_out_of_policy(callers: Callers, alias: str) -> None:
    callers.take_out_of_policy(alias)


@then(
    parsers.parse('requests to "{alias:w}", showing {proof}, settle on its provider\'s answer'),
    converters={"proof": known(PROOFS)},
)
def answered_showing(scenario: Scenario, callers: Callers, alias: str, proof: str) -> None:
    expectation = AnsweredByProvider(scenario.models[alias].facts, with_credential=True)
    scenario.settles(expectation, callers.request_showing(alias, proof))


@then(parsers.parse('after the clients may do again what they could, "{alias:w}" works'))
def works_when_put_right(scenario: Scenario, callers: Callers, alias: str) -> None:
    callers.put_right()
    scenario.works(alias, "the model works after its clients may do again what they could")


@then(parsers.parse('after the policy names the stranger, too, "{alias:w}" works for him'))
def works_for_stranger(callers: Callers, alias: str) -> None:
    callers.admit_stranger()
    callers.is_free_to_call(alias, callers.strangers_key)


@then(parsers.parse('after a policy and a subscription name it, "{alias:w}" works'))
def works_when_let_in(scenario: Scenario, callers: Callers, alias: str) -> None:
    callers.let_in(alias)
    scenario.works(alias, "the model works after a policy and a subscription name it")
