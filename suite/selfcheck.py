"""Before the first call to a cluster the suite checks itself: the contract and its scenarios must fit together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from fixtures.catalogue import Catalogue
from fixtures.errors import HarnessError
from suite.chapters import Chapter, RuleText


def check(catalogue: Catalogue, chapters: Sequence[Chapter]) -> None:
    """Refuse to judge anybody with a suite that contradicts itself.

    Raises:
        HarnessError: names everything that is wrong, one line each.
    """
    problems = list(problems_of(catalogue, chapters))
    if problems:
        raise HarnessError("the suite is not sound:\n" + "\n".join(f"  {problem}" for problem in problems))


def problems_of(catalogue: Catalogue, chapters: Sequence[Chapter]) -> Iterator[str]:
    """Everything that is wrong, one sentence each, with its place."""
    yield from _chapters(catalogue, chapters)
    yield from _duplicates(chapters)
    for chapter in chapters:
        for rule in chapter.rules:
            yield from _rule(catalogue, chapter, rule)
    yield from _uncovered(catalogue, chapters)


def _chapters(catalogue: Catalogue, chapters: Sequence[Chapter]) -> Iterator[str]:
    files = {chapter.path.name for chapter in chapters}
    for name in sorted(files ^ set(catalogue.chapters)):
        yield f"{name}: a feature file and a chapter of requirements.yaml must go together"
    for chapter in chapters:
        if not chapter.description:
            yield f"{chapter.place}: does not say what its chapter protects the user from"
        for line in chapter.strays:
            yield f"{chapter.place}:{line}: a scenario stands outside any Rule, so it judges no requirement"


def _duplicates(chapters: Sequence[Chapter]) -> Iterator[str]:
    scenarios = [(chapter, scenario) for chapter in chapters for rule in chapter.rules for scenario in rule.scenarios]
    names = Counter(scenario.function_name for _, scenario in scenarios)
    for chapter, scenario in scenarios:
        if names[scenario.function_name] > 1:
            yield (
                f"{chapter.place}:{scenario.line}: the scenario name {scenario.name!r} is used twice; "
                "pytest-bdd would run only one of them"
            )
        rows = Counter(row.name for row in scenario.rows)
        for row in scenario.rows:
            if rows[row.name] > 1:
                yield f"{chapter.place}:{row.line}: two example rows have the name {row.name!r}"
    tags = Counter(tag for chapter in chapters for rule in chapter.rules for tag in rule.tags)
    for tag, count in tags.items():
        if count > 1:
            yield f"@{tag}: stands above {count} rules; a requirement has one"


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
        if len(scenario.steps) > 15:
            yield f"{chapter.place}:{scenario.line}: more than fifteen steps"
        extra = set(scenario.tags) - set(rule.tags)
        if extra:
            yield f"{chapter.place}:{scenario.line}: unknown tag @{', @'.join(sorted(extra))}"


def _uncovered(catalogue: Catalogue, chapters: Sequence[Chapter]) -> Iterator[str]:
    covered = {tag for chapter in chapters for rule in chapter.rules for tag in rule.tags}
    for row in catalogue.rows:
        if row.id not in covered:
            yield f"requirements.yaml: {row.id} has no Rule in any feature file"
