"""What is counted, under which names, and how many tokens an answer cost (behaviour.md 7.1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from reference_gateway.behaviour.rules import JSON, Rules
from reference_gateway.limitador.counters import Counter, Limit
from reference_gateway.values import Key

TEXT_FORMAT = "text/plain; version=0.0.4; charset=utf-8"


class MeteringRules(Rules):
    """What is counted, under which names, and how many tokens an answer cost (behaviour.md 7.1)."""

    def metric_namespace(self, route: Key) -> str:
        """The limitador_namespace of a model's HTTPRoute."""
        return str(route)

    def metric_labels(self, counter: Counter, limit: Limit | None) -> Mapping[str, str]:
        """The labels of a series; limit is the one that a limited call ran into, None for what was authorized.

        User, model and subscription are labels only where telemetry is switched on, which it is not by default.
        """
        labels = {"limitador_namespace": counter.namespace}
        return labels if limit is None else {**labels, "limit_name": limit.name}

    def metric_name(self, name: str) -> str:
        """The name under which a counter is shown: its own, without any suffix."""
        return name

    def exposition_type(self) -> str:
        """The media type that Limitador gives its metrics."""
        return TEXT_FORMAT

    def limitador_up(self) -> int:
        """The value of the gauge limitador_up."""
        return 1

    def more_series(self) -> Sequence[tuple[str, Mapping[str, str], int]]:
        """Name, labels and value of series beside Limitador's own: external models have none."""
        return ()

    def budget_of(self, counter: Counter) -> Counter:
        """Whose budget a request draws on: that of its user, its subscription and its model."""
        return counter

    def window_seconds(self, limit: Limit) -> float:
        """How long a window lasts, at whose end the budget is whole again."""
        return limit.window_seconds

    def calls_per_request(self) -> int:
        """By how much authorized_calls grows with a request that is within budget."""
        return 1

    def limited_calls_per_request(self) -> int:
        """By how much limited_calls grows with a request that is not."""
        return 1

    def tokens_of(self, status: int, usage: JSON | None, *, streamed: bool) -> int:
        """What an answer costs: the total that the provider declares; nothing where it declares none."""
        total = (usage or {}).get("total_tokens")
        return total if isinstance(total, int) and 200 <= status < 300 else 0

    def guide_object(self, item: JSON) -> JSON | None:
        """An object that the runbook has an operator set up for monitoring, just before it is; None leaves it out."""
        return item
