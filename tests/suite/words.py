"""A small vocabulary without any fault; together with PLAIN in features of the tests."""

from __future__ import annotations

from pytest_bdd import given, parsers, then, when

from fixtures.words import AnswerName, known

COLOURS = {"red": 1, "green": 2}


@given(parsers.parse('a model "{alias:w}"'))
def model(alias: str) -> str:
    return alias


@when(parsers.parse("clients paint it {colour}"), converters={"colour": known(COLOURS)})
def painted(colour: str) -> int:
    return COLOURS[colour]


@then(parsers.parse('it is refused as "{answer}"'), converters={"answer": AnswerName})
def refused(answer: AnswerName) -> str:
    return answer


@then("it reads")
def reads(docstring: str) -> str:
    return docstring


PLAIN = '''
Scenario: everything is used
  Given a model "alpha"
  When clients paint it red
  Then it is refused as "refused"
  And it reads
    """
    this
    """
'''
