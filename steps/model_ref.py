"""Steps about the MaaSModelRef of the model under judgement."""

from __future__ import annotations

from pytest_bdd import given, parsers, then, when

from fixtures.children import Children
from fixtures.judgements.objects import NoneFor, RefFailed, RefPending
from fixtures.judgements.statuses import ConditionsCurrent, RefAddress, RefRoute, RefWaiting
from fixtures.model_refs import NAMING, ModelRefs
from fixtures.models import PARTS
from fixtures.scenario import SUBJECT, Scenario
from fixtures.words import known


@when("its MaaSModelRef is made")
def ref_made(scenario: Scenario) -> None:
    scenario.subject.publish()


@when("its MaaSModelRef is deleted")
def ref_deleted(scenario: Scenario) -> None:
    scenario.subject.withdraw()


@when(parsers.parse('its MaaSModelRef is changed to name "{alias:w}"'))
def ref_led_elsewhere(scenario: Scenario, model_refs: ModelRefs, alias: str) -> None:
    model_refs.name(scenario.models[alias].name)


@then('no MaaSModelRef for "alpha" appears')
def no_ref_appears(scenario: Scenario) -> None:
    scenario.judging.objects_hold(NoneFor(scenario.subject.name), scenario.objects.model_refs)


@then('its MaaSModelRef settles on Ready, with the address of "alpha"')
def ref_ready(scenario: Scenario, model_refs: ModelRefs) -> None:
    scenario.judging.objects_settle(model_refs.ready(), scenario.objects.model_refs)


@then("its MaaSModelRef settles on Failed, naming the missing ExternalModel")
def ref_failed(scenario: Scenario) -> None:
    model = scenario.subject
    scenario.judging.objects_settle(RefFailed(model.name, model.namespace), scenario.objects.model_refs)


@then("its MaaSModelRef settles on Pending, awaiting a policy and a subscription")
def ref_pending(scenario: Scenario) -> None:
    scenario.judging.objects_settle(RefPending(scenario.subject.name), scenario.objects.model_refs)


@then('after its MaaSModelRef is made, "alpha" works')
def works_after_ref(scenario: Scenario) -> None:
    scenario.subject.publish()
    scenario.works(SUBJECT, "the model works after its MaaSModelRef is made")


@then('after its MaaSModelRef is put right, "alpha" works')
def works_after_ref_is_right(scenario: Scenario, model_refs: ModelRefs) -> None:
    model_refs.name(scenario.subject.name)
    scenario.works(SUBJECT, "the model works after its MaaSModelRef is put right")


# Out of the ordinary


@given('a model "alpha" in a namespace that the gateway does not admit')
def model_in_closed_namespace(scenario: Scenario) -> None:
    scenario.new_model(SUBJECT, closed=True).deploy(strict=True)


@given(
    parsers.parse('a model "alpha" whose objects are made in the order {first}, {second}, {third}'),
    converters=dict.fromkeys(("first", "second", "third"), known(PARTS)),
)
def model_made_in_order(scenario: Scenario, first: str, second: str, third: str) -> None:
    scenario.new_model(SUBJECT).deploy_in_order((first, second, third))


@when(
    parsers.parse("a MaaSModelRef of its name is made in another namespace, which {naming}"),
    converters={"naming": known(NAMING)},
)
def ref_made_elsewhere(model_refs: ModelRefs, naming: str) -> None:
    model_refs.make_elsewhere(naming)


@when(parsers.parse('its MaaSModelRef is given the endpointOverride "{address}"'))
def endpoint_overridden(model_refs: ModelRefs, address: str) -> None:
    model_refs.override(address)


@then('after its endpointOverride is taken away, it settles on Ready, with the address of "alpha"')
def ref_ready_without_override(scenario: Scenario, model_refs: ModelRefs) -> None:
    model_refs.override(None)
    ref_ready(scenario, model_refs)


@when("its MaaSModelRef says that the ExternalModel is missing")
def ref_has_failed(scenario: Scenario, model_refs: ModelRefs) -> None:
    failed = RefFailed(scenario.subject.name, scenario.subject.namespace)
    scenario.judging.objects_control(failed, model_refs.look, "the MaaSModelRef was looked at before its ExternalModel")


@when("its MaaSModelRef says Ready")
def ref_has_been_ready(scenario: Scenario, model_refs: ModelRefs) -> None:
    words = "the MaaSModelRef was Ready before its ExternalModel went"
    scenario.judging.objects_control(model_refs.ready(), model_refs.look, words)


@then("that MaaSModelRef settles on Failed, naming the missing ExternalModel")
def ref_elsewhere_failed(scenario: Scenario, model_refs: ModelRefs) -> None:
    model_refs.settle(RefFailed(scenario.subject.name, model_refs.where()))


@then("its MaaSModelRef settles on Pending, without an address")
def ref_waiting(scenario: Scenario, model_refs: ModelRefs) -> None:
    model_refs.settle(RefWaiting(scenario.subject.name))


@then(parsers.parse('its MaaSModelRef settles on the address "{address}"'))
def ref_address(scenario: Scenario, model_refs: ModelRefs, address: str) -> None:
    model_refs.settle(RefAddress(scenario.subject.name, address))


@then("its MaaSModelRef settles on naming its HTTPRoute and the gateway")
def ref_route(scenario: Scenario, model_refs: ModelRefs, children: Children) -> None:
    model = scenario.subject
    model_refs.settle(RefRoute(model.name, f"{model.namespace}/{model.name}", str(children.gateway())))


@then("the conditions of its MaaSModelRef come to be about its latest edit")
def conditions_current(scenario: Scenario, model_refs: ModelRefs) -> None:
    model_refs.settle(ConditionsCurrent(scenario.subject.name))


@then("requests reach its provider as soon as its MaaSModelRef says Ready")
def served_once_ready(model_refs: ModelRefs) -> None:
    model_refs.serves_once_ready()
