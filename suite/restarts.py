"""The gateway's Pods when a run begins and when it ends: who reads failures should know what was not up meanwhile.

It is no finding: Kubernetes lets containers end. But a request that met one which was down tells nothing else.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime

from fixtures.built_in import POD
from fixtures.kube import Kube
from fixtures.pods import Container, Pod, read
from fixtures.survey import Survey
from fixtures.targets.target import Part, Target, stoppable
from reports.events import CaseFinished, EventLog, PlanMade, PreflightChecked

FORGOTTEN_SECONDS = 600.0
"""A container that has run for so long is started again at once when it ends: Kubernetes forgets how often it did."""
AFTERWARDS_SECONDS = 10.0
"""A case that begins so soon after a container has ended may have met the one that came in its place half up."""
CHECK = "Pods"
SHOWN = 4
"""Cases that are named."""


def namespaces(target: Target) -> tuple[str, ...]:
    """Where Pods are whose restarts tell something, as far as the target says so."""
    return tuple(dict.fromkeys((*target.gateway.workloads, *target.foundations)))


def of_gateway(kube: Kube, target: Target) -> tuple[Pod, ...]:
    """All Pods of the gateway, and of what it stands on.

    Raises:
        NotTestableError: they may not be read.
    """
    survey = Survey(kube.requests)
    return tuple(pod for namespace in namespaces(target) for pod in read(survey.of_kind(POD, namespace)))


def before(pods: Sequence[Pod], now: datetime) -> PreflightChecked:
    """How they are when the run begins: a Deployment is called complete while its container crashes every minute."""
    lately = [
        (one, f"{_place(pod, one)} {_how(one.restarts, one)}")
        for pod in pods
        for one in pod.containers
        if not pod.going and (one.down or _restarted_lately(one, now))
    ]
    trouble = [words for one, words in lately if one.down or one.restarts > 1]
    if trouble:
        advice = "see why before you read failures: `kubectl logs --previous` has its last words"
        return PreflightChecked(time.time(), CHECK, "failed", "; ".join(trouble), advice)
    count = "1 is" if len(pods) == 1 else f"{len(pods)} are"
    detail = "; ".join([f"{count} there, and all that was started runs", *(words for _, words in lately)])
    return PreflightChecked(time.time(), CHECK, "passed", detail)


def unseen(why: str) -> PreflightChecked:
    """Where they may not be read."""
    advice = "one that restarts during the run is not named"
    return PreflightChecked(time.time(), CHECK, "failed", why, advice)


def meanwhile(began: Iterable[Pod], ended: Iterable[Pod], target: Target, log: EventLog) -> Iterator[PreflightChecked]:
    """What has restarted since the run began, and not because the run had asked for it; one line each."""
    first, last = {pod.uid: pod for pod in began}, {pod.uid: pod for pod in ended}
    for pod in last.values():
        known = {one.name: one.restarts for one in first[pod.uid].containers} if pod.uid in first else {}
        for one in pod.containers:
            times = one.restarts - known.get(one.name, 0)
            if times > 0:
                yield _noted(f"{one.name} of {pod}", f"it {_how(times, one)}{_cases(one, log)}")
    ours = _restarted_by_us(target, log)
    for pod in first.values():
        if pod.uid in last or pod.going or Part(pod.namespace, pod.workload) in ours:
            continue
        heirs = [new.name for new in last.values() if new.uid not in first and new.workload == pod.workload]
        came = f", and {', '.join(heirs)} has come in its place" if heirs else ""
        yield _noted(f"Pod {pod}", f"it is gone{came}, and not because a case asked for it")


def _noted(what: str, detail: str) -> PreflightChecked:
    advice = "read the failures with that in mind; `kubectl logs --previous` and `kubectl get events` say more"
    return PreflightChecked(time.time(), f"during the run, {what}", "failed", detail, advice)


def _place(pod: Pod, container: Container) -> str:
    return f"container {container.name} of Pod {pod}"


def _restarted_lately(container: Container, now: datetime) -> bool:
    last = container.last
    return container.restarts > 0 and last is not None and (now - last.at).total_seconds() < FORGOTTEN_SECONDS


def _how(times: int, container: Container) -> str:
    last = f" ({container.last.describe()})" if container.last is not None else ""
    again = f"was started again {_often(times)}" if times else "was never up"
    return f"{again}{last}" + (f", and does not run now: {container.down}" if container.down else "")


def _often(times: int) -> str:
    return "once" if times == 1 else f"{times} times"


def _cases(container: Container, log: EventLog) -> str:
    """Those that did not pass, and ran when it ended, or just afterwards."""
    if container.last is None:
        return ""
    at = container.last.at.timestamp()
    found = dict.fromkeys(
        event.case.partition("/")[0]
        for event in log.events
        if isinstance(event, CaseFinished)
        and event.outcome != "passed"
        and event.time - event.seconds - AFTERWARDS_SECONDS <= at <= event.time
    )
    names = [*found][:SHOWN]
    more = f" and {len(found) - len(names)} more" if len(found) > len(names) else ""
    return f"; {', '.join(names)}{more} ran then and did not pass" if names else ""


def _restarted_by_us(target: Target, log: EventLog) -> Collection[Part]:
    """The parts that a case of this run may have stopped or restarted."""
    features = {
        item.feature
        for event in log.events
        if isinstance(event, PlanMade)
        for item in event.requirements
        if item.not_applicable is None
    }
    return {part for name, part in target.parts.items() if stoppable(name) in features}
