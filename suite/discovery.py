"""What a report says of a cluster: its version, the API groups that tell what the gateway is made of, and what runs."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

from fixtures.errors import NotTestableError
from fixtures.kube import Kube
from fixtures.survey import Survey
from fixtures.targets.target import Target


def discovered(target: Target, kube: Kube) -> Target:
    """The target with what its cluster shows of itself among the facts; what may not be read is said so."""
    survey = Survey(kube.requests)
    found = {
        "version": kube.version(),
        "groups": survey.groups(),
        "gatewayApi": _readable(survey.gateway_api),
    }
    kubernetes = {**target.facts.get("kubernetes", {}), **found}
    gateway = {**target.facts.get("gateway", {}), **_running(target, survey)}
    return dataclasses.replace(target, facts={**target.facts, "kubernetes": kubernetes, "gateway": gateway})


def _running(target: Target, survey: Survey) -> Mapping[str, Any]:
    workloads = target.gateway.workloads
    if not workloads:
        return {}
    return {"images": _readable(lambda: [dataclasses.asdict(image) for image in survey.images(workloads)])}


def _readable(look: Callable[[], Any]) -> Any:
    try:
        return look()
    except NotTestableError as error:
        return f"not readable: {error}"
