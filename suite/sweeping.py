"""`conformance sweep`: what runs have left on a cluster, because they were killed or asked to: objects, parts down."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from fixtures.access import shared_kinds
from fixtures.built_in import SECRET
from fixtures.catalogue import load
from fixtures.errors import ConfigurationError, NotTestableError
from fixtures.kube import Kube, Leftover, Shared
from fixtures.kubernetes_requests import ForbiddenError
from fixtures.parts import Parts
from fixtures.targets import cluster
from fixtures.targets.target import Target
from reports.text import one_line
from suite.interrupts import Interrupts
from suite.leftovers import services_of
from suite.options import Options

USER_AGENT = "externalmodel-conformance (sweep)"


@dataclass(frozen=True)
class Found:
    """What a look has come to."""

    lines: int
    whole: bool
    """Whether we could look everywhere."""


def sweep(options: Options, run: str | None, say: Callable[[str], None], *, delete: bool) -> int:
    """List what is left of all runs or of one; undo it if that is asked for, and only if it is marked.

    Raises:
        ConfigurationError: there is no cluster to look at, or no run was named whose leftovers to delete.
    """
    if options.config is None:
        raise ConfigurationError("the embedded target leaves nothing to sweep; give --target cluster with --config")
    which_run(run, delete=delete)
    target = cluster.load(options.config)
    if target.kubernetes.prepared is not None:
        raise ConfigurationError("the run has no right on the cluster; who has applied its objects deletes them")
    try:
        with Interrupts() as interrupts, interrupts.allowed():
            found = on_cluster(target, run, say, delete=delete)
    except NotTestableError as error:
        raise ConfigurationError(f"{error}; check the kubeconfig and the context") from error
    conclude(found, run, say, delete=delete)
    return 0


def which_run(run: str | None, *, delete: bool) -> None:
    """See that a run is named whose leftovers to delete.

    Raises:
        ConfigurationError: none is.
    """
    if delete and run is None:
        raise ConfigurationError("--yes undoes what one run has left; say which, as in `conformance sweep RUN --yes`")


def on_cluster(target: Target, run: str | None, say: Callable[[str], None], *, delete: bool) -> Found:
    """What is left on one cluster, one line each; undone if that is asked for.

    Raises:
        NotTestableError: the cluster does not answer, or a part of its gateway is not there.
    """
    kube = Kube(target.kubernetes, run or "", USER_AGENT)
    try:
        _put_back(Parts(kube, target.parts, run or ""), run, say, really=delete)
        return _sweep(kube, target, run, say, delete=delete)
    finally:
        kube.close()


def conclude(found: Found, run: str | None, say: Callable[[str], None], *, delete: bool) -> None:
    """What the list comes to, and what can be done about it."""
    if not found.lines:
        say(f"nothing {'' if found.whole else 'else '}bears the labels of {'a run' if run is None else f'run {run}'}")
    elif not delete:
        say("`conformance sweep RUN --yes` deletes those of one run; look first whether it still goes on")


def _put_back(parts: Parts, run: str | None, say: Callable[[str], None], *, really: bool) -> None:
    for stopped in parts.left(run):
        if really:
            parts.start(stopped.name)
        state = "started again" if really else "stopped"
        say(f"{stopped.run}  the gateway's {stopped.name}  {stopped.replicas} before, {state}")


def _sweep(kube: Kube, target: Target, run: str | None, say: Callable[[str], None], *, delete: bool) -> Found:
    found, unseen = _left(kube, target, run)
    for item in found:
        if delete and not item.terminating:
            kube.delete_leftover(item)
        state = "deleted" if delete else "being deleted" if item.terminating else "left"
        holds = f", held by: {one_line(item.holds)}" if item.holds else ""
        say(f"{item.run}  {item.describe()}  {age(item.made)} old, {state}{holds}")
    if delete and target.kubernetes.namespaces:
        # Who may make Secrets there may not list them.
        kube.delete_marked([SECRET], target.kubernetes.namespaces)
    for what in unseen:
        say(f"not looked at, for lack of the right to list them: {what}")
    return Found(len(found), whole=not unseen)


def _left(kube: Kube, target: Target, run: str | None) -> tuple[list[Leftover], list[str]]:
    """What is left, the oldest first, and in words where this kubeconfig may not look."""
    found: list[Leftover] = []
    unseen: list[str] = []
    given = target.kubernetes.namespaces
    looks: dict[str, Callable[[], list[Leftover]]] = {}
    if not given:
        looks["namespaces"] = partial(kube.leftovers, run)
    # Which edition a run was in, nobody says: whatever one of them makes beside its namespaces is looked for.
    editions = load().editions.values()
    kinds = (Shared(kind, namespace) for edition in editions for kind in edition.kinds for namespace in given)
    shared = (place for edition in editions for place in shared_kinds(edition))
    for place in (*shared, *kinds, *services_of(target)):
        looks[f"{place.resource.plural} in {place.namespace}"] = partial(kube.objects_left, place, run)
    for what, look in looks.items():
        try:
            found += look()
        except ForbiddenError:
            unseen.append(what)
    return sorted(found, key=lambda item: item.made), unseen


def age(made: datetime.datetime) -> str:
    """How long ago that was."""
    minutes = int((datetime.datetime.now(datetime.UTC) - made).total_seconds()) // 60
    if minutes < 120:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 48 * 60 else f"{minutes // (24 * 60)} d"
