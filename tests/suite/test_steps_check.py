"""Features and step definitions that do not fit together are named before a run, each with its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from fixtures.catalogue import Edition, Holding
from suite import steps_check, vocabulary
from tests.suite import bad_words, disturbing_words, small, words

SMALL = vocabulary.of_modules([words.__name__])
BAD = vocabulary.of_modules([bad_words.__name__])


def problems(directory: Path, *scenarios: str) -> list[str]:
    """What is wrong with scenarios beside one that uses the whole small vocabulary."""
    text = small.feature(small.rule(words.PLAIN + "".join(scenarios)))
    return list(steps_check.problems_of(small.catalogue(), small.read(directory, text), SMALL))


def one(directory: Path, *scenarios: str) -> str:
    (problem,) = problems(directory, *scenarios)
    return problem


def test_what_fits_has_no_problem(tmp_path: Path) -> None:
    assert problems(tmp_path) == []


def test_an_undefined_step_is_named_with_its_line(tmp_path: Path) -> None:
    found = one(tmp_path, '\nScenario: unknown\n  Given a model "alpha"\n  Then it flies\n')

    assert found == '10_small.feature:18: no definition of the step "Then it flies"'


def test_a_step_of_another_keyword_is_not_the_one(tmp_path: Path) -> None:
    found = one(tmp_path, "\nScenario: wrong keyword\n  Given clients paint it red\n")

    assert found.endswith('no definition of the step "Given clients paint it red"; there is one for When')


def test_what_disturbs_all_others_runs_alone_and_nothing_else_does(tmp_path: Path) -> None:
    disturbing = "Scenario: power cut\n  When the power is cut\n"
    text = small.feature(small.rule(f"{words.PLAIN}\n{disturbing}"))
    vocabulary_with_it = vocabulary.of_modules([words.__name__, disturbing_words.__name__])

    def found(text: str) -> list[str]:
        chapters = small.read(tmp_path, text)
        return list(steps_check.problems_of(small.catalogue(), chapters, vocabulary_with_it))

    assert found(text) == ["10_small.feature:16: it disturbs every other scenario and lacks the tag @serial"]
    assert found(text.replace("Scenario: power", "@serial\n    Scenario: power")) == []
    assert one(tmp_path, '\n@serial\nScenario: quiet\n  Given a model "alpha"\n') == (
        "10_small.feature:17: the tag @serial makes all others wait, and none of its steps disturbs them"
    )


@pytest.mark.parametrize("keyword", ["And", "But", "*"])
def test_a_conjunction_takes_the_keyword_before_it(tmp_path: Path, keyword: str) -> None:
    good = f'\nScenario: more\n  Given a model "alpha"\n  {keyword} a model "beta"\n'
    bad = f'\nScenario: more\n  Given a model "alpha"\n  {keyword} clients paint it red\n'

    assert problems(tmp_path, good) == []
    assert 'definition of the step "Given clients paint it red"' in one(tmp_path, bad)


def test_every_example_is_filled_in(tmp_path: Path) -> None:
    outline = """
Scenario Outline: paint it <colour>
  When clients paint it <colour>

  Examples: known
    | colour |
    | red    |
    | green  |
  Examples: unknown
    | colour |
    | blue   |
"""
    found = one(tmp_path, outline)

    assert found == "10_small.feature:17: \"clients paint it blue\": unknown word 'blue'; there are: 'red', 'green'"


def test_the_same_problem_of_several_examples_is_told_once(tmp_path: Path) -> None:
    outline = """
Scenario Outline: paint it <colour>
  When clients paint it <colour>
  Then it flies

  Examples:
    | colour |
    | red    |
    | green  |
"""
    assert one(tmp_path, outline).endswith('no definition of the step "Then it flies"')


def test_a_placeholder_needs_a_column_and_a_column_a_use(tmp_path: Path) -> None:
    outline = """
Scenario Outline: paint it <colour>
  When clients paint it red

  Examples:
    | color | why |
    | red   | so  |
"""
    assert problems(tmp_path, outline) == [
        "10_small.feature:16: no column for the placeholder <colour>",
        "10_small.feature:16: nothing uses the column 'color'",
        "10_small.feature:16: nothing uses the column 'why'",
    ]


def test_a_column_may_be_used_below_a_step_alone(tmp_path: Path) -> None:
    outline = '''
Scenario Outline: read
  Then it reads
    """
    <what>
    """

  Examples:
    | what |
    | this |
'''
    assert problems(tmp_path, outline) == []


@pytest.mark.parametrize("examples", ["", "Examples:", "Examples:\n    | colour |"])
def test_an_outline_without_examples_would_run_unfilled(tmp_path: Path, examples: str) -> None:
    found = problems(tmp_path, f"\nScenario Outline: none\n  When clients paint it <colour>\n  {examples}\n")

    assert any("the outline has no row of examples" in problem for problem in found)


def test_a_plain_scenario_has_no_placeholders(tmp_path: Path) -> None:
    found = problems(tmp_path, "\nScenario: plain\n  When clients paint it <colour>\n")

    assert "10_small.feature:16: no column for the placeholder <colour>" in found


@pytest.mark.parametrize(
    ("below", "problem"),
    [
        ('When clients paint it red\n    """\n    lost\n    """', "ignores the docstring below the step"),
        ("When clients paint it red\n    | lost |", "ignores the datatable below the step"),
        ("Then it reads", "needs a docstring below the step"),
    ],
)
def test_what_hangs_below_a_step_is_what_its_function_takes(tmp_path: Path, below: str, problem: str) -> None:
    assert one(tmp_path, f"\nScenario: attached\n  {below}\n").endswith(problem)


def test_a_refusal_is_worded_by_every_edition_in_which_its_requirement_holds(tmp_path: Path) -> None:
    chapters = small.read(tmp_path, small.feature(small.rule(words.PLAIN)))
    worded, silent = small.edition("worded"), small.edition("silent", answers=False)
    excluded = small.edition("excluded", {"EM-FWD-001": Holding(None, None, "no")}, answers=False)

    def found(*editions: Edition) -> list[str]:
        return list(steps_check.problems_of(small.catalogue(editions=editions), chapters, SMALL))

    assert found(worded, excluded) == []
    assert found(worded, silent) == [
        '10_small.feature:10: EM-FWD-001 holds in edition silent, which words no refusal "refused"'
    ]


def test_a_definition_that_no_feature_uses_is_dead(tmp_path: Path) -> None:
    text = small.feature(small.rule('Scenario: little\n  Given a model "alpha"\n'))
    found = list(steps_check.problems_of(small.catalogue(), small.read(tmp_path, text), SMALL))

    assert [problem.partition(": ")[2] for problem in found] == [
        'no feature uses the When step "clients paint it {colour}"',
        'no feature uses the Then step "it is refused as "{answer}""',
        'no feature uses the Then step "it reads"',
    ]


def test_faults_of_definitions(tmp_path: Path) -> None:
    text = small.feature(
        small.rule(
            """
            Scenario: bad
              Given a red model
              When nobody waits
              And nobody iterates
              And any keyword will do
              Then the client is another
              And 3 requests arrive
            """
        )
    )
    found = list(steps_check.problems_of(small.catalogue(), small.read(tmp_path, text), BAD))

    ambiguous, forgetful, *definitions = found
    assert 'the step "Given a red model" matches several definitions: "a {thing} model" (tests/suite/bad_' in ambiguous
    assert "first_of_two" in ambiguous
    assert "second_of_two" in ambiguous
    assert forgetful.endswith("forgetful takes 'number' from the text and does nothing with it")
    assert [item.split(" ", 1)[1].partition(";")[0] for item in definitions] == [
        "not_awaited: an async step would pass without having run",
        "not_iterated: an async step would pass without having run",
        "any_keyword: @step takes any keyword",
        "replaced: target_fixture leaves what was made from the old value as it was",
    ]
