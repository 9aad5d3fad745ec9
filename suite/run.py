"""A run, from its first event to its report; the process that the user started holds it."""

from __future__ import annotations

import dataclasses
import datetime
import secrets
import shutil
import time
from collections.abc import Callable, Iterable
from contextlib import ExitStack, closing
from functools import partial
from pathlib import Path
from typing import Literal

from fixtures import prepared
from fixtures.canaries import new_marker
from fixtures.catalogue import Catalogue, Edition
from fixtures.catalogue import load as load_catalogue
from fixtures.errors import ConfigurationError, HarnessError, InTroubleError, NotTestableError
from fixtures.kube import Kube
from fixtures.parts import Parts
from fixtures.pods import Pod
from fixtures.prepared import Prepared
from fixtures.provider import ProviderClient
from fixtures.scenario import Ground
from fixtures.settle import CEILING_SECONDS
from fixtures.survey import Survey
from fixtures.targets import cluster
from fixtures.targets.deployed_provider import deployed
from fixtures.targets.embedded import Embedded, embedded
from fixtures.targets.kind import wanted as kind_files
from fixtures.targets.kind.cluster import Cluster, made
from fixtures.targets.kind.planning import LOG, LOGS
from fixtures.targets.kind.wanted import Wanted as WantedCluster
from fixtures.targets.target import PROMETHEUS, Target
from reports import build, latest, places
from reports.events import CaseFinished, EventLog, PlanMade, PreflightChecked, RunFinished, RunStarted
from reports.merge import A_PART
from reports.model import Report
from reports.recorder import EventNotWrittenError, EventWriter
from suite import (
    about,
    chapters,
    cluster_logs,
    gateway_output,
    leftovers,
    own_output,
    preflight,
    restarts,
    selfcheck,
    turns,
    want_of_memory,
)
from suite import plan as plans
from suite.discovery import discovered
from suite.edition_trials import LiveTrials
from suite.editions import Chosen, detect
from suite.options import EMBEDDED, KIND, RUNS, Options
from suite.plan import Plan, Wanted

DEFAULT_EDITION = "runbook"
AUTO = "auto"
USER_AGENT = "externalmodel-conformance"
NAMESPACES_OF_A_WORKER = 2
"""At least, where they were given: one for its neighbour and one for its case."""
PLAN_AGAIN = "plan and apply the objects again"

Reason = Literal["completed", "interrupted", "harness-error", "not-started"]


class Run:
    """One run. ``begin`` it, hand its ground to the workers, ``finish`` it."""

    def __init__(self, options: Options, workers: int, say: Callable[[str], None]) -> None:
        self._options = options
        self._say = say
        self._workers = workers
        self._stack = ExitStack()
        self._marker = new_marker()
        self._began = time.monotonic()
        self._killed = want_of_memory.killed()
        self.id = f"{time.strftime('%Y%m%d-%H%M%S')}-{secrets.token_hex(2)}"
        self.directory = (options.out or RUNS / self.id).resolve()
        self._writer: EventWriter | None = None
        self.plan: Plan | None = None
        self._asked_for: frozenset[str | None] = frozenset()
        """Features that something which is to be judged asks for."""
        self.wanted = Wanted()
        """What is judged: what the user asked for, else what the target claims."""
        self._ground: Ground | None = None
        self._wanted_cluster: WantedCluster | None = None
        """What kind is to make; None for any other target."""
        self._cluster: Cluster | None = None
        """What it has made."""
        self._filled = False
        """Whether something was put onto a cluster of its own: why that failed is worth keeping."""
        self._went_well = False
        """Whether everything was executed, and nothing failed; known at the end."""
        self.canaries: dict[str, str] = {}
        """The canaries of every case that has ended, name to value; for the look at the gateway's output."""
        self.checks: list[PreflightChecked] = []
        """What the preflight has found so far."""
        self._pods: tuple[Pod, ...] | None = None
        """The gateway's, as they were when the run began; None where they are not looked at."""
        self.blocked: str | None = None
        """Why no case is executed; None where the run goes on."""

    def begin(self) -> None:
        """Check ourselves, start the target, plan, and look whether it can be judged.

        Raises:
            ConfigurationError: what was asked for cannot be done; nothing is left running.
            HarnessError: the suite is not sound; nothing is left running.
        """
        try:
            self._begin()
        except preflight.BlockedError as error:
            self.blocked = str(error)
        except NotTestableError as error:
            if self.plan is not None or isinstance(error, InTroubleError):
                self.blocked = str(error)
                return
            self._stack.close()
            raise ConfigurationError(f"{error}; check the kubeconfig and the context") from error
        except BaseException:
            self._stack.close()
            self._cluster = None
            raise

    def discard(self, *, well: bool = False) -> None:
        """Remove what a run that did not begin has written, but for what was said while a cluster was filled.

        That goes, too, where all went ``well``.
        """
        if self._writer is None:
            return
        self._writer.close()
        self._writer = None
        log = self.directory / LOG
        said = log.read_bytes() if self._filled and not well else None
        shutil.rmtree(self.directory, ignore_errors=True)
        if said is not None:
            log.parent.mkdir(parents=True)
            log.write_bytes(said)
            self._say(f"kind       all that its programs have said is in {log}")

    def _begin(self) -> None:
        self._options.check()
        catalogue = load_catalogue()
        texts = chapters.read()
        selfcheck.check(catalogue, texts)
        wanted = Wanted(self._options.profiles, self._options.select, self._options.repeat)
        if self._options.target == KIND:
            self._wanted_cluster = kind_files.load(self._options.config, self._options.edition)
        known = None if self._edition_name() == AUTO else catalogue.edition(self._edition_name())
        if known is not None:
            # Before anything is started: a selection of nothing needs no target to be refused.
            possible = plans.make(catalogue, known, texts, known.features, wanted)
            self._asked_for = frozenset(item.feature for item in possible.requirements if not item.not_applicable)
            self._say(f"edition    {known.name}: {known.title}")
        self._prepare_directory()
        self._writer = EventWriter(self.directory / places.EVENTS)
        target = self._bounded(self._open_target(catalogue))
        self.wanted = dataclasses.replace(wanted, profiles=self._options.profiles or target.profiles)
        if target.kubernetes.prepared is not None:
            self._begin_prepared(catalogue, target, known, prepared.load(Path(target.kubernetes.prepared)))
            return
        kube = self._stack.enter_context(closing(self._kube(target)))
        target = self._stack.enter_context(deployed(target, kube, self.id, self._keeps_provider))
        if target.kind != EMBEDDED:
            target = discovered(target, kube)
        chosen = Chosen(known, None) if known else self._detected(catalogue, kube, target)
        self.plan = plans.make(catalogue, chosen.edition, texts, target.features, self.wanted)
        self._announce(target, chosen, self.plan)
        self._ground = Ground(self.id, self._marker, target, chosen.edition)
        self._pods = self._pods_of(target, kube)
        self._look(lambda provider: preflight.surroundings(target, chosen.edition, kube, provider, self.id))

    def _kube(self, target: Target) -> Kube:
        """Our access to the target's Kubernetes API; close it."""
        return Kube(target.kubernetes, self.id, USER_AGENT)

    def _pods_of(self, target: Target, kube: Kube) -> tuple[Pod, ...] | None:
        """The gateway's Pods, and a word on how they are; None where nobody says where they are, or we may not look."""
        pods = self._pods_now(target, kube) if restarts.namespaces(target) else None
        if pods is not None:
            self._checked(restarts.before(pods, datetime.datetime.now(datetime.UTC)))
        return pods

    def _pods_now(self, target: Target, kube: Kube) -> tuple[Pod, ...] | None:
        """The gateway's Pods as they are; None where we may not look, which is said."""
        try:
            return restarts.of_gateway(kube, target)
        except NotTestableError as error:
            self._checked(restarts.unseen(str(error)))
            return None

    def _begin_prepared(self, catalogue: Catalogue, target: Target, known: Edition | None, found: Prepared) -> None:
        """As the rest of ``_begin``, where an administrator has applied all objects and nothing else can be done."""
        if known is not None and known.name != found.edition:
            raise ConfigurationError(
                f"the objects were planned for edition {found.edition}, not for {known.name}; give --edition "
                f"{found.edition}, or {PLAN_AGAIN}"
            )
        edition = catalogue.edition(found.edition)
        self.plan = plans.make(catalogue, edition, chapters.read(), target.features, self.wanted)
        self._refuse_unprepared(self.plan, found)
        self._marker = found.marker
        chosen = Chosen(edition, "the objects were planned for it")
        self._announce(target, chosen, self.plan)
        self._ground = Ground(self.id, self._marker, target, edition, prepared=found)
        self._look(lambda provider: preflight.without_rights(target, found, provider))

    def _refuse_unprepared(self, plan: Plan, found: Prepared) -> None:
        missing = [case.id for case in plan.cases if case.id not in found.scenes]
        if self._options.repeat > 1:
            raise ConfigurationError("--repeat would play scenes at the same time that share their objects; leave it")
        if found.fingerprint != plan.fingerprint:
            raise ConfigurationError(f"the contract has changed since the objects were planned; {PLAN_AGAIN}")
        if missing:
            raise ConfigurationError(
                f"the objects were planned for fewer cases: {len(missing)} of {len(plan.cases)} have none, "
                f"{missing[0]} for one; give the --select and --profile that they were planned with, or {PLAN_AGAIN}"
            )
        if self._workers > found.workers:
            raise ConfigurationError(
                f"the objects were planned for {found.workers} workers, not for {self._workers}; give fewer "
                f"--workers, or {PLAN_AGAIN}"
            )

    def _detected(self, catalogue: Catalogue, kube: Kube, target: Target) -> Chosen:
        for check in preflight.parts_up(target, kube, self.id):
            # What another run has stopped answers in nobody's words. Those that are up are said to be so later.
            if check.outcome == "failed":
                self._checked(check)
        # Any edition does for the ground: each trial puts its own in its place.
        ground = Ground(self.id, self._marker, target, catalogue.edition(DEFAULT_EDITION))
        return detect(catalogue, kube, LiveTrials(ground))

    def _edition_name(self) -> str:
        if self._wanted_cluster is not None and self._wanted_cluster.edition is not None:
            return self._wanted_cluster.edition
        if self._options.edition is None:
            return DEFAULT_EDITION if self._options.target == EMBEDDED else AUTO
        if self._options.edition == AUTO and self._options.target == EMBEDDED:
            return DEFAULT_EDITION
        return self._options.edition

    def _prepare_directory(self) -> None:
        try:
            self.directory.mkdir(parents=True)
        except FileExistsError as error:
            raise ConfigurationError(
                f"--out {self.directory} exists already; give a directory that does not"
            ) from error
        except OSError as error:
            raise ConfigurationError(
                f"{self.directory} cannot be made ({error.strerror}); give another --out"
            ) from error

    def _open_target(self, catalogue: Catalogue) -> Target:
        if self._wanted_cluster is not None:
            log = self.directory / LOG
            making = made(self._wanted_cluster, self.id, log, self._say, self._keeps_cluster)
            self._cluster = self._stack.enter_context(making)
            self._filled = True
            return self._cluster.fill(self._say)
        if self._options.config is not None:
            target = cluster.load(self._options.config)
            access = target.kubernetes
            if self._options.no_admin and not (access.namespaces or access.prepared):
                raise ConfigurationError(
                    f"--no-admin makes no namespaces, and {self._options.config} names none under "
                    "kubernetes.namespaces; `conformance plan --namespace NAME` shows an administrator what to make. "
                    "Without any right, name a file under kubernetes.prepared for what `conformance plan --objects` "
                    "writes"
                )
            most = len(access.namespaces) // NAMESPACES_OF_A_WORKER
            if access.namespaces and self._workers > most:
                raise ConfigurationError(
                    f"{len(access.namespaces)} namespaces are too few for {self._workers} workers, of whom each needs "
                    f"two at least; give --workers {most}, or name more under kubernetes.namespaces"
                )
            return target
        edition = catalogue.edition(self._edition_name())
        wanted = Embedded(edition, self._options.faults, self._options.variants, PROMETHEUS in self._asked_for)
        return self._stack.enter_context(embedded(wanted, self.directory / "target"))

    def _keeps_cluster(self) -> bool:
        return self._options.keep == "always" or (self._options.keep == "failed" and not self._went_well)

    def _keeps_provider(self) -> bool:
        """Whether objects are kept that lead to it; a run that has not begun has none."""
        return self._ground is not None and self._keeps_cluster()

    def _bounded(self, target: Target) -> Target:
        if self._options.converge is None:
            return target
        seconds = self._options.converge
        bounds = dataclasses.replace(target.bounds, converge_seconds=seconds, decision_seconds=seconds)
        return dataclasses.replace(target, bounds=bounds)

    def _announce(self, target: Target, chosen: Chosen, plan: Plan) -> None:
        edition = chosen.edition
        self._say(f"target     {target.describe()}")
        if chosen.evidence:
            self._say(f"edition    {edition.name}: {chosen.evidence}")
        writer = self._events()
        writer.write(
            RunStarted(
                time=time.time(),
                run=self.id,
                suite=about.version(),
                edition={
                    "name": edition.name,
                    "title": edition.title,
                    "detected": chosen.evidence,
                    "knownLimits": list(edition.known_limits),
                },
                target={"kind": target.kind, **target.facts},
                implementation=target.implementation,
                settings={
                    "bounds": dataclasses.asdict(target.bounds),
                    "workers": self._workers,
                    "converge": self._options.converge,
                    "prepared": target.kubernetes.prepared is not None,
                    "repeat": self._options.repeat,
                    "select": self._options.select,
                    "profiles": list(self.wanted.profiles),
                    "faults": list(self._options.faults),
                    "variants": list(self._options.variants),
                    "features": list(target.features),
                    "config": str(self._options.config) if self._options.config else None,
                },
                relaxations=self._relaxations(target),
                proof=about.score(plan.fingerprint),
            )
        )
        writer.write(PlanMade(time.time(), plan.fingerprint, plan.requirements, plan.cases))

    def _relaxations(self, target: Target) -> tuple[str, ...]:
        words = []
        if self._options.select:
            words.append(f"{A_PART} (--select {self._options.select!r})")
        if target.bounds.longest_seconds > CEILING_SECONDS:
            words.append(
                f"the gateway was given {target.bounds.longest_seconds:.0f} s to converge; the ceiling is "
                f"{CEILING_SECONDS:.0f} s"
            )
        return tuple(words)

    def _look(self, surroundings: Callable[[ProviderClient], Iterable[PreflightChecked]]) -> None:
        writer, ground = self._events(), self.ground()
        target = ground.target
        provider = ProviderClient(target.provider.control_url, target.provider.control_token, target.provider.data_url)
        self._stack.callback(provider.close)
        for check in surroundings(provider):
            self._checked(check)
        found, checks = preflight.baseline(ground, writer, "main")
        for check in checks:
            self._checked(check)
        self._ground = dataclasses.replace(ground, baseline=found)

    def _checked(self, check: PreflightChecked) -> None:
        self.checks.append(check)
        self._events().write(check)
        self._say(preflight.line_of(check))

    def _events(self) -> EventWriter:
        if self._writer is None:
            raise HarnessError("the run has not begun")
        return self._writer

    def ground(self) -> Ground:
        """What the workers stand on."""
        if self._ground is None:
            raise HarnessError("the run has not begun")
        return self._ground

    def started(self) -> bool:
        """Whether there is something to report about."""
        return self._writer is not None

    def finish(self, reason: Reason, detail: str = "") -> Report:
        """Delete what is left, stop the target, write the report."""
        writer = self._events()
        target = self._ground.target if self._ground else None
        try:
            self._sweep()
            if target is not None:
                self._look_through_output(target)
            log = build.read_log(self.directory)
            if target is not None:
                self._look_for_restarts(target, log)
            for killed in want_of_memory.meanwhile(self._killed):
                self._checked(killed)
            self._went_well = reason == "completed" and not self.blocked and _all_passed(log)
            if self._cluster is not None and not self._went_well:
                self._take_down_logs(self._cluster)
        except Exception as error:
            reason, detail = "harness-error", f"cleaning up failed: {error}"
        finally:
            self._stack.close()
        stays = self._cluster_stays()
        end = RunFinished(time.time(), "not-started" if self.blocked else reason, self.blocked or detail)
        unwritten: tuple[RunFinished, ...] = ()
        try:
            for kept in stays:
                writer.write(kept)
            writer.write(end)
        except EventNotWrittenError as error:
            unwritten = (RunFinished(end.time, "harness-error", str(error)),)
        writer.close()
        logs_of_the_gateway = [Path(path) for path in target.gateway.logs] if target else []
        looker = own_output.looker(self._secrets(), logs_of_the_gateway)
        report = build.write_all(self.directory, {**build.WRITERS, own_output.NAME: looker}, unwritten)
        if self.directory.parent == RUNS:
            latest.update(RUNS, self.id)
        return report

    def _cluster_stays(self) -> tuple[PreflightChecked, ...]:
        """How to reach a cluster of kind that is there when the run has ended, for who reads the report."""
        if self._cluster is None or not (self._cluster.was_there or self._keeps_cluster()):
            return ()
        name, whose = self._cluster.name, "what this run has left on it" if self._cluster.was_there else "it"
        detail = (
            f"{name} is there still: `kind export kubeconfig --name {name}` leads to it, "
            f"`conformance sweep {self.id} --yes --target kind` removes {whose}"
        )
        return (PreflightChecked(time.time(), "cluster", "passed", detail),)

    def _take_down_logs(self, made_by_us: Cluster) -> None:
        """Keep what everything on our own cluster has logged; that it cannot be had changes no verdict."""
        try:
            cluster_logs.keep(made_by_us, self.directory / LOGS, self._secrets())
        except ConfigurationError as error:
            self._say(f"kind       {error}")

    def _look_through_output(self, target: Target) -> None:
        """Record each key of a provider in what the gateway has put out, and say what could not be looked through."""
        pods = gateway_output.LogsOfPods()
        if target.gateway.workloads:
            with closing(self._kube(target)) as kube:
                seconds = time.monotonic() - self._began
                pods = gateway_output.logs_of_pods(target.gateway.workloads, Survey(kube.requests), seconds)
        for seen in gateway_output.look(target, self._marker, self.canaries, pods):
            if isinstance(seen, PreflightChecked):
                self._checked(seen)
            else:
                self._events().write(seen)

    def _look_for_restarts(self, target: Target, log: EventLog) -> None:
        """Name each container of the gateway's that has restarted meanwhile; who may no longer look is told, too."""
        if self._pods is None:
            return
        with closing(self._kube(target)) as kube:
            pods = self._pods_now(target, kube)
        if pods is not None:
            for restarted in restarts.meanwhile(self._pods, pods, target, log):
                self._checked(restarted)

    def _secrets(self) -> list[str]:
        """What must not stand in any file of the run: the marker of its canaries, and what the user gave us."""
        target = self._ground.target if self._ground else None
        users = [user.token for user in target.gateway.users] if target else []
        given = (target.gateway.client_key, target.provider.control_token, *users) if target else ()
        seed = self._ground.prepared.seed if self._ground and self._ground.prepared else None
        return [self._marker, *(secret for secret in (*given, seed) if secret)]

    def abandon(self, *, well: bool) -> None:
        """Delete what is left and stop the target, without a report; a log of what did not go ``well`` stays."""
        try:
            self._sweep()
        finally:
            self._stack.close()
            self.discard(well=well)

    def _sweep(self) -> None:
        """Undo what a lost worker of this run has left, or say what cannot be; the embedded cluster goes as a whole."""
        turns.forget(self.directory)
        if self._ground is None or self._goes_as_a_whole():
            return
        target = self._ground.target
        if target.kubernetes.prepared is not None:  # who has applied the objects deletes them
            return
        with closing(self._kube(target)) as kube:
            parts = Parts(kube, target.parts, self.id)
            put_back = leftovers.as_far_as_possible("stopped parts", self.id, partial(parts.put_back, self.id))
            removed = leftovers.removed(kube, self.id, self._ground.edition, target)
            for undone in (*put_back, *(removed if self._options.keep == "never" else ())):
                self._checked(undone)

    def _goes_as_a_whole(self) -> bool:
        """Whether nothing of the cluster is left in any case when the run ends."""
        if self._cluster is not None:
            return self._options.keep == "never" and not self._cluster.was_there
        return self._options.target == EMBEDDED


def _all_passed(log: EventLog) -> bool:
    return all(event.outcome == "passed" for event in log.events if isinstance(event, CaseFinished))
