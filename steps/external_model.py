"""Steps about the ExternalModel of the model under judgement."""

from __future__ import annotations

from pytest_bdd import given, parsers, then, when

from fixtures.endpoints import ENDPOINTS
from fixtures.judgements.objects import AllThere, NoneThere
from fixtures.scenario import SUBJECT, Scenario
from fixtures.words import known


@when("its ExternalModel is deleted")
def external_model_deleted(scenario: Scenario) -> None:
    scenario.subject.delete_external_model()


@when("its endpoint is changed")
def endpoint_changed(scenario: Scenario) -> None:
    scenario.subject.change_endpoint()


@when(parsers.parse("its endpoint is changed to {words}"), converters={"words": known(ENDPOINTS)})
def endpoint_changed_to(scenario: Scenario, words: str) -> None:
    scenario.subject.lead_to(scenario.bad_endpoint(words))


@then('after its endpoint is put right, "alpha" works')
def works_after_endpoint(scenario: Scenario) -> None:
    scenario.subject.lead_back()
    scenario.works(SUBJECT, "the model works after its endpoint is put right")


@when("its targetModel is changed")
def target_model_changed(scenario: Scenario) -> None:
    scenario.subject.change_target_model()


@when("its targetModel is changed back")
def target_model_changed_back(scenario: Scenario) -> None:
    scenario.subject.change_target_model_back()


@when("its reference is changed to another Secret")
def secret_reference_changed(scenario: Scenario) -> None:
    scenario.subject.change_secret_reference()


@when("the Secret that it named before is given another value")
def former_secret_changed(scenario: Scenario) -> None:
    scenario.subject.change_former_secret()


@when("its reference is changed to a Secret that does not exist")
def secret_reference_dangles(scenario: Scenario) -> None:
    scenario.subject.name_missing_secret()


@when("its ExternalModel is made")
def external_model_made(scenario: Scenario) -> None:
    scenario.subject.make_external_model()


@when("its ExternalModel is made again with another endpoint and another Secret")
def external_model_made_elsewhere(scenario: Scenario) -> None:
    scenario.subject.make_again_elsewhere()


@then('after its ExternalModel is made again, "alpha" works')
def works_after_external_model(scenario: Scenario) -> None:
    scenario.subject.make_external_model()
    scenario.works(SUBJECT, "the model works after its ExternalModel is made again")


@given('the controller\'s objects for "alpha" are there')
def children_there(scenario: Scenario) -> None:
    kinds = tuple(resource.kind for resource in scenario.edition.children)
    scenario.judging.objects_control(AllThere(kinds), scenario.objects.children, "the controller has made its objects")


@then('the controller\'s objects for "alpha" disappear')
def children_gone(scenario: Scenario) -> None:
    scenario.judging.objects_settle(NoneThere(), scenario.objects.children_of_the_model)
