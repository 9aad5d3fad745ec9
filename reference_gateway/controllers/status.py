"""Conditions in the shape of metav1.Condition, whose transition time only moves when the status does."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from reference_gateway.kubernetes_access import JSON


def condition(type_: str, holds: bool, reason: str, message: str, generation: int, former: Sequence[JSON] = ()) -> JSON:
    """A condition; `former` are those that the object has now."""
    status = "True" if holds else "False"
    since = next(
        (str(each["lastTransitionTime"]) for each in former if each["type"] == type_ and each["status"] == status),
        datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    )
    return {
        "type": type_,
        "status": status,
        "reason": reason,
        "message": message,
        "observedGeneration": generation,
        "lastTransitionTime": since,
    }
