"""Clients that we did not write: the official Python client, typed and dynamic, and kubectl.

The kubectl tests are collected only where kubectl is on the PATH: not every machine has that program, and everything
that it does is also tested by plain requests.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import kubernetes
import pytest
import yaml
from kubernetes.dynamic import DynamicClient

from tests.kubernetes_api.conftest import GROUP, Api, model

KUBECTL = shutil.which("kubectl")


def test_the_typed_client(client: Any, namespace: str) -> None:
    kube: Any = kubernetes
    core = kube.client.CoreV1Api(client)
    meta = kube.client.V1ObjectMeta(name="typed", labels={"a": "b"})
    created = core.create_namespaced_secret(namespace, kube.client.V1Secret(metadata=meta, string_data={"k": "v"}))
    assert created.data == {"k": "dg=="}
    assert [item.metadata.name for item in core.list_namespaced_secret(namespace, label_selector="a=b").items] == [
        "typed"
    ]
    patched = core.patch_namespaced_secret("typed", namespace, {"data": {"k": "dw=="}})
    assert patched.data == {"k": "dw=="}
    watch = kube.watch.Watch()
    events = watch.stream(core.list_namespaced_secret, namespace, timeout_seconds=30)
    assert next(event["object"].metadata.name for event in events) == "typed"
    watch.stop()
    with pytest.raises(kube.client.ApiException) as caught:
        core.read_namespaced_secret("none", namespace)
    assert (caught.value.status, json.loads(caught.value.body)["reason"]) == (404, "NotFound")
    core.delete_namespaced_secret("typed", namespace)
    assert core.list_namespaced_secret(namespace).items == []


def test_the_dynamic_client(client: Any, models: str, namespace: str) -> None:
    dynamic: Any = DynamicClient
    resource = dynamic(client).resources.get(api_version=f"{GROUP}/v1alpha1", kind="ExternalModel")
    created = resource.create(body=model("dynamic"), namespace=namespace)
    assert created.spec.weight == 1
    applied = resource.server_side_apply(
        body=model("dynamic", weight=7), namespace=namespace, field_manager="t", force_conflicts=True
    )
    assert applied.spec.weight == 7
    status = {
        "apiVersion": f"{GROUP}/v1alpha1",
        "kind": "ExternalModel",
        "metadata": {"name": "dynamic"},
        "status": {"phase": "Ready"},
    }
    content_type = "application/merge-patch+json"
    assert resource.status.patch(body=status, namespace=namespace, content_type=content_type).status.phase == "Ready"
    assert [item.metadata.name for item in resource.get(namespace=namespace).items] == ["dynamic"]
    resource.delete(name="dynamic", namespace=namespace)


def test_discovery_of_the_python_client(client: Any, models: str) -> None:
    groups = {group.name for group in kubernetes.client.ApisApi(client).get_api_versions().groups}
    assert {GROUP, "apiextensions.k8s.io", "coordination.k8s.io"} <= groups
    assert kubernetes.client.VersionApi(client).get_code().git_version.startswith("v1.")


class Kubectl:
    """kubectl with one kubeconfig and namespace; discovery is cached per kubeconfig."""

    def __init__(self, api: Api, namespace: str) -> None:
        self.base = [str(KUBECTL), f"--kubeconfig={api.kubeconfig}", f"--cache-dir={api.kubeconfig.parent / 'cache'}"]
        self.namespace = namespace

    def run(self, *arguments: str, given: Any = None) -> subprocess.CompletedProcess[str]:
        text = given if isinstance(given, str) or given is None else yaml.safe_dump(given)
        command = [*self.base, "-n", self.namespace, *arguments]
        return subprocess.run(command, input=text, capture_output=True, text=True, timeout=60, check=False)

    def __call__(self, *arguments: str, given: Any = None) -> str:
        done = self.run(*arguments, given=given)
        assert done.returncode == 0, done.stderr
        return done.stdout


if KUBECTL:

    @pytest.fixture
    def kubectl(api: Api, models: str, namespace: str) -> Kubectl:
        return Kubectl(api, namespace)

    def test_kubectl_apply_get_and_delete(kubectl: Kubectl) -> None:
        assert kubectl("apply", "-f", "-", given=model()) == "externalmodel.contract.example.com/m created\n"
        assert kubectl("apply", "-f", "-", given=model()) == "externalmodel.contract.example.com/m unchanged\n"
        assert kubectl("apply", "-f", "-", given=model(weight=3)) == "externalmodel.contract.example.com/m configured\n"
        table = kubectl("get", "externalmodels.contract.example.com").splitlines()
        assert table[0].split() == ["NAME", "PROVIDER", "WEIGHT", "PHASE", "AGE"]
        assert table[1].split()[:3] == ["m", "openai", "3"]
        assert (
            json.loads(kubectl("get", "externalmodels.contract.example.com", "m", "-o", "json"))["spec"]["weight"] == 3
        )
        deleted = 'externalmodel.contract.example.com "m" deleted'
        assert kubectl("delete", "externalmodels.contract.example.com", "m").startswith(deleted)

    def test_kubectl_apply_refuses_unknown_fields(kubectl: Kubectl) -> None:
        done = kubectl.run("apply", "-f", "-", given=model(odd=1))
        assert done.returncode == 1
        assert 'unknown field "spec.odd"' in done.stderr

    def test_kubectl_server_side_apply(kubectl: Kubectl) -> None:
        applied = "externalmodel.contract.example.com/m serverside-applied\n"
        assert kubectl("apply", "--server-side", "-f", "-", given=model()) == applied
        done = kubectl.run("apply", "--server-side", "--field-manager=other", "-f", "-", given=model(provider="x"))
        assert done.returncode == 1
        assert 'Apply failed with 1 conflict: conflict with "kubectl": .spec.provider' in done.stderr
        assert kubectl(
            "apply", "--server-side", "--field-manager=other", "--force-conflicts", "-f", "-", given=model(provider="x")
        )

    def test_kubectl_apply_moves_to_the_server(kubectl: Kubectl) -> None:
        kubectl("apply", "-f", "-", given=model(mode="Fast"))
        kubectl("apply", "--server-side", "-f", "-", given=model(mode="Fast"))
        kubectl("apply", "--server-side", "-f", "-", given=model())
        assert kubectl("get", "externalmodels.contract.example.com", "m", "-o", "jsonpath={.spec.mode}") == ""

    def test_kubectl_secrets_and_patches(kubectl: Kubectl) -> None:
        assert kubectl("create", "secret", "generic", "s", "--from-literal=a=b") == "secret/s created\n"
        assert kubectl("get", "secret", "s", "-o", "jsonpath={.data.a}") == "Yg=="
        kubectl("label", "secret", "s", "managed=true")
        kubectl("patch", "secret", "s", "--type=strategic", "-p", '{"stringData":{"c":"d"}}')
        kubectl("patch", "secret", "s", "--type=merge", "-p", '{"data":{"a":null}}')
        kubectl(
            "patch",
            "secret",
            "s",
            "--type=json",
            "-p",
            '[{"op":"replace","path":"/metadata/labels/managed","value":"no"}]',
        )
        kept = json.loads(kubectl("get", "secret", "-l", "managed=no", "-o", "json"))["items"][0]
        assert (kept["data"], kept["metadata"]["labels"]) == ({"c": "ZA=="}, {"managed": "no"})
        assert kubectl("get", "secrets").splitlines()[0].split() == ["NAME", "TYPE", "DATA", "AGE"]

    def test_kubectl_writes_protobuf_of_many_kinds(kubectl: Kubectl) -> None:
        kubectl("create", "configmap", "c", "--from-literal=a=b")
        kubectl("create", "service", "externalname", "e", "--external-name=x.example", "--tcp=443:443")
        service = json.loads(kubectl("get", "service", "e", "-o", "json"))["spec"]
        assert service["ports"] == [{"name": "443-443", "port": 443, "protocol": "TCP", "targetPort": 443}]
        kubectl("create", "serviceaccount", "a")
        assert kubectl("auth", "can-i", "create", "secrets") == "yes\n"

    def test_kubectl_watch(kubectl: Kubectl) -> None:
        kubectl("apply", "-f", "-", given=model())
        command = [
            *kubectl.base,
            "-n",
            kubectl.namespace,
            "get",
            "externalmodels.contract.example.com",
            "-w",
            "--no-headers",
        ]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as watching:
            try:
                assert watching.stdout
                assert watching.stdout.readline().split()[:3] == ["m", "openai", "1"]
                kubectl("apply", "-f", "-", given=model(weight=8))
                assert watching.stdout.readline().split()[:3] == ["m", "openai", "8"]
            finally:
                watching.terminate()

    def test_kubectl_explain(kubectl: Kubectl) -> None:
        explained = kubectl("explain", "externalmodels.spec", "--api-version=contract.example.com/v1alpha1")
        assert "provider\t<string> -required-" in explained
        assert "Provider identifies the API format and auth type for the external model." in explained
        assert "weight\t<integer>" in explained
        assert "stringData" in kubectl("explain", "secret")

    def test_kubectl_wait_and_finalizers(kubectl: Kubectl, tmp_path: Path) -> None:
        kubectl("apply", "-f", "-", given=model())
        kubectl(
            "patch",
            "externalmodels.contract.example.com",
            "m",
            "--subresource=status",
            "--type=merge",
            "-p",
            '{"status":{"phase":"Ready"}}',
        )
        kubectl(
            "wait", "externalmodels.contract.example.com/m", "--for=jsonpath={.status.phase}=Ready", "--timeout=10s"
        )
        kubectl("delete", "externalmodels.contract.example.com", "m", "--cascade=foreground", "--timeout=30s")
