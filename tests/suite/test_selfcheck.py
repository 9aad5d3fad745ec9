"""The suite's own contradictions are named before a run: catalogue, chapters, rules and scenarios."""

from __future__ import annotations

from pathlib import Path

import pytest

from fixtures.catalogue import Catalogue, load
from fixtures.errors import HarnessError
from suite import chapters, selfcheck, vocabulary
from tests.suite import small, words

SMALL = vocabulary.of_modules([words.__name__])
SERVED = 'Scenario: served\n  Given a model "alpha"\n  Then it is refused as "refused"\n'
GOOD = small.feature(small.rule(words.PLAIN))


def problems(directory: Path, text: str, catalogue: Catalogue | None = None) -> list[str]:
    return list(selfcheck.problems_of(catalogue or small.catalogue(), small.read(directory, text), SMALL))


def beside(scenario: str) -> str:
    """A feature with a scenario beside the one that is in order."""
    return small.feature(small.rule(words.PLAIN + "\n" + scenario))


def test_the_suite_is_sound() -> None:
    selfcheck.check(load(), chapters.read())


def test_a_small_contract_is_sound(tmp_path: Path) -> None:
    assert problems(tmp_path, GOOD) == []


def test_everything_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    text = beside('Scenario: one\n  Given a model "alpha"\n\nScenario: two\n  Given a model "alpha"\n')

    with pytest.raises(HarnessError) as caught:
        selfcheck.check(small.catalogue(), small.read(tmp_path, text))

    assert str(caught.value).startswith(
        "the suite is not sound:\n  10_small.feature:16: no Then, so it judges nothing\n"
    )
    assert "10_small.feature:19: no Then" in str(caught.value)


def test_a_feature_file_and_a_chapter_go_together(tmp_path: Path) -> None:
    small.write(tmp_path, GOOD.replace("EM-FWD-001", "EM-FWD-002").replace("everything", "all"), "20_other.feature")

    assert "20_other.feature: a feature file and a chapter of requirements.yaml must go together" in problems(
        tmp_path, GOOD
    )


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            small.feature(small.rule(words.PLAIN), head="Feature: Small\n"),
            "10_small.feature: does not say what its chapter protects the user from",
        ),
        (
            small.feature("\n  Scenario: stray\n    Then it reads\n", small.rule(words.PLAIN)),
            "10_small.feature:4: a scenario stands outside any Rule, so it judges no requirement",
        ),
        (
            small.feature('\n  Background:\n    Given a model "alpha"\n', small.rule(words.PLAIN)),
            "10_small.feature:4: a Background hides what a scenario stands on; write its steps in each",
        ),
        (
            small.feature(small.rule('Background:\n  Given a model "alpha"\n' + words.PLAIN)),
            "10_small.feature:6: a Background hides what a scenario stands on; write its steps in each",
        ),
        (
            "@core\n" + GOOD,
            "10_small.feature: the tag @core on a Feature; tags belong above a Rule",
        ),
        (
            small.feature(small.rule(words.PLAIN, tag="@EM-FWD-001 @slow")),
            "10_small.feature:5: a Rule bears exactly one tag, the id of its requirement",
        ),
        (
            small.feature(small.rule(words.PLAIN, tag="@EM-FWD-999")),
            "10_small.feature:5: unknown tag @EM-FWD-999",
        ),
        (
            small.feature(small.rule(words.PLAIN, sentence="A model is not served")),
            "10_small.feature:5: the Rule's sentence is not that of EM-FWD-001 in requirements.yaml",
        ),
        (
            small.feature(small.rule(words.PLAIN), small.rule(SERVED)),
            "@EM-FWD-001: stands above 2 rules; a requirement has one",
        ),
        (
            beside("@slow\n" + SERVED),
            "10_small.feature:17: unknown tag @slow",
        ),
        (
            beside("Scenario: long\n" + '  Given a model "alpha"\n' * 15 + '  Then it is refused as "refused"\n'),
            "10_small.feature:16: more than fifteen steps",
        ),
        (
            beside('Scenario: nothing judged\n  Given a model "alpha"\n'),
            "10_small.feature:16: no Then, so it judges nothing",
        ),
    ],
)
def test_problems_of_a_chapter(tmp_path: Path, text: str, problem: str) -> None:
    assert problem in problems(tmp_path, text)


def test_a_scenario_may_run_alone(tmp_path: Path) -> None:
    assert not any("unknown tag" in problem for problem in problems(tmp_path, beside("@serial\n" + SERVED)))


def test_a_rule_without_scenario_judges_nothing(tmp_path: Path) -> None:
    catalogue = small.catalogue(small.row(), small.row("EM-FWD-002", "Another is served"))
    text = small.feature(small.rule(words.PLAIN), small.rule("", "@EM-FWD-002", "Another is served"))

    assert problems(tmp_path, text, catalogue) == ["10_small.feature:17: the Rule has no scenario"]


def test_a_requirement_without_rule_is_named(tmp_path: Path) -> None:
    catalogue = small.catalogue(small.row(), small.row("EM-FWD-002", "Another is served"))

    assert problems(tmp_path, GOOD, catalogue) == ["requirements.yaml: EM-FWD-002 has no Rule in any feature file"]


def test_a_requirement_stands_in_its_own_chapter(tmp_path: Path) -> None:
    catalogue = small.catalogue(small.row("EM-CRED-001"))
    text = GOOD.replace("EM-FWD-001", "EM-CRED-001")

    assert problems(tmp_path, text, catalogue) == [
        "10_small.feature:5: EM-CRED-001 does not belong to this chapter, whose ids begin with EM-FWD"
    ]


@pytest.mark.parametrize("name", ["served", "Served!"])
def test_names_of_scenarios_differ(tmp_path: Path, name: str) -> None:
    found = problems(tmp_path, beside(SERVED + "\n" + SERVED.replace("served", name)))

    assert (
        f"10_small.feature:20: the scenario name {name!r} is used twice; pytest-bdd would run only one of them" in found
    )


def test_ids_of_cases_differ(tmp_path: Path) -> None:
    outline = """
Scenario Outline: the label is <label>
  Given a model <label>
  Then it is refused as "refused"

  Examples:
    | label   |
    | "alpha" |
    | "Alpha" |
"""
    found = problems(tmp_path, beside(outline))

    assert "10_small.feature:23: two cases have the id 'EM-FWD-001/the-label-is/alpha'; let their words differ" in found
    assert "10_small.feature:24: two cases have the id 'EM-FWD-001/the-label-is/alpha'; let their words differ" in found


def test_a_file_that_is_not_gherkin_is_named(tmp_path: Path) -> None:
    with pytest.raises(HarnessError, match=r"(?s)^10_small.feature is not Gherkin: .*\(4:5\)"):
        small.read(tmp_path, "Feature: Small\n  Scenario: one\n    Given a step\n    no step\n")
    with pytest.raises(HarnessError, match=r"^10_small.feature has no Feature$"):
        small.read(tmp_path, "# nothing but a comment\n")
