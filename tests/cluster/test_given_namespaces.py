"""A run that may make no namespace judges in those that it was given, and leaves them as they were."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from reports.verdict import INCOMPLETE
from tests.cluster.accounts import account
from tests.cluster.api import admin, apply, planned
from tests.cluster.vendor import EDITION, EMBEDDED, Vendor
from tests.command.running import Command, outcomes, report, run

GIVEN = [f"conf-{number}" for number in range(8)]
KINDS = ("/api/v1", "secrets"), ("/api/v1", "serviceaccounts"), ("/apis/maas.opendatahub.io/v1alpha1", "externalmodels")


def prepared(place: Vendor, directory: Path) -> Path:
    """The namespaces, made by an administrator, and the kubeconfig of who may use them and nothing else."""
    given = [word for name in GIVEN for word in ("--namespace", name)]
    objects = planned("--edition", EDITION, "--mints-keys", *given)
    if place.api["flavour"] == EMBEDDED:  # which knows no RBAC
        with admin(Path(place.api["kubeconfig"])) as http:
            apply(http, [one for one in objects if one["kind"] == "Namespace"])
        return Path(place.api["kubeconfig"])
    return account(Path(place.api["kubeconfig"]), objects, directory)


def test_a_run_in_given_namespaces(place: Vendor, tmp_path: Path) -> None:
    config = place.config(
        kubernetes={"kubeconfig": str(prepared(place, tmp_path)), "namespaces": GIVEN},
        parts=None,
        profiles=["credential-injection"],
    )
    words = ("--target", "cluster", "--config", config, "--edition", EDITION, "--no-admin")

    ended = run("run", *words, "--workers", "2", "--select", "EM-CRED-001", "--out", tmp_path / "run")

    assert ended.code == 0, ended.stdout + ended.stderr
    assert outcomes(tmp_path / "run") == {"passed"}
    assert "does not let us" not in ended.stdout
    with admin(Path(place.api["kubeconfig"])) as http:
        found = {item["metadata"]["name"] for item in http.get("/api/v1/namespaces").json()["items"]}
        assert set(GIVEN) <= found
        for root, kind in KINDS:
            assert [http.get(f"{root}/namespaces/{name}/{kind}").json()["items"] for name in GIVEN] == [[]] * len(GIVEN)


def test_who_takes_the_place_of_a_killed_worker_has_its_namespaces(place: Vendor, tmp_path: Path) -> None:
    kubernetes = {"kubeconfig": str(prepared(place, tmp_path)), "namespaces": GIVEN[:4]}
    config = place.config(kubernetes=kubernetes, parts=None, profiles=["credential-injection"])
    words = ("--target", "cluster", "--config", config, "--edition", EDITION, "--no-admin", "--workers", "2")
    command = Command("run", *words, "--select", "EM-CRED-002 or EM-CRED-003 or EM-CRED-005", "--out", tmp_path / "run")
    command.until("judging")
    command.pause(4)

    os.kill(command.processes("exec(eval")[0], signal.SIGKILL)
    ended = command.end()

    # What it was at work on is lost, or was just finished; all else finds its namespaces.
    assert ended.code in (0, INCOMPLETE), ended.stdout + ended.stderr
    assert not any("namespaces" in cause["text"] for cause in report(tmp_path / "run")["causes"]), ended.stdout


def test_too_few_for_so_many_workers_are_refused_before_anything_is_made(place: Vendor, tmp_path: Path) -> None:
    config = place.config(kubernetes={"kubeconfig": place.api["kubeconfig"], "namespaces": GIVEN[:5]}, parts=None)

    ended = run("run", "--target", "cluster", "--config", config, "--no-admin", "--out", tmp_path / "run")

    ended.refused(
        "5 namespaces are too few for 6 workers", "give --workers 2, or name more under kubernetes.namespaces"
    )
    assert not (tmp_path / "run").exists()
