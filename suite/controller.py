"""The process that the user started: begins the run, shows its progress, ends it, and decides the exit code."""

from __future__ import annotations

import contextlib
import gc
import itertools
import json
import os
import signal
import sys
import traceback
from typing import Any

import pytest

from fixtures.errors import ConfigurationError, HarnessError
from reports.console import Progress, summary, wants_colour
from reports.events import Case, CaseFinished, from_line
from reports.verdict import HARNESS_ERROR, INCOMPLETE
from suite import options, want_of_memory
from suite.casework import CANARIES_PROPERTY, RESULT_PROPERTY
from suite.handover import INPUT, ground_to_json
from suite.interrupts import Interrupts
from suite.run import Reason, Run

USAGE = 2


class Controller:
    """A pytest plugin that holds one run. ``begin`` before pytest's session, ``finish`` after it."""

    def __init__(self, config: pytest.Config, interrupts: Interrupts) -> None:
        self._config = config
        self._interrupts = interrupts
        self._options = options.of(config)
        self.workers = _workers(config)
        """Processes of pytest-xdist that execute the cases; 0 if this one does."""
        self._run = Run(self._options, self.workers or 1, self._say)
        self._progress: Progress | None = None
        self._cases: dict[str, Case] = {}
        self._worker_pids: list[int] = []
        self._places: dict[str, int] = {}
        """pytest-xdist's id of a worker -> which of them it is, from 0 on."""
        self._reason: Reason = "completed"
        self._detail = ""

    # Before the session

    def begin(self) -> None:
        """Begin the run.

        Raises:
            SystemExit: there is nothing to execute; why is said, and what there is to report is written.
        """
        run = self._run
        try:
            with self._interrupts.allowed():
                run.begin()
        except ConfigurationError as error:
            run.discard()
            _refuse(str(error), USAGE)
        except KeyboardInterrupt:
            if not run.started():
                run.discard()
                _refuse("interrupted before anything was started; nothing is left running", INCOMPLETE)
            self._reason = "interrupted"
            raise SystemExit(self.finish()) from None
        except Exception as error:
            run.discard()
            if not isinstance(error, HarnessError):
                traceback.print_exc()
            _refuse(f"harness error: {error}", HARNESS_ERROR)
        if run.plan is None or run.blocked:
            raise SystemExit(self.finish())
        self._cases = {case.id: case for case in run.plan.cases}
        self._say(f"judging    {len(self._cases)} cases, {self.workers or 1} at a time")
        if self._quiet():
            requirements = {item.id: item for item in run.plan.requirements}
            self._progress = Progress(sys.stdout, len(self._cases), requirements, wants_colour(sys.stdout, os.environ))
        # As in a worker (plugin.py).
        gc.freeze()

    def handed(self, place: int = 0) -> dict[str, Any]:
        """What the executing process needs, that at this place of several; holds the target's secrets."""
        return {
            "ground": ground_to_json(self._run.ground()),
            "directory": str(self._run.directory),
            "profiles": self._run.wanted.profiles,
            "select": self._run.wanted.select,
            "rounds": self._run.wanted.rounds,
            "place": place,
            "workers": self.workers or 1,
            "keep": self._options.keep,
            "fingerprint": self._run.plan.fingerprint if self._run.plan else "",
        }

    # During the session

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Hand the work over to a worker of pytest-xdist, and remember its process."""
        # Whoever comes for one that was lost takes its place: what belongs to that one is nobody else's.
        place = next(number for number in itertools.count() if number not in self._places.values())
        self._places[node.gateway.id] = place
        node.workerinput[INPUT] = json.dumps(self.handed(place))
        pid = node.gateway.remote_exec("import os; channel.send(os.getpid())").receive()
        want_of_memory.goes_first(pid)
        self._worker_pids.append(pid)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """A worker has ended, or is lost: its place is free."""
        self._places.pop(node.gateway.id, None)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Show the progress, and keep what the worker tells of its canaries."""
        properties: dict[str, Any] = dict(report.user_properties)
        self._run.canaries.update(properties.get(CANARIES_PROPERTY, {}))
        line = properties.get(RESULT_PROPERTY)
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
        """Remember that the user stopped the run; the workers have to be told, a signal may have come to us alone."""
        self._reason = "interrupted"
        for pid in self._worker_pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGINT)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Remember that a feature could not be read."""
        if report.failed:
            self._reason, self._detail = "harness-error", _last_line(report.longreprtext)

    def pytest_internalerror(self, excrepr: Any) -> bool:
        """Remember that pytest or the suite broke; True where that is no news, because a signal has ended a worker."""
        self._reason, self._detail = "harness-error", _last_line(str(excrepr))
        return self._interrupts.seen is not None

    # After the session

    def finish(self, error: BaseException | None = None) -> int:
        """Stop everything, write the report and show it; the exit code of the verdict. ``error`` ended the session."""
        if error is not None:
            self._reason, self._detail = "harness-error", str(error)
        if self._progress is not None:
            self._progress.close()
        if self._interrupts.seen:
            self._reason, self._detail = "interrupted", ""
        report = self._run.finish(self._reason, self._detail)
        self._say("\n" + summary(report, wants_colour(sys.stdout, os.environ), self._run.directory))
        return report.exit_code

    def _quiet(self) -> bool:
        return bool(self._config.getoption("verbose", -1) < 0)

    def _say(self, line: str) -> None:
        sys.stdout.write(line + "\n")
        sys.stdout.flush()


def _workers(config: pytest.Config) -> int:
    """How many workers pytest-xdist is asked for; 0 if the cases are executed in this process."""
    asked = config.getoption("numprocesses", None)
    if isinstance(asked, str):
        return int(config.hook.pytest_xdist_auto_num_workers(config=config))
    return asked or 0


def _refuse(sentence: str, code: int) -> None:
    sys.stderr.write(f"conformance: {sentence}\n")
    raise SystemExit(code)


def _last_line(text: str) -> str:
    lines = text.strip().splitlines()
    return lines[-1] if lines else ""
