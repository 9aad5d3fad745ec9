"""Models that refer to their providers (behaviour.md 1.6, 2.5)."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping

from reference_gateway.behaviour.rules import JSON, Rules
from reference_gateway.values import Key, Model


class ProviderRules(Rules):
    """Models that refer to their providers (behaviour.md 1.6, 2.5)."""

    def choose_way(self, model: Model) -> Model:
        """The provider that serves one request: by chance, weighted."""
        return random.choices(model.ways, [way.weight for way in model.ways])[0]  # noqa: S311 - no secret hangs on it

    def knows_auth_type(self, name: str) -> bool:
        """Whether the gateway can prove itself to a provider in this way."""
        return name == "apikey"

    def whose_credential(self, model: Model, way: Model) -> Model:
        """The provider whose credential goes to the one that was chosen: its own."""
        return way

    def phase_without_secret(self) -> str:
        """The status phase of an ExternalProvider whose Secret does not exist."""
        return "Failed"

    def phase_without_provider(self) -> str:
        """The status phase of an ExternalModel whose ExternalProvider does not exist."""
        return "Failed"

    def find_provider(self, providers: Mapping[Key, JSON], key: Key) -> JSON | None:
        """The ExternalProvider that a reference names: the one of that name in the model's own namespace."""
        return providers.get(key)

    def auth_of_reference(self, ref: JSON) -> JSON | None:
        """The proof that a model's reference names itself; None where it leaves that to its provider."""
        own: JSON | None = ref.get("auth")
        return own

    def path_at_provider(self, path: str, config: Mapping[str, str]) -> str:
        """A provider's path with its placeholders filled; those that the configuration lacks stay."""
        return re.sub(r"\{([^{}]+)\}", lambda found: config.get(found[1], found[0]), path)

    def serves_with_placeholders(self) -> bool:
        """Whether a model is served although its path has placeholders that nothing fills."""
        return False

    def keeps_other_ways(self) -> bool:
        """Whether a model that refers to a missing provider is served by its other ones."""
        return True

    def migrates(self) -> bool:
        """Whether legacy objects are migrated at all."""
        return True

    def may_overwrite(self, item: JSON, migrated: bool) -> bool:
        """Whether the migration may change an object that is there: only if the migration has made it."""
        return migrated

    def successor_spec(self, wanted: JSON, actual: JSON) -> JSON:
        """What an object becomes to which a legacy one was migrated, when that is edited: what that says now."""
        return wanted

    def follows_legacy(self) -> bool:
        """Whether an edit of a legacy object changes what it was migrated to."""
        return True
