"""Steps about providers of other kinds: what they are asked, and what comes back from them."""

from __future__ import annotations

from pytest_bdd import given, parsers, then, when

from fixtures.judgements.forwarding import PathSeen
from fixtures.judgements.translation import AnsweredAs, ReceivedAs, ReceivedWithout
from fixtures.scenario import SUBJECT, Scenario
from steps.models import refuse_if


@given(parsers.parse('a working model "{alias:w}" of the provider "{kind}"'))
def working_model_of_kind(scenario: Scenario, alias: str, kind: str) -> None:
    refuse_if(scenario.baseline.not_working)
    model = scenario.new_model(alias)
    model.kind = scenario.provider_kind(kind)
    model.deploy(strict=True)
    scenario.works(alias, f"a model of the provider {kind} is served")


@given(parsers.parse('a model "{alias:w}" of the provider "{kind}" in service, which accepts any credential'))
def lenient_model_of_kind(scenario: Scenario, alias: str, kind: str) -> None:
    refuse_if(scenario.baseline.out_of_service)
    model = scenario.new_model(alias)
    model.kind = scenario.provider_kind(kind)
    model.deploy(strict=False)
    scenario.is_in_service(alias, f"requests reach a provider of the kind {kind}")


@when(parsers.parse('its provider becomes "{kind}"'))
def provider_changed(scenario: Scenario, kind: str) -> None:
    scenario.subject.change(kind=scenario.provider_kind(kind))


@then(parsers.parse('after its provider is "{kind}" again, "alpha" works'))
def works_after_provider(scenario: Scenario, kind: str) -> None:
    scenario.subject.change(kind=scenario.provider_kind(kind))
    scenario.works(SUBJECT, f"the model works after its provider is {kind} again")


@when(parsers.parse('clients call "{alias:w}" with'))
def call_with_document(scenario: Scenario, alias: str, docstring: str) -> None:
    scenario.planned = scenario.request(alias, document=docstring)


@when(parsers.parse("its provider answers with {status:d} and"))
def scripted_document(scenario: Scenario, status: int, docstring: str) -> None:
    body = docstring.replace("{targetModel}", scenario.subject.target_model)
    scenario.scripted = ({"status": status, "body": body},)


@then("the provider receives")
def received_as(scenario: Scenario, docstring: str) -> None:
    scenario.holds(ReceivedAs(docstring))


@then(parsers.parse("the provider receives no field {names}"))
def received_without(scenario: Scenario, names: str) -> None:
    scenario.holds(ReceivedWithout(tuple(names.split(", "))))


@then("the provider sees the path of the configured endpoint")
def configured_path_seen(scenario: Scenario) -> None:
    scenario.holds(PathSeen(scenario.subject.kind.path))


@then(parsers.parse("the clients receive {status:d} and"))
def answered_as(scenario: Scenario, status: int, docstring: str) -> None:
    document = docstring.replace("{targetModel}", scenario.subject.target_model)
    scenario.holds(AnsweredAs(status, document))
