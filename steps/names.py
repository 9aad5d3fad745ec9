"""Steps about the names by which clients call a model."""

from __future__ import annotations

from pytest_bdd import given, parsers, then, when

from fixtures.judgements.credentials import NothingOf
from fixtures.judgements.providers import ModelAskedFor, NoOtherModelAskedFor
from fixtures.paths import BODY_MODELS, SHARED_PATH
from fixtures.references import References
from fixtures.scenario import Scenario
from fixtures.words import known


@given(parsers.parse('a working model "{alias:w}" that its clients call "{word:w}"'))
def working_model_called(scenario: Scenario, references: References, alias: str, word: str) -> None:
    references.deploy_called(alias, word)
    scenario.works(alias, "a model with a name for clients is served")


@given(parsers.parse('a model "{alias:w}" in another namespace that its clients call "{word:w}", too'))
def model_called(references: References, alias: str, word: str) -> None:
    references.deploy_called(alias, word)
    references.is_taken_up(alias)


@when("its modelName is changed")
def renamed(scenario: Scenario) -> None:
    scenario.subject.rename()


@when(
    parsers.parse("clients call the shared path with the body's model being {words}"),
    converters={"words": known(BODY_MODELS)},
)
def call_shared_path(scenario: Scenario, words: str) -> None:
    scenario.planned = scenario.request(path=SHARED_PATH, model=BODY_MODELS[words](scenario))


@when(
    parsers.parse("clients call the shared path with a body that names {first}, and then {last}"),
    converters={"first": known(BODY_MODELS), "last": known(BODY_MODELS)},
)
def call_shared_path_with_two_models(scenario: Scenario, first: str, last: str) -> None:
    first_model, last_model = BODY_MODELS[first](scenario), BODY_MODELS[last](scenario)
    scenario.planned = scenario.request(path=SHARED_PATH, model=first_model, last_model=last_model)


@then("the provider is asked for its own name of the model")
def asked_for_own_name(scenario: Scenario) -> None:
    model = scenario.subject
    scenario.holds(ModelAskedFor(model.target_model, model.body_model))


@then(parsers.parse('the requests come to bring no credential of "{alias:w}" to any provider'))
def no_credential_any_more(scenario: Scenario, alias: str) -> None:
    credential = scenario.models[alias].credential
    scenario.settles(NothingOf(credential.name, f"the credential of {alias}", must_arrive=False))


@then(parsers.parse('no provider is asked for another model than the one of "{alias:w}"'))
def no_other_model(scenario: Scenario, alias: str) -> None:
    scenario.holds(NoOtherModelAskedFor(scenario.models[alias].target_model))
