"""A vendor's side: a cluster, a gateway and a provider, each a program that knows nothing of the suite."""

from __future__ import annotations

import datetime
import json
import os
import secrets
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

import trustme
import yaml

from fixtures.catalogue import load
from fixtures.endpoints import NO_SUCH_HOST
from fixtures.targets.embedded import closed_port
from fixtures.targets.target import HOW_TO_HAVE
from tests.command.running import ROOT

DOMAIN = "provider.test"
IMPOSTOR_DOMAIN = "impostor.test"
EXPIRED_DOMAIN, UNTRUSTED_DOMAIN = "expired.test", "untrusted.test"
REFUSING_HOST = "refusing.test"
PLAIN_PORT, SECOND_PORT = 80, 8443
STOP_SECONDS = 20.0
ASSETS = "KUBEBUILDER_ASSETS"
WHOLE = "EMC_WHOLE"
"""Set where a gateway is to be judged by all requirements, however long that takes."""
EMBEDDED, REAL = "embedded", "kube-apiserver"
FLAVOURS = (EMBEDDED, *((REAL,) if os.environ.get(ASSETS) else ()))
"""The Kubernetes APIs that are to be had here."""
CHOSEN = "EMC_EDITION"
EDITION = os.environ.get(CHOSEN) or "rhoai-3.4"
"""What a vendor's gateway is made for, unless a test asks for another."""
USERS = ("ada", "ben")


@dataclass(frozen=True)
class Vendor:
    """What runs, as its programs say."""

    directory: Path
    api: Mapping[str, Any]
    gateway: Mapping[str, Any]
    provider: Mapping[str, Any]

    def config(self, **changes: Any) -> Path:
        """A target.yaml that says where everything is; ``changes`` replace whole entries, None takes one out."""
        users = [{"name": name, "token": {"file": f"token-of-{name}"}} for name in USERS]
        # Only a real API server issues tokens for ServiceAccounts.
        text = {
            "kubernetes": {"kubeconfig": self.api["kubeconfig"]},
            "gateway": {
                "url": self.gateway["gateway"],
                "object": {"namespace": self.gateway["gatewayNamespace"], "name": self.gateway["gatewayName"]},
                "closedNamespaceLabels": self.gateway["closedNamespaceLabels"],
                "logs": list(self.gateway["logs"].values()),
                "maasApi": {} if self.api["flavour"] == REAL else {"users": users},
            },
            "provider": {
                "controlUrl": self.provider["control"],
                "controlTokenFile": "control-token",
                "domain": DOMAIN,
                "impostorDomain": IMPOSTOR_DOMAIN,
                "expiredDomain": EXPIRED_DOMAIN,
                "untrustedDomain": UNTRUSTED_DOMAIN,
                "refusingHost": REFUSING_HOST,
                "plainPort": PLAIN_PORT,
                "secondPort": SECOND_PORT,
                "dataUrl": f"http://{self.provider['plain']}",
                "vertexOpenAI": {"project": "p", "location": "l", "endpoint": "e"},
            },
            "metrics": {"url": self.gateway["metrics"]},
            "parts": self.gateway["parts"],
            # The others follow from the entries above, as far as a test leaves these there.
            "features": [name for name in self.gateway["features"] if name not in HOW_TO_HAVE],
            "profiles": list(load().profiles),
            "implementation": {"organization": "Vendor", "project": "a vendor's gateway", "version": "1.0"},
            # All is on one machine: what the embedded target gives, with room for a real API server.
            "bounds": {"convergeSeconds": 30, "holdSeconds": 1, "intervalSeconds": 0.1, "requestSeconds": 30},
            **changes,
        }
        path = self.directory / "target.yaml"
        whole = {name: value for name, value in text.items() if value is not None}
        path.write_text(yaml.safe_dump(whole, sort_keys=False), encoding="utf-8")
        return path


@contextmanager
def vendor(directory: Path, flavour: str, edition: str, *more: str) -> Iterator[Vendor]:
    """Start everything; ``more`` are options of the gateway."""
    with ExitStack() as stack:
        api = started(stack, directory, "kubernetes_api", "--directory", directory / "kubernetes", flavour=flavour)
        if flavour == EMBEDDED:
            more = (*more, "--user-tokens", str(_user_tokens(directory)))
        provider = started(stack, directory, "mock_provider", *_provider_options(directory))
        gateway = started(
            stack,
            directory,
            "reference_gateway",
            "run",
            *("--kubeconfig", api["kubeconfig"]),
            *("--edition-file", ROOT / "features" / "editions" / f"{edition}.yaml"),
            *("--directory", directory / "gateway"),
            *("--vertex-openai", "p/l/e"),
            *("--provider-ca", directory / "provider-ca.pem"),
            *("--connect-to", f"{REFUSING_HOST}:443:127.0.0.1:{closed_port(stack)}"),
            *("--connect-to", f"{NO_SUCH_HOST}:443::"),
            *("--connect-to", f":443:{provider['tls']}"),
            *("--connect-to", f":{SECOND_PORT}:{provider['tls']}"),
            *("--connect-to", f":{PLAIN_PORT}:{provider['plain']}"),
            *more,
        )
        yield Vendor(directory, api, gateway, provider)


def started(
    stack: ExitStack, directory: Path, module: str, *arguments: str | Path, flavour: str = EMBEDDED
) -> dict[str, Any]:
    """Start ``python -m MODULE`` and return its ready line; it ends with the stack."""
    environment = {name: value for name, value in os.environ.items() if name != ASSETS or flavour == REAL}
    log = stack.enter_context((directory / f"{module}.log").open("wb"))
    process = subprocess.Popen(
        [sys.executable, "-m", module, *map(str, arguments), "--exit-with-stdin"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=log,
        env=environment,
        start_new_session=True,
    )
    stack.callback(_stop, process)
    line = cast("IO[bytes]", process.stdout).readline()
    assert line, (
        f"{module} ended: {(directory / f'{module}.log').read_text(encoding='utf-8', errors='replace')[-2000:]}"
    )
    return cast("dict[str, Any]", json.loads(line))


def _stop(process: subprocess.Popen[bytes]) -> None:
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            stream.close()
    process.wait(STOP_SECONDS)


def _user_tokens(directory: Path) -> Path:
    """Users whom the gateway takes for the cluster's, and a file with each one's token."""
    tokens = {}
    for name in USERS:
        token = f"sha256~{secrets.token_urlsafe(32)}"
        (directory / f"token-of-{name}").write_text(token, encoding="ascii")
        tokens[token] = {"name": name, "groups": ["staff"]}
    path = directory / "user-tokens.json"
    path.write_text(json.dumps(tokens), encoding="utf-8")
    return path


def _provider_options(directory: Path) -> tuple[str | Path, ...]:
    authority = trustme.CA()
    certificate = authority.issue_cert(f"*.{DOMAIN}")
    authority.cert_pem.write_to_path(str(directory / "provider-ca.pem"))
    certificate.private_key_pem.write_to_path(str(directory / "provider-key.pem"))
    certificate.cert_chain_pems[0].write_to_path(str(directory / "provider.pem"))
    (directory / "control-token").write_text(secrets.token_hex(16), encoding="ascii")
    return (
        *("--certificate", directory / "provider.pem"),
        *("--private-key", directory / "provider-key.pem"),
        *("--control-token-file", directory / "control-token"),
        *_bad_certificates(directory, authority),
    )


def _bad_certificates(directory: Path, authority: trustme.CA) -> Iterator[str | Path]:
    long_ago = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
    over = long_ago + datetime.timedelta(days=30)
    bad = {
        EXPIRED_DOMAIN: authority.issue_cert(f"*.{EXPIRED_DOMAIN}", not_before=long_ago, not_after=over),
        UNTRUSTED_DOMAIN: trustme.CA().issue_cert(f"*.{UNTRUSTED_DOMAIN}"),
    }
    for domain, certificate in bad.items():
        file = directory / f"{domain}.pem"
        certificate.private_key_and_cert_chain_pem.write_to_path(str(file))
        yield from ("--certificate-for", domain, file, file)
