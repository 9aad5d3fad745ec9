"""A run that deploys its provider: objects, Services and port-forward, on a cluster whose node the test plays."""

from __future__ import annotations

import os
from contextlib import ExitStack
from pathlib import Path

import pytest
import trustme
import yaml

from fixtures.targets.provider_manifests import PLAIN_PORT, TLS_PORT
from tests.cluster.api import admin
from tests.cluster.kubelet import Kubelet
from tests.cluster.vendor import FLAVOURS, started
from tests.command.running import ROOT, report, run


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_the_provider_is_deployed_used_and_gone(flavour: str, tmp_path: Path) -> None:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    authority.private_key_pem.write_to_path(str(tmp_path / "ca-key.pem"))
    with ExitStack() as stack:
        api = started(stack, tmp_path, "kubernetes_api", "--directory", tmp_path / "kubernetes", flavour=flavour)
        http = stack.enter_context(admin(Path(api["kubeconfig"])))
        kubelet = Kubelet(stack, tmp_path, http)
        kubelet.watch()
        gateway = started(
            stack,
            tmp_path,
            "reference_gateway",
            "run",
            *("--kubeconfig", api["kubeconfig"]),
            *("--edition-file", ROOT / "features" / "editions" / "runbook.yaml"),
            *("--directory", tmp_path / "gateway"),
            *("--provider-ca", tmp_path / "ca.pem"),
            *("--connect-to", f":443:127.0.0.1:{kubelet.ports[TLS_PORT]}"),
            *("--connect-to", f":80:127.0.0.1:{kubelet.ports[PLAIN_PORT]}"),
        )
        config = tmp_path / "target.yaml"
        authority_files = {"certificateFile": "ca.pem", "privateKeyFile": "ca-key.pem"}
        text = {
            "kubernetes": {"kubeconfig": api["kubeconfig"]},
            "gateway": {"url": gateway["gateway"]},
            "provider": {"deploy": {"image": "mirror.example/mock:1", "authority": authority_files}},
            "bounds": {"convergeSeconds": 60, "holdSeconds": 1, "intervalSeconds": 0.1},
        }
        config.write_text(yaml.safe_dump(text), encoding="utf-8")
        bin_folder = kubelet.kubectl()

        words = ("--target", "cluster", "--config", config, "--edition", "runbook", "--out", tmp_path / "run")
        path = f"{bin_folder}{os.pathsep}{os.environ['PATH']}"
        ended = run("run", *words, "--select", "EM-CRED-001", environment={"PATH": path})

        assert ended.code == 0, ended.stdout + ended.stderr
        namespace = kubelet.deployment["metadata"]["namespace"]
        assert report(tmp_path / "run")["target"]["provider"] == {
            "namespace": namespace,
            "image": "mirror.example/mock:1",
        }
        asked = (bin_folder / "asked").read_text(encoding="utf-8")
        assert asked.endswith(
            f"--namespace {namespace} port-forward deployment/mock-provider :9443 --address 127.0.0.1"
        )
        left = http.get("/api/v1/namespaces", params={"labelSelector": "externalmodel-conformance/run"}).json()["items"]
        assert left == []
