"""A Kubernetes API as an administrator reaches it, past the suite."""

from __future__ import annotations

import ssl
from pathlib import Path

import httpx
import yaml


def admin(kubeconfig: Path) -> httpx.Client:
    """Whoever may do everything on the cluster."""
    text = yaml.safe_load(kubeconfig.read_text(encoding="utf-8"))
    cluster, user = text["clusters"][0]["cluster"], text["users"][0]["user"]
    trusted = ssl.create_default_context(cafile=str(kubeconfig.parent / "ca.crt"))
    headers = {"Authorization": f"Bearer {user['token']}"}
    return httpx.Client(base_url=cluster["server"], verify=trusted, headers=headers, trust_env=False)
