"""From the path and the body to a model (behaviour.md 3.2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from reference_gateway.behaviour.rules import Rules
from reference_gateway.values import Key, Model


class ResolutionRules(Rules):
    """From the path and the body to a model (behaviour.md 3.2)."""

    def resolve(self, path: str, models: Mapping[Key, Model]) -> Model | None:
        """The model at a request's path: its first two segments, each exactly, and something after them."""
        segments = path.partition("?")[0].split("/")
        if len(segments) < 4 or segments[0]:
            return None
        return models.get(Key(segments[1], segments[2]))

    def fallback_model(self, path: str, published: Sequence[Model]) -> Model | None:
        """The model for a path that no model has: none."""
        return None

    def is_chat_endpoint(self, path: str) -> bool:
        """Whether the path ends in an endpoint that the gateway serves; slashes behind it do not count."""
        return path.partition("?")[0].rstrip("/").endswith("/chat/completions")

    def choose_model(self, model: Model, body_model: str, published: Sequence[Model]) -> Model | None:
        """The model that serves a request at a model's path; None if the body names another than its target."""
        return model if body_model == model.target_model else None
