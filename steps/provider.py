"""Steps about what the provider of the model under judgement is told to answer."""

from __future__ import annotations

from pytest_bdd import parsers, when

from fixtures.breakdowns import BREAKDOWNS, EARLY
from fixtures.provider_errors import FORMS, provider_error
from fixtures.requests import chunked_answer, gzipped_answer, long_answer, unusual_answer
from fixtures.scenario import Scenario
from fixtures.streams import PATIENT_SECONDS, STREAMS, broken_stream, held_stream
from fixtures.words import known


@when("its provider accepts its key no longer")
def key_revoked_at_provider(scenario: Scenario) -> None:
    scenario.subject.revoke_at_provider()


@when(parsers.parse("its provider answers with {status:d}"))
def scripted_error(scenario: Scenario, status: int) -> None:
    scenario.fail(provider_error(status))


@when(parsers.parse('its provider answers with {status:d} and "{name}: {value}"'))
def scripted_error_with_header(scenario: Scenario, status: int, name: str, value: str) -> None:
    scenario.fail(provider_error(status, (name, value)))


@when("its provider answers in its own fields, numbers and white space")
def scripted_unusual_answer(scenario: Scenario) -> None:
    scenario.script(unusual_answer())


@when("its provider answers in more than a megabyte")
def scripted_long_answer(scenario: Scenario) -> None:
    scenario.script(long_answer())


@when("its provider answers in chunks, and tells no length")
def scripted_chunks(scenario: Scenario) -> None:
    scenario.script(chunked_answer())


@when("its provider answers in gzip")
def scripted_gzip(scenario: Scenario) -> None:
    scenario.script(gzipped_answer())


@when(parsers.parse('its provider adds the header "{name}: {value}"'))
def scripted_header(scenario: Scenario, name: str, value: str) -> None:
    scenario.add_header(name, value)


@when(parsers.parse('its provider answers with {status:d} and points to the endpoint of "{alias:w}"'))
def scripted_redirect(scenario: Scenario, status: int, alias: str) -> None:
    # The provider puts the request's nonce in, so that whoever follows is known by it.
    place = f"https://{scenario.models[alias].endpoint}/v1/chat/completions?nonce={{nonce}}"
    scenario.fail(provider_error(status, ("location", place)))


@when(
    parsers.re(rf"its provider (?P<words>.+) (?P<moment>{'|'.join(EARLY)})"),
    converters={"words": known(BREAKDOWNS), "moment": known(EARLY)},
)
def scripted_breakdown(scenario: Scenario, words: str, moment: str) -> None:
    scenario.scripted = ({"fault": {"kind": BREAKDOWNS[words], "inHead": EARLY[moment]}},)


@when(parsers.parse("its provider answers with an error of {form}"), converters={"form": known(FORMS)})
def scripted_form(scenario: Scenario, form: str) -> None:
    scenario.fail(FORMS[form]())


@when(parsers.parse("its provider answers with a stream of {shape}"), converters={"shape": known(STREAMS)})
def scripted_stream(scenario: Scenario, shape: str) -> None:
    scenario.stream(STREAMS[shape]())


@when("its provider holds a stream after the first event until the client has it")
def scripted_gate(scenario: Scenario) -> None:
    scenario.stream(held_stream(1))


@when("its provider holds a stream after each of three events until the client has it")
def scripted_gates(scenario: Scenario) -> None:
    scenario.stream(held_stream(1, 2, 3))


@when("its provider holds a stream after the first event for as long as its client stays")
def scripted_patience(scenario: Scenario) -> None:
    scenario.stream(held_stream(1, seconds=PATIENT_SECONDS))


@when(parsers.parse("its provider {words} in the middle of an event"), converters={"words": known(BREAKDOWNS)})
def scripted_break_off(scenario: Scenario, words: str) -> None:
    scenario.stream(broken_stream(BREAKDOWNS[words]))
