"""Answers for the wrong reason: gateways that would pass a suite which looks only at whether a request was refused.

None of the first six serves anything. Each of the others refuses what must be refused, and not because it must be.
"""

# ruff: noqa: D102 - a fault's docstring is the class's; the method's is the conforming one's

from __future__ import annotations

import json

from reference_gateway.faults.fault import Fault
from reference_gateway.stores import Store
from reference_gateway.values import Answer, Credentials, Header, Model

COMPLETION = {
    "id": "chatcmpl-1",
    "object": "chat.completion",
    "created": 1,
    "model": "gpt-4o",
    "choices": [{"index": 0, "message": {"role": "assistant", "content": "Hello."}, "finish_reason": "stop"}],
    "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
}
"""An answer as any provider might give it."""


class EverythingAnswered500(Fault):
    """Answers every request 500, with an empty body."""

    id, name = "X850", "everything-answered-500"
    catches = "A configured model answers."

    def answer_unseen(self) -> Answer | None:
        return Answer(500, reason="unseen")


class EverythingAnsweredByItself(Fault):
    """Answers every request 200 with a completion of its own; no provider is asked."""

    id, name = "X851", "everything-answered-by-itself"
    catches = "The answer is the provider's own."

    def answer_unseen(self) -> Answer | None:
        return Answer(200, json.dumps(COMPLETION), (Header("content-type", "application/json"),), reason="unseen")


class EverythingNotFound(Fault):
    """Answers every request 404, as if there were no model."""

    id, name = "X852", "everything-not-found"
    catches = "A configured model answers."

    def answer_unseen(self) -> Answer | None:
        return Answer(404, reason="unseen")


class EverythingUnauthorized(Fault):
    """Answers every request 401, as if no client had a key."""

    id, name = "X853", "everything-unauthorized"
    catches = "A configured model answers."

    def answer_unseen(self) -> Answer | None:
        return Answer(401, reason="unseen")


class EverythingForbidden(Fault):
    """Answers every request 403, as if no client might call."""

    id, name = "X854", "everything-forbidden"
    catches = "A configured model answers."

    def answer_unseen(self) -> Answer | None:
        return Answer(403, "Access denied", reason="unseen")


class EverythingABadRequest(Fault):
    """Answers every request 400, as if every body were malformed."""

    id, name = "X855", "everything-a-bad-request"
    catches = "A configured model answers."

    def answer_unseen(self) -> Answer | None:
        return Answer(400, "inference error: BadRequest", reason="unseen")


class RefusedForGood(Fault):
    """Refuses a model for ever once it has refused it for want of credentials, without looking again."""

    id, name = "X856", "refused-for-good"
    catches = "A Secret that is put right comes into use."

    def find_credentials(self, store: Store[Credentials], model: Model) -> Credentials | None:
        found = None if model.key in self.memory else super().find_credentials(store, model)
        if found is None:
            self.memory[model.key] = "refused"
        return found


class NotFoundWithoutCredentials(Fault):
    """Knows no model whose Secret it cannot use: 404 instead of the refusal that tells why."""

    id, name = "X857", "not-found-without-credentials"
    catches = "The error says that the provider's credentials were not found."

    def answer_without_credentials(self, model: Model) -> Answer | None:
        return Answer(404, reason="unseen")
