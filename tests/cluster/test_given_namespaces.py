"""A run that may make no namespace judges in those that it was given, and leaves them as they were."""

from __future__ import annotations

from pathlib import Path

from tests.cluster.api import admin
from tests.cluster.vendor import EMBEDDED, vendor
from tests.command.running import outcomes, run

GIVEN = [f"conf-{number}" for number in range(8)]


def test_a_run_in_given_namespaces(tmp_path: Path) -> None:
    with vendor(tmp_path, EMBEDDED, "runbook") as place, admin(Path(place.api["kubeconfig"])) as http:
        for name in GIVEN:
            http.post("/api/v1/namespaces", json={"metadata": {"name": name}}).raise_for_status()
        config = place.config(
            kubernetes={"kubeconfig": place.api["kubeconfig"], "namespaces": GIVEN},
            gateway={"url": place.gateway["gateway"]},
            profiles=["credential-injection"],
        )
        words = ("--target", "cluster", "--config", config, "--edition", "runbook", "--no-admin")

        ended = run("run", *words, "--workers", "2", "--select", "EM-CRED-001", "--out", tmp_path / "run")

        assert ended.code == 0, ended.stdout + ended.stderr
        assert outcomes(tmp_path / "run") == {"passed"}
        found = http.get("/api/v1/namespaces").json()["items"]
        assert set(GIVEN) <= {item["metadata"]["name"] for item in found}
        assert not [item for item in found if item["metadata"]["name"].startswith("emc-")]
        assert http.get("/api/v1/secrets").json()["items"] == []
        assert http.get("/apis/maas.opendatahub.io/v1alpha1/externalmodels").json()["items"] == []
