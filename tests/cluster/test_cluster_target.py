"""The cluster target judges a vendor's gateway by target.yaml alone; on a real kube-apiserver where there is one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cluster.vendor import FLAVOURS, REAL, Vendor, vendor
from tests.command.running import report, run

EDITION = "rhoai-3.4"
A_FEW = "EM-CRED-001 or EM-CRED-005"


@pytest.fixture(scope="module", params=FLAVOURS)
def place(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Vendor]:
    with vendor(tmp_path_factory.mktemp("vendor"), request.param, EDITION) as running:
        yield running


def test_a_vendors_gateway_is_conformant(place: Vendor, tmp_path: Path) -> None:
    """All of it on a real API server; the embedded one is what every other whole run stands on."""
    words = ("--target", "cluster", "--config", place.config(), "--workers", "8", "--out", tmp_path / "run")
    part = () if place.api["flavour"] == REAL else ("--select", A_FEW)

    ended = run("run", *words, *part)

    assert ended.code == 0, ended.stdout + ended.stderr
    made = report(tmp_path / "run")
    assert made["edition"]["name"] == EDITION
    assert made["verdict"] == ("conformant with relaxations" if part else "conformant")
