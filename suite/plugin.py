"""The pytest plugin that makes `pytest features` a conformance run: ties hooks to the run and to the casework."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from fixtures.catalogue import FEATURES
from fixtures.catalogue import load as load_catalogue
from fixtures.errors import ConfigurationError, HarnessError
from reports import places
from reports.console import Progress, summary, wants_colour
from reports.events import Case, CaseFinished, from_line
from reports.recorder import EventWriter
from suite import chapters, options
from suite import plan as plans
from suite.casework import CASEWORK, RESULT_PROPERTY, Casework
from suite.plan import Wanted
from suite.run import Reason, Run, ground_from_json, ground_to_json

USAGE, HARNESS = 2, 4
_RUN = pytest.StashKey["Controller"]()
_INPUT = "conformance"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add our options."""
    options.add(parser)


def pytest_configure(config: pytest.Config) -> None:
    """Make every requirement's id known as a marker, and take charge if features are to be judged."""
    for row in load_catalogue().rows:
        config.addinivalue_line("markers", f"{row.id}: {row.sentence}")
    if hasattr(config, "workerinput"):
        _join(config, config.workerinput)
    elif judges_features(config) and not config.option.collectonly:
        config.pluginmanager.register(Controller(config), "conformance-controller")


def judges_features(config: pytest.Config) -> bool:
    """Whether what pytest was asked to collect holds features."""
    root = Path(config.rootpath)
    asked = [(config.invocation_params.dir / arg.split("::")[0]).resolve() for arg in config.args]
    return any(path in (root, FEATURES) or FEATURES in path.parents for path in asked)


def pytest_bdd_apply_tag(tag: str, function: Any) -> bool:
    """Turn a tag into the marker of the same name."""
    getattr(pytest.mark, tag)(function)
    return True


def _join(config: pytest.Config, given: dict[str, Any]) -> None:
    """In a worker: take up the work that the controller hands over."""
    if _INPUT not in given:
        return
    handed = json.loads(given[_INPUT])
    _register_casework(config, handed, given["workerid"])


def _register_casework(config: pytest.Config, handed: dict[str, Any], worker: str) -> None:
    ground = ground_from_json(handed["ground"])
    wanted = Wanted(tuple(handed["profiles"]), handed["select"])
    plan = plans.make(load_catalogue(), ground.edition, chapters.read(), ground.target.features, wanted)
    writer = EventWriter(Path(handed["directory"]) / places.EVENTS)
    casework = Casework(ground, plan, writer, worker, handed["keep"])
    config.stash[CASEWORK] = casework
    config.pluginmanager.register(casework, "conformance-casework")


class Controller:
    """In the process that the user started: holds the run, shows its progress, and decides the exit code."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._options = options.of(config)
        self._quiet = config.getoption("verbose") < 0
        self._run: Run | None = None
        self._progress: Progress | None = None
        self._cases: dict[str, Case] = {}
        self._reason: Reason = "completed"
        self._detail = ""

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionstart(self) -> None:
        """Begin the run before pytest-xdist starts its workers."""
        workers = self._config.getoption("numprocesses", 0) or 0
        run = Run(self._options, int(workers) or 1)
        try:
            run.begin()
        except ConfigurationError as error:
            pytest.exit(str(error), returncode=USAGE)
        except HarnessError as error:
            pytest.exit(f"harness error: {error}", returncode=HARNESS)
        self._run = run
        if run.plan is None or run.blocked:
            pytest.exit(f"the run did not start: {run.blocked}", returncode=3)
        self._cases = {case.id: case for case in run.plan.cases}
        requirements = {item.id: item for item in run.plan.requirements}
        if self._quiet:
            colour = wants_colour(sys.stdout, os.environ)
            self._progress = Progress(sys.stdout, len(self._cases), requirements, colour)
        if not workers:
            _register_casework(self._config, self._handed(), "main")

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Hand the work over to a worker of pytest-xdist."""
        node.workerinput[_INPUT] = json.dumps(self._handed())

    def _handed(self) -> dict[str, Any]:
        if self._run is None:
            raise HarnessError("the run has not begun")
        return {
            "ground": ground_to_json(self._run.ground()),
            "directory": str(self._run.directory),
            "profiles": self._options.profiles,
            "select": self._options.select,
            "keep": self._options.keep,
        }

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Show the progress."""
        line = dict(report.user_properties).get(RESULT_PROPERTY)
        if line is None or self._progress is None:
            return
        result = from_line(str(line))
        if isinstance(result, CaseFinished):
            self._progress.case_finished(self._cases[result.case], result)

    @pytest.hookimpl(tryfirst=True)
    def pytest_report_teststatus(self, report: pytest.CollectReport | pytest.TestReport) -> tuple[str, str, str] | None:
        """Let our progress stand alone where it is shown; pytest's own counts stay right."""
        if self._progress is None:
            return None
        return (report.outcome if report.when == "call" or report.failed else "", "", "")

    def pytest_keyboard_interrupt(self) -> None:
        """Remember that the user stopped the run."""
        self._reason = "interrupted"

    def pytest_internalerror(self, excrepr: Any) -> None:
        """Remember that pytest or the suite broke."""
        self._reason, self._detail = "harness-error", str(excrepr).strip().splitlines()[-1]

    @pytest.hookimpl(wrapper=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> Generator[None, None, None]:
        """Write the report once the workers are gone; the verdict is the exit code."""
        yield
        run, self._run = self._run, None
        if self._progress is not None:
            self._progress.close()
        if run is None or not run.started():
            return
        report = run.finish(self._reason, self._detail)
        session.exitstatus = report.exit_code
        sys.stdout.write("\n" + summary(report, wants_colour(sys.stdout, os.environ), run.directory) + "\n")
