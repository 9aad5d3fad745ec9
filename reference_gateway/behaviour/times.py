"""When things happen."""

from __future__ import annotations

from collections.abc import Sequence

from reference_gateway.behaviour.rules import Rules


class TimeRules(Rules):
    """When things happen."""

    def convergence_delay(self) -> float:
        """Seconds from the notice of a change until it is acted upon."""
        return 0.0

    def lags(self) -> Sequence[float]:
        """The replicas of the processor that take turns: how many seconds later each one hears of a change."""
        return (0.0,)

    def status_delay(self) -> float:
        """Seconds from a change until a status tells of it."""
        return 0.0
