"""What a worker does with each case: hand it its ground, record its steps, and say how it ended."""

from __future__ import annotations

import inspect
import time
import traceback
from collections.abc import Generator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from fixtures.errors import AwayError, HarnessError, NotTestableError, RequirementNotMetError
from fixtures.namespaces import share
from fixtures.recording import CaseRecorder
from fixtures.scenario import Ground, Scenario
from fixtures.targets.target import Target
from reports.events import Case, CaseFinished, CaseStarted, Outcome, StepFinished, to_line
from reports.recorder import EventWriter
from suite.gateway_output import without_secrets_of_users
from suite.plan import Plan
from suite.turns import SERIAL, turn

RESULT_PROPERTY = "conformance-result"
"""User property of a teardown report that carries the case's last event to the process that shows the progress."""


@dataclass
class Work:
    """A case while it is worked on."""

    case: Case
    recorder: CaseRecorder
    began: float = field(default_factory=time.monotonic)
    step_began: float = 0.0
    step: Any = None
    error: BaseException | None = None
    scenario: Scenario | None = None


CANARIES_PROPERTY = "conformance-canaries"
"""User property of the same that carries the values of the case's canaries, which are never written."""
_WORK = pytest.StashKey[Work]()
ROUND = "conformance_round"
"""Parameter of an item that says which round it belongs to, where there are several."""
CASEWORK = pytest.StashKey["Casework"]()
"""Where the fixtures find the casework of their process."""


@dataclass(frozen=True)
class Executor:
    """A process that executes cases."""

    worker: str = "main"
    """Its name: pytest-xdist's, where there are several."""
    place: int = 0
    """Which of them it is, from 0 on. One that comes for another that was lost takes its place."""
    places: int = 1


class Casework:
    """A pytest plugin for the process that executes cases."""

    def __init__(
        self, ground: Ground, plan: Plan, writer: EventWriter, executor: Executor, keep: str, directory: Path
    ) -> None:
        self._directory = directory
        self._ground = ground
        self._given = share(ground.target.kubernetes.namespaces, executor.place, executor.places)
        self._plan = plan
        self._writer = writer
        self._worker = executor.worker
        self._place = executor.place
        self._keep = keep
        self._neighbour: Scenario | None = None
        self._gateway_away = False
        """Whether the last case found no gateway: then the next one looks before it makes anything and waits for it."""
        self._rounds = max(case.round for case in plan.cases)

    # The ground of a case

    @property
    def target(self) -> Target:
        """The place that is judged."""
        return self._ground.target

    @property
    def run(self) -> str:
        """The id of the run."""
        return self._ground.run

    def ground_for(self, item: pytest.Item) -> Scenario:
        """The ground that the case of an item stands on."""
        work = item.stash[_WORK]
        prepared = self._ground.prepared
        scene = prepared.scenes.get(work.case.id) if prepared else None
        if scene is not None and scene.not_testable:
            raise NotTestableError(scene.not_testable)
        ground = self._placed(self._given[1:])
        made = self._scenario(ground, work.recorder, f"externalmodel-conformance ({work.case.id})")
        work.scenario = made
        if self._gateway_away:
            try:
                made.find_gateway()
            except AwayError:
                made.close()
                raise
        return made

    def ground_for_neighbour(self) -> Scenario:
        """The ground that the neighbour of this worker stands on."""
        recorder = CaseRecorder(self._writer, self._worker, "neighbour")
        ground = self._placed(self._given[:1])
        agent = f"externalmodel-conformance ({self._worker}, neighbour)"
        self._neighbour = self._scenario(ground, recorder, agent, neighbour_of(self._place))
        return self._neighbour

    def _scenario(self, ground: Ground, recorder: CaseRecorder, user_agent: str, scene: str | None = None) -> Scenario:
        return Scenario(ground, recorder, user_agent, scene)

    def _placed(self, namespaces: tuple[str, ...]) -> Ground:
        """The ground of a scenario that may use these of the namespaces that were given, if any were.

        There are enough of them for all workers: the run has looked before it began.
        """
        kubernetes = self._ground.target.kubernetes
        if not kubernetes.namespaces:
            return self._ground
        target = replace(self._ground.target, kubernetes=replace(kubernetes, namespaces=namespaces))
        return replace(self._ground, target=target)

    def keeps(self, item: pytest.Item) -> bool:
        """Whether what the case has made is to stay, as the user asked with --keep."""
        return self._keep == "always" or (self._keep == "failed" and self.failed(item))

    def failed(self, item: pytest.Item) -> bool:
        """Whether the case of an item did not pass, so far."""
        return item.stash[_WORK].error is not None

    # Which items are executed

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """Make an item for each round."""
        if self._rounds > 1:
            metafunc.fixturenames.append(ROUND)
            metafunc.parametrize(ROUND, range(1, self._rounds + 1))

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        """Keep the items of the plan, and refuse to go on if one of them was not collected."""
        kept: list[pytest.Item] = []
        dropped: list[pytest.Item] = []
        found: set[str] = set()
        for item in items:
            case = self._case_of(item)
            if case is None:
                dropped.append(item)
                continue
            found.add(case.id)
            item.stash[_WORK] = Work(case, CaseRecorder(self._writer, self._worker, case.id))
            kept.append(item)
        narrowed = (
            config.getoption("keyword") or config.getoption("markexpr") or any("::" in arg for arg in config.args)
        )
        missing = [case.id for case in self._plan.cases if case.id not in found]
        if missing and not narrowed:
            raise pytest.UsageError(f"planned, but not collected by pytest: {', '.join(missing)}")
        kept.sort(key=lambda item: item.stash[_WORK].case.round)
        # Those that run alone come last: nobody is left whom they could keep waiting.
        items[:] = sorted(kept, key=_runs_alone)
        config.hook.pytest_deselected(items=dropped)

    def _case_of(self, item: pytest.Item) -> Case | None:
        if not isinstance(item, pytest.Function):
            return None
        callspec = getattr(item, "callspec", None)
        parameters = callspec.params if callspec else {}
        values = tuple(parameters.get("_pytest_bdd_example", {}).values())
        return self._plan.case_of(item.originalname, values, parameters.get(ROUND, 1))

    # What happens in a case

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, bool | None, bool | None]:
        """Wait for the case's turn before its clock starts."""
        with turn(self._directory, alone=_runs_alone(item)):
            return (yield)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """Begin."""
        work = item.stash[_WORK]
        work.began = time.monotonic()
        self._writer.write(CaseStarted(time.time(), self._worker, work.case.id))

    def pytest_bdd_before_step(self, request: pytest.FixtureRequest, step: Any) -> None:
        """Note when the step began."""
        work = request.node.stash[_WORK]
        work.step, work.step_began = step, time.monotonic()

    def pytest_bdd_before_step_call(self, request: pytest.FixtureRequest, step: Any, step_func: Any) -> None:
        """Let the acts begin, and refuse a step that would pass without having run: a coroutine is never awaited."""
        scenario = request.node.stash[_WORK].scenario
        if step.type != "given" and scenario is not None:
            scenario.begin()
        if inspect.iscoroutinefunction(step_func) or inspect.isasyncgenfunction(step_func):
            raise HarnessError(f"step function {step_func.__name__} is async; pytest-bdd would not run it")

    def pytest_bdd_after_step(self, request: pytest.FixtureRequest) -> None:
        """Record that the step has passed."""
        self._record_step(request.node.stash[_WORK], "passed")

    def pytest_bdd_step_error(self, request: pytest.FixtureRequest, exception: BaseException) -> None:
        """Record how the step has ended."""
        self._record_step(request.node.stash[_WORK], _outcome(exception))

    def _record_step(self, work: Work, outcome: Outcome) -> None:
        step = work.step
        self._writer.write(
            StepFinished(
                time=time.time(),
                worker=self._worker,
                case=work.case.id,
                keyword=step.keyword,
                text=step.name,
                line=step.line_number,
                outcome=outcome,
                seconds=time.monotonic() - work.step_began,
            )
        )

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Record how the case has ended, and show its failure in our words."""
        report = yield
        work = item.stash.get(_WORK, None)
        if work is None:
            return report
        if call.excinfo is not None and work.error is None:
            work.error = call.excinfo.value
        if report.failed and work.error is not None:
            _show(report, work, work.error)
        if call.when == "teardown":
            finished = self._finished(work)
            self._writer.write(finished)
            report.user_properties.append((RESULT_PROPERTY, to_line(finished)))
            report.user_properties.append((CANARIES_PROPERTY, self._canaries(work)))
        return report

    def _canaries(self, work: Work) -> dict[str, str]:
        scenarios = [item for item in (work.scenario, self._neighbour) if item is not None]
        made = [canary for scenario in scenarios for canary in scenario.canaries]
        return without_secrets_of_users(made, self._ground.marker)

    def _finished(self, work: Work) -> CaseFinished:
        error = work.error
        self._gateway_away = isinstance(error, AwayError)
        outcome = _outcome(error)
        step = None if error is None else work.step
        return CaseFinished(
            time=time.time(),
            worker=self._worker,
            case=work.case.id,
            outcome=outcome,
            seconds=time.monotonic() - work.began,
            settling_seconds=work.recorder.settling_seconds,
            step=f"{step.keyword} {step.name}" if step is not None else None,
            line=step.line_number if step is not None else None,
            findings=error.findings if isinstance(error, RequirementNotMetError) else (),
            cause=_cause(error),
            traceback=_trace(error) if outcome == "harness-error" else None,
            notes=tuple(work.recorder.notes),
        )


def neighbour_of(place: int) -> str:
    """The name of the scene in which the neighbour of an executor lives."""
    return f"neighbour {place}"


def _runs_alone(item: pytest.Item) -> bool:
    return item.get_closest_marker(SERIAL) is not None


def _show(report: pytest.TestReport, work: Work, error: BaseException) -> None:
    """Put the verdict first, and the line of the feature file, not that of pytest-bdd's machinery."""
    report.location = (work.case.feature, work.case.line - 1, work.case.id)
    line = work.case.line if work.step is None else work.step.line_number
    step = work.case.scenario if work.step is None else f"{work.step.keyword} {work.step.name}"
    place = f"{work.case.feature}:{line}  {step}"
    if _outcome(error) == "harness-error":
        report.sections.append(("scenario", place))
    else:
        report.longrepr = f"{work.case.requirement} {_outcome(error)}: {error}\n  scenario      {place}"


def _outcome(error: BaseException | None) -> Outcome:
    if error is None:
        return "passed"
    if isinstance(error, RequirementNotMetError):
        return "failed"
    return "not-testable" if isinstance(error, NotTestableError) else "harness-error"


def _cause(error: BaseException | None) -> str | None:
    if error is None or isinstance(error, RequirementNotMetError):
        return None
    if isinstance(error, NotTestableError):
        return str(error)
    return f"{type(error).__name__}: {error}"


def _trace(error: BaseException | None) -> str:
    return "".join(traceback.format_exception(error))
