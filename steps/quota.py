"""Steps about budgets of tokens, and what draws on them."""

from __future__ import annotations

from pytest_bdd import given, parsers, then, when

from fixtures.budgets import PLACES, Budgets
from fixtures.callers import Callers
from fixtures.judgements.service import AnsweredByProvider
from fixtures.scenario import SUBJECT, Scenario
from fixtures.words import AnswerName, known


@given(parsers.parse('a working model "{alias:w}" with a budget of {tokens:d} tokens in {window:w}'))
def model_with_budget(budgets: Budgets, alias: str, tokens: int, window: str) -> None:
    budgets.deploy_within(alias, {"limit": tokens, "window": window})


@given(
    parsers.parse(
        'a working model "{alias:w}" with a budget of {many:d} tokens in {short:w}, and one of {few:d} in {long:w}'
    )
)
def model_with_two_budgets(budgets: Budgets, alias: str, many: int, short: str, few: int, long: str) -> None:
    both = ({"limit": many, "window": short}, {"limit": few, "window": long})
    budgets.deploy_within(alias, *both)


@given(
    parsers.parse('a working model "{alias:w}" in {place}, with a budget of {tokens:d} tokens in {window:w}'),
    converters={"place": known(PLACES)},
)
def other_model_with_budget(budgets: Budgets, alias: str, place: str, tokens: int, window: str) -> None:
    budgets.deploy_within(alias, {"limit": tokens, "window": window}, place=place)


@given(
    parsers.parse(
        'another subscription of the clients, with a budget of {tokens:d} tokens in {window:w} for "{alias:w}"'
    )
)
def other_subscription(callers: Callers, tokens: int, window: str, alias: str) -> None:
    callers.subscribe_again(alias, {"limit": tokens, "window": window})


@given(parsers.parse('a stranger who shares policy and subscription of "{alias:w}"'))
def stranger_sharing(callers: Callers, alias: str) -> None:
    callers.share(alias)


@when(parsers.parse('clients call "{alias:w}", and its provider declares {tokens:d} tokens in all for each call'))
def costly_call(scenario: Scenario, budgets: Budgets, alias: str, tokens: int) -> None:
    scenario.planned = budgets.costing(alias, tokens)


@when(parsers.parse('clients have spent a budget of {tokens:d} tokens on "{alias:w}"'))
def budget_spent(budgets: Budgets, tokens: int, alias: str) -> None:
    budgets.spend(alias, tokens)


@when(
    parsers.parse(
        'clients spend a budget of {tokens:d} tokens on "{alias:w}" over connections that the stranger came over before'
    )
)
def budget_spent_behind_stranger(budgets: Budgets, tokens: int, alias: str) -> None:
    budgets.spend_behind_stranger(alias, tokens)


@when(parsers.parse('free requests to "{alias:w}" are refused as "{answer}"'), converters={"answer": AnswerName})
def refused_for_free(scenario: Scenario, callers: Callers, budgets: Budgets, alias: str, answer: AnswerName) -> None:
    budgets.is_refused_for_free(alias, answer)
    scenario.planned = callers.free(alias, callers.key)


@when(parsers.parse('clients call "{alias:w}" {number:d} times in vain'))
def calls_in_vain(scenario: Scenario, budgets: Budgets, alias: str, number: int) -> None:
    budgets.call_in_vain(alias, number, scenario.planned or scenario.request(alias))


@then(parsers.parse('free requests to "{alias:w}" settle on its provider\'s answer'))
def free_answered(scenario: Scenario, callers: Callers, alias: str) -> None:
    expectation = AnsweredByProvider(scenario.models[alias].facts, with_credential=True)
    scenario.settles(expectation, callers.free(alias, callers.key))


@then(parsers.parse('free requests to "{alias:w}" of the stranger settle on its provider\'s answer'))
@then(
    parsers.parse(
        'free requests to "{alias:w}" of the stranger settle on its provider\'s answer, whoever used his connections'
    )
)
def free_answered_to_stranger(scenario: Scenario, callers: Callers, alias: str) -> None:
    expectation = AnsweredByProvider(scenario.models[alias].facts, with_credential=True)
    scenario.settles(expectation, callers.free(alias, callers.strangers_key))


@then(parsers.parse('free requests to "{alias:w}" by the other subscription settle on its provider\'s answer'))
def free_answered_by_other_subscription(scenario: Scenario, callers: Callers, alias: str) -> None:
    expectation = AnsweredByProvider(scenario.models[alias].facts, with_credential=True)
    scenario.settles(expectation, callers.free(alias, callers.other_subscriptions_key))


@then(parsers.parse('a budget of {tokens:d} tokens on "alpha" can still be spent'))
def budget_in_force(budgets: Budgets, tokens: int) -> None:
    budgets.spend(SUBJECT, tokens)
