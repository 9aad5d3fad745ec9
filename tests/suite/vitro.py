"""The casework in vitro: features of a test, executed by pytest-bdd under the suite's own plugin, without a target.

What stands on a cluster in a run is replaced: the scenarios of such a test ask for no ground, and the neighbour leaves
a mark in a file. Everything else (binding, plan, hooks, fixtures, events) is the suite's own.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import pytest

from fixtures.canaries import new_marker
from fixtures.catalogue import FEATURES, load
from fixtures.scenario import Baseline, Ground, Scenario
from fixtures.targets.target import GatewayAccess, KubernetesAccess, ProviderAccess, Target
from reports.events import CaseFinished, EventLog, read
from reports.recorder import EventWriter
from suite import chapters
from suite import plan as plans
from suite.casework import CASEWORK, Casework, Executor
from suite.plan import Plan, Wanted

CONFTEST = """
from pathlib import Path

import pytest

from tests.suite import vitro

pytest_plugins = ["suite.plugin", "suite.ground", "words"]


def pytest_configure(config):
    vitro.take_charge(config, Path(__file__).parent)
"""
RULE = """Feature: Small
  It protects somebody from something.

  @EM-FWD-001
  Rule: A chat completion at the model's path is answered with the provider's own answer
"""
EVENTS = "events.ndjson"
NEIGHBOURS = "neighbours"


def project(pytester: pytest.Pytester, words: str, scenarios: str) -> None:
    """Make a directory with a conftest, the binding module of the suite, a vocabulary and one feature."""
    pytester.makeconftest(CONFTEST)
    pytester.makepyfile(words=words, test_features=(FEATURES / "test_features.py").read_text(encoding="utf-8"))
    (pytester.path / "20_small.feature").write_text(RULE + scenarios, encoding="utf-8")


def take_charge(config: pytest.Config, directory: Path) -> None:
    """Register the casework for the features of a directory, in every process that executes cases."""
    if config.getoption("numprocesses", None) and not hasattr(config, "workerinput"):
        return
    executor = Executor(getattr(config, "workerinput", {}).get("workerid", "main"))
    casework = _Casework(_ground(), plan(directory), EventWriter(directory / EVENTS), executor, "never", directory)
    config.stash[CASEWORK] = casework
    config.pluginmanager.register(casework)


def plan(directory: Path) -> Plan:
    """The plan of the features of a directory, by the real catalogue."""
    catalogue = load()
    return plans.make(catalogue, catalogue.edition("runbook"), chapters.read(directory), (), Wanted())


def log(pytester: pytest.Pytester) -> EventLog:
    """What was recorded."""
    return read((pytester.path / EVENTS).read_text(encoding="utf-8").splitlines())


def results(pytester: pytest.Pytester) -> Mapping[str, CaseFinished]:
    """How the cases ended, by their id without the requirement."""
    ends = [event for event in log(pytester).events if isinstance(event, CaseFinished)]
    return {event.case.partition("/")[2]: event for event in ends}


class _Casework(Casework):
    def ground_for_neighbour(self) -> Scenario:
        return cast("Scenario", _Mark(self._directory / NEIGHBOURS, self._worker))


class _Mark:
    """Stands in for the neighbour's ground: leaves one line in a file for each time that a neighbour is made."""

    baseline = Baseline()

    def __init__(self, path: Path, worker: str) -> None:
        with path.open("a", encoding="utf-8") as file:
            file.write(f"{worker}\n")

    def __getattr__(self, name: str) -> Any:
        return lambda *_, **__: self


def _ground() -> Ground:
    nowhere = "http://127.0.0.1:9"
    target = Target(
        "vitro", KubernetesAccess("/nowhere"), GatewayAccess(nowhere), ProviderAccess(nowhere, None, "provider.test")
    )
    return Ground("vitro", new_marker(), target, load().edition("runbook"))
