"""Steps about what clients ask for, and what the provider is told to answer."""

from __future__ import annotations

from pytest_bdd import parsers, when

from fixtures.contents import CONTENTS, SETTLED
from fixtures.forgeries import FORGERIES, REQUESTS, SECOND_CREDENTIALS
from fixtures.paths import BODY_MODELS, PATHS
from fixtures.scenario import Scenario
from fixtures.words import known

CALLS = {"a chat completion": False, "a streamed chat completion": True}
"""Words for a request -> whether it is streamed."""


@when(parsers.parse('clients call "{alias:w}"'))
def plain_call(scenario: Scenario, alias: str) -> None:
    scenario.planned = scenario.request(alias, answers=scenario.scripted)


@when(parsers.parse('clients make {call} to "{alias:w}"'), converters={"call": known(CALLS)})
def call_of_a_kind(scenario: Scenario, call: str, alias: str) -> None:
    scenario.planned = scenario.request(alias, stream=CALLS[call], answers=scenario.scripted, gates=scenario.gates)


@when(
    parsers.parse('clients make {call} to "{alias:w}" with {content}'),
    converters={"call": known(CALLS), "content": known(CONTENTS)},
)
def call_of_a_kind_with_content(scenario: Scenario, call: str, alias: str, content: str) -> None:
    scenario.planned = scenario.request(alias, stream=CALLS[call], content=content)


@when(parsers.parse('clients make a streamed chat completion to "{alias:w}", and hang up after the first event'))
def call_and_hang_up(scenario: Scenario, alias: str) -> None:
    scenario.planned = scenario.request(alias, stream=True, answers=scenario.scripted, hangs_up_after=1)


@when(parsers.parse('clients call "{alias:w}" with a body of {content}'), converters={"content": known(CONTENTS)})
def call_with_content(scenario: Scenario, alias: str, content: str) -> None:
    scenario.planned = scenario.request(alias, content=content)


@when(
    parsers.parse('clients send "{alias:w}" a body of {content} whose length they do not tell'),
    converters={"content": known(CONTENTS)},
)
def call_in_chunks(scenario: Scenario, content: str, alias: str) -> None:
    scenario.planned = scenario.request(alias, content=content, chunked=True)


@when(parsers.parse('clients call "{alias:w}" with a secret of their own in the header {header}'))
def call_with_header(scenario: Scenario, alias: str, header: str) -> None:
    secret = scenario.secret_of_the_client("secret")
    scenario.planned = scenario.request(alias, extra_headers=((header, secret.value),))


@when(parsers.parse('clients call "{alias:w}" with the header "{name}: {value}"'))
def call_with_plain_header(scenario: Scenario, alias: str, name: str, value: str) -> None:
    scenario.planned = scenario.request(alias, extra_headers=((name, value),), answers=scenario.scripted)


@when(parsers.parse('clients make {call} to "{alias:w}", and the same again'), converters={"call": known(CALLS)})
def same_call_twice(scenario: Scenario, call: str, alias: str) -> None:
    # What is kept for whoever asks again is what he would most likely get again.
    scenario.draw_repeated(scenario.request(alias, stream=CALLS[call], content=SETTLED), times=2)


@when(parsers.parse('clients call the endpoint {endpoint} of "{alias:w}"'))
def call_endpoint(scenario: Scenario, endpoint: str, alias: str) -> None:
    scenario.planned = scenario.request(alias, path=scenario.models[alias].endpoint_path(endpoint))


@when(parsers.parse("clients call a path with {words}"), converters={"words": known(PATHS)})
def call_path(scenario: Scenario, words: str) -> None:
    scenario.planned = scenario.request(path=PATHS[words](scenario))


@when(
    parsers.parse('clients call "{alias:w}" with the body\'s model being {words}'),
    converters={"words": known(BODY_MODELS)},
)
def call_with_body_model(scenario: Scenario, alias: str, words: str) -> None:
    scenario.planned = scenario.request(alias, model=BODY_MODELS[words](scenario))


@when(
    parsers.parse('clients call "{alias:w}" with a body that names {first}, and then {last}'),
    converters={"first": known(BODY_MODELS), "last": known(BODY_MODELS)},
)
def call_with_two_models(scenario: Scenario, alias: str, first: str, last: str) -> None:
    first_model, last_model = BODY_MODELS[first](scenario), BODY_MODELS[last](scenario)
    scenario.planned = scenario.request(alias, model=first_model, last_model=last_model)


@when(parsers.parse("clients try {words}"), converters={"words": known(REQUESTS)})
def attempt(scenario: Scenario, words: str) -> None:
    scenario.planned = REQUESTS[words](scenario)


@when(
    parsers.parse('clients call "alpha" with {words} that means "beta"'),
    converters={"words": known(FORGERIES)},
)
def call_with_forgery(scenario: Scenario, words: str) -> None:
    scenario.planned = scenario.request(extra_headers=(FORGERIES[words](scenario),))


@when(
    parsers.parse('clients name "alpha" in an X-Gateway-Model-Name, at a path with {words}'),
    converters={"words": known(PATHS)},
)
def call_path_with_forgery(scenario: Scenario, words: str) -> None:
    forged = ("x-gateway-model-name", scenario.subject.body_model)
    scenario.planned = scenario.request(path=PATHS[words](scenario), extra_headers=(forged,))


@when(
    parsers.parse('clients call "{alias:w}" with {words} beside their own'),
    converters={"words": known(SECOND_CREDENTIALS)},
)
def call_with_second_credentials(scenario: Scenario, alias: str, words: str) -> None:
    secret = scenario.secret_of_the_client("secret")
    scenario.planned = scenario.request(alias, extra_headers=SECOND_CREDENTIALS[words](secret.value))


@when(parsers.parse('the OpenAI SDK makes {call} with "{alias:w}"'), converters={"call": known(CALLS)})
def sdk_call(scenario: Scenario, call: str, alias: str) -> None:
    scenario.planned = scenario.request(alias, stream=CALLS[call], sdk=True)
