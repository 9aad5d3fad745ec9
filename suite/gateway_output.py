"""At the end of a run: does a provider's key stand in what the gateway has put out beside its answers?"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import httpx

from fixtures.canaries import Canaries, Canary, Leak, forms, unbroken
from fixtures.targets.target import Target, trust
from reports.events import SecretSeen, Surface
from suite.own_output import lines_of

METRICS_SECONDS = 10.0
_LINES = 3
"""Of a log that are read together: a value may be broken over some."""


def look(
    target: Target, marker: str, canaries: Mapping[str, str], pods: Mapping[str, str] | None = None
) -> Iterator[SecretSeen]:
    """Everything that was found.

    ``canaries`` are those of all scenarios, name to value; ``pods`` is what the gateway's Pods have logged meanwhile,
    by ``pod/container``.
    """
    found: dict[tuple[str, Surface, str, str], None] = {}
    eye: Canaries | None = None
    for surface, place, text in _suspicious(target, marker, pods or {}):
        if eye is None:
            # Only now: thousands of values are looked for, and hardly ever needed.
            eye = _eye(marker, canaries)
        for leak in eye.find(text, place):
            if leak.of_a_provider:
                found[_in_words(leak), surface, place, leak.encoding] = None
    for canary, surface, place, encoding in found:
        yield SecretSeen(time.time(), "main", "", canary, surface, place, encoding)


def _suspicious(target: Target, marker: str, pods: Mapping[str, str]) -> Iterator[tuple[Surface, str, str]]:
    """Where any canary of the run stands: the marker is in each."""
    patterns = [form.encode() for _, form in forms(marker)]
    files = {path.name: path.read_bytes() for path in map(Path, target.gateway.logs) if path.is_file()}
    for name, content in (*files.items(), *((name, text.encode()) for name, text in pods.items())):
        numbers = lines_of(content, patterns)
        lines = content.decode(errors="replace").split("\n") if numbers else []
        for number in numbers:
            yield "logs", f"line {number} of {name}", "\n".join(lines[number - 1 :][:_LINES])
    metrics = _metrics(target)
    if any(form in unbroken(metrics) for _, form in forms(marker)):
        yield "metrics", "the metrics", metrics


def _metrics(target: Target) -> str:
    if target.metrics.url is None:
        return ""
    try:
        return httpx.get(target.metrics.url, timeout=METRICS_SECONDS, trust_env=False, verify=trust()).text
    except httpx.HTTPError:
        # A gateway that is gone is not judged by what it might have said.
        return ""


def _eye(marker: str, canaries: Mapping[str, str]) -> Canaries:
    eye = Canaries(marker, "run")
    eye.adopt_all(Canary(name, value) for name, value in canaries.items())
    return eye


def _in_words(leak: Leak) -> str:
    """Without the scenario's token, which says nothing to a reader."""
    return leak.name.partition(".")[2] or leak.name


def without_secrets_of_users(canaries: Iterable[Canary], marker: str) -> dict[str, str]:
    """What workers may tell of a scenario's canaries: name to value of those that the suite has made up."""
    return {canary.name: canary.value for canary in canaries if marker in canary.value}
