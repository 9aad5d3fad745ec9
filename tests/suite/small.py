"""A small contract and small features, for trying the suite's checks on what the real ones do not hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from textwrap import dedent, indent

from fixtures.catalogue import Answer, Catalogue, Edition, Holding, Row, Status, load
from suite import chapters
from suite.chapters import Chapter

MUST = Holding("MUST", None, None)
REFUSED = Answer("refused", Status(frozenset({500}), None), "no", None)
SENTENCE = "A model is served"


def row(id_: str = "EM-FWD-001", sentence: str = SENTENCE, profile: str = "core") -> Row:
    return Row(id_, sentence, profile, "Nature of the feature")


def edition(name: str = "first", holdings: Mapping[str, Holding] | None = None, answers: bool = True) -> Edition:
    return replace(
        load().edition("runbook"),
        name=name,
        holdings={"EM-FWD-001": MUST} if holdings is None else holdings,
        answers={REFUSED.name: REFUSED} if answers else {},
        disagreements=(),
    )


def catalogue(*rows: Row, editions: tuple[Edition, ...] = ()) -> Catalogue:
    rows = rows or (row(),)
    return Catalogue(
        rows,
        {"core": "The core", "more": "More"},
        {"10_small.feature": "EM-FWD"},
        {item.name: item for item in editions or (edition(holdings={item.id: MUST for item in rows}),)},
    )


def rule(scenarios: str, tag: str = "@EM-FWD-001", sentence: str = SENTENCE) -> str:
    """A rule with scenarios, indented as the features are."""
    return f"\n  {tag}\n  Rule: {sentence}\n" + indent(dedent(scenarios), "    ")


def feature(*rules: str, head: str = "Feature: Small\n  It protects somebody from something.\n") -> str:
    return head + "".join(rules)


def write(directory: Path, text: str, name: str = "10_small.feature") -> Path:
    path = directory / name
    path.write_text(text, encoding="utf-8")
    return path


def read(directory: Path, text: str) -> tuple[Chapter, ...]:
    """The chapters of a directory with this one feature file in it."""
    write(directory, text)
    return chapters.read(directory)
