"""Gateways that count wrongly, or whose monitoring leads nowhere."""

# ruff: noqa: D102 - a fault's docstring is the class's; the method's is the conforming one's

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence

from reference_gateway.behaviour.rules import JSON
from reference_gateway.faults.fault import Fault
from reference_gateway.values import Key


class StreamedUsageNotCounted(Fault):
    """Counts no tokens of streamed answers."""

    id, name, source, editions = "M70", "streamed-usage-not-counted", "MaaS#1063", ("rhoai-3.5",)
    catches = "The tokens of a streamed answer are counted."

    def tokens_of(self, status: int, usage: JSON | None, *, streamed: bool) -> int:
        return 0 if streamed else super().tokens_of(status, usage, streamed=streamed)


class NotFoundCounted(Fault):
    """Counts a token for an answer of 404."""

    id, name, source = "M93", "not-found-counted", "kuadrant-operator#1674"
    catches = "An error costs no tokens."

    def tokens_of(self, status: int, usage: JSON | None, *, streamed: bool) -> int:
        return 1 if status == 404 else super().tokens_of(status, usage, streamed=streamed)


class CallsNotCounted(Fault):
    """Counts no authorized calls."""

    id, name = "X600", "calls-not-counted"
    catches = "A served request is counted."

    def calls_per_request(self) -> int:
        return 0


class PartsCounted(Fault):
    """Counts the tokens of the prompt and of the answer, and not the total that the provider declares."""

    id, name = "X601", "parts-counted"
    catches = "Tokens are counted as the provider declares them."

    def tokens_of(self, status: int, usage: JSON | None, *, streamed: bool) -> int:
        if usage is None or super().tokens_of(status, usage, streamed=streamed) == 0:
            return 0
        return int(usage["prompt_tokens"]) + int(usage["completion_tokens"])


class CountersSuffixed(Fault):
    """Shows its counters with the suffix _total."""

    id, name = "X602", "counters-suffixed"
    catches = "Limitador's counters have no suffix."

    def metric_name(self, name: str) -> str:
        return f"{super().metric_name(name)}_total"


class CountedByModelAlone(Fault):
    """Labels what it counts with the model's name, without its namespace."""

    id, name = "X603", "counted-by-model-alone"
    catches = "What is counted is labelled with namespace and HTTPRoute."

    def metric_namespace(self, route: Key) -> str:
        return route.name


class VllmMadeUp(Fault):
    """Shows series of vLLM for models that run elsewhere."""

    id, name = "X604", "vllm-made-up"
    catches = "An external model has no series of vLLM."

    def more_series(self) -> Sequence[tuple[str, Mapping[str, str], int]]:
        return [*super().more_series(), ("vllm:num_requests_running", {"model_name": "any"}, 0)]


class NamespaceUnlabelled(Fault):
    """Leaves the label of the cluster's monitoring off Limitador's namespace."""

    id, name, editions = "X605", "namespace-unlabelled", ("runbook",)
    catches = "The cluster's monitoring looks into Limitador's namespace."

    def guide_object(self, item: JSON) -> JSON | None:
        right = super().guide_object(item)
        return _without_labels(right) if right is not None and right["kind"] == "Namespace" else right


class MonitorOfAnotherPort(Fault):
    """Its ServiceMonitor names a port that Limitador's Service does not have."""

    id, name, editions = "X606", "monitor-of-another-port", ("runbook",)
    catches = "The ServiceMonitor leads to Limitador."

    def guide_object(self, item: JSON) -> JSON | None:
        right = copy.deepcopy(super().guide_object(item))
        if right is not None and right["kind"] == "ServiceMonitor":
            right["spec"]["endpoints"][0]["port"] = "metrics"
        return right


class PanelLeftOut(Fault):
    """Its dashboard has no panel of limited calls."""

    id, name, editions = "X607", "panel-left-out", ("runbook",)
    catches = "The dashboard has a panel for each of Limitador's metrics."

    def guide_object(self, item: JSON) -> JSON | None:
        right = copy.deepcopy(super().guide_object(item))
        if right is not None and right["kind"] == "PersesDashboard":
            del right["spec"]["config"]["panels"]["limitedCalls"]
        return right


class LimitadorSaysDown(Fault):
    """Says of itself that it is not up."""

    id, name = "X608", "limitador-says-down"
    catches = "limitador_up is 1."

    def limitador_up(self) -> int:
        return 0


class MetricsMisdeclared(Fault):
    """Declares its metrics as OpenMetrics, which they are not, so that no Prometheus reads them."""

    id, name = "X341", "metrics-misdeclared"
    catches = "Prometheus scrapes Limitador."

    def exposition_type(self) -> str:
        return "application/openmetrics-text; version=1.0.0; charset=utf-8"


class PanelsOfTelemetry(Fault):
    """Its panels ask for a label that Limitador's series bear only where telemetry is switched on."""

    id, name, editions = "X342", "panels-of-telemetry", ("runbook",)
    catches = "The dashboard's panels show the traffic of a model."

    def guide_object(self, item: JSON) -> JSON | None:
        right = copy.deepcopy(super().guide_object(item))
        if right is not None and right["kind"] == "PersesDashboard":
            for panel in right["spec"]["config"]["panels"].values():
                plugin = panel["spec"]["queries"][0]["spec"]["plugin"]["spec"]
                plugin["query"] = plugin["query"].replace("}[", ',model=~".+"}[')
        return right


def _without_labels(item: JSON) -> JSON:
    return {**item, "metadata": {**item["metadata"], "labels": {}}}
