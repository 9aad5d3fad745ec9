"""When things happen."""

from __future__ import annotations

from reference_gateway.behaviour.rules import Rules


class TimeRules(Rules):
    """When things happen."""

    def convergence_delay(self) -> float:
        """Seconds from the notice of a change until it is acted upon."""
        return 0.0

    def status_delay(self) -> float:
        """Seconds from a change until a status tells of it."""
        return 0.0
