"""`conformance plan --objects`: every object that the cases of a run stand on, for an administrator to apply.

Each case is rehearsed: pytest executes it with its own steps, but without a world. Up to its first When or Then this
notes the objects that it makes; from there on, whether it would judge anything before it takes a right on the cluster.
A case that would not is left out, with the reason, and so are its objects.
"""

from __future__ import annotations

import secrets
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from fixtures import prepared
from fixtures.canaries import new_marker
from fixtures.catalogue import FEATURES, Edition
from fixtures.catalogue import load as load_catalogue
from fixtures.errors import ConfigurationError, HarnessError, NotTestableError
from fixtures.hearsay import NoRightError
from fixtures.neighbour import Neighbour
from fixtures.prepared import Prepared, Scene
from fixtures.recording import CaseRecorder
from fixtures.rehearsal import RehearsedScenario
from fixtures.scenario import SUBJECT, Ground
from fixtures.targets import cluster
from fixtures.targets.target import Target
from reports import places
from reports.recorder import EventWriter
from suite import chapters, selfcheck
from suite import plan as plans
from suite.casework import CASEWORK, Casework, Executor, Work, neighbour_of
from suite.plan import Plan, Wanted
from suite.preflight import trial

Manifest = dict[str, Any]
USER_AGENT = "externalmodel-conformance (rehearsal)"

HEAD = """\
# What a run of edition {edition} without any right on the cluster stands on, for an administrator to read and apply:
#   kubectl apply --validate=warn -f FILE
# {objects} objects for {played} of {cases} cases; the others take rights. The Secrets hold made-up values.
# To delete all of it:
#   kubectl delete -f FILE --ignore-not-found
"""


@dataclass(frozen=True)
class Rehearsed:
    """What came of it."""

    prepared: Prepared
    objects: list[Manifest]

    def as_yaml(self) -> str:
        """The objects, with a head that says how to use them."""
        scenes = [scene for name, scene in self.prepared.scenes.items() if "/" in name]
        head = HEAD.format(
            edition=self.prepared.edition,
            objects=len(self.objects),
            played=sum(not scene.not_testable for scene in scenes),
            cases=len(scenes),
        )
        return head + yaml.safe_dump_all(self.objects, sort_keys=False)


def plan_objects(config: Path, edition: str, wanted: Wanted, workers: int) -> Rehearsed:
    """The objects of a run, and beside them the file that the run reads; it is the one that the target names.

    Raises:
        ConfigurationError: the target names none, or one that is there already.
    """
    target = cluster.load(config)
    if target.kubernetes.prepared is None:
        raise ConfigurationError(
            f"{config} names no file under kubernetes.prepared, where this writes what the run will have to know"
        )
    catalogue, texts = load_catalogue(), chapters.read()
    selfcheck.check(catalogue, texts)
    chosen = catalogue.edition(edition)
    wanted = replace(wanted, profiles=wanted.profiles or target.profiles)
    plan = plans.make(catalogue, chosen, texts, target.features, wanted)
    rehearsed = rehearse(target, chosen, plan, workers)
    prepared.save(rehearsed.prepared, Path(target.kubernetes.prepared))
    return rehearsed


def rehearse(target: Target, edition: Edition, plan: Plan, workers: int) -> Rehearsed:
    """Go through every case of a plan, through the preflight's trials, and through a neighbour for each worker."""
    name = f"plan-{time.strftime('%Y%m%d-%H%M%S')}-{secrets.token_hex(2)}"
    empty = Prepared(name, edition.name, plan.fingerprint, new_marker(), secrets.token_hex(32), workers)
    ground = Ground(name, empty.marker, target, edition, prepared=empty)
    with tempfile.TemporaryDirectory(prefix="externalmodel-conformance-") as directory:
        writer = EventWriter(Path(directory) / places.EVENTS)
        rehearsal = Rehearsal(ground, plan, writer, Path(directory))
        for strict in (False, True):
            scenario = rehearsal.scenario_of(trial(strict=strict))
            scenario.new_model(SUBJECT).deploy(strict=strict)
            rehearsal.note(trial(strict=strict), scenario)
        for number in range(workers):
            scenario = rehearsal.scenario_of(neighbour_of(number))
            Neighbour(scenario)
            rehearsal.note(neighbour_of(number), scenario)
        pytest.main([str(FEATURES), "-p", "no:terminal", "-p", "no:xdist"], plugins=[rehearsal])
        writer.close()
    missing = [case.id for case in plan.cases if case.id not in rehearsal.scenes]
    if missing:
        raise HarnessError(f"not rehearsed: {', '.join(missing)}")
    return Rehearsed(replace(empty, scenes=rehearsal.scenes), _once(rehearsal.objects))


class Rehearsal(Casework):
    """In place of the casework of a process that judges."""

    def __init__(self, ground: Ground, plan: Plan, writer: EventWriter, directory: Path) -> None:
        super().__init__(ground, plan, writer, Executor(), "never", directory)
        self.scenes: dict[str, Scene] = {}
        self.objects: list[Manifest] = []

    def pytest_configure(self, config: pytest.Config) -> None:
        """Be what the fixtures find."""
        config.stash[CASEWORK] = self
        # Tracebacks are shown to nobody; to make them long takes more time than everything else.
        config.option.tbstyle = "native"

    def scenario_of(self, scene: str) -> RehearsedScenario:
        """The scenario of a scene that is no case."""
        return self._scenario(self._ground, CaseRecorder(self._writer, self._worker, scene), USER_AGENT)

    def note(self, scene: str, scenario: RehearsedScenario) -> None:
        """Keep what a scene stands on."""
        self.scenes[scene] = Scene(scenario.hearsay.digest())
        self.objects += scenario.stands_on()

    def _scenario(
        self, ground: Ground, recorder: CaseRecorder, user_agent: str, scene: str | None = None
    ) -> RehearsedScenario:
        return RehearsedScenario(ground, recorder, user_agent, scene)

    def _finished(self, work: Work) -> Any:
        self._conclude(work.case.id, work.scenario, work.error)
        return super()._finished(work)

    def _conclude(self, case: str, scenario: Any, error: BaseException | None) -> None:
        has_begun = isinstance(scenario, RehearsedScenario) and scenario.has_begun
        if not has_begun and not isinstance(error, NotTestableError):
            raise HarnessError(f"{case} cannot be rehearsed: {error!r}")
        if not has_begun or (isinstance(error, NoRightError) and not scenario.has_judged):
            self.scenes[case] = Scene(not_testable=str(error))
        else:
            self.note(case, scenario)


def _once(objects: list[Manifest]) -> list[Manifest]:
    """The objects, of which no two may have the same name."""
    keys = Counter((one["kind"], one["metadata"].get("namespace"), one["metadata"]["name"]) for one in objects)
    twice = [key for key, number in keys.items() if number > 1]
    if twice:
        raise HarnessError(f"two scenes have drawn the same name ({twice[0]}); plan once more")
    return objects
