"""Steps about models that have something in common, and must have nothing else in common."""

from __future__ import annotations

import re

from pytest_bdd import given, parsers, then, when

from fixtures.coincidences import COINCIDENCES, crowd, meeting
from fixtures.judgements.isolation import OVER_ONE_CONNECTION, ServedByItsOwn
from fixtures.scenario import Scenario
from steps.models import refuse_if

WORDS = "|".join(map(re.escape, COINCIDENCES))


@given(parsers.re(rf'a model "(?P<alias>\w+)" in (?P<words>{WORDS})'))
def coinciding_model(scenario: Scenario, alias: str, words: str) -> None:
    COINCIDENCES[words](scenario, alias)


@given(parsers.re(rf'a working model "(?P<alias>\w+)" in (?P<words>{WORDS})'))
def working_coinciding_model(scenario: Scenario, alias: str, words: str) -> None:
    refuse_if(scenario.baseline.not_working)
    COINCIDENCES[words](scenario, alias)
    scenario.works(alias, "a model that has something in common with another is served")


@given('a MaaSModelRef that publishes an LLMInferenceService by the name of "alpha"')
def foreign_ref(scenario: Scenario) -> None:
    scenario.subject.publish(kind="LLMInferenceService")


@when(parsers.parse("clients of all models call at the same time, {each:d} of each"))
def crowd_calls(scenario: Scenario, each: int) -> None:
    scenario.draw_at_once(meeting(crowd(scenario.models, scenario.request, each)))


@when(parsers.parse("clients of all models call over one connection, {each:d} of each in turn"))
def turns_over_one_connection(scenario: Scenario, each: int) -> None:
    scenario.draw_over_one_connection(crowd(scenario.models, scenario.request, each))


@then("each of them is served by its own model's provider, with its own body and credential")
def each_by_its_own(scenario: Scenario) -> None:
    facts = tuple(model.facts for model in scenario.models.values())
    scenario.still_holds(ServedByItsOwn(facts, scenario.edition.body_identical, scenario.edition.stream_usage))


@then("each of them is served by its own model's provider, whatever has come before it")
def each_by_its_own_in_turn(scenario: Scenario) -> None:
    facts, edition = tuple(model.facts for model in scenario.models.values()), scenario.edition
    scenario.still_holds(ServedByItsOwn(facts, edition.body_identical, edition.stream_usage, OVER_ONE_CONNECTION))
