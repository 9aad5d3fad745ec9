"""Steps about the models that a scenario stands on."""

from __future__ import annotations

import re

from pytest_bdd import given, parsers, when

from fixtures.errors import NotTestableError
from fixtures.models import ASKING, SecretShape
from fixtures.scenario import Scenario
from fixtures.secret_shapes import SHAPES
from fixtures.targets.target import Certificate
from fixtures.words import known

NO_LABEL = SecretShape(label=None)
SHAPE_WORDS = "|".join(map(re.escape, SHAPES))


@given(parsers.parse('a working model "{alias:w}"'))
def working_model(scenario: Scenario, alias: str) -> None:
    refuse_if(scenario.baseline.not_working)
    scenario.new_model(alias).deploy(strict=True)
    scenario.works(alias, "a plain model is served")


@given(parsers.parse('a working model "{alias:w}" in the same namespace'))
@when(parsers.parse('a working model "{alias:w}" is made in the same namespace'))
def working_model_beside(scenario: Scenario, alias: str) -> None:
    refuse_if(scenario.baseline.not_working)
    scenario.new_model(alias, beside=True).deploy(strict=True)
    scenario.works(alias, "a plain model is served")


@when(parsers.parse('a model "{alias:w}" is made in the same namespace'))
def model_made_beside(scenario: Scenario, alias: str) -> None:
    scenario.new_model(alias, beside=True).deploy(strict=True)


@given(parsers.parse('a model "{alias:w}" whose provider accepts any credential'))
def lenient_model(scenario: Scenario, alias: str) -> None:
    scenario.new_model(alias).deploy(strict=False)


@given(parsers.parse('a model "{alias:w}" in service, whose provider accepts any credential'))
def lenient_model_in_service(scenario: Scenario, alias: str) -> None:
    refuse_if(scenario.baseline.out_of_service)
    scenario.new_model(alias).deploy(strict=False)
    scenario.is_in_service(alias, "requests reach a provider")


@given(parsers.parse('a model "{alias:w}" with a targetModel of length {length:d}'))
def model_with_long_target(scenario: Scenario, alias: str, length: int) -> None:
    model = scenario.new_model(alias)
    model.target_model = scenario.names.digits(length)
    model.deploy(strict=False)


@given(parsers.parse('a model "{alias:w}" without its MaaSModelRef'))
def unpublished_model(scenario: Scenario, alias: str) -> None:
    scenario.new_model(alias).deploy(published=False, strict=True)


@given(parsers.parse('a model "{alias:w}" that is published by a MaaSModelRef of another name'))
def model_with_renamed_ref(scenario: Scenario, alias: str) -> None:
    scenario.new_model(alias).deploy(ref_name=f"other-{scenario.names.digits(6)}", strict=True)


@given(parsers.parse('a model "{alias:w}" with the targetModel "{target_model}"'))
def model_with_target_model(scenario: Scenario, alias: str, target_model: str) -> None:
    model = scenario.new_model(alias)
    model.target_model = target_model
    model.deploy(strict=True)


@given(parsers.parse('a model "{alias:w}" whose name has {length:d} characters'))
def model_with_long_name(scenario: Scenario, alias: str, length: int) -> None:
    model = scenario.new_model(alias)
    model.name = model.name.ljust(length, "x")
    model.deploy(strict=True)


@given(
    parsers.parse('a model "{alias:w}" whose credentialRef names another namespace {how}, where its Secret is'),
    converters={"how": known(ASKING)},
)
def model_asking_elsewhere(scenario: Scenario, alias: str, how: str) -> None:
    answer = scenario.new_model(alias).deploy_asking_elsewhere(ASKING[how])
    scenario.recorder.note(f"the API server answered the reference to another namespace with {answer.describe()}")


@given(parsers.parse('a model "{alias:w}" of which only the MaaSModelRef exists'))
def model_ref_alone(scenario: Scenario, alias: str) -> None:
    scenario.new_model(alias).publish()


@given(parsers.parse('a model "{alias:w}" in the same namespace, at an endpoint whose certificate names another host'))
def model_at_impostor(scenario: Scenario, alias: str) -> None:
    scenario.new_model(alias, beside=True, certificate=Certificate.IMPOSTOR).deploy(strict=False)


@given(parsers.parse('a model "{alias:w}" whose Secret has no label'))
def model_with_unlabelled_secret(scenario: Scenario, alias: str) -> None:
    scenario.new_model(alias).deploy(NO_LABEL, strict=True)


@given(parsers.parse('a model "{alias:w}" in the same namespace, whose Secret has no label'))
def model_beside_with_unlabelled_secret(scenario: Scenario, alias: str) -> None:
    scenario.new_model(alias, beside=True).deploy(NO_LABEL, strict=True)


@given(parsers.re(r'a model "(?P<alias>\w+)" whose Secret has the label value "(?P<value>[^"]*)"'))
def model_with_label_value(scenario: Scenario, alias: str, value: str) -> None:
    scenario.new_model(alias).deploy(SecretShape(label=value), strict=True)


@given(parsers.parse('a model "{alias:w}" whose Secret does not exist'))
def model_without_secret(scenario: Scenario, alias: str) -> None:
    scenario.new_model(alias).deploy(SecretShape(exists=False), strict=True)


@given(parsers.parse('a model "{alias:w}" whose Secret exists in another namespace only'))
def model_with_secret_elsewhere(scenario: Scenario, alias: str) -> None:
    scenario.new_model(alias).deploy(SecretShape(elsewhere=True), strict=True)


@given(parsers.parse('a model "{alias:w}" whose Secret has its value under "{key}"'))
def model_with_other_data_key(scenario: Scenario, alias: str, key: str) -> None:
    scenario.new_model(alias).deploy(SecretShape(data_key=key), strict=True)


@given(parsers.parse('a model "{alias:w}" whose Secret has an empty value'))
def model_with_empty_secret(scenario: Scenario, alias: str) -> None:
    scenario.new_model(alias).deploy(SecretShape(empty=True), strict=True)


@given(parsers.parse('a model "{alias:w}" whose Secret has its data key in the other case'))
def model_with_data_key_in_other_case(scenario: Scenario, alias: str) -> None:
    scenario.new_model(alias).deploy(SecretShape(data_key=scenario.edition.secret_data_key.swapcase()), strict=True)


@given(parsers.re(rf'a model "(?P<alias>\w+)" whose Secret (?P<shape>{SHAPE_WORDS})'))
def model_with_secret_of_shape(scenario: Scenario, alias: str, shape: str) -> None:
    scenario.new_model(alias).deploy(SHAPES[shape], strict=True)


@given(parsers.parse('a model "{alias:w}" in the same namespace, whose Secret has an empty value'))
def model_beside_with_empty_secret(scenario: Scenario, alias: str) -> None:
    scenario.new_model(alias, beside=True).deploy(SecretShape(empty=True), strict=True)


def refuse_if(cause: str | None) -> None:
    """What the preflight has found impossible is not tried, and waited for, again in every scenario."""
    if cause is not None:
        raise NotTestableError(cause)
