"""The contract tests run against the embedded API and, with KUBEBUILDER_ASSETS set, against the real one too."""

from __future__ import annotations

import json
import os
import ssl
import subprocess
import sys
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import kubernetes
import pytest
import yaml

ROOT = Path(__file__).parents[2]
FLAVOURS = ["embedded", *(["kube-apiserver"] if os.environ.get("KUBEBUILDER_ASSETS") else [])]
MERGE = "application/merge-patch+json"
JSON_PATCH = "application/json-patch+json"
STRATEGIC = "application/strategic-merge-patch+json"
APPLY = "application/apply-patch+yaml"
Json = dict[str, Any]


@dataclass(frozen=True)
class Answer:
    status: int
    body: Json
    headers: httpx.Headers

    @property
    def message(self) -> str:
        return str(self.body["message"])


@dataclass(frozen=True)
class Api:
    """A running API: its kubeconfig, and plain requests to it."""

    flavour: str
    kubeconfig: Path
    http: httpx.Client

    def call(
        self, method: str, path: str, body: Any = None, *, kind: str = "", accept: str = "", **query: str
    ) -> Answer:
        headers = {
            "Content-Type": kind or "application/json",
            "Accept": accept or "application/json",
            "User-Agent": "contract/1",
        }
        content = body if isinstance(body, (str, bytes)) or body is None else json.dumps(body)
        answer = self.http.request(method, path, content=content, headers=headers, params=query)
        is_json = answer.headers["content-type"].startswith("application/json")
        return Answer(answer.status_code, answer.json() if is_json else {"message": answer.text}, answer.headers)

    def ok(self, method: str, path: str, body: Any = None, *, kind: str = "", **query: str) -> Json:
        answer = self.call(method, path, body, kind=kind, **query)
        assert answer.status < 300, answer.body
        return answer.body

    def watch(self, path: str, **query: str) -> Iterator[Json]:
        with self.http.stream(
            "GET", path, params={"watch": "1", "timeoutSeconds": "60", **query}, timeout=60
        ) as answer:
            for line in answer.iter_lines():
                yield json.loads(line)

    def gone(self, path: str) -> None:
        """Wait, by a watch on the collection, until an object is gone."""
        collection, _, name = path.rpartition("/")
        listed = self.ok("GET", collection)
        if not any(item["metadata"]["name"] == name for item in listed["items"]):
            return
        for event in self.watch(collection, resourceVersion=listed["metadata"]["resourceVersion"]):
            if event["type"] == "DELETED" and event["object"]["metadata"]["name"] == name:
                return
        raise AssertionError(f"{path} was not deleted")


def launch(flavour: str, directory: Path) -> subprocess.Popen[str]:
    environment = {name: value for name, value in os.environ.items() if name != "KUBEBUILDER_ASSETS"}
    if flavour == "kube-apiserver":
        environment["KUBEBUILDER_ASSETS"] = os.environ["KUBEBUILDER_ASSETS"]
    return subprocess.Popen(
        [sys.executable, "-m", "kubernetes_api", "--directory", str(directory), "--exit-with-stdin"],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def start(flavour: str, directory: Path) -> tuple[subprocess.Popen[str], Json]:
    program = launch(flavour, directory)
    assert program.stdout
    return program, json.loads(program.stdout.readline())


def connect(kubeconfig: Path) -> httpx.Client:
    config = yaml.safe_load(kubeconfig.read_text())
    authority = kubeconfig.parent / "ca.crt"
    token = config["users"][0]["user"]["token"]
    return httpx.Client(
        base_url=config["clusters"][0]["cluster"]["server"],
        verify=ssl.create_default_context(cafile=str(authority)),
        headers={"Authorization": f"Bearer {token}"},
        trust_env=False,
        timeout=30,
    )


@pytest.fixture(scope="session", params=FLAVOURS)
def api(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    directory = tmp_path_factory.mktemp(request.param)
    program, ready = start(request.param, directory)
    with connect(Path(ready["kubeconfig"])) as http:
        yield Api(request.param, Path(ready["kubeconfig"]), http)
    assert program.stdin
    program.stdin.close()
    assert program.wait(timeout=30) == 0


@pytest.fixture
def namespace(api: Api) -> Iterator[str]:
    name = f"ns-{uuid.uuid4().hex[:8]}"
    api.ok("POST", "/api/v1/namespaces", {"metadata": {"name": name}})
    yield name
    api.call("DELETE", f"/api/v1/namespaces/{name}")


@pytest.fixture
def client(api: Api) -> Iterator[Any]:
    config: Any = kubernetes.config
    with config.new_client_from_config(str(api.kubeconfig)) as client:
        yield client


def text(description: str = "", **rules: Any) -> Json:
    return {"type": "string", **({"description": description} if description else {}), **rules}


def obj(properties: Json, **rules: Any) -> Json:
    return {"type": "object", "properties": properties, **rules}


FQDN = r"^[a-zA-Z0-9]([a-zA-Z0-9\-]*[a-zA-Z0-9])?(\.[a-zA-Z0-9]([a-zA-Z0-9\-]*[a-zA-Z0-9])?)*$"

MODEL_SCHEMA = obj(
    {
        "apiVersion": text(),
        "kind": text(),
        "metadata": {"type": "object"},
        "spec": obj(
            {
                "provider": text(
                    "Provider identifies the API format and auth type for the external model.",
                    minLength=1,
                    maxLength=63,
                ),
                "targetModel": text(minLength=1, maxLength=253),
                "endpoint": text(minLength=1, maxLength=253, pattern=FQDN),
                "credentialRef": obj({"name": text(minLength=1)}, required=["name"]),
                "weight": {"type": "integer", "minimum": 1, "maximum": 100, "default": 1},
                "mode": text(enum=["Fast", "Slow"]),
                "note": text(nullable=True),
                "port": {"x-kubernetes-int-or-string": True, "anyOf": [{"type": "integer"}, {"type": "string"}]},
                "free": {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
                "tags": {"type": "array", "items": text(), "x-kubernetes-list-type": "set"},
                "plain": {"type": "array", "items": text(), "maxItems": 2},
                "routes": {
                    "type": "array",
                    "minItems": 1,
                    "items": obj({"name": text(), "to": text(), "via": text(default="direct")}, required=["name"]),
                    "x-kubernetes-list-type": "map",
                    "x-kubernetes-list-map-keys": ["name"],
                },
            },
            required=["provider", "targetModel", "endpoint"],
        ),
        "status": obj({"phase": text(enum=["Pending", "Ready", "Failed"]), "note": text()}),
    },
    description="ExternalModel points at a model elsewhere.",
)


def crd(group: str, kind: str = "ExternalModel", schema: Json | None = None, **version: Any) -> Json:
    plural = f"{kind.lower()}s"
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{plural}.{group}"},
        "spec": {
            "group": group,
            "scope": "Namespaced",
            "names": {"kind": kind, "plural": plural},
            "versions": [
                {
                    "name": "v1alpha1",
                    "served": True,
                    "storage": True,
                    "subresources": {"status": {}},
                    "schema": {"openAPIV3Schema": schema or MODEL_SCHEMA},
                    "additionalPrinterColumns": [
                        {"name": "Provider", "type": "string", "jsonPath": ".spec.provider"},
                        {"name": "Weight", "type": "integer", "jsonPath": ".spec.weight"},
                        {"name": "Phase", "type": "string", "jsonPath": ".status.phase"},
                        {"name": "Age", "type": "date", "jsonPath": ".metadata.creationTimestamp"},
                    ],
                    "selectableFields": [{"jsonPath": ".spec.provider"}],
                    **version,
                }
            ],
        },
    }


def establish(api: Api, definition: Json) -> None:
    """Create a CRD and wait, by watches, until it is established and served."""
    collection = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
    created = api.ok("POST", collection, definition)
    version = created["metadata"]["resourceVersion"]
    selector = f"metadata.name={definition['metadata']['name']}"
    for event in api.watch(collection, fieldSelector=selector, resourceVersion=version):
        conditions = {one["type"]: one["status"] for one in event["object"]["status"].get("conditions") or []}
        if conditions.get("Established") == "True":
            break
    spec = definition["spec"]
    served = f"/apis/{spec['group']}/{spec['versions'][0]['name']}/{spec['names']['plural']}"
    # The real API serves a resource a moment after it says Established; there is no event for that moment.
    while api.call("GET", served).status == 404:
        pass


GROUP = "contract.example.com"
MODELS = f"/apis/{GROUP}/v1alpha1"


@pytest.fixture(scope="session")
def models(api: Api) -> str:
    """The API root of an ExternalModel CRD."""
    establish(api, crd(GROUP))
    return MODELS


def model(name: str = "m", **spec: Any) -> Json:
    required = {"provider": "openai", "targetModel": "gpt-4o", "endpoint": "api.example"}
    return {
        "apiVersion": f"{GROUP}/v1alpha1",
        "kind": "ExternalModel",
        "metadata": {"name": name},
        "spec": {**required, **spec},
    }


def secret(name: str = "s", **fields: Any) -> Json:
    return {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name}, **fields}
