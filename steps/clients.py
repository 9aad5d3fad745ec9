"""Steps about what clients ask for, and what the provider is told to answer."""

from __future__ import annotations

from pytest_bdd import parsers, when

from fixtures.contents import CONTENTS
from fixtures.paths import BODY_MODELS, PATHS
from fixtures.requests import gzipped_answer, provider_error, unusual_answer
from fixtures.scenario import Scenario
from fixtures.words import known

CALLS = {"a chat completion": False, "a streamed chat completion": True}
"""Words for a request -> whether it is streamed."""


@when(parsers.parse('clients call "{alias:w}"'))
def plain_call(scenario: Scenario, alias: str) -> None:
    scenario.planned = scenario.request(alias, answers=scenario.scripted)


@when(parsers.parse('clients make {call} to "{alias:w}"'), converters={"call": known(CALLS)})
def call_of_a_kind(scenario: Scenario, call: str, alias: str) -> None:
    scenario.planned = scenario.request(alias, stream=CALLS[call], answers=scenario.scripted, gate=scenario.gate)


@when(parsers.parse('clients call "{alias:w}" with a body of {content}'), converters={"content": known(CONTENTS)})
def call_with_content(scenario: Scenario, alias: str, content: str) -> None:
    scenario.planned = scenario.request(alias, content=content)


@when(parsers.parse('clients call "{alias:w}" with a secret of their own in the header {header}'))
def call_with_header(scenario: Scenario, alias: str, header: str) -> None:
    secret = scenario.secret_of_the_client("secret")
    scenario.planned = scenario.request(alias, extra_headers=((header, secret.value),))


@when(parsers.parse('clients call "{alias:w}" with the header "{name}: {value}"'))
def call_with_plain_header(scenario: Scenario, alias: str, name: str, value: str) -> None:
    scenario.planned = scenario.request(alias, extra_headers=((name, value),), answers=scenario.scripted)


@when(parsers.parse("clients call a path with {words}"), converters={"words": known(PATHS)})
def call_path(scenario: Scenario, words: str) -> None:
    scenario.planned = scenario.request(path=PATHS[words](scenario))


@when(
    parsers.parse('clients call "{alias:w}" with the body\'s model being {words}'),
    converters={"words": known(BODY_MODELS)},
)
def call_with_body_model(scenario: Scenario, alias: str, words: str) -> None:
    scenario.planned = scenario.request(alias, model=BODY_MODELS[words](scenario))


@when(parsers.parse('the OpenAI SDK makes {call} with "{alias:w}"'), converters={"call": known(CALLS)})
def sdk_call(scenario: Scenario, call: str, alias: str) -> None:
    scenario.planned = scenario.request(alias, stream=CALLS[call], sdk=True)


@when(parsers.parse("its provider answers with {status:d}"))
def scripted_error(scenario: Scenario, status: int) -> None:
    scenario.script(provider_error(status))


@when("its provider answers in its own fields, numbers and white space")
def scripted_unusual_answer(scenario: Scenario) -> None:
    scenario.script(unusual_answer())


@when("its provider answers in gzip")
def scripted_gzip(scenario: Scenario) -> None:
    scenario.script(gzipped_answer())


@when(parsers.parse('its provider adds the header "{name}: {value}"'))
def scripted_header(scenario: Scenario, name: str, value: str) -> None:
    scenario.add_header(name, value)


@when(parsers.parse('its provider answers with {status:d} and "{name}: {value}"'))
def scripted_error_with_header(scenario: Scenario, status: int, name: str, value: str) -> None:
    scenario.script(provider_error(status, (name, value)))


@when(parsers.parse("its provider streams {events:d} events of {characters:d} characters"))
def scripted_long_stream(scenario: Scenario, events: int, characters: int) -> None:
    scenario.stream_long(events, characters)


@when("its provider holds a stream after the first event until the client has it")
def scripted_gate(scenario: Scenario) -> None:
    scenario.hold_stream()
