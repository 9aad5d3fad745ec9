"""Steps about what the owner does with the Secret of the model under judgement."""

from __future__ import annotations

from pytest_bdd import parsers, then, when

from fixtures.scenario import SUBJECT, Scenario
from fixtures.secret_shapes import TRAILERS
from fixtures.words import known


@when("the label of its Secret is removed")
def label_removed(scenario: Scenario) -> None:
    scenario.subject.set_label(None)


@when('the label of its Secret is set to "false"')
def label_set_to_false(scenario: Scenario) -> None:
    scenario.subject.set_label("false")


@when("the label is added to its Secret")
def label_added(scenario: Scenario) -> None:
    scenario.subject.set_label(scenario.edition.secret_label_value)


@when("the value in its Secret becomes empty")
def value_emptied(scenario: Scenario) -> None:
    scenario.subject.empty_secret()


@when(parsers.parse('the data key of its Secret is replaced by "{key}"'))
def data_key_replaced(scenario: Scenario, key: str) -> None:
    scenario.subject.replace_data_key(key)


@when("the value in its Secret is rotated")
def value_rotated(scenario: Scenario) -> None:
    scenario.subject.rotate()


@when(
    parsers.parse("the value in its Secret is rotated, with {trailer} behind the new one"),
    converters={"trailer": known(TRAILERS)},
)
def value_rotated_with_trailer(scenario: Scenario, trailer: str) -> None:
    scenario.subject.rotate(behind=TRAILERS[trailer])


@when("the value in its Secret is rotated back")
def value_rotated_back(scenario: Scenario) -> None:
    scenario.subject.rotate_back()


@when("its Secret is deleted")
def secret_deleted(scenario: Scenario) -> None:
    scenario.subject.delete_secret()


@when("its Secret is made")
def secret_made(scenario: Scenario) -> None:
    scenario.subject.put_secret_right()


@when("its Secret is made again with another value")
def secret_remade(scenario: Scenario) -> None:
    scenario.subject.remake_secret()


@then('after its reference and its Secret are put right, "alpha" works')
def works_after_reference(scenario: Scenario) -> None:
    scenario.subject.put_reference_right()
    works_after_secret(scenario)


@then('after its Secret is put right, "alpha" works')
def works_after_secret(scenario: Scenario) -> None:
    scenario.subject.put_secret_right()
    scenario.works(SUBJECT, "the model works after its Secret is put right")
