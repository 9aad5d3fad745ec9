"""What a client needs to reach the API: certificates made for this run, a token, and the kubeconfig that names both."""

from __future__ import annotations

import base64
import os
from dataclasses import dataclass
from pathlib import Path

import trustme
import yaml


@dataclass(frozen=True)
class Certificates:
    """Files: the CA's certificate, and the server's chain and key."""

    authority: Path
    chain: Path
    key: Path


def make_certificates(directory: Path) -> Certificates:
    """Make a CA and a server certificate for loopback."""
    authority = trustme.CA(organization_name="kubernetes_api")
    server = authority.issue_cert("127.0.0.1", "localhost", "::1", common_name="kubernetes_api")
    made = Certificates(directory / "ca.crt", directory / "server.crt", directory / "server.key")
    write_private(made.authority, authority.cert_pem.bytes())
    write_private(made.chain, b"".join(blob.bytes() for blob in server.cert_chain_pems))
    write_private(made.key, server.private_key_pem.bytes())
    return made


def write_private(path: Path, content: bytes) -> None:
    """Write a file that only its owner may read."""
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)


def write_kubeconfig(path: Path, server: str, authority: Path, token: str) -> None:
    """Write a kubeconfig with one cluster, one user and one context, all of them `embedded`."""
    ca_data = base64.b64encode(authority.read_bytes()).decode()
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "embedded", "cluster": {"server": server, "certificate-authority-data": ca_data}}],
        "users": [{"name": "embedded", "user": {"token": token}}],
        "contexts": [
            {"name": "embedded", "context": {"cluster": "embedded", "user": "embedded", "namespace": "default"}}
        ],
        "current-context": "embedded",
    }
    write_private(path, yaml.safe_dump(config, sort_keys=False).encode())
