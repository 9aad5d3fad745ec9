"""The feature files as values: chapters, rules, scenarios and their examples, read with the official Gherkin parser."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gherkin.errors import CompositeParserException, ParserError
from gherkin.parser import Parser

from fixtures.catalogue import FEATURES
from fixtures.errors import HarnessError

ROOT = FEATURES.parent
PLACEHOLDER = re.compile(r"<(.+?)>")


@dataclass(frozen=True)
class StepText:
    """One step as it is written."""

    keyword: str
    """``Given``, ``When`` or ``Then``; And and But stand for the one before."""
    text: str
    line: int
    attached: str | None = None
    """``docstring`` or ``datatable`` where one hangs below the step."""
    attached_text: str = ""
    """What is written in it."""


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
    outline: bool = False
    """Whether it calls itself an outline, or has an Examples table."""
    tagged_examples: tuple[int, ...] = ()
    """Lines of Examples tables that bear tags; there must be none."""

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
    backgrounds: tuple[int, ...] = ()
    """Lines of Backgrounds; there must be none."""
    tags: tuple[str, ...] = ()
    """The feature's own tags; there must be none."""

    @property
    def place(self) -> str:
        """Its path from the repository's root."""
        return self.path.relative_to(ROOT).as_posix() if self.path.is_relative_to(ROOT) else self.path.name


def read(directory: Path = FEATURES) -> tuple[Chapter, ...]:
    """All chapters of a directory, in the order of their file names.

    Raises:
        HarnessError: a file is not Gherkin; says which, and where.
    """
    return tuple(_chapter(path, path.read_text(encoding="utf-8")) for path in sorted(directory.glob("*.feature")))


def rendered(text: str, values: Mapping[str, str]) -> str:
    """The text with each ``<column>`` replaced by its value; one without a value stays, as with pytest-bdd."""
    return PLACEHOLDER.sub(lambda found: values.get(found[1], found[0]), text)


def slug(text: str) -> str:
    """The text in lower case with hyphens for everything that is neither letter nor digit; ``empty`` for nothing."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-") or "empty"


@functools.cache
def _chapter(path: Path, text: str) -> Chapter:
    """Parsed once a process: self-check, plan and the binding to pytest all read the same files."""
    try:
        document: Any = Parser().parse(text)
    except (CompositeParserException, ParserError) as error:
        raise HarnessError(f"{path.name} is not Gherkin: {error}") from error
    feature = document.get("feature")
    if feature is None:
        raise HarnessError(f"{path.name} has no Feature")
    children = feature["children"]
    rules = [child["rule"] for child in children if "rule" in child]
    return Chapter(
        path,
        feature["name"],
        " ".join(feature["description"].split()),
        tuple(_rule(rule) for rule in rules),
        _lines(children, "scenario"),
        (*_lines(children, "background"), *(line for rule in rules for line in _lines(rule["children"], "background"))),
        _tags(feature),
    )


def _lines(children: Any, kind: str) -> tuple[int, ...]:
    return tuple(child[kind]["location"]["line"] for child in children if kind in child)


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
        for row in examples["tableBody"]
    )
    return ScenarioText(
        scenario["name"],
        scenario["location"]["line"],
        (*rule_tags, *_tags(scenario)),
        _steps(scenario["steps"]),
        rows,
        bool(scenario["examples"]) or "Outline" in scenario["keyword"],
        tuple(examples["location"]["line"] for examples in scenario["examples"] if examples["tags"]),
    )


_ATTACHMENTS: Mapping[str, Callable[[Any], str]] = {
    "docString": lambda text: str(text["content"]),
    "dataTable": lambda table: "\n".join(cell["value"] for row in table["rows"] for cell in row["cells"]),
}


def _steps(steps: Any) -> tuple[StepText, ...]:
    found: list[StepText] = []
    for step in steps:
        written = step["keyword"].strip()
        keyword = found[-1].keyword if written in ("And", "But", "*") and found else written
        attached = next((kind for kind in _ATTACHMENTS if kind in step), None)
        text = "" if attached is None else _ATTACHMENTS[attached](step[attached])
        found.append(StepText(keyword, step["text"], step["location"]["line"], attached and attached.lower(), text))
    return tuple(found)


def _tags(node: Any) -> tuple[str, ...]:
    return tuple(tag["name"].removeprefix("@") for tag in node["tags"])
