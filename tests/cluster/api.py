"""A Kubernetes API as an administrator reaches it, past the suite."""

from __future__ import annotations

import ssl
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import httpx
import yaml

from tests.command.running import run

CONFLICT = 409


def admin(kubeconfig: Path) -> httpx.Client:
    """Whoever may do everything on the cluster."""
    text = yaml.safe_load(kubeconfig.read_text(encoding="utf-8"))
    cluster, user = text["clusters"][0]["cluster"], text["users"][0]["user"]
    trusted = ssl.create_default_context(cafile=str(kubeconfig.parent / "ca.crt"))
    headers = {"Authorization": f"Bearer {user['token']}"}
    return httpx.Client(base_url=cluster["server"], verify=trusted, headers=headers, trust_env=False)


def planned(*words: str | Path) -> list[dict[str, Any]]:
    """What `conformance plan` prints for an administrator."""
    ended = run("plan", *words)
    assert ended.code == 0, ended.stderr
    return list(yaml.safe_load_all(ended.stdout))


def apply(http: httpx.Client, objects: Iterable[dict[str, Any]]) -> None:
    """What an administrator does with it; what is there already comes to be as it says here."""
    for one in objects:
        answer = http.post(collection(one), json=one)
        if answer.status_code == CONFLICT:
            answer = http.put(f"{collection(one)}/{one['metadata']['name']}", json=one)
        answer.raise_for_status()


def collection(one: dict[str, Any]) -> str:
    """The path at which an object is made."""
    root = f"/apis/{one['apiVersion']}" if "/" in one["apiVersion"] else f"/api/{one['apiVersion']}"
    place = f"/namespaces/{one['metadata']['namespace']}" if "namespace" in one["metadata"] else ""
    name = one["kind"].lower()
    return f"{root}{place}/{name.removesuffix('y')}ies" if name.endswith("y") else f"{root}{place}/{name}s"
