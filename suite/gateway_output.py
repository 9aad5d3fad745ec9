"""At the end of a run: does a provider's key stand in what the gateway has put out beside its answers?"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from fixtures.canaries import Canaries, Canary, Leak, forms, unbroken
from fixtures.errors import NotTestableError
from fixtures.secrecy import LOG_BYTES
from fixtures.survey import Survey
from fixtures.targets.target import Target, trust
from fixtures.transport import what_broke
from reports.events import PreflightChecked, SecretSeen, Surface
from suite.own_output import lines_of

METRICS_SECONDS = 10.0
_LINES = 3
"""Of a log that are read together: a value may be broken over some."""


@dataclass(frozen=True)
class LogsOfPods:
    """What the gateway's Pods have logged during the run."""

    texts: Mapping[str, str] = field(default_factory=dict)
    """By ``pod/container``."""
    unread: tuple[PreflightChecked, ...] = ()
    """What could not be had of it."""


def logs_of_pods(namespaces: Iterable[str], survey: Survey, seconds: float) -> LogsOfPods:
    """What the Pods of these namespaces have logged in the last so many seconds, and what of it could not be read."""
    try:
        found = {
            place: text
            for namespace in namespaces
            for place, text in survey.logs(namespace, seconds, LOG_BYTES).items()
        }
    except NotTestableError as error:
        return LogsOfPods(unread=(unseen("logs of the gateway's Pods", str(error)),))
    cut = [place for place, text in found.items() if len(text.encode()) >= LOG_BYTES]
    why = f"what follows on its first {LOG_BYTES >> 20} MiB is not read"
    return LogsOfPods(found, tuple(unseen(place, why) for place in cut))


def look(
    target: Target, marker: str, canaries: Mapping[str, str], pods: LogsOfPods
) -> Iterator[SecretSeen | PreflightChecked]:
    """Everything that was found, and where nothing could be; ``canaries`` are those of all scenarios, name to value."""
    yield from pods.unread
    found: dict[tuple[str, Surface, str, str], None] = {}
    eye: Canaries | None = None
    logs, metrics = {name: text.encode() for name, text in pods.texts.items()}, ""
    for path in map(Path, target.gateway.logs):
        try:
            logs[path.name] = path.read_bytes()
        except OSError as error:
            yield unseen(path.name, f"it cannot be read ({error.strerror})")
    try:
        metrics = _metrics(target)
    except httpx.HTTPError as error:
        yield unseen("metrics", f"{target.metrics.url} does not answer ({what_broke(error)})")
    for surface, place, text in _suspicious(logs, metrics, marker):
        if eye is None:
            # Only now: thousands of values are looked for, and hardly ever needed.
            eye = _eye(marker, canaries)
        for leak in eye.find(text, place):
            if leak.of_a_provider:
                found[_in_words(leak), surface, place, leak.encoding] = None
    for canary, surface, place, encoding in found:
        yield SecretSeen(time.time(), "main", "", canary, surface, place, encoding)


def unseen(where: str, why: str) -> PreflightChecked:
    """What the report says of a place that could not be looked at."""
    advice = "a key that stands there has not been seen"
    return PreflightChecked(time.time(), f"look for keys in {where}", "failed", why, advice)


def _suspicious(logs: Mapping[str, bytes], metrics: str, marker: str) -> Iterator[tuple[Surface, str, str]]:
    """Where any canary of the run stands: the marker is in each."""
    patterns = [form.encode() for _, form in forms(marker)]
    for name, content in logs.items():
        numbers = lines_of(content, patterns)
        lines = content.decode(errors="replace").split("\n") if numbers else []
        for number in numbers:
            yield "logs", f"line {number} of {name}", "\n".join(lines[number - 1 :][:_LINES])
    if any(form in unbroken(metrics) for _, form in forms(marker)):
        yield "metrics", "the metrics", metrics


def _metrics(target: Target) -> str:
    if target.metrics.url is None:
        return ""
    return httpx.get(target.metrics.url, timeout=METRICS_SECONDS, trust_env=False, verify=trust()).text


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
