"""What every fault says of itself."""

from __future__ import annotations

from typing import ClassVar

from reference_gateway.deviations import Deviation

RUNBOOK = ("runbook",)
SHIPPED = ("rhoai-3.4", "rhoai-3.5")
SPRING = ("rhoai-3.4",)
PROVIDER_NAMED = ("runbook", "rhoai-3.4")
"""Where error texts name the provider."""
WHOLE = ("runbook", "rhoai-3.4")
"""Where an ExternalModel names host and credential itself."""
REFERRING = ("rhoai-3.5",)
"""Where an ExternalModel refers to its providers."""


class Fault(Deviation):
    """A deviation that breaks an obligation."""

    catches: ClassVar[str]
    """The obligation that it breaks, in one sentence."""
    source: ClassVar[str] = "plausible"
