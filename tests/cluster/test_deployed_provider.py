"""A provider on a cluster whose node the test plays: deployed by the run itself, or by an administrator before it."""

from __future__ import annotations

import os
import socket
import ssl
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import trustme
import yaml

from fixtures.targets.embedded import closed_port
from fixtures.targets.provider_manifests import CONTROL_PORT, PLAIN_PORT, TLS_PORT
from tests.cluster.accounts import account
from tests.cluster.api import admin, apply, planned
from tests.cluster.kubelet import Kubelet
from tests.cluster.vendor import EMBEDDED, FLAVOURS, REAL, started
from tests.command.running import ROOT, Ended, outcomes, report, run

EDITION = "runbook"
GIVEN = ["conf-0", "conf-1"]
NAMESPACE = "conf-provider"
REFUSING_HOST = f"refusing.{NAMESPACE}.svc.cluster.local"
DOMAINS = ("", "-impostor", "-expired", "-untrusted")
IMAGE = "mirror.example/mock:1"


@dataclass(frozen=True)
class Place:
    """A cluster with a gateway on it, and without a provider."""

    directory: Path
    kubeconfig: Path
    gateway: str
    http: httpx.Client
    kubelet: Kubelet
    path: str

    def config(self, kubernetes: Mapping[str, Any], **provider: Any) -> Path:
        """A target.yaml of it."""
        deploy = {"image": IMAGE, "authority": {"certificateFile": "ca.pem", "privateKeyFile": "ca-key.pem"}}
        text = {
            "kubernetes": dict(kubernetes),
            "gateway": {"url": self.gateway},
            "provider": {**provider, "deploy": {**deploy, **provider.get("deploy", {})}},
            "bounds": {"convergeSeconds": 60, "holdSeconds": 1, "intervalSeconds": 0.1},
        }
        path = self.directory / "target.yaml"
        path.write_text(yaml.safe_dump(text), encoding="utf-8")
        return path

    def run(self, config: Path, *words: str | Path, select: str = "EM-CRED-001") -> Ended:
        """Judge a little there."""
        target = ("--target", "cluster", "--config", config, "--select", select, "--workers", "1")
        return run("run", *target, *words, environment={"PATH": self.path})

    def apply(self, *words: str | Path) -> None:
        """Have an administrator apply what is planned."""
        apply(self.http, planned("--edition", EDITION, *words))

    def services(self) -> set[str]:
        """Names of the Services in the provider's namespaces."""
        found = self.http.get("/api/v1/services").json()["items"]
        return {one["metadata"]["name"] for one in found if one["metadata"]["namespace"].startswith(NAMESPACE)}

    def shown(self, host: str) -> str:
        """Why one who trusts the authority does not trust the certificate shown at this host; empty if he does."""
        trusting = ssl.create_default_context(cafile=str(self.directory / "ca.pem"))
        connection = socket.create_connection(("127.0.0.1", self.kubelet.ports[TLS_PORT]), timeout=10)
        with connection, trusting.wrap_socket(connection, server_hostname=host, do_handshake_on_connect=False) as tls:
            try:
                tls.do_handshake()
            except ssl.SSLCertVerificationError as error:
                return error.verify_message
            return ""


@contextmanager
def place(directory: Path, flavour: str) -> Iterator[Place]:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(directory / "ca.pem"))
    authority.private_key_pem.write_to_path(str(directory / "ca-key.pem"))
    (directory / "control-token").write_text("a-token-of-ones-choice", encoding="ascii")
    with ExitStack() as stack:
        api = started(stack, directory, "kubernetes_api", "--directory", directory / "kubernetes", flavour=flavour)
        http = stack.enter_context(admin(Path(api["kubeconfig"])))
        kubelet = Kubelet(stack, directory, http)
        kubelet.watch()
        gateway = started(
            stack,
            directory,
            "reference_gateway",
            "run",
            *("--kubeconfig", api["kubeconfig"]),
            *("--edition-file", ROOT / "features" / "editions" / f"{EDITION}.yaml"),
            *("--directory", directory / "gateway"),
            *("--provider-ca", directory / "ca.pem"),
            *("--connect-to", f"{REFUSING_HOST}:443:127.0.0.1:{closed_port(stack)}"),
            *("--connect-to", f":443:127.0.0.1:{kubelet.ports[TLS_PORT]}"),
            *("--connect-to", f":80:127.0.0.1:{kubelet.ports[PLAIN_PORT]}"),
        )
        path = f"{kubelet.kubectl()}{os.pathsep}{os.environ['PATH']}"
        yield Place(directory, Path(api["kubeconfig"]), gateway["gateway"], http, kubelet, path)


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_the_provider_is_deployed_used_and_gone(flavour: str, tmp_path: Path) -> None:
    with place(tmp_path, flavour) as there:
        config = there.config({"kubeconfig": str(there.kubeconfig)})

        ended = there.run(config, "--edition", EDITION, "--out", tmp_path / "run", select="EM-CRED-001 or EM-ERR-020")

        assert ended.code == 0, ended.stdout + ended.stderr
        assert outcomes(tmp_path / "run") == {"passed"}
        namespace = there.kubelet.deployment["metadata"]["namespace"]
        assert report(tmp_path / "run")["target"]["provider"] == {"namespace": namespace, "image": IMAGE}
        asked = (tmp_path / "bin" / "asked").read_text(encoding="utf-8")
        assert asked.endswith(
            f"--namespace {namespace} port-forward deployment/mock-provider :9443 --address 127.0.0.1"
        )
        labelled = {"labelSelector": "externalmodel-conformance/run"}
        assert there.http.get("/api/v1/namespaces", params=labelled).json()["items"] == []


def test_it_stays_for_models_that_are_kept_and_goes_with_them(tmp_path: Path) -> None:
    with place(tmp_path, EMBEDDED) as there:
        config = there.config({"kubeconfig": str(there.kubeconfig)})

        ended = there.run(config, "--edition", EDITION, "--keep", "always", "--out", tmp_path / "run")

        assert ended.code == 0, ended.stdout + ended.stderr
        namespace = there.kubelet.deployment["metadata"]["namespace"]
        name = report(tmp_path / "run")["run"]
        kept = {"labelSelector": f"externalmodel-conformance/run={name}"}
        assert namespace in {
            one["metadata"]["name"] for one in there.http.get("/api/v1/namespaces", params=kept).json()["items"]
        }

        assert run("sweep", name, "--yes", "--config", config).code == 0

        assert there.http.get("/api/v1/namespaces", params=kept).json()["items"] == []


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_who_may_make_no_deployment_uses_one_that_was_applied(flavour: str, tmp_path: Path) -> None:
    with place(tmp_path, flavour) as there:
        deploy = {"namespace": NAMESPACE}
        # A plan for the provider asks for nothing of the cluster: there may be no kubeconfig yet.
        there.apply("--provider", "--config", there.config({}, deploy=deploy, controlTokenFile="control-token"))
        kubeconfig = there.kubeconfig
        if flavour == REAL:
            given = [word for name in GIVEN for word in ("--namespace", name)]
            rights = planned("--edition", EDITION, "--provider-namespace", NAMESPACE, *given)
            kubeconfig = account(kubeconfig, rights, tmp_path)
        else:
            apply(there.http, [{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": one}} for one in GIVEN])
        kubernetes = {"kubeconfig": str(kubeconfig), "namespaces": GIVEN}
        config = there.config(kubernetes, deploy=deploy, controlTokenFile="control-token")

        judged = "EM-CRED-001 or EM-ERR-019 or EM-ERR-020"

        ended = there.run(config, "--no-admin", "--edition", EDITION, "--out", tmp_path / "run", select=judged)

        assert ended.code == 0, ended.stdout + ended.stderr
        assert outcomes(tmp_path / "run") == {"passed"}
        assert there.services() == {"mock-provider-control", "refusing"}
        assert there.kubelet.deployment["metadata"]["namespace"] == NAMESPACE


def test_at_each_of_its_domains_it_shows_the_certificate_of_that_domain(tmp_path: Path) -> None:
    with place(tmp_path, EMBEDDED) as there:
        config = there.config({}, deploy={"namespace": NAMESPACE}, controlTokenFile="control-token")
        there.apply("--provider", "--config", config)
        assert there.kubelet.runs.wait(30)

        says = {domain: there.shown(f"host.{NAMESPACE}{domain}.svc.cluster.local") for domain in DOMAINS}

    assert says == {
        "": "",
        "-impostor": "Hostname mismatch, certificate is not valid for 'host.conf-provider-impostor.svc.cluster.local'.",
        "-expired": "certificate has expired",
        "-untrusted": "unable to get local issuer certificate",
    }


def test_who_has_no_right_at_all_uses_it_too(tmp_path: Path) -> None:
    with place(tmp_path, EMBEDDED) as there:
        config = there.config(
            {"prepared": "prepared.json"},
            deploy={"namespace": NAMESPACE},
            controlTokenFile="control-token",
            controlUrl=f"http://127.0.0.1:{there.kubelet.ports[CONTROL_PORT]}",
        )
        there.apply("--provider", "--config", config)
        there.apply("--objects", "--config", config, "--select", "EM-CRED-001", "--workers", "1")

        ended = there.run(config, "--no-admin", "--out", tmp_path / "run")

        assert ended.code == 0, ended.stdout + ended.stderr
        assert outcomes(tmp_path / "run") == {"passed"}
        assert len(there.services()) > 2, "one for each model, applied by the administrator"
