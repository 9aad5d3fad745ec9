"""Steps that judge what clients receive."""

from __future__ import annotations

from pytest_bdd import given, parsers, then, when

from fixtures.judgements.credential_values import RefusedOrServedClean
from fixtures.judgements.credentials import OneAuthorization, RefusedOrServedByOwn
from fixtures.judgements.relaying import AnswerIntact, HeaderRelayed
from fixtures.judgements.secrecy import NoKeyInAnswer
from fixtures.judgements.service import AnsweredByProvider, UnderstoodBySdk
from fixtures.scenario import SUBJECT, Scenario
from fixtures.secret_shapes import SMUGGLED
from fixtures.words import AnswerName


@then(parsers.parse('requests to "{alias:w}" settle on its provider\'s answer'))
@then(parsers.parse('requests to "{alias:w}" settle on its provider\'s answer to the new credential'))
def settle_on_answer(scenario: Scenario, alias: str) -> None:
    scenario.is_answered(alias)


@then(parsers.parse('requests to "{alias:w}" settle on the refusal "{answer}"'), converters={"answer": AnswerName})
def settle_on_refusal(scenario: Scenario, alias: str, answer: AnswerName) -> None:
    scenario.is_refused(answer, scenario.request(alias))


@then(parsers.parse('the requests settle on the refusal "{answer}"'), converters={"answer": AnswerName})
def planned_settle_on_refusal(scenario: Scenario, answer: AnswerName) -> None:
    scenario.is_refused(answer)


@given(parsers.parse('requests to "alpha" are refused as "{answer}"'), converters={"answer": AnswerName})
@when(parsers.parse('requests to "alpha" are refused as "{answer}"'), converters={"answer": AnswerName})
def control_refused(scenario: Scenario, answer: AnswerName) -> None:
    scenario.is_out_of_use(answer, "requests are refused before the change")


@when('requests to "alpha" work with the new credential')
@when('requests to "alpha" work with the new name')
def control_works(scenario: Scenario) -> None:
    scenario.works(SUBJECT, "the first change takes effect")


@then(parsers.parse('the requests are refused, or served by the provider of "{alias:w}" with its own credential'))
def refused_or_own(scenario: Scenario, alias: str) -> None:
    scenario.holds(RefusedOrServedByOwn(scenario.models[alias].facts))


@then(parsers.parse('requests to "{alias:w}" settle on a refusal, or on the provider\'s answer to the clean value'))
def settle_on_clean_or_refused(scenario: Scenario, alias: str) -> None:
    scenario.settles(RefusedOrServedClean(scenario.models[alias].facts, SMUGGLED), scenario.request(alias))


@then(
    parsers.parse('the requests are refused as "{answer}", or answered by the provider of "{alias:w}"'),
    converters={"answer": AnswerName},
)
def refused_or_answered(scenario: Scenario, answer: AnswerName, alias: str) -> None:
    scenario.is_refused_or(answer, AnsweredByProvider(scenario.models[alias].facts, with_credential=True))


@then(
    parsers.parse('the requests are refused as "{answer}", or bear one Authorization, that of "{alias:w}"'),
    converters={"answer": AnswerName},
)
def refused_or_one_authorization(scenario: Scenario, answer: AnswerName, alias: str) -> None:
    scenario.is_refused_or(answer, OneAuthorization(scenario.models[alias].facts))


@then("the clients receive the provider's answer as it was sent")
def answer_intact(scenario: Scenario) -> None:
    scenario.holds(AnswerIntact(scenario.content.body, "application/json"))


@then(parsers.parse('the clients receive the provider\'s header "{name}: {value}"'))
def provider_header_relayed(scenario: Scenario, name: str, value: str) -> None:
    scenario.holds(HeaderRelayed(name, value))


@then(parsers.parse('the requests are answered by the provider of "{alias:w}"'))
def answered_by(scenario: Scenario, alias: str) -> None:
    model = scenario.models[alias]
    scenario.settles(AnsweredByProvider(model.facts, with_credential=model.strict))


@then("the SDK returns the provider's answer")
def understood_by_sdk(scenario: Scenario) -> None:
    scenario.holds(UnderstoodBySdk(scenario.subject.facts))


@then("the answers contain no provider's key")
def no_key(scenario: Scenario) -> None:
    scenario.holds(NoKeyInAnswer(scenario.client_key.name))
