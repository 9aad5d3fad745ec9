"""The feature files as values: chapters, rules, scenarios and their examples, read with the official Gherkin parser."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gherkin.errors import CompositeParserException, ParserError
from gherkin.parser import Parser

from fixtures.catalogue import FEATURES
from fixtures.errors import HarnessError

ROOT = FEATURES.parent


@dataclass(frozen=True)
class StepText:
    """One step as it is written."""

    keyword: str
    """``Given``, ``When`` or ``Then``; And and But stand for the one before."""
    written_keyword: str
    text: str
    line: int


@dataclass(frozen=True)
class ExampleRow:
    """One row of an Examples table."""

    values: Mapping[str, str]
    line: int

    @property
    def name(self) -> str:
        """Its cells as a name: lower case, hyphens."""
        return "-".join(slug(value) for value in self.values.values())


@dataclass(frozen=True)
class ScenarioText:
    """One scenario, or scenario outline, as it is written."""

    name: str
    line: int
    tags: tuple[str, ...]
    """Its own and its rule's, without the at sign."""
    steps: tuple[StepText, ...]
    rows: tuple[ExampleRow, ...]
    """Empty for a plain scenario."""

    @property
    def slug(self) -> str:
        """Its name without the placeholders of an outline, lower case, hyphens."""
        return slug(re.sub(r"<[^>]*>", "", self.name))

    @property
    def function_name(self) -> str:
        """Name of the pytest function that it is bound to."""
        return "test_" + slug(self.name).replace("-", "_")


@dataclass(frozen=True)
class RuleText:
    """One rule: a requirement's sentence and its scenarios."""

    sentence: str
    line: int
    tags: tuple[str, ...]
    scenarios: tuple[ScenarioText, ...]


@dataclass(frozen=True)
class Chapter:
    """One feature file."""

    path: Path
    name: str
    description: str
    rules: tuple[RuleText, ...]
    strays: tuple[int, ...]
    """Lines of scenarios outside any rule; there must be none."""

    @property
    def place(self) -> str:
        """Its path from the repository's root."""
        return self.path.relative_to(ROOT).as_posix() if self.path.is_relative_to(ROOT) else self.path.name


def read(directory: Path = FEATURES) -> tuple[Chapter, ...]:
    """All chapters of a directory, in the order of their file names.

    Raises:
        HarnessError: a file is not Gherkin; says which, and where.
    """
    return tuple(_chapter(path) for path in sorted(directory.glob("*.feature")))


def slug(text: str) -> str:
    """The text in lower case with hyphens for everything that is neither letter nor digit; ``empty`` for nothing."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-") or "empty"


def _chapter(path: Path) -> Chapter:
    try:
        document: Any = Parser().parse(path.read_text(encoding="utf-8"))
    except (CompositeParserException, ParserError) as error:
        raise HarnessError(f"{path.name} is not Gherkin: {error}") from error
    feature = document.get("feature")
    if feature is None:
        raise HarnessError(f"{path.name} has no Feature")
    children = feature["children"]
    return Chapter(
        path,
        feature["name"],
        " ".join(feature["description"].split()),
        tuple(_rule(child["rule"]) for child in children if "rule" in child),
        tuple(child["scenario"]["location"]["line"] for child in children if "scenario" in child),
    )


def _rule(rule: Any) -> RuleText:
    tags = _tags(rule)
    scenarios = tuple(_scenario(child["scenario"], tags) for child in rule["children"] if "scenario" in child)
    return RuleText(rule["name"], rule["location"]["line"], tags, scenarios)


def _scenario(scenario: Any, rule_tags: tuple[str, ...]) -> ScenarioText:
    rows = tuple(
        ExampleRow(
            {
                head["value"]: cell["value"]
                for head, cell in zip(examples["tableHeader"]["cells"], row["cells"], strict=True)
            },
            row["location"]["line"],
        )
        for examples in scenario["examples"]
        for row in examples.get("tableBody", ())
    )
    return ScenarioText(
        scenario["name"],
        scenario["location"]["line"],
        (*rule_tags, *_tags(scenario)),
        _steps(scenario["steps"]),
        rows,
    )


def _steps(steps: Any) -> tuple[StepText, ...]:
    found: list[StepText] = []
    for step in steps:
        written = step["keyword"].strip()
        keyword = found[-1].keyword if written in ("And", "But") and found else written
        found.append(StepText(keyword, written, step["text"], step["location"]["line"]))
    return tuple(found)


def _tags(node: Any) -> tuple[str, ...]:
    return tuple(tag["name"].removeprefix("@") for tag in node["tags"])
