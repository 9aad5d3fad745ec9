"""What every fault says of itself."""

from __future__ import annotations

from typing import ClassVar

from reference_gateway.deviations import Deviation

RUNBOOK = ("runbook",)
SHIPPED = ("rhoai-3.4",)


class Fault(Deviation):
    """A deviation that breaks an obligation."""

    catches: ClassVar[str]
    """The obligation that it breaks, in one sentence."""
    source: ClassVar[str] = "plausible"
