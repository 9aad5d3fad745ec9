"""Do the features and the step definitions fit together? Found out without running a step.

pytest-bdd looks a step up only when a scenario reaches it, takes the first of several definitions that match, never
awaits one that is async, and leaves a placeholder without a column in the text. Each of these is a problem here, with
its place, before anything is started.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Iterator, Mapping, Sequence

from fixtures.catalogue import Catalogue
from fixtures.errors import HarnessError
from fixtures.words import AnswerName
from suite.chapters import PLACEHOLDER, Chapter, ScenarioText, StepText, rendered
from suite.turns import SERIAL
from suite.vocabulary import Definition

DISTURBING = "outages"
"""The fixture of steps that disturb every scenario but their own."""
_ATTACHMENTS = ("docstring", "datatable")


def problems_of(catalogue: Catalogue, chapters: Sequence[Chapter], vocabulary: Sequence[Definition]) -> Iterator[str]:
    """Everything that does not fit, one sentence each, with its place."""
    look = _Look(catalogue, vocabulary)
    for chapter in chapters:
        for rule in chapter.rules:
            for scenario in rule.scenarios:
                yield from _placeholders(chapter, scenario)
                # The rows of an outline share most of their steps: the same sentence once is enough.
                yield from dict.fromkeys(look.at_scenario(chapter, scenario))
                yield from _turn(chapter, scenario, look)
    for definition in vocabulary:
        yield from _definition(definition)
        if definition not in look.used:
            yield f'{definition.place}: no feature uses the {definition.keyword} step "{definition.pattern}"'


def _placeholders(chapter: Chapter, scenario: ScenarioText) -> Iterator[str]:
    place = f"{chapter.place}:{scenario.line}"
    texts = [scenario.name, *(text for step in scenario.steps for text in (step.text, step.attached_text))]
    asked = {name: None for text in texts for name in PLACEHOLDER.findall(text)}
    if scenario.outline and not scenario.rows:
        yield f"{place}: the outline has no row of examples, so it would run once with its placeholders unfilled"
        return
    columns = [frozenset(row.values) for row in scenario.rows] or [frozenset[str]()]
    for name in asked:
        if not all(name in given for given in columns):
            yield f"{place}: no column for the placeholder <{name}>"
    for name in dict.fromkeys(name for row in scenario.rows for name in row.values):
        if name not in asked:
            yield f"{place}: nothing uses the column {name!r}"


def _turn(chapter: Chapter, scenario: ScenarioText, look: _Look) -> Iterator[str]:
    """A scenario that disturbs all others, and no other, runs alone."""
    disturbs = look.asks_for(scenario, DISTURBING)
    place = f"{chapter.place}:{scenario.line}"
    if disturbs and SERIAL not in scenario.tags:
        yield f"{place}: it disturbs every other scenario and lacks the tag @{SERIAL}"
    if SERIAL in scenario.tags and not disturbs:
        yield f"{place}: the tag @{SERIAL} makes all others wait, and none of its steps disturbs them"


class _Look:
    """Looks steps up, and remembers which definitions were found."""

    def __init__(self, catalogue: Catalogue, vocabulary: Sequence[Definition]) -> None:
        self._catalogue = catalogue
        self._vocabulary = vocabulary
        self._matching = functools.cache(self._look_up)
        self.used: set[Definition] = set()

    def at_scenario(self, chapter: Chapter, scenario: ScenarioText) -> Iterator[str]:
        """The problems of a scenario's steps, each example filled in."""
        for values in _rows(scenario):
            for step in scenario.steps:
                text = rendered(step.text, values)
                for problem in self._step(step, text, scenario.tags):
                    yield f"{chapter.place}:{step.line}: {problem}"

    def asks_for(self, scenario: ScenarioText, fixture: str) -> bool:
        """Whether one of a scenario's steps asks for this fixture."""
        texts = [rendered(step.text, row) for row in _rows(scenario) for step in scenario.steps]
        return any(fixture in item.parameters for text in texts for item in self._matching(text))

    def _step(self, step: StepText, text: str, tags: Sequence[str]) -> Iterator[str]:
        matching = self._matching(text)
        found = [item for item in matching if item.keyword in (step.keyword, None)]
        self.used.update(found)
        if not found:
            others = sorted({str(item.keyword) for item in matching})
            hint = f"; there is one for {' and '.join(others)}" if others else ""
            yield f'no definition of the step "{step.keyword} {text}"{hint}'
        if len(found) > 1:
            places = " and ".join(f'"{item.pattern}" ({item.place})' for item in found)
            yield f'the step "{step.keyword} {text}" matches several definitions: {places}'
        for definition in found:
            yield from self._words(definition, text, tags)
            yield from _attachment(step, definition)

    def _look_up(self, text: str) -> Sequence[Definition]:
        return [item for item in self._vocabulary if item.matches(text)]

    def _words(self, definition: Definition, text: str, tags: Sequence[str]) -> Iterator[str]:
        try:
            words = definition.words(text)
        except (HarnessError, ValueError) as error:
            yield f'"{text}": {error}'
            return
        for name in sorted(set(words) - definition.parameters):
            yield f'"{text}": {definition.place} takes {name!r} from the text and does nothing with it'
        for word in words.values():
            if isinstance(word, AnswerName):
                yield from self._answer(word, tags)

    def _answer(self, name: AnswerName, tags: Sequence[str]) -> Iterator[str]:
        for edition in self._catalogue.editions.values():
            holds = [tag for tag in tags if tag in edition.holdings and edition.holdings[tag].level is not None]
            if holds and name not in edition.answers:
                yield f'{", ".join(holds)} holds in edition {edition.name}, which words no refusal "{name}"'


def _rows(scenario: ScenarioText) -> list[Mapping[str, str]]:
    return [row.values for row in scenario.rows] or [{}]


def _attachment(step: StepText, definition: Definition) -> Iterator[str]:
    for kind in _ATTACHMENTS:
        if kind == step.attached and kind not in definition.parameters:
            yield f"{definition.place} ignores the {kind} below the step"
        if kind != step.attached and kind in definition.parameters:
            yield f"{definition.place} needs a {kind} below the step"


def _definition(definition: Definition) -> Iterator[str]:
    function = inspect.unwrap(definition.function)
    if definition.keyword is None:
        yield f"{definition.place}: @step takes any keyword; use @given, @when or @then"
    if inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function):
        yield f"{definition.place}: an async step would pass without having run"
    if definition.target_fixture is not None:
        yield (
            f"{definition.place}: target_fixture leaves what was made from the old value as it was; "
            "change the scenario object instead"
        )
