"""The cluster target judges a vendor's gateway by target.yaml alone; on a real kube-apiserver where there is one."""

from __future__ import annotations

import os
from pathlib import Path

from tests.cluster.accounts import account, rights_for
from tests.cluster.vendor import EDITION, REAL, WHOLE, Vendor
from tests.command.running import Command, report

A_FEW = "EM-CRED-001 or EM-CRED-005"
"""On the embedded API, which is what every other run stands on."""
BY_THE_API = (
    "EM-API or EM-CHI-001 or EM-CHI-014 or EM-KEY-001 or EM-KEY-006 or EM-KEY-011 or EM-OUT or EM-CRED-005 "
    "or EM-SEC-002"
)
"""On a real one: what its own answers decide, what its controllers do, keys for ServiceAccounts, what one may list."""
WHOLE_SECONDS = 3600.0


def test_a_vendors_gateway_is_conformant(place: Vendor, tmp_path: Path) -> None:
    kubeconfig, chosen = Path(place.api["kubeconfig"]), A_FEW
    if place.api["flavour"] == REAL:
        # Where RBAC is in force, what the plan renders has to do for all of it.
        kubeconfig, chosen = account(kubeconfig, rights_for(place, EDITION), tmp_path), BY_THE_API
    config = place.config(kubernetes={"kubeconfig": str(kubeconfig)})
    words = ("--target", "cluster", "--config", config, "--workers", "8", "--out", tmp_path / "run")
    part = () if os.environ.get(WHOLE) else ("--select", chosen)

    ended = Command("run", *words, *part).end(within=WHOLE_SECONDS)

    assert ended.code == 0, ended.stdout + ended.stderr
    made = report(tmp_path / "run")
    assert made["edition"]["name"] == EDITION
    assert made["verdict"] == ("conformant with relaxations" if part else "conformant")
    assert [line for line in made["preflight"] if line["check"].startswith("clean-up")] == []
