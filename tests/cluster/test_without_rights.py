"""Two people: an administrator applies what was planned, and a run without any right judges what the wire shows."""

from __future__ import annotations

import stat
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.cluster.api import admin, apply, planned
from tests.cluster.vendor import EMBEDDED, USERS, Vendor, vendor
from tests.command.running import report, run

EDITION = "runbook"
JUDGED = ("EM-CRED-001", "EM-FWD-001", "EM-HDR-001", "EM-ISO-002")
"""Positive, negative, and with several models: all of each is seen on the wire."""
HALF_JUDGED = "EM-CRED-002"
"""A refusal, and after it a change that takes a right: it can fail, and it cannot pass."""
NOT_JUDGED = {
    "EM-CRED-011": "deleting a Secret takes a right on the cluster, and this run has none",
    "EM-REF-001": "reading a MaaSModelRef takes a right on the cluster, and this run has none",
    "EM-API-006": "asking the API server whether it admits an ExternalModel takes a right on the cluster, "
    "and this run has none",
}
CAUGHT_BY = {"never-injects": "EM-CRED-001", "label-ignored": HALF_JUDGED}


def config_of(place: Vendor, gateway: Mapping[str, Any] | None = None, **changes: Any) -> Path:
    """A target.yaml of somebody who has no access to the cluster; parts of the gateway are none of his business."""
    reached = {"url": place.gateway["gateway"], **(gateway or {})}
    without = {"kubernetes": {"prepared": "prepared.json"}, "gateway": reached, "parts": None}
    return place.config(**{**without, "profiles": ["credential-injection"], **changes})


def objects_of(config: Path, requirements: Iterable[str], edition: str = EDITION) -> list[dict[str, Any]]:
    """What the administrator is given."""
    words = ("--objects", "--config", config, "--edition", edition, "--workers", "2")
    return planned(*words, "--select", " or ".join(requirements))


def judged(config: Path, requirements: Iterable[str], out: Path) -> tuple[int, Mapping[str, dict[str, Any]]]:
    words = ("--target", "cluster", "--config", config, "--no-admin", "--workers", "2")
    ended = run("run", *words, "--select", " or ".join(requirements), "--out", out)
    found = {item["id"]: item for item in report(out)["requirements"] if item["outcome"] != "not-applicable"}
    assert set(found) == set(requirements), ended.stdout + ended.stderr
    return ended.code, found


def causes(requirement: dict[str, Any]) -> set[str | None]:
    return {case["cause"] for case in requirement["cases"] if case["outcome"] != "passed"}


def test_a_run_without_rights_judges_what_the_wire_shows(tmp_path: Path) -> None:
    with vendor(tmp_path, EMBEDDED, EDITION) as place, admin(Path(place.api["kubeconfig"])) as http:
        config = config_of(place)
        requirements = (*JUDGED, HALF_JUDGED, *NOT_JUDGED)
        apply(http, objects_of(config, requirements))
        handed = tmp_path / "prepared.json"
        assert stat.S_IMODE(handed.stat().st_mode) == 0o600

        code, found = judged(config, requirements, tmp_path / "run")

        assert {name: found[name]["outcome"] for name in JUDGED} == dict.fromkeys(JUDGED, "passed")
        assert found[HALF_JUDGED]["outcome"] == "not-testable"
        assert causes(found[HALF_JUDGED]) == {"changing a Secret takes a right on the cluster, and this run has none"}
        assert {name: causes(found[name]) for name in NOT_JUDGED} == {n: {c} for n, c in NOT_JUDGED.items()}
        assert code == 3
        assert report(tmp_path / "run")["verdict"] == "incomplete"
        # The same objects are good for another run, and only who has applied them deletes them.
        assert judged(config, JUDGED, tmp_path / "again")[0] == 0


@pytest.mark.parametrize("fault", CAUGHT_BY)
def test_a_fault_that_the_wire_shows_is_a_finding(fault: str, tmp_path: Path) -> None:
    with vendor(tmp_path, EMBEDDED, EDITION, "--fault", fault) as place, admin(Path(place.api["kubeconfig"])) as http:
        config = config_of(place)
        apply(http, objects_of(config, CAUGHT_BY.values()))

        code, found = judged(config, CAUGHT_BY.values(), tmp_path / "run")

        assert code == 1
        assert [name for name, item in found.items() if item["outcome"] == "failed"] == [CAUGHT_BY[fault]]


def test_objects_that_were_not_applied_are_no_finding(tmp_path: Path) -> None:
    with vendor(tmp_path, EMBEDDED, EDITION) as place, admin(Path(place.api["kubeconfig"])) as http:
        config = config_of(place, bounds={"convergeSeconds": 2, "holdSeconds": 0.5, "intervalSeconds": 0.1})
        requirements = (*JUDGED[:2], *NOT_JUDGED)
        objects = objects_of(config, requirements)
        apply(http, [one for one in objects if one["kind"] != "MaaSModelRef"])

        code, found = judged(config, requirements, tmp_path / "run")

        assert {item["outcome"] for item in found.values()} == {"not-testable"}
        assert code == 3


def test_users_who_are_named_mint_keys_without_a_right(tmp_path: Path) -> None:
    requirements = ("EM-CRED-001", "EM-KEY-001", "EM-LST-002")
    with vendor(tmp_path, EMBEDDED, "rhoai-3.4") as place, admin(Path(place.api["kubeconfig"])) as http:
        users = [{"name": name, "token": {"file": f"token-of-{name}"}} for name in USERS]
        config = config_of(place, {"maasApi": {"users": users}}, profiles=["credential-injection", "access"])
        apply(http, objects_of(config, requirements, "rhoai-3.4"))

        code, found = judged(config, requirements, tmp_path / "run")

        assert {item["outcome"] for item in found.values()} == {"passed"}
        assert code == 0
