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

    def infers(self, method: str) -> bool:
        """Whether a request by this method, with a body, may be a chat completion: by POST alone."""
        return method == "POST"

    def is_chat_endpoint(self, path: str) -> bool:
        """Whether the path ends in an endpoint that the gateway serves; slashes behind it do not count."""
        return path.partition("?")[0].rstrip("/").endswith("/chat/completions")

    def choose_model(self, model: Model, body_model: str, published: Sequence[Model]) -> Model | None:
        """The model that serves a request at a model's path; None if the body names another."""
        return model if self.goes_by(model, body_model) else None

    def goes_by(self, model: Model, body_model: str) -> bool:
        """Whether clients may call the model so."""
        return body_model == model.body_model

    def is_shared_path(self, path: str) -> bool:
        """Whether the path names no model, so that the body alone says which is meant."""
        return self.edition.shared_path and path.partition("?")[0].startswith("/v1/")

    def choose_by_body(self, body_model: str, published: Sequence[Model]) -> Model | None:
        """The model that a request at a shared path means; None if none goes by that name, or several do.

        Upstream the last one written wins, which hands one tenant's requests to another (behaviour.md 3.8).
        """
        found = [model for model in published if self.goes_by(model, body_model)]
        return found[0] if len(found) == 1 else None
