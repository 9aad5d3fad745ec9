"""A kind.yaml that is not right ends in one sentence that names the field; what it leaves out has a default."""

from __future__ import annotations

import io
import json
import tarfile
from pathlib import Path
from typing import Any

import pytest
import yaml

from fixtures.catalogue import GatewayName
from fixtures.errors import ConfigurationError
from fixtures.targets.config_files import CLUSTER_BOUNDS
from fixtures.targets.kind.stack import Objects, Rollout, Sourced
from fixtures.targets.kind.wanted import Wanted, load
from fixtures.targets.target import Part

SECRET = "sk-very-secret"
OWN: dict[str, Any] = {
    "manifests": ["gateway.yaml", "https://gateway.example/more.yaml"],
    "images": ["gateway.example/mine:1"],
    "object": {"namespace": "mine", "name": "gateway"},
    "authority": {"namespace": "mine", "key": "ca.pem"},
    "deployments": [{"namespace": "mine", "name": "gateway"}],
    "workloads": ["mine"],
    "parts": {"processor": {"namespace": "mine", "name": "gateway"}},
    "clientKey": {"file": "client.key"},
}


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    for name, text in {"gateway.yaml": "{}", "client.key": f"{SECRET}\n", "api.yaml": "{}", "istiod.tgz": ""}.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def loaded(directory: Path, content: Any, edition: str | None = None) -> Wanted:
    path = directory / "kind.yaml"
    path.write_text(content if isinstance(content, str) else yaml.safe_dump(content), encoding="utf-8")
    return load(path, edition)


def archive(path: Path, *tags: str) -> None:
    """What `docker save` writes, as far as we look into it."""
    listed = json.dumps([{"Config": f"{tag[-1]}.json", "RepoTags": [tag], "Layers": []} for tag in tags]).encode()
    with tarfile.open(path, "w") as file:
        member = tarfile.TarInfo("manifest.json")
        member.size = len(listed)
        file.addfile(member, io.BytesIO(listed))


def test_without_a_file_it_is_the_product_of_the_default_edition() -> None:
    wanted = load(None, None)

    assert (wanted.edition, wanted.name) == ("rhoai-3.4", "externalmodel-conformance")
    assert wanted.stack.gateway == GatewayName("openshift-ingress", "maas-default-gateway")
    assert wanted.bounds == CLUSTER_BOUNDS
    assert wanted.profiles == ("credential-injection",)


def test_overrides_stand_in_place_of_the_table(directory: Path) -> None:
    content = {
        "cluster": "mine",
        "images": {"istio-pilot": "mirror.example/pilot:1", "kind-node": "kindest/node:latest"},
        "charts": {"istiod": "istiod.tgz"},
        "manifests": {"gateway-api": "api.yaml", "maas-tenants": "https://mirror.example/tenants.yaml"},
        "bounds": {"convergeSeconds": 90},
    }
    wanted = loaded(directory, content)

    assert wanted.name == "mine"
    assert wanted.reference("istio-pilot") == "mirror.example/pilot:1"
    assert wanted.reference("kind-node") == "kindest/node:latest"
    assert wanted.reference("istiod") == str(directory / "istiod.tgz")
    assert wanted.reference("gateway-api") == str(directory / "api.yaml")
    assert wanted.reference("maas-tenants") == "https://mirror.example/tenants.yaml"
    assert "mirror.example/pilot:1" in wanted.images
    assert wanted.bounds.converge_seconds == 90


def test_a_gateway_of_ones_own(directory: Path) -> None:
    wanted = loaded(directory, {"gateway": OWN, "features": ["default-deny"]}, "runbook")

    assert wanted.edition is None
    authority, *others = wanted.stack.items
    assert isinstance(authority, Objects)
    assert authority.content[1]["metadata"] == {"name": "provider-authority", "namespace": "mine"}
    assert authority.content[1]["data"] == {"ca.pem": "${authority}"}
    assert others == [
        Sourced("gateway.yaml"),
        Sourced("https://gateway.example/more.yaml"),
        Rollout(Part("mine", "gateway")),
    ]
    assert wanted.reference("gateway.yaml") == str(directory / "gateway.yaml")
    assert wanted.images[-1] == "gateway.example/mine:1"
    assert wanted.client_key == SECRET
    assert wanted.features == ("default-deny",)
    assert SECRET not in repr(wanted)


def test_archives_say_what_is_in_them(directory: Path) -> None:
    archive(directory / "images.tar", "docker.io/istio/pilot:1.29.2", "docker.io/library/busybox:1", "quay.example/a:1")

    wanted = loaded(directory, {"archives": ["images.tar"]})

    assert wanted.archives == {
        directory / "images.tar": {"istio/pilot:1.29.2": "2", "busybox:1": "1", "quay.example/a:1": "1"}
    }


def test_an_edition_without_a_product_is_refused() -> None:
    with pytest.raises(ConfigurationError, match=r"can make the product of rhoai-3\.4, not of runbook; name your own"):
        load(None, "runbook")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("cluster: [", " is not YAML: "),
        ({"clusters": "x"}, " is not a kind.yaml: at its top: Additional properties are not allowed ('clusters' was"),
        ({"cluster": "Mine"}, " is not a kind.yaml: cluster: 'Mine' does not match"),
        ({"images": {"istio": "x"}}, " is not a kind.yaml: images: Additional properties are not allowed ('istio' was"),
        ({"images": {"istiod": "x"}}, " is not a kind.yaml: images: Additional properties are not allowed ('istiod' "),
        ({"charts": {"istiod": "none.tgz"}}, ": charts.istiod names none.tgz, and there is no such file"),
        ({"manifests": {"gateway-api": "none"}}, ": manifests.gateway-api names none, and there is no such file"),
        ({"archives": ["none.tar"]}, ": archives names none.tar, which is no archive of images; `docker"),
        ({"archives": ["gateway.yaml"]}, ": archives names gateway.yaml, which is no archive of images; `docker"),
        ({"gateway": {**OWN, "manifests": ["none.yaml"]}}, ": gateway.manifests.0 names none.yaml, and there is no su"),
        ({"gateway": {**OWN, "object": {}}}, " is not a kind.yaml: gateway.object: 'namespace' is a required property"),
        ({"gateway": {"manifests": ["gateway.yaml"]}}, " is not a kind.yaml: gateway: 'object' is a required property"),
        ({"gateway": {**OWN, "clientKey": SECRET}}, " is not a kind.yaml: gateway.clientKey: give {file: PATH} or {en"),
        ({"gateway": {**OWN, "nodePort": "x"}}, " is not a kind.yaml: gateway.nodePort: 'x' is not of type 'integer'"),
        ({"bounds": {"streak": 1}}, " is not a kind.yaml: bounds.streak: 1 is less than the minimum of 2"),
    ],
)
def test_a_broken_file_names_its_field(directory: Path, content: Any, sentence: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        loaded(directory, content)

    said = str(caught.value)
    assert "\n" not in said
    assert SECRET not in said
    assert said.startswith(str(directory / "kind.yaml"))
    assert said.removeprefix(str(directory / "kind.yaml")).startswith(sentence)
