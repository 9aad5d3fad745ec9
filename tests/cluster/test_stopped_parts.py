"""A run that ends while it has stopped a part of the gateway: everybody sees by whom, and it can be put back."""

from __future__ import annotations

import json
import signal
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.cluster.api import admin
from tests.cluster.vendor import EMBEDDED, Vendor
from tests.command.running import Command, report, run

DEPLOYMENTS = "/apis/apps/v1/namespaces/openshift-ingress/deployments"
PROCESSOR = "payload-processing"
STOPPED_BY = "externalmodel-conformance/stopped-by"
NAMESPACES = "/api/v1/namespaces"
OURS = {"labelSelector": "externalmodel-conformance/run"}
pytestmark = pytest.mark.parametrize("place", [EMBEDDED], indirect=True)
"""The run of a real API server (test_cluster_target.py) stops parts too; who has to put them back is up to us alone."""


def with_a_stopped_processor(place: Vendor, http: httpx.Client, out: Path) -> Command:
    """A run of the cluster target that has just stopped the gateway's processor."""
    words = ("--target", "cluster", "--config", place.config(), "--select", "EM-OUT-001", "--out", out)
    now = http.get(DEPLOYMENTS).raise_for_status().json()["metadata"]["resourceVersion"]
    command = Command("run", *words)
    query = {"watch": "1", "resourceVersion": now, "fieldSelector": f"metadata.name={PROCESSOR}"}
    with http.stream("GET", DEPLOYMENTS, params=query, timeout=240) as events:
        for line in events.iter_lines():
            if json.loads(line)["object"]["spec"]["replicas"] == 0:
                return command
    raise AssertionError(command.end().stdout)


def processor(http: httpx.Client) -> tuple[int, str | None]:
    """How many replicas are asked for, and which run has stopped it."""
    found: dict[str, Any] = http.get(f"{DEPLOYMENTS}/{PROCESSOR}").raise_for_status().json()
    return found["spec"]["replicas"], (found["metadata"].get("annotations") or {}).get(STOPPED_BY)


def test_control_c_puts_a_stopped_part_back(place: Vendor, tmp_path: Path) -> None:
    with admin(Path(place.api["kubeconfig"])) as http:
        command = with_a_stopped_processor(place, http, tmp_path / "run")

        command.press_control_c()

        ended = command.end()
        assert (ended.code, command.left()) == (3, []), ended.stdout + ended.stderr
        assert report(tmp_path / "run")["verdict"] == "incomplete"
        assert processor(http) == (1, None)
        assert http.get(NAMESPACES, params=OURS).json()["items"] == []


def test_what_a_killed_run_has_stopped_is_named_and_swept(place: Vendor, tmp_path: Path) -> None:
    with admin(Path(place.api["kubeconfig"])) as http:
        command = with_a_stopped_processor(place, http, tmp_path / "run")
        command.kill_all()
        assert command.end().code == -signal.SIGKILL
        assert command.left() == []
        replicas, stopped_by = processor(http)
        assert (replicas, stopped_by is not None) == (0, True)
        target = ("--target", "cluster", "--config", place.config())

        looked = run("preflight", *target)
        assert looked.code == 3, looked.stdout + looked.stderr
        assert f"run {stopped_by} has stopped the processor (openshift-ingress/{PROCESSOR})" in looked.stdout
        seen = run("sweep", *target)
        assert f"{stopped_by}  the gateway's processor  1 before, stopped" in seen.stdout
        assert processor(http) == (0, stopped_by)
        swept = run("sweep", str(stopped_by), "--yes", *target)
        assert f"{stopped_by}  the gateway's processor  1 before, started again" in swept.stdout
        assert processor(http) == (1, None)

        assert run("preflight", *target).code == 0
