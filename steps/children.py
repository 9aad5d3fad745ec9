"""Steps about the objects that the controller makes for the model under judgement."""

from __future__ import annotations

from pytest_bdd import given, parsers, then, when

from fixtures.children import Children
from fixtures.judgements.children import AtRest, Attached, Labelled, ModelRule, Owned, PathRule, PortOfRoute, WayOut
from fixtures.judgements.deletion import AllGone
from fixtures.judgements.forwarding import SentByTls
from fixtures.judgements.objects import AllThere
from fixtures.scenario import SUBJECT, Scenario

ROUTE_TIMEOUT = "300s"

# Models whose ExternalModel has annotations


@given('a model "alpha" that asks for its provider\'s plain port, without TLS')
def model_in_clear(scenario: Scenario, children: Children) -> None:
    model = scenario.new_model(SUBJECT)
    children.ask_for_plain_port()
    model.deploy(strict=True)


@given('a model "alpha" that asks for its provider\'s second port')
def model_at_second_port(scenario: Scenario, children: Children) -> None:
    model = scenario.new_model(SUBJECT)
    children.annotate(port=str(children.port("second")))
    model.deploy(strict=True)


@given(parsers.parse('a model "alpha" whose {annotation:w} annotation is "{value}"'))
def model_annotated_wrongly(scenario: Scenario, children: Children, annotation: str, value: str) -> None:
    model = scenario.new_model(SUBJECT)
    children.annotate_wrongly(annotation, value)
    model.deploy(strict=True)


@when("it comes to ask for its provider's plain port, without TLS")
def annotated_in_clear(children: Children) -> None:
    children.ask_for_plain_port()


@when("its annotations are taken away")
def annotations_taken_away(children: Children) -> None:
    children.annotate(tls=None, port=None)


@when(parsers.parse('its {annotation:w} annotation is set to "{value}"'))
def annotated(children: Children, annotation: str, value: str) -> None:
    children.note()
    children.annotate_wrongly(annotation, value)


@then('after its annotations are taken away, "alpha" works')
def works_without_annotations(scenario: Scenario, children: Children) -> None:
    children.annotate(tls=None, port=None)
    scenario.works(SUBJECT, "the model works without the annotation")


# Acts


@when("its HTTPRoute is deleted")
def route_deleted(children: Children) -> None:
    children.delete("HTTPRoute")


@when("its ExternalModel is annotated anew")
def annotated_anew(scenario: Scenario) -> None:
    scenario.subject.annotate({"example.com/looked-at": "by its owner"})


# Judgements


@then("the controller's objects for \"alpha\" are there, by the edition's names")
def named(children: Children) -> None:
    children.settle_by_name()


@then('the controller\'s objects for "alpha" come to be there')
def come_to_be_there(scenario: Scenario, children: Children) -> None:
    scenario.judging.objects_settle(AllThere(children.kinds()), scenario.objects.children)


@then("the controller's objects stay there")
def stay_there(scenario: Scenario, children: Children) -> None:
    scenario.judging.objects_hold(AllThere(children.kinds()), scenario.objects.children)


@then("each of them is owned by the object that it was made for")
def owned(children: Children) -> None:
    children.settle(Owned(children.wanted()))


@then("each of them bears the edition's labels")
def labelled(children: Children) -> None:
    children.settle(Labelled(children.wanted()))


@then("they lead to its endpoint, by verified TLS")
def lead_out(scenario: Scenario, children: Children) -> None:
    children.settle(WayOut(scenario.subject.endpoint))


@then("they lead to that port, without TLS")
def lead_out_in_clear(scenario: Scenario, children: Children) -> None:
    port = children.port("plain")
    children.settle(WayOut(scenario.subject.endpoint, port, tls=False))
    children.settle(PortOfRoute(port))


@then("they lead to that port, by verified TLS")
def lead_out_at_port(scenario: Scenario, children: Children) -> None:
    port = children.port("second")
    children.settle(WayOut(scenario.subject.endpoint, port))
    children.settle(PortOfRoute(port))


@then("the provider sees requests that were sent in clear")
def arrives_in_clear(scenario: Scenario) -> None:
    scenario.still_holds(SentByTls(tls=False))


@then('requests to "alpha" settle on being sent by TLS')
def come_to_arrive_by_tls(scenario: Scenario) -> None:
    scenario.settles(SentByTls(tls=True))


@then('requests to "alpha" settle on being sent in clear')
def come_to_arrive_in_clear(scenario: Scenario) -> None:
    scenario.settles(SentByTls(tls=False))


@then("its HTTPRoute hangs on the gateway, without host names of its own")
def attached(children: Children) -> None:
    gateway = children.gateway()
    children.settle(Attached(gateway.namespace, gateway.name))


@then("its HTTPRoute has a rule for its path")
def has_path_rule(scenario: Scenario, children: Children) -> None:
    children.settle(PathRule(scenario.subject.endpoint_path("")))


@then("its HTTPRoute has a rule for its targetModel, and both lead to its endpoint")
def has_model_rule(scenario: Scenario, children: Children) -> None:
    model = scenario.subject
    children.settle(ModelRule(model.target_model, model.endpoint_path(""), model.endpoint, ROUTE_TIMEOUT))


@then('the controller makes no objects for "alpha"')
def none_made(children: Children) -> None:
    children.none_made()


@then("the controller's objects stay as they were")
def as_before(children: Children) -> None:
    children.are_as_before()


@then('the controller serves one new model after another without a write to the objects for "alpha"')
def at_rest(scenario: Scenario, children: Children) -> None:
    scenario.judging.objects_settle(AtRest(children.kinds()), children.looks_around_new_models())


# Deletion


@when("its namespace is deleted")
def namespace_deleted(children: Children) -> None:
    children.delete_namespace()


@then("neither its ExternalModel nor its MaaSModelRef is left")
def neither_left(scenario: Scenario) -> None:
    scenario.judging.objects_settle(AllGone(), scenario.objects.model_and_ref)


@then("nothing of what its owner has made is left")
def nothing_left(scenario: Scenario) -> None:
    scenario.judging.objects_settle(AllGone(), scenario.objects.owned)
