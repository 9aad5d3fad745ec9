"""What the gateway installs where an API lacks it, and what it does to the objects of owners (behaviour.md 1)."""

from __future__ import annotations

from reference_gateway.behaviour.rules import JSON, Rules


class DefinitionRules(Rules):
    """What the gateway installs where an API lacks it, and what it does to the objects of owners (behaviour.md 1)."""

    def definition(self, definition: JSON) -> JSON:
        """A CustomResourceDefinition as it is installed; a deviation changes a copy of its own."""
        return definition

    def spec_of_owner(self, spec: JSON) -> JSON:
        """What an ExternalModel's spec shall be once the gateway has seen it: what its owner wrote."""
        return spec
