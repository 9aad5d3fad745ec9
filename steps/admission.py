"""Steps about what the API server admits."""

from __future__ import annotations

from pytest_bdd import given, parsers, then, when

from fixtures.judgements.api_answers import ColumnsShown
from fixtures.judgements.written import AsWritten, SpecWritten
from fixtures.offers import Offers, literal
from fixtures.scenario import Scenario


@given("an ExternalModel that the API server admits")
def external_model_in_order(offers: Offers) -> None:
    offers.external_model_in_order()


@given("a MaaSModelRef that the API server admits")
def model_ref_in_order(offers: Offers) -> None:
    offers.model_ref_in_order()


@given("a MaaSAuthPolicy that the API server admits")
def policy_in_order(offers: Offers) -> None:
    offers.policy_in_order()


@given("a MaaSSubscription that the API server admits")
def subscription_in_order(offers: Offers) -> None:
    offers.subscription_in_order()


@when(parsers.re(r"the same is offered without (?P<field>\S+)"))
def offered_without(offers: Offers, field: str) -> None:
    offers.offer_without(field)


@when(parsers.parse('the same is offered with {field} "{value}"'), converters={"value": literal})
def offered_with(offers: Offers, field: str, value: str | list[str]) -> None:
    offers.offer_with(field, value)


@when(parsers.re(r"the same is offered with (?P<field>\S+) (?P<number>-?\d+)"), converters={"number": int})
def offered_with_number(offers: Offers, field: str, number: int) -> None:
    offers.offer_with(field, number)


@when("the same is offered for a group in place of a user")
def offered_for_a_group(offers: Offers) -> None:
    offers.offer_with("spec.subjects", {"groups": [{"name": "everybody"}]})


@then("the API server admits it")
def admitted(offers: Offers) -> None:
    offers.admitted()


@then(parsers.re(r"the API server refuses it for (?P<field>\S+)"))
def refused_for(offers: Offers, field: str) -> None:
    offers.refused_for(field)


@then(parsers.re(r'the API server refuses it for (?P<field>\S+), saying "(?P<saying>[^"]+)"'))
def refused_saying(offers: Offers, field: str, saying: str) -> None:
    offers.refused_for(field, saying)


@then("its objects come to rest as their owner wrote them")
def as_written(scenario: Scenario) -> None:
    specs = tuple(SpecWritten(item.resource.kind, item.name, item.spec) for item in scenario.kube.written)
    scenario.judging.objects_settle(AsWritten(specs), scenario.objects.written)


@then("a table of ExternalModels has the edition's columns")
def columns_shown(scenario: Scenario) -> None:
    edition = scenario.edition
    table = scenario.kube.table(edition.external_model, scenario.subject.namespace)
    scenario.judging.answered(ColumnsShown(edition.columns), table)
