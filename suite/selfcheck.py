"""Before the first call to a cluster the suite checks itself: the contract and its scenarios must fit together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from fixtures.catalogue import Catalogue
from fixtures.errors import HarnessError
from suite import steps_check, vocabulary
from suite.chapters import Chapter, RuleText, ScenarioText
from suite.plan import bind
from suite.turns import SERIAL
from suite.vocabulary import Definition

LONGEST_SCENARIO = 15
"""Steps that a reader can hold in mind."""


def check(catalogue: Catalogue, chapters: Sequence[Chapter]) -> None:
    """Refuse to judge anybody with a suite that contradicts itself; takes some hundredths of a second.

    Raises:
        HarnessError: names everything that is wrong, one line each.
    """
    problems = list(problems_of(catalogue, chapters, vocabulary.read()))
    if problems:
        raise HarnessError("the suite is not sound:\n" + "\n".join(f"  {problem}" for problem in problems))


def problems_of(catalogue: Catalogue, chapters: Sequence[Chapter], definitions: Sequence[Definition]) -> Iterator[str]:
    """Everything that is wrong, one sentence each, with its place."""
    yield from _chapters(catalogue, chapters)
    yield from _duplicates(chapters)
    for chapter in chapters:
        for rule in chapter.rules:
            yield from _rule(catalogue, chapter, rule)
    yield from _uncovered(catalogue, chapters)
    yield from steps_check.problems_of(catalogue, chapters, definitions)


def _chapters(catalogue: Catalogue, chapters: Sequence[Chapter]) -> Iterator[str]:
    files = {chapter.path.name for chapter in chapters}
    for name in sorted(files ^ set(catalogue.chapters)):
        yield f"{name}: a feature file and a chapter of requirements.yaml must go together"
    for chapter in chapters:
        if not chapter.description:
            yield f"{chapter.place}: does not say what its chapter protects the user from"
        for line in chapter.strays:
            yield f"{chapter.place}:{line}: a scenario stands outside any Rule, so it judges no requirement"
        for line in chapter.backgrounds:
            yield f"{chapter.place}:{line}: a Background hides what a scenario stands on; write its steps in each"
        for tag in chapter.tags:
            yield f"{chapter.place}: the tag @{tag} on a Feature; tags belong above a Rule"


def _duplicates(chapters: Sequence[Chapter]) -> Iterator[str]:
    scenarios = [(chapter, scenario) for chapter in chapters for rule in chapter.rules for scenario in rule.scenarios]
    names = Counter(scenario.function_name for _, scenario in scenarios)
    for chapter, scenario in scenarios:
        if names[scenario.function_name] > 1:
            yield (
                f"{chapter.place}:{scenario.line}: the scenario name {scenario.name!r} is used twice; "
                "pytest-bdd would run only one of them"
            )
    yield from _same_ids(chapters)
    tags = Counter(tag for chapter in chapters for rule in chapter.rules for tag in rule.tags)
    for tag, count in tags.items():
        if count > 1:
            yield f"@{tag}: stands above {count} rules; a requirement has one"


def _same_ids(chapters: Sequence[Chapter]) -> Iterator[str]:
    cases = [
        item.case
        for chapter in chapters
        for rule in chapter.rules
        for scenario in rule.scenarios
        for item in bind(" ".join(rule.tags), chapter, scenario)
    ]
    ids = Counter(case.id for case in cases)
    for case in cases:
        if ids[case.id] > 1:
            yield f"{case.feature}:{case.line}: two cases have the id {case.id!r}; let their words differ"


def _rule(catalogue: Catalogue, chapter: Chapter, rule: RuleText) -> Iterator[str]:
    place = f"{chapter.place}:{rule.line}"
    if len(rule.tags) != 1:
        yield f"{place}: a Rule bears exactly one tag, the id of its requirement"
        return
    row = catalogue.by_id.get(rule.tags[0])
    if row is None:
        yield f"{place}: unknown tag @{rule.tags[0]}"
        return
    if row.sentence != rule.sentence:
        yield f"{place}: the Rule's sentence is not that of {row.id} in requirements.yaml"
    prefix = catalogue.chapters.get(chapter.path.name, "")
    if not row.id.startswith(prefix + "-"):
        yield f"{place}: {row.id} does not belong to this chapter, whose ids begin with {prefix}"
    if not rule.scenarios:
        yield f"{place}: the Rule has no scenario"
    for scenario in rule.scenarios:
        yield from _scenario(chapter, rule, scenario)


def _scenario(chapter: Chapter, rule: RuleText, scenario: ScenarioText) -> Iterator[str]:
    place = f"{chapter.place}:{scenario.line}"
    if len(scenario.steps) > LONGEST_SCENARIO:
        yield f"{place}: more than fifteen steps"
    if all(step.keyword != "Then" for step in scenario.steps):
        yield f"{place}: no Then, so it judges nothing"
    extra = set(scenario.tags) - set(rule.tags) - {SERIAL}
    if extra:
        yield f"{place}: unknown tag @{', @'.join(sorted(extra))}"
    for line in scenario.tagged_examples:
        yield f"{chapter.place}:{line}: tags on Examples; pytest-bdd keeps them from the suite, so none is taken"


def _uncovered(catalogue: Catalogue, chapters: Sequence[Chapter]) -> Iterator[str]:
    covered = {tag for chapter in chapters for rule in chapter.rules for tag in rule.tags}
    for row in catalogue.rows:
        if row.id not in covered:
            yield f"requirements.yaml: {row.id} has no Rule in any feature file"
