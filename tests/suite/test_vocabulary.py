"""What the suite knows of pytest-bdd's inside: these tests fail if a new release keeps steps in another way."""

from __future__ import annotations

import pkgutil

import pytest
from pytest_bdd import parsers
from pytest_bdd.steps import StepFunctionContext, step_function_context_registry

import steps
from fixtures.errors import HarnessError
from fixtures.words import AnswerName
from suite import vocabulary
from suite.vocabulary import Definition
from tests.suite import words

SMALL = vocabulary.of_modules([words.__name__])


def by_name(name: str) -> Definition:
    (definition,) = [item for item in SMALL if item.function.__name__ == name]
    return definition


def test_pytest_bdd_registers_each_definition_with_its_parser_and_its_converters() -> None:
    contexts = [item for item in step_function_context_registry.values() if item.step_func is words.painted]

    (context,) = contexts
    assert isinstance(context, StepFunctionContext)
    assert context.type == "when"
    assert isinstance(context.parser, parsers.parse)
    assert context.parser.name == "clients paint it {colour}"
    assert set(context.converters) == {"colour"}
    assert context.target_fixture is None


def test_a_definition_says_what_it_takes_and_where_it_stands() -> None:
    definition = by_name("painted")

    assert (definition.keyword, definition.pattern) == ("When", "clients paint it {colour}")
    assert definition.place.startswith("tests/suite/words.py:")
    assert definition.place.endswith(" painted")
    assert definition.parameters == {"colour"}
    assert definition.matches("clients paint it red")
    assert not definition.matches("clients paint")


def test_words_are_converted_as_in_a_run() -> None:
    assert by_name("model").words('a model "alpha"') == {"alias": "alpha"}
    assert isinstance(by_name("refused").words('it is refused as "x"')["answer"], AnswerName)
    with pytest.raises(HarnessError, match=r"unknown word 'blue'; there are: 'red', 'green'"):
        by_name("painted").words("clients paint it blue")


def test_every_step_module_is_brought_in_by_the_root_conftest() -> None:
    present = {f"steps.{module.name}" for module in pkgutil.iter_modules(steps.__path__)}

    assert set(vocabulary.step_modules()) == present
    assert {item.function.__module__ for item in vocabulary.read()} == present
