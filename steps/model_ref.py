"""Steps about the MaaSModelRef of the model under judgement."""

from __future__ import annotations

from pytest_bdd import then, when

from fixtures.judgements.objects import NoneFor, RefFailed, RefPending, RefReady
from fixtures.scenario import SUBJECT, Scenario


@when("its MaaSModelRef is made")
def ref_made(scenario: Scenario) -> None:
    scenario.subject.publish()


@when("its MaaSModelRef is deleted")
def ref_deleted(scenario: Scenario) -> None:
    scenario.subject.withdraw()


@then('no MaaSModelRef for "alpha" appears')
def no_ref_appears(scenario: Scenario) -> None:
    scenario.judging.objects_hold(NoneFor(scenario.subject.name), scenario.model_refs)


@then('its MaaSModelRef settles on Ready, with the address of "alpha"')
def ref_ready(scenario: Scenario) -> None:
    model = scenario.subject
    endpoint = scenario.edition.endpoint_of(model.namespace, model.name)
    scenario.judging.objects_settle(RefReady(model.name, endpoint), scenario.model_refs)


@then("its MaaSModelRef settles on Failed, naming the missing ExternalModel")
def ref_failed(scenario: Scenario) -> None:
    model = scenario.subject
    scenario.judging.objects_settle(RefFailed(model.name, model.namespace), scenario.model_refs)


@then("its MaaSModelRef settles on Pending, awaiting a policy and a subscription")
def ref_pending(scenario: Scenario) -> None:
    scenario.judging.objects_settle(RefPending(scenario.subject.name), scenario.model_refs)


@then('after its MaaSModelRef is made, "alpha" works')
def works_after_ref(scenario: Scenario) -> None:
    scenario.subject.publish()
    scenario.works(SUBJECT, "the model works after its MaaSModelRef is made")
