"""The preflight: in seconds, is everything there that the run stands on, and is a plain model served at all?"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import httpx

from fixtures.catalogue import Edition
from fixtures.errors import ConfigurationError, NotTestableError
from fixtures.kube import Kube
from fixtures.provider import ProviderClient
from fixtures.recording import CaseRecorder
from fixtures.scenario import SUBJECT, Baseline, Ground, Scenario
from fixtures.targets.target import Target
from reports.events import PreflightChecked
from reports.recorder import EventWriter

CASE = "preflight"


class BlockedError(Exception):
    """The run cannot begin, and that says nothing about the gateway's conformance: the failed check, as a sentence."""


@dataclass(frozen=True)
class Check:
    """One line of the preflight."""

    name: str
    look: Callable[[], str]
    """Returns what was found, or raises NotTestableError."""
    advice: str


def surroundings(target: Target, edition: Edition, kube: Kube, provider: ProviderClient) -> Iterator[PreflightChecked]:
    """Look at what the run stands on, one event a check; the first that fails ends it.

    Raises:
        ConfigurationError: the Kubernetes API cannot be used.
        BlockedError: something else is missing.
    """
    yield from _looked(
        Check("Kubernetes API", kube.version, "check the kubeconfig and the context"), refuse=ConfigurationError
    )
    yield from _looked(
        Check(
            "custom resources",
            lambda: _kinds(kube, edition),
            f"install the custom resource definitions of edition {edition.name}, or choose another --edition",
        )
    )
    yield from _looked(Check("provider", lambda: _provider(provider), "start the provider, check its control URL"))
    yield from _looked(
        Check("gateway", lambda: _gateway(target), "check the gateway's URL, its listener and its certificate")
    )


def baseline(ground: Ground, writer: EventWriter, worker: str) -> tuple[Baseline, list[PreflightChecked]]:
    """Deploy plain models and call them: what every control of the scenarios relies on."""
    recorder = CaseRecorder(writer, worker, CASE)
    lenient = _tried(ground, recorder, "requests reach the provider", strict=False)
    found = Baseline(out_of_service=_cause(lenient))
    if found.out_of_service:
        return replace(found, not_working=found.out_of_service), [lenient]
    strict = _tried(ground, recorder, "a plain model is served", strict=True)
    return replace(found, not_working=_cause(strict)), [lenient, strict]


def _tried(ground: Ground, recorder: CaseRecorder, name: str, *, strict: bool) -> PreflightChecked:
    scenario = Scenario(ground, recorder, "externalmodel-conformance (preflight)")
    try:
        scenario.new_model(SUBJECT).deploy(strict=strict)
        control = scenario.works if strict else scenario.is_in_service
        control(SUBJECT, name)
    except NotTestableError as error:
        return PreflightChecked(time.time(), name, "failed", str(error), "the failed requirements below say why")
    finally:
        scenario.clean_up()
        scenario.close()
    return PreflightChecked(time.time(), name, "passed", "as a control for every scenario")


def line_of(check: PreflightChecked) -> str:
    """The check as a line for people."""
    line = f"preflight  {check.check}: {check.detail}"
    return line if check.outcome == "passed" else f"{line}; {check.advice}"


def _cause(check: PreflightChecked) -> str | None:
    return None if check.outcome == "passed" else check.detail


def _looked(check: Check, refuse: type[Exception] = BlockedError) -> Iterator[PreflightChecked]:
    try:
        yield PreflightChecked(time.time(), check.name, "passed", check.look())
    except NotTestableError as error:
        yield PreflightChecked(time.time(), check.name, "failed", str(error), check.advice)
        raise refuse(f"preflight: {error}; {check.advice}") from error


def _kinds(kube: Kube, edition: Edition) -> str:
    for resource in edition.kinds:
        if not kube.serves(resource):
            raise NotTestableError(f"the API server does not serve {resource.kind} in {resource.api_version}")
    return ", ".join(f"{resource.kind} in {resource.api_version}" for resource in edition.kinds)


def _provider(provider: ProviderClient) -> str:
    provider.check()
    return "answers on its control API"


def _gateway(target: Target) -> str:
    url = target.gateway.url
    try:
        response = httpx.get(url, timeout=10.0, trust_env=False, verify=target.gateway.verify())
    except httpx.TransportError as error:
        raise NotTestableError(f"the gateway at {url} does not answer ({type(error).__name__})") from error
    return f"{url} answers ({response.status_code} for its root)"
