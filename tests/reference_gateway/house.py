"""A whole gateway as the tests use it: its program, its Kubernetes API, its provider, and one namespace."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from tenacity import Retrying, retry_if_exception_type, stop_after_delay, wait_fixed

from reference_gateway.kubernetes_access import ApiError, Cluster, Resource
from reference_gateway.resources import SECRETS, EditionResources
from reference_gateway.values import Key
from tests.reference_gateway.conftest import EDITIONS, edition_named
from tests.reference_gateway.upstream import Upstream, serving

JSON = dict[str, Any]
BODY = {"model": "gpt", "messages": [{"role": "user", "content": "hello"}]}
TOKEN = "token-of-ada"
EVENTUALLY_SECONDS = 60


def eventually(check: Callable[[], None]) -> None:
    """Repeat a check until its assertions hold."""
    for attempt in Retrying(
        retry=retry_if_exception_type((AssertionError, ApiError)),
        stop=stop_after_delay(EVENTUALLY_SECONDS),
        wait=wait_fixed(0.02),
        reraise=True,
    ):
        with attempt:
            check()


@contextmanager
def program(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], JSON]]:
    """A program of ours with its ready line; it ends when its standard input does."""
    process = subprocess.Popen(
        [sys.executable, "-m", *arguments, "--exit-with-stdin"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdin is not None
    try:
        yield process, json.loads(process.stdout.readline())
    finally:
        process.stdin.close()
        try:
            process.wait(30)
        finally:
            process.kill()
            process.wait()
            process.stdout.close()


def gateway_arguments(kubeconfig: str, edition: str, directory: Path, upstream_port: int) -> list[str]:
    return [
        "reference_gateway",
        "run",
        "--kubeconfig",
        kubeconfig,
        "--edition-file",
        str(EDITIONS / f"{edition}.yaml"),
        "--directory",
        str(directory),
        "--connect-to",
        f":80:127.0.0.1:{upstream_port}",
        "--user-tokens",
        str(user_tokens(directory)),
    ]


def user_tokens(directory: Path) -> Path:
    """A file with the one user whom the gateway takes for the cluster's."""
    directory.mkdir(exist_ok=True)
    path = directory / "user-tokens.json"
    path.write_text(json.dumps({TOKEN: {"name": "ada"}}), encoding="utf-8")
    return path


@dataclass
class House:
    """A gateway, its API and its provider, and the objects of one namespace."""

    edition: str
    cluster: Cluster
    client: httpx.Client
    upstream: Upstream
    ready: JSON
    directory: Path
    namespace: str
    key: str = ""

    @property
    def kinds(self) -> EditionResources:
        return EditionResources.of(edition_named(self.edition))

    def apply(self, resource: Resource, name: str, **content: Any) -> None:
        metadata = {"namespace": self.namespace, "name": name, **content.pop("metadata", {})}
        body = {"apiVersion": resource.api_version, "kind": resource.kind, "metadata": metadata, **content}
        self.cluster.create(resource, body)

    def apply_model(self, name: str = "m") -> None:
        annotations = {"maas.opendatahub.io/port": "80", "maas.opendatahub.io/tls": "false"}
        spec = {
            "provider": "openai",
            "targetModel": "gpt",
            "endpoint": f"{name}.{self.namespace}.test",
            "credentialRef": {"name": "s"},
        }
        self.apply(self.kinds.external_models, name, metadata={"annotations": annotations}, spec=spec)

    def apply_ref(self, name: str = "m") -> None:
        kind = edition_named(self.edition).external_model.kind
        self.apply(self.kinds.model_refs, name, spec={"modelRef": {"kind": kind, "name": "m"}})

    def apply_secret(self, value: str, labels: dict[str, str]) -> None:
        data = {edition_named(self.edition).secret_data_key: value}
        self.apply(SECRETS, "s", metadata={"labels": labels}, stringData=data)

    def change_secret(self, patch: JSON) -> None:
        self.cluster.merge(SECRETS, Key(self.namespace, "s"), patch)

    def delete(self, resource: Resource, name: str) -> None:
        self.cluster.delete(resource, Key(self.namespace, name))

    def ask(self, name: str = "m") -> httpx.Response:
        headers = {"authorization": f"Bearer {self.key}"} if self.key else {}
        return self.client.post(f"/{self.namespace}/{name}/v1/chat/completions", json=BODY, headers=headers)

    def let_in(self, *refs: str) -> None:
        """Admit the one known user to the models behind these references, and mint a key."""
        access = edition_named(self.edition).access
        assert access is not None
        assert self.kinds.policies is not None
        assert self.kinds.subscriptions is not None
        keys = [{"namespace": self.namespace, "name": ref} for ref in refs]
        budgets = [{**key, "tokenRateLimits": [{"limit": 1000, "window": "1m"}]} for key in keys]
        own, self.namespace = self.namespace, access.namespace
        self.apply(self.kinds.policies, own, spec={"modelRefs": keys, "subjects": {"users": ["ada"]}})
        self.apply(self.kinds.subscriptions, own, spec={"modelRefs": budgets, "owner": {"users": ["ada"]}})
        self.namespace = own

        def minted() -> None:
            asked = {"name": "test", "subscription": own}
            answer = self.client.post("/maas-api/v1/api-keys", json=asked, headers={"authorization": f"Bearer {TOKEN}"})
            assert answer.status_code == 201, answer.text
            self.key = answer.json()["key"]

        eventually(minted)

    def settles_on(self, status: int, text: str | None = None) -> None:
        def check() -> None:
            answer = self.ask()
            assert answer.status_code == status
            assert text is None or answer.text == text

        eventually(check)

    def settles_on_key(self, key: str) -> None:
        def check() -> None:
            assert self.ask().status_code == 200
            assert self.upstream.arrivals[-1].values("authorization") == [f"Bearer {key}"]

        eventually(check)

    def lacks(self, resource: Resource, name: str = "m") -> bool:
        try:
            self.object(resource, name)
        except ApiError as error:
            return error.code == 404
        return False

    def object(self, resource: Resource, name: str = "m") -> JSON:
        return self.cluster.get(resource, Key(self.namespace, name))


@contextmanager
def house(api: str, edition: str, directory: Path) -> Iterator[House]:
    """A gateway of this edition, on the API that this kubeconfig leads to."""
    with (
        serving() as upstream,
        program(*gateway_arguments(api, edition, directory, upstream.port)) as (_, ready),
        httpx.Client(base_url=ready["gateway"], timeout=60) as client,
    ):
        yield House(edition, Cluster(Path(api)), client, upstream, ready, directory, "")
