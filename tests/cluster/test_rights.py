"""Rights that are missing, on an API server that enforces them: each is named, and nothing is green for lack of one."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

import pytest
import yaml
from tenacity import Retrying, stop_after_delay, wait_fixed

from fixtures.catalogue import load
from fixtures.kube import Kube
from fixtures.kubernetes_requests import Manifest
from fixtures.rights import Uses, needed
from fixtures.survey import Survey
from fixtures.targets import cluster
from fixtures.targets.target import KubernetesAccess
from tests.cluster.accounts import account, rights_for
from tests.cluster.api import admin, apply
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
VITAL = (("create", "secrets"), ("list", "namespaces"))
"""Of the second, the clean-up has need, too."""

pytestmark = pytest.mark.parametrize("place", [REAL], indirect=True)


def reduced(objects: Iterable[Manifest], lost: Iterable[Lost]) -> list[Manifest]:
    """What a plan has rendered, without these rights."""
    left, gone = copy.deepcopy(list(objects)), set(lost)
    for role in (one for one in left if "rules" in one):
        for rule in role["rules"]:
            rule["verbs"] = [verb for verb in rule["verbs"] if (verb, rule["resources"][0]) not in gone]
        role["rules"] = [rule for rule in role["rules"] if rule["verbs"]]
    return left


def without(place: Vendor, lost: Iterable[Lost], directory: Path) -> Path:
    """The target.yaml of an account that has all rights of a plan but these."""
    objects = reduced(rights_for(place, EDITION), lost)
    return place.config(kubernetes={"kubeconfig": str(account(Path(place.api["kubeconfig"]), objects, directory))})


def test_each_right_is_missed_where_it_alone_is_not_there(place: Vendor, tmp_path: Path) -> None:
    edition, config = load().edition(EDITION), Path(place.api["kubeconfig"])
    rights = needed(edition, Uses.of(cluster.load(place.config()), edition))
    objects = rights_for(place, EDITION)
    access = KubernetesAccess(str(account(config, objects, tmp_path)))
    with closing(Kube(access, "a-run", "a test of rights")) as kube, admin(config) as http:
        missing = Survey(kube.requests).missing
        assert missing(rights) == ()
        for verb, resource in dict.fromkeys((right.verb, right.resource) for right in rights):
            apply(http, [one for one in reduced(objects, [(verb, resource)]) if "rules" in one])
            lost = tuple(right for right in rights if (right.verb, right.resource) == (verb, resource))
            # An API server hears of a change to a role a moment later.
            for attempt in Retrying(stop=stop_after_delay(20), wait=wait_fixed(0.1), reraise=True):
                with attempt:
                    assert missing(rights) == lost


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


@pytest.mark.parametrize("lost", VITAL)
def test_without_a_right_that_every_scenario_needs_no_run_begins(place: Vendor, lost: Lost, tmp_path: Path) -> None:
    config = without(place, [lost], tmp_path)

    ended = run("preflight", "--target", "cluster", "--config", config)

    assert ended.code == 3, ended.stdout + ended.stderr
    assert f"rights: this kubeconfig may not {' '.join(lost)}; have an administrator apply what `conf" in ended.stdout
    assert "`conformance plan --edition rhoai-3.4 --mints-keys --monitoring --parts openshift-ingress`" in ended.stdout


def test_who_does_not_know_us_any_more_is_told_apart_from_who_forbids(place: Vendor, tmp_path: Path) -> None:
    kubeconfig = account(Path(place.api["kubeconfig"]), rights_for(place, EDITION), tmp_path)
    token = yaml.safe_load(kubeconfig.read_text(encoding="utf-8"))["users"][0]["user"]["token"]
    kubeconfig.write_text(kubeconfig.read_text(encoding="utf-8").replace(token, f"{token}x"), encoding="utf-8")
    config = place.config(kubernetes={"kubeconfig": str(kubeconfig)})

    ended = run("preflight", "--target", "cluster", "--config", config)

    ended.refused("does not know us (Unauthorized)", "its time is over")
