"""Restarts of the gateway's containers are named once, with when and why; those that the run asked for are not."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from fixtures.pods import Pod, read
from fixtures.targets.target import GatewayAccess, KubernetesAccess, Part, ProviderAccess, Target
from reports.events import CaseFinished, EventLog
from suite.restarts import before, meanwhile
from tests.reports.runs import case, plan, requirement, run_started

NOW = datetime(2026, 11, 26, 14, 10, tzinfo=UTC)
KILLED = datetime(2026, 11, 26, 14, 2, 11, tzinfo=UTC)
TARGET = Target(
    "cluster",
    KubernetesAccess("kubeconfig"),
    GatewayAccess("http://127.0.0.1:9", workloads=("mine",)),
    ProviderAccess("http://127.0.0.1:9", None, "provider.test"),
    parts={"processor": Part("mine", "processor")},
)
NOTHING = EventLog()


def ended(at: datetime = KILLED, reason: str = "OOMKilled", code: int = 137) -> dict[str, Any]:
    return {"terminated": {"reason": reason, "exitCode": code, "finishedAt": f"{at:%Y-%m-%dT%H:%M:%SZ}"}}


def container(restarts: int = 0, **changes: Any) -> dict[str, Any]:
    return {"name": "extproc", "restartCount": restarts, "state": {"running": {}}, "lastState": {}, **changes}


def pod(*containers: dict[str, Any], workload: str = "gateway", number: int = 1, **changes: Any) -> dict[str, Any]:
    """One of a Deployment."""
    owner = {"kind": "ReplicaSet", "name": f"{workload}-5d9c"}
    metadata = {
        "uid": f"{workload}-{number}",
        "namespace": "mine",
        "name": f"{workload}-5d9c-{number}",
        "labels": {"pod-template-hash": "5d9c"},
        "ownerReferences": [owner],
        **changes,
    }
    return {"metadata": metadata, "status": {"containerStatuses": list(containers or [container()])}}


def pods(*manifests: dict[str, Any]) -> tuple[Pod, ...]:
    return read(manifests)


def lines(first: Sequence[Pod], last: Sequence[Pod], log: EventLog = NOTHING) -> list[str]:
    checks = list(meanwhile(first, last, TARGET, log))
    assert {check.outcome for check in checks} <= {"failed"}
    return [f"{check.check}: {check.detail}" for check in checks]


def with_outages(feature: str | None) -> EventLog:
    row = requirement("EM-OUT-001", feature=feature)
    return EventLog((run_started(), plan([row], [case("EM-OUT-001/stopped")])))


def test_a_container_that_was_killed_is_named_with_when_and_why() -> None:
    last = pods(pod(container(1, lastState=ended())))

    assert lines(pods(pod()), last) == [
        "during the run, extproc of mine/gateway-5d9c-1: it was started again once "
        "(OOMKilled, exit code 137, at 14:02:11 UTC)"
    ]


def test_only_what_happened_since_the_run_began_counts() -> None:
    first = pods(pod(container(4, lastState=ended())))

    assert lines(first, first) == []
    (line,) = lines(first, pods(pod(container(6, lastState=ended(reason="Error", code=1)))))
    assert "it was started again 2 times (Error, exit code 1, at 14:02:11 UTC)" in line


def test_one_that_crashes_still_says_so() -> None:
    waiting = container(3, state={"waiting": {"reason": "CrashLoopBackOff"}}, lastState=ended(reason="Error", code=1))

    (line,) = lines(pods(pod()), pods(pod(waiting)))
    assert line.endswith(
        "started again 3 times (Error, exit code 1, at 14:02:11 UTC), and does not run now: CrashLoopBackOff"
    )


def test_a_sidecar_counts_too() -> None:
    last = pod()
    last["status"]["initContainerStatuses"] = [container(1, name="istio-proxy", lastState=ended())]

    (line,) = lines(pods(pod()), pods(last))
    assert line.startswith("during the run, istio-proxy of mine/gateway-5d9c-1: ")


def test_cases_that_ran_then_and_did_not_pass_are_named() -> None:
    def result(requirement_id: str, end: float, outcome: Any = "failed") -> CaseFinished:
        return CaseFinished(KILLED.timestamp() + end, "gw0", f"{requirement_id}/a", outcome, 5.0, 1.0)

    log = EventLog(
        (
            result("EM-A-001", 1),
            result("EM-B-001", 14),
            result("EM-C-001", 1, "passed"),
            result("EM-D-001", 16),
            result("EM-E-001", -1),
            result("EM-F-001", 2, "not-testable"),
        )
    )

    (line,) = lines(pods(pod()), pods(pod(container(1, lastState=ended()))), log)
    assert line.endswith("; EM-A-001, EM-B-001, EM-F-001 ran then and did not pass")


def test_a_pod_that_somebody_has_replaced_is_named() -> None:
    assert lines(pods(pod(number=1)), pods(pod(number=2))) == [
        "during the run, Pod mine/gateway-5d9c-1: it is gone, and gateway-5d9c-2 has come in its place, "
        "and not because a case asked for it"
    ]


def test_a_part_that_cases_stop_and_restart_is_no_news_unless_it_crashes() -> None:
    first, last = pods(pod(workload="processor", number=1)), pods(pod(workload="processor", number=2))

    assert lines(first, last, with_outages("stoppable-processor")) == []
    assert len(lines(first, last, with_outages("stoppable-controller"))) == 1
    assert len(lines(first, last, with_outages(None))) == 1
    crashed = pods(pod(container(1, lastState=ended()), workload="processor", number=2))
    assert len(lines(first, crashed, with_outages("stoppable-processor"))) == 1


def test_what_was_going_already_and_jobs_are_left_out() -> None:
    assert lines(pods(pod(deletionTimestamp="2026-11-26T14:00:00Z")), ()) == []
    assert pods(pod(ownerReferences=[{"kind": "Job", "name": "nightly"}])) == ()


def test_a_run_that_begins_with_a_crash_loop_says_so() -> None:
    crashing = container(3, state={"waiting": {"reason": "CrashLoopBackOff"}}, lastState=ended(reason="Error", code=1))
    check = before(pods(pod(crashing)), NOW)

    assert (check.outcome, check.detail) == (
        "failed",
        "container extproc of Pod mine/gateway-5d9c-1 was started again 3 times (Error, exit code 1, at 14:02:11 UTC), "
        "and does not run now: CrashLoopBackOff",
    )


def test_between_two_crashes_it_runs_and_is_named_all_the_same() -> None:
    running = pods(pod(container(2, lastState=ended())))

    assert before(running, NOW).outcome == "failed"
    assert before(running, NOW + timedelta(minutes=5)).outcome == "passed"


def test_one_restart_lately_is_said_and_a_container_that_comes_up_is_no_trouble() -> None:
    once = before(pods(pod(container(1, lastState=ended()))), NOW)
    coming = before(pods(pod(container(state={"waiting": {"reason": "ContainerCreating"}}))), NOW)

    assert (once.outcome, once.detail) == (
        "passed",
        "1 is there, and all that was started runs; container extproc of Pod mine/gateway-5d9c-1 was started again "
        "once (OOMKilled, exit code 137, at 14:02:11 UTC)",
    )
    assert (coming.outcome, coming.detail) == ("passed", "1 is there, and all that was started runs")


def test_an_image_that_cannot_be_had_is_trouble() -> None:
    never = before(pods(pod(container(state={"waiting": {"reason": "ImagePullBackOff"}}))), NOW)

    assert (never.outcome, never.detail) == (
        "failed",
        "container extproc of Pod mine/gateway-5d9c-1 was never up, and does not run now: ImagePullBackOff",
    )
