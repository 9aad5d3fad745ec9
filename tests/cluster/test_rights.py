"""Rights that are missing, on an API server that enforces them: each is named, and nothing is green for lack of one."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.cluster.accounts import account, rights_for
from tests.cluster.vendor import EDITION, REAL, Vendor
from tests.command.running import report, run

Lost = tuple[str, str]
"""Verb and resource."""
LOST = {
    "EM-SEC-002": ("list", "events"),
    "EM-CHI-001": ("list", "httproutes"),
    "EM-AUZ-003": ("patch", "maassubscriptions"),
    "EM-OUT-001": ("patch", "deployments"),
    "EM-MON-011": ("get", "servicemonitors"),
}
"""What each of these cannot be judged without, and the preflight can."""
VITAL = ("create", "secrets")

pytestmark = pytest.mark.parametrize("place", [REAL], indirect=True)


def without(place: Vendor, lost: Iterable[Lost], directory: Path) -> Path:
    """The target.yaml of an account that has all rights of a plan but these."""
    lost = set(lost)
    objects = rights_for(place, EDITION)
    for role in (one for one in objects if "rules" in one):
        for rule in role["rules"]:
            rule["verbs"] = [verb for verb in rule["verbs"] if (verb, rule["resources"][0]) not in lost]
        role["rules"] = [rule for rule in role["rules"] if rule["verbs"]]
    return place.config(kubernetes={"kubeconfig": str(account(Path(place.api["kubeconfig"]), objects, directory))})


def test_what_cannot_be_judged_for_lack_of_a_right_says_of_which(place: Vendor, tmp_path: Path) -> None:
    config = without(place, LOST.values(), tmp_path)
    words = ("--target", "cluster", "--config", config, "--select", " or ".join(LOST), "--workers", "2")

    ended = run("run", *words, "--out", tmp_path / "run")

    assert ended.code == 3, ended.stdout + ended.stderr
    found = {item["id"]: item for item in report(tmp_path / "run")["requirements"] if item["id"] in LOST}
    for requirement, (verb, resource) in LOST.items():
        assert f"may not {verb} {resource}" in ended.stdout
        assert found[requirement]["outcome"] == "not-testable", ended.stdout
        for case in found[requirement]["cases"]:
            assert f'cannot {verb} resource "{resource}"' in case["cause"]


def test_without_a_right_that_every_scenario_needs_no_run_begins(place: Vendor, tmp_path: Path) -> None:
    config = without(place, [VITAL], tmp_path)

    ended = run("preflight", "--target", "cluster", "--config", config)

    assert ended.code == 3, ended.stdout + ended.stderr
    assert "rights: this kubeconfig may not create secrets;" in ended.stdout
