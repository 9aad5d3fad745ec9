"""The objects that the controller makes (behaviour.md 2.1)."""

from __future__ import annotations

from reference_gateway.behaviour.rules import JSON, Rules
from reference_gateway.values import Key


class ChildRules(Rules):
    """The objects that the controller makes (behaviour.md 2.1)."""

    def secret_of(self, model: Key, reference: JSON) -> Key:
        """The Secret that a credentialRef names: always one of the model's own namespace."""
        return Key(model.namespace, reference["name"])

    def route_prefix(self, model: Key) -> str:
        """The path prefix of a model's route."""
        return f"/{model}"

    def child(self, child: JSON, model: Key) -> JSON:
        """A child as it is written to the API; it is this gateway's own copy."""
        return child
