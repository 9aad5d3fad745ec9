"""The account that `conformance plan` renders, on an API server that enforces RBAC: its rights, and no others."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

from tests.cluster.api import admin, apply, planned
from tests.cluster.vendor import Vendor

ACCOUNT = "externalmodel-conformance"
"""Its name, and that of its namespace."""


def rights_for(place: Vendor, edition: str) -> list[dict[str, Any]]:
    """What an administrator is given for a run on all that this vendor's target.yaml names."""
    parts = {part["namespace"] for part in place.gateway["parts"].values()}
    words = [word for namespace in sorted(parts) for word in ("--parts", namespace)]
    return planned("--edition", edition, "--mints-keys", "--monitoring", *words)


def account(kubeconfig: Path, objects: Iterable[dict[str, Any]], directory: Path) -> Path:
    """Have them applied, and return the administrator's kubeconfig with a token of the account in it.

    The token is got as `kubectl create token` does.
    """
    request = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {}}
    with admin(kubeconfig) as http:
        apply(http, objects)
        answer = http.post(f"/api/v1/namespaces/{ACCOUNT}/serviceaccounts/{ACCOUNT}/token", json=request)
    text = yaml.safe_load(kubeconfig.read_text(encoding="utf-8"))
    text["users"][0]["user"] = {"token": answer.raise_for_status().json()["status"]["token"]}
    path = directory / "kubeconfig-of-the-account"
    path.write_text(yaml.safe_dump(text), encoding="utf-8")
    return path
