"""Payload processing without maas-controller and without a check of who calls: judged by what it is, and no more."""

from __future__ import annotations

from pathlib import Path

from tests.cluster.api import admin
from tests.cluster.routes import RouteScript
from tests.cluster.vendor import EDITION, EMBEDDED, vendor
from tests.command.running import report, run

SCORED = ("EM-CRED-001", "EM-CRED-005", "EM-FWD-001", "EM-HDR-001", "EM-LIF-002", "EM-LIF-006", "EM-REF-001")
"""A credential, its end, a model that changes and one that is made again: what payload processing itself does."""
NO_CONTROLLER = (
    "the gateway does not declare the feature maas-controller (gateway.maasController of the target says false)"
)
NO_KEYS = "the gateway does not declare the feature client-keys (name gateway.clientKey, or gateway.maasApi)"
NOT_CLAIMED = "profile access is judged where the target claims it or --profile asks for it"
NOT_APPLICABLE = {
    "EM-CHI-001": NO_CONTROLLER,
    "EM-LIF-003": NO_CONTROLLER,
    "EM-REF-006": NO_CONTROLLER,
    "EM-HDR-007": NO_KEYS,
    "EM-KEY-001": NOT_CLAIMED,
}
SELECTED = " or ".join((*SCORED, *NOT_APPLICABLE))


def test_payload_processing_alone_is_judged_by_what_it_does(tmp_path: Path) -> None:
    with vendor(tmp_path, EMBEDDED, EDITION, "--alone") as place, admin(Path(place.api["kubeconfig"])) as http:
        RouteScript(http, place.gateway).watch()
        gateway = {"url": place.gateway["gateway"], "maasController": False}
        config = place.config(gateway=gateway, profiles=None, parts=None)
        words = ("--target", "cluster", "--config", config, "--edition", EDITION, "--select", SELECTED)

        ended = run("run", *words, "--workers", "4", "--out", tmp_path / "run")

    assert ended.code == 0, ended.stdout + ended.stderr
    made = report(tmp_path / "run")
    found = {item["id"]: item for item in made["requirements"]}
    assert {name for name, item in found.items() if item["scored"]} == set(SCORED)
    assert {found[name]["outcome"] for name in SCORED} == {"passed"}
    assert {name: found[name]["reason"] for name in NOT_APPLICABLE} == NOT_APPLICABLE
    assert {item["outcome"] for item in made["preflight"]} == {"passed"}
