"""What a run leaves behind: what has to be deleted by itself, and what was deleted and does not go."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial

from fixtures.access import shared_kinds
from fixtures.built_in import SECRET, SERVICE, SERVICE_ACCOUNT
from fixtures.catalogue import Edition, Resource
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
    return tuple(Shared(SERVICE, namespace) for namespace in (services.namespace, services.impostor_namespace))


def in_given_namespaces(edition: Edition, target: Target) -> tuple[Resource, ...]:
    """The kinds that it makes objects of in namespaces that it was given."""
    accounts = (SERVICE_ACCOUNT,) if target.gateway.mints_keys and not target.gateway.users else ()
    return (SECRET, *accounts, *edition.kinds)


def removed(kube: Kube, run: str, edition: Edition, target: Target) -> Iterator[PreflightChecked]:
    """Delete all that the run has left on a cluster that stays, and say what was deleted and does not go."""
    for place in beside_others(edition, target):
        for item in kube.objects_left(place, run):
            kube.delete_leftover(item)
    if target.kubernetes.namespaces:
        kube.delete_marked(in_given_namespaces(edition, target), target.kubernetes.namespaces)
        return
    for item in kube.leftovers(run):
        kube.delete_leftover(item)
    held: dict[str, list[str]] = {}
    for item in stuck(lambda: kube.leftovers(run), target.bounds):
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
