"""Step definitions with every fault that the self-check must find."""

from __future__ import annotations

from collections.abc import AsyncIterator

from pytest_bdd import given, parsers, step, then, when


@given(parsers.parse("a {thing} model"))
def first_of_two(thing: str) -> str:
    return thing


@given(parsers.re(r"a (?P<colour>\w+) model"))
def second_of_two(colour: str) -> str:
    return colour


@when("nobody waits")
async def not_awaited() -> None:
    raise AssertionError


@when("nobody iterates")
async def not_iterated() -> AsyncIterator[None]:
    yield
    raise AssertionError


@step("any keyword will do")
def any_keyword() -> None:
    """Taken by Given, When and Then alike."""


@then("the client is another", target_fixture="client")
def replaced() -> str:
    return "another"


@then(parsers.parse("{number:d} requests arrive"))
def forgetful() -> None:
    """Does not take the number."""
