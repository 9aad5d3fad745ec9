"""Who stands behind a cluster's token: as a file tells it, or as the Kubernetes API does."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from reference_gateway.access.values import User
from reference_gateway.errors import UsageProblem
from reference_gateway.kubernetes_access import Cluster

TOKEN_REVIEWS = "/apis/authentication.k8s.io/v1/tokenreviews"  # noqa: S105 - a path


class Users(Protocol):
    """Knows people by their tokens."""

    def user_of(self, token: str) -> User | None:
        """Who bears this token; None if nobody does."""
        ...


class ListedUsers:
    """Users that a file lists: a mapping of token to `{"name": …, "groups": […]}`."""

    def __init__(self, users: Mapping[str, User]) -> None:
        self._users = users

    @classmethod
    def read(cls, path: Path) -> ListedUsers:
        """Read the file; one that cannot be read, or is none of this shape, raises UsageProblem."""
        try:
            listed = json.loads(path.read_text(encoding="utf-8"))
            return cls({token: User(one["name"], tuple(one.get("groups", ()))) for token, one in listed.items()})
        except (OSError, ValueError, AttributeError, KeyError, TypeError) as error:
            raise UsageProblem(
                f"The file {path} given with --user-tokens is no JSON mapping of token to {{name, groups}} "
                f"({type(error).__name__})."
            ) from error

    def user_of(self, token: str) -> User | None:
        """Who bears this token."""
        return self._users.get(token)


class ReviewedUsers:
    """Users that the Kubernetes API knows, asked with a TokenReview each time."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster

    def user_of(self, token: str) -> User | None:
        """Who bears this token; raises ApiError if the API does not say."""
        review = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenReview", "spec": {"token": token}}
        status: dict[str, Any] = self._cluster.request("POST", TOKEN_REVIEWS, review).get("status") or {}
        if not status.get("authenticated"):
            return None
        return User(status["user"]["username"], tuple(status["user"].get("groups") or ()))
