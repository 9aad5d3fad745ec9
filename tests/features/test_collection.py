"""What is written in the feature files is what pytest collects: nothing is lost, nothing is added."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter

from fixtures.catalogue import load
from suite import chapters
from suite.chapters import ROOT

NODE = re.compile(r"^features/test_features\.py::(?P<function>\w+)(\[.*\])?$", re.MULTILINE)


def collected() -> Counter[str]:
    """How many items pytest collects for each function, without starting anything."""
    command = [sys.executable, "-m", "pytest", "features", "--collect-only", "-q"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    return Counter(found["function"] for found in NODE.finditer(done.stdout))


def written(*requirements: str) -> Counter[str]:
    rules = [rule for chapter in chapters.read() for rule in chapter.rules]
    return Counter(
        {
            scenario.function_name: len(scenario.rows) or 1
            for rule in rules
            if not requirements or set(rule.tags) & set(requirements)
            for scenario in rule.scenarios
        }
    )


def test_every_example_of_every_scenario_is_an_item() -> None:
    assert collected() == written()


def test_every_requirement_that_holds_somewhere_has_scenarios() -> None:
    catalogue = load()
    for edition in catalogue.editions.values():
        for id_, holding in edition.holdings.items():
            assert holding.excluded or written(id_), f"{id_} holds in {edition.name} and nothing judges it"


def test_an_exclusion_has_a_reason() -> None:
    for edition in load().editions.values():
        for id_, holding in edition.holdings.items():
            if holding.level is None:
                assert len(str(holding.excluded).split()) >= 5, f"{edition.name}: why is {id_} excluded?"
