"""What a run leaves behind: what has to be deleted by itself, and what was deleted and does not go."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import product

from fixtures.access import shared_kinds
from fixtures.built_in import SECRET, SERVICE, SERVICE_ACCOUNT
from fixtures.catalogue import Edition, Resource
from fixtures.errors import NotTestableError
from fixtures.kube import Kube, Leftover, Shared
from fixtures.settle import Bounds, obtain
from fixtures.targets.target import Target
from reports.events import PreflightChecked
from reports.text import one_line


def beside_others(edition: Edition, target: Target) -> tuple[Shared, ...]:
    """What it makes in namespaces that are everybody's."""
    keys = shared_kinds(edition) if target.gateway.mints_keys else ()
    return (*keys, *services_of(target))


def services_of(target: Target) -> tuple[Shared, ...]:
    """Where it makes Services, by whose names the gateway reaches a provider that an administrator has deployed."""
    services = target.provider.services
    if services is None or not services.stay:
        return ()
    return tuple(Shared(SERVICE, namespace) for namespace in services.namespaces)


def in_given_namespaces(edition: Edition, target: Target) -> tuple[Resource, ...]:
    """The kinds that it makes objects of in namespaces that it was given."""
    accounts = (SERVICE_ACCOUNT,) if target.gateway.mints_keys and not target.gateway.users else ()
    return (SECRET, *accounts, *edition.kinds)


def removed(kube: Kube, run: str, edition: Edition, target: Target) -> Iterator[PreflightChecked]:
    """Delete all that the run has left on a cluster that stays, and say what does not go, or may be left.

    What the cluster does not let us do here, or does not answer, is nobody's fault who is judged, and none of ours.
    """
    for place in beside_others(edition, target):
        what = f"{place.resource.plural} in {place.namespace}"
        yield from as_far_as_possible(what, run, partial(_remove, kube, partial(kube.objects_left, place, run)))
    given = target.kubernetes.namespaces
    for namespace, kind in product(given, in_given_namespaces(edition, target)):
        what = f"{kind.plural} in {namespace}"
        yield from as_far_as_possible(what, run, partial(kube.delete_marked, [kind], [namespace]))
    if not given:
        yield from as_far_as_possible("namespaces", run, partial(_remove, kube, partial(kube.leftovers, run)))
        yield from _held(kube, run, target.bounds)


def as_far_as_possible(what: str, run: str, act: Callable[[], object]) -> Iterator[PreflightChecked]:
    """Do a part of the clean-up; where the cluster does not let us, say so."""
    try:
        act()
    except NotTestableError as error:
        advice = f"`conformance sweep {run} --yes` does it with an account that may"
        yield PreflightChecked(time.time(), f"clean-up of {what}", "failed", str(error), advice)


def _remove(kube: Kube, look: Callable[[], Sequence[Leftover]]) -> None:
    for item in look():
        kube.delete_leftover(item)


def _held(kube: Kube, run: str, bounds: Bounds) -> Iterator[PreflightChecked]:
    """Namespaces that were deleted and do not go; none where nobody lets us look, which has been said."""
    held: dict[str, list[str]] = {}
    with contextlib.suppress(NotTestableError):
        for item in stuck(lambda: kube.leftovers(run), bounds):
            held.setdefault(one_line(item.holds) or "the cluster does not say by what", []).append(item.name)
    for holds, (first, *more) in held.items():
        yield PreflightChecked(
            time.time(),
            f"clean-up of {first}{f' and {len(more)} more' if more else ''}",
            "failed",
            f"deleted and not gone, held by: {holds}",
            f"see whose finalizers do not end; `conformance sweep {run}` shows what is left",
        )


def stuck(
    look: Callable[[], Sequence[Leftover]],
    bounds: Bounds,
    *,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> Sequence[Leftover]:
    """What does not go of what was deleted; a cluster that goes on deleting is given time, however much there is."""
    left = look()
    while left:
        fewer = obtain(partial(_fewer, look, len(left)), bounds, clock=clock, sleep=sleep)
        if fewer is None:
            break
        left = fewer
    return left


def _fewer(look: Callable[[], Sequence[Leftover]], than: int) -> Sequence[Leftover] | None:
    left = look()
    return left if len(left) < than else None
