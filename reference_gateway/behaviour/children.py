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

    def way_out_name(self, name: str) -> str:
        """What Service, ServiceEntry and DestinationRule are called, of a model or a provider of this name."""
        return name

    def forgives_annotations(self) -> bool:
        """Whether an annotation that means nothing is taken for one that is not there."""
        return False

    def removes_rule_in_clear(self) -> bool:
        """Whether the DestinationRule goes when an annotation comes to say that the provider has no TLS."""
        return True

    def waits_for_secret(self) -> bool:
        """Whether children are made only when the Secret exists."""
        return False

    def repairs_children(self) -> bool:
        """Whether a child that somebody has changed or deleted is put right at once."""
        return True

    def brings_back(self) -> bool:
        """Whether a child that somebody has deleted is made again at all."""
        return True

    def removes_route_with_ref(self) -> bool:
        """Whether the HTTPRoute goes with the MaaSModelRef, which does not own it."""
        return False
