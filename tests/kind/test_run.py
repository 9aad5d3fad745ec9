"""A whole run on a cluster of its own: made, judged, removed; with logs where it does not come up."""

from __future__ import annotations

import os
import re
import signal
from contextlib import ExitStack
from pathlib import Path
from threading import Thread

import pytest
import yaml

from fixtures.kube import RUN_LABEL
from fixtures.targets.kind.wanted import load
from fixtures.targets.provider_manifests import CONTROL_PORT, PLAIN_PORT, TLS_PORT
from kubernetes_api.ports import free_port
from tests.cluster.api import admin
from tests.cluster.kubelet import Kubelet
from tests.cluster.vendor import started
from tests.command.running import ROOT, Command, report, run
from tests.kind.programs import Programs

NAME = "externalmodel-conformance"
OWN = {
    "gateway": {
        "manifests": ["gateway.yaml"],
        "object": {"namespace": "openshift-ingress", "name": "maas-default-gateway"},
        "authority": {"namespace": "mine"},
        "deployments": [{"namespace": "mine", "name": "gateway"}],
    },
    "implementation": {"organization": "Vendor", "project": "a vendor's gateway"},
    "bounds": {"convergeSeconds": 90, "holdSeconds": 1, "intervalSeconds": 0.1},
}


@pytest.fixture
def programs(tmp_path: Path) -> Programs:
    found = Programs(tmp_path)
    wanted = load(None, None)
    found.set("images", [wanted.reference(name) for name in ("kind-node", "mock-provider")])
    return found


@pytest.fixture
def config(tmp_path: Path) -> Path:
    (tmp_path / "gateway.yaml").write_text("{}", encoding="utf-8")
    path = tmp_path / "kind.yaml"
    path.write_text(yaml.safe_dump(OWN), encoding="utf-8")
    return path


def environment(programs: Programs) -> dict[str, str]:
    # Locks of clusters are in the folder for temporary files: other tests have clusters of this name, too.
    return {"PATH": f"{programs.folder}{os.pathsep}{os.environ['PATH']}", "TMPDIR": str(programs.folder)}


def gateway_on(stack: ExitStack, directory: Path, programs: Programs, kubelet: Kubelet, port: int) -> None:
    """What the vendor's Deployment does, once the authority that the run has made is there for it."""
    texts = [text for text in programs.given("apply") if "provider-authority" in text]
    authority = next(one for one in yaml.safe_load_all(texts[-1]) if one["kind"] == "ConfigMap")
    assert authority["metadata"]["namespace"] == "mine"
    (directory / "ca.pem").write_text(authority["data"]["ca.crt"], encoding="utf-8")
    started(
        stack,
        directory,
        "reference_gateway",
        "run",
        *("--kubeconfig", programs.state / "kubeconfig"),
        *("--edition-file", ROOT / "features" / "editions" / "runbook.yaml"),
        *("--directory", directory / "gateway"),
        *("--listen", f"127.0.0.1:{port}"),
        *("--provider-ca", directory / "ca.pem"),
        *("--connect-to", f":443:127.0.0.1:{kubelet.ports[TLS_PORT]}"),
        *("--connect-to", f":80:127.0.0.1:{kubelet.ports[PLAIN_PORT]}"),
    )


def test_a_vendors_gateway_on_a_cluster_of_the_runs_own(programs: Programs, config: Path, tmp_path: Path) -> None:
    with ExitStack() as stack:
        api = started(stack, tmp_path, "kubernetes_api", "--directory", tmp_path / "kubernetes")
        kubelet = Kubelet(stack, tmp_path, stack.enter_context(admin(Path(api["kubeconfig"]))))
        kubelet.watch()
        port = free_port()
        programs.reach(Path(api["kubeconfig"]))
        programs.set("address", f"127.0.0.1:{port}")
        forwards = f"Forwarding from 127.0.0.1:{kubelet.ports[CONTROL_PORT]} -> {CONTROL_PORT}"
        programs.answer("port-forward", says=forwards, holds=True)
        programs.answer("rollout status", meets="rollout")
        meet = programs.meeting("rollout")
        Thread(target=meet, args=[lambda: gateway_on(stack, tmp_path, programs, kubelet, port)], daemon=True).start()

        words = ("--target", "kind", "--config", config, "--edition", "runbook", "--out", tmp_path / "run")
        ended = run("run", *words, "--select", "EM-CRED-001", environment=environment(programs))

        assert ended.code == 0, ended.stdout + ended.stderr
        target = report(tmp_path / "run")["target"]
        assert target["kind"] == "kind"
        assert target["kubernetes"]["cluster"] == NAME
        assert target["provider"]["image"] == load(None, None).reference("mock-provider")
        assert programs.clusters == []
        assert f"kind       removes the cluster {NAME}" in ended.stdout
        assert not (tmp_path / "run" / "target" / "kind-logs").exists()
        assert ended.command.left() == []


def test_what_does_not_come_up_leaves_logs_without_secrets(programs: Programs, config: Path, tmp_path: Path) -> None:
    programs.answer("rollout status", 1, "error: timed out waiting for the condition")
    (programs.state / "log").write_text("Authorization: Bearer sk-very-secret-of-somebody\n", encoding="utf-8")
    out = tmp_path / "run"

    words = ("--target", "kind", "--config", config, "--edition", "runbook", "--out", out)
    ended = run("run", *words, environment=environment(programs))

    assert (ended.code, programs.clusters, ended.command.left()) == (3, [], []), ended.stdout + ended.stderr
    assert "`kubectl rollout`, which waits for mine/gateway, ended with exit code 1" in ended.stdout
    found = report(out)
    assert (found["verdict"], found["ending"]["reason"]) == ("incomplete", "not-started")
    kept = (out / "target" / "kind-logs" / "kubelet.log").read_text(encoding="utf-8")
    assert kept == "Authorization: Bearer ‹hidden›\n"
    assert "timed out" in (out / "target" / "kind.log").read_text(encoding="utf-8")


def test_what_cannot_be_applied_leaves_what_was_said_of_it(programs: Programs, config: Path, tmp_path: Path) -> None:
    programs.answer("gateway.yaml", 1, "error: error validating data\nerror: unable to decode")
    out = tmp_path / "run"

    words = ("--target", "kind", "--config", config, "--edition", "runbook", "--out", out)
    ended = run("run", *words, environment=environment(programs))

    assert (ended.code, programs.clusters) == (2, []), ended.stdout + ended.stderr
    assert "which applies gateway.yaml, ended with exit code 1: error: unable to decode; " in ended.stderr
    log = out / "target" / "kind.log"
    assert f"kind       all that its programs have said is in {log}" in ended.stdout
    said = log.read_text(encoding="utf-8")
    assert "error: error validating data" in said
    assert "$ kind delete cluster" in said
    assert [path for path in out.rglob("*") if path.is_file()] == [log]


@pytest.mark.parametrize(
    ("asked", "code", "says"),
    [("rollout status", 3, "error: timed out waiting"), ("gateway.yaml", 2, "error: unable to decode")],
    ids=["not-up", "not-applied"],
)
def test_a_preflight_that_is_not_ready_leads_to_a_log_that_stays(
    programs: Programs, config: Path, asked: str, code: int, says: str
) -> None:
    programs.answer(asked, 1, says)

    words = ("--target", "kind", "--config", config, "--edition", "runbook")
    ended = run("preflight", *words, environment=environment(programs))

    assert (ended.code, programs.clusters) == (code, []), ended.stdout + ended.stderr
    assert says in ended.stdout + ended.stderr
    (log,) = re.findall("all that its programs have said is in (.*)", ended.stdout)
    assert says in Path(log).read_text(encoding="utf-8")


def test_keep_alone_keeps_what_did_not_come_up(programs: Programs, config: Path, tmp_path: Path) -> None:
    programs.answer("rollout status", 1, "error: timed out waiting for the condition")

    words = ("--target", "kind", "--config", config, "--edition", "runbook", "--out", tmp_path / "run", "--keep")
    ended = run("run", *words, environment=environment(programs))

    assert (ended.code, programs.clusters) == (3, [NAME]), ended.stdout + ended.stderr
    assert f"kind       keeps cluster {NAME}; `kind export kubeconfig --name {NAME}` leads to it" in ended.stdout
    made_by = programs.get("clusters")[NAME][RUN_LABEL]
    (kept,) = (line["detail"] for line in report(tmp_path / "run")["preflight"] if line["check"] == "cluster")
    assert kept == (
        f"{NAME} is there still: `kind export kubeconfig --name {NAME}` leads to it, "
        f"`conformance sweep {made_by} --yes --target kind` removes it"
    )


@pytest.mark.parametrize("moment", ["kind create cluster", "rollout status"])
def test_control_c_leaves_no_cluster(moment: str, programs: Programs, config: Path, tmp_path: Path) -> None:
    programs.answer(moment, holds=True)
    out = tmp_path / "run"
    words = ("--target", "kind", "--config", config, "--edition", "runbook", "--out", out)
    command = Command("run", *words, environment=environment(programs))
    command.until("kind       makes the cluster" if "create" in moment else "kind       waits for mine/gateway")

    command.send(signal.SIGINT)

    ended = command.end()
    assert (ended.code, programs.clusters, command.left()) == (3, [], []), ended.stdout + ended.stderr
    assert programs.asked[-1].startswith(f"kind delete cluster --name {NAME}")
    assert report(out)["ending"]["reason"] == "interrupted"


def test_a_program_that_is_missing_leaves_nothing(config: Path, tmp_path: Path) -> None:
    programs = Programs(tmp_path, ["docker", "kubectl"])
    words = ("--target", "kind", "--config", config, "--edition", "runbook", "--out", tmp_path / "run")

    ended = run("run", *words, environment={"PATH": str(programs.folder)})

    ended.refused("--target kind needs the program kind, and there is none")
    assert not (tmp_path / "run").exists()
