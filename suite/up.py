"""`conformance up`: the embedded target for people and other tools, until it is stopped."""

from __future__ import annotations

import dataclasses
import shlex
import tempfile
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import yaml

from fixtures.catalogue import load
from fixtures.targets.embedded import Embedded, embedded
from fixtures.targets.target import HOW_TO_HAVE, Target
from suite.interrupts import Interrupts


def stay_up(wanted: Embedded, say: Callable[[str], None]) -> int:
    """Start the target, say how to reach it, and stay until a signal comes; then nothing of it is left.

    Raises:
        ConfigurationError: it cannot be started as asked.
    """
    with tempfile.TemporaryDirectory(prefix="externalmodel-conformance-up-") as name, Interrupts() as interrupts:
        directory = Path(name)
        try:
            with interrupts.allowed(), embedded(wanted, directory / "logs") as target:
                for line in _lines(target, wanted, directory):
                    say(line)
                threading.Event().wait()
        except KeyboardInterrupt:
            say("# stopped; nothing is left running")
    return 0


def _lines(target: Target, wanted: Embedded, directory: Path) -> list[str]:
    token = _kept(directory / "control-token", target.provider.control_token or "")
    users = {user.name: _kept(directory / f"token-of-{user.name}", user.token) for user in target.gateway.users}
    config = directory / "target.yaml"
    config.write_text(yaml.safe_dump(_config(target, token, users), sort_keys=False), encoding="utf-8")
    variables = {
        "KUBECONFIG": target.kubernetes.kubeconfig,
        "GATEWAY_URL": target.gateway.url,
        "PROVIDER_CONTROL_URL": target.provider.control_url,
        "PROVIDER_CONTROL_TOKEN_FILE": str(token),
    }
    if target.gateway.mints_keys:
        variables["USER_TOKEN_FILE"] = str(next(iter(users.values())))
    return [
        f"# {target.describe()}, edition {wanted.edition.name}; logs in {directory / 'logs'}",
        *(f"export {name}={shlex.quote(value)}" for name, value in variables.items()),
        "# judge it from another terminal:",
        f"#   conformance run --target cluster --config {shlex.quote(str(config))} --edition {wanted.edition.name}",
        "# Ctrl-C stops it",
    ]


def _kept(path: Path, secret: str) -> Path:
    """The file, which only this user can read, with the secret in it."""
    path.touch(0o600)
    path.write_text(secret, encoding="ascii")
    return path


def _config(target: Target, token: Path, users: Mapping[str, Path]) -> Mapping[str, Any]:
    """The target as a target.yaml says it; bounds are the embedded target's, which has no network to wait for."""
    bounds = dataclasses.asdict(target.bounds)
    gateway: dict[str, Any] = {
        "url": target.gateway.url,
        "object": None if target.gateway.object is None else dataclasses.asdict(target.gateway.object),
        "closedNamespaceLabels": target.gateway.closed_namespace_labels,
        "logs": list(target.gateway.logs),
    }
    if target.gateway.mints_keys:
        gateway["maasApi"] = {"users": [{"name": name, "token": {"file": str(file)}} for name, file in users.items()]}
    return {
        "kubernetes": {"kubeconfig": target.kubernetes.kubeconfig},
        "gateway": _said(gateway),
        "provider": _said(
            {
                "controlUrl": target.provider.control_url,
                "controlTokenFile": str(token),
                "domain": target.provider.domain,
                "impostorDomain": target.provider.impostor_domain,
                "expiredDomain": target.provider.expired_domain,
                "untrustedDomain": target.provider.untrusted_domain,
                "refusingHost": target.provider.refusing_host,
                "plainPort": target.provider.plain_port,
                "secondPort": target.provider.second_port,
                "dataUrl": target.provider.data_url,
                "vertexOpenAI": target.provider.vertex_openai,
            }
        ),
        "metrics": _said({"url": target.metrics.url, "prometheusUrl": target.metrics.prometheus_url}),
        "parts": {name: dataclasses.asdict(part) for name, part in target.parts.items()},
        "features": [name for name in target.features if name not in HOW_TO_HAVE],
        "profiles": list(target.profiles or load().profiles),
        "implementation": dict(target.implementation),
        "bounds": {
            "convergeSeconds": bounds["converge_seconds"],
            "decisionSeconds": bounds["decision_seconds"],
            "holdSeconds": bounds["hold_seconds"],
            "intervalSeconds": bounds["interval_seconds"],
            "requestSeconds": bounds["request_seconds"],
            "streak": bounds["streak"],
        },
    }


def _said(values: Mapping[str, Any]) -> dict[str, Any]:
    """What of it there is something to say about."""
    return {name: value for name, value in values.items() if value is not None}
