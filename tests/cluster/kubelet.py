"""What a node does for the one Deployment that a run makes: starts its container's words here, and says so."""

from __future__ import annotations

import base64
import stat
import sys
import threading
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx

from fixtures.targets.provider_manifests import CONTROL_PORT, MOUNT, NAME, PLAIN_PORT, TLS_PORT
from kubernetes_api.ports import free_port
from tests.cluster.vendor import started


class Kubelet:
    """Waits for the Deployment of the provider, on a cluster without nodes."""

    def __init__(self, stack: ExitStack, directory: Path, http: httpx.Client) -> None:
        self._stack = stack
        self._directory = directory
        self._http = http
        self.ports = {port: free_port() for port in (CONTROL_PORT, PLAIN_PORT, TLS_PORT)}
        """Port in the Pod -> port on this machine."""
        self.deployment: dict[str, Any] = {}
        self.runs = threading.Event()
        """Set as soon as the provider listens."""

    def watch(self) -> None:
        """Begin."""
        threading.Thread(target=self._serve, daemon=True).start()

    def kubectl(self) -> Path:
        """A folder with a `kubectl` that forwards the control port, and writes down what it was asked."""
        folder = self._directory / "bin"
        folder.mkdir()
        program = folder / "kubectl"
        program.write_text(
            f"#!{sys.executable}\n"
            "import pathlib, signal, sys\n"
            "pathlib.Path(__file__).with_name('asked').write_text(' '.join(sys.argv[1:]))\n"
            f"print('Forwarding from 127.0.0.1:{self.ports[CONTROL_PORT]} -> {CONTROL_PORT}', flush=True)\n"
            "signal.pause()\n",
            encoding="utf-8",
        )
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        return folder

    def _serve(self) -> None:
        query = {"watch": "1", "timeoutSeconds": "600", "fieldSelector": f"metadata.name={NAME}"}
        with self._http.stream("GET", "/apis/apps/v1/deployments", params=query, timeout=600) as events:
            for line in events.iter_lines():
                self.deployment = httpx.Response(200, content=line).json()["object"]
                self._run(self.deployment)
                return

    def _run(self, deployment: dict[str, Any]) -> None:
        namespace = deployment["metadata"]["namespace"]
        mount = self._directory / "material"
        mount.mkdir()
        secret = self._http.get(f"/api/v1/namespaces/{namespace}/secrets/{NAME}").json()
        for name, value in secret["data"].items():
            (mount / name).write_bytes(base64.b64decode(value))
        arguments = [
            self._here(word, mount) for word in deployment["spec"]["template"]["spec"]["containers"][0]["args"]
        ]
        started(self._stack, self._directory, "mock_provider", *arguments)
        self.runs.set()
        path = f"/apis/apps/v1/namespaces/{namespace}/deployments/{NAME}/status"
        kind = {"Content-Type": "application/merge-patch+json"}
        status = dict.fromkeys(("replicas", "updatedReplicas", "readyReplicas", "availableReplicas"), 1)
        self._http.patch(path, json={"status": status}, headers=kind).raise_for_status()

    def _here(self, word: str, mount: Path) -> str:
        word = word.replace(MOUNT, str(mount))
        for there, here in self.ports.items():
            word = word.replace(f"0.0.0.0:{there}", f"127.0.0.1:{here}")
        return word
