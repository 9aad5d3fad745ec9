"""What comes back to the client (behaviour.md 3.6, 3.7, 4)."""

from __future__ import annotations

from collections.abc import Sequence

from reference_gateway.behaviour.rules import Rules
from reference_gateway.values import Answer, Header, Key, ResponseChanges


class ResponseRules(Rules):
    """What comes back to the client (behaviour.md 3.6, 3.7, 4)."""

    def response_changes(self, status: int, injected: Sequence[Header]) -> ResponseChanges:
        """What is changed in a provider's answer; injected is what its request carried."""
        return ResponseChanges()

    def answer_instead(self, headers: Sequence[tuple[str, str]]) -> Answer | None:
        """An answer in the place of the provider's, which has these headers; None to let that through."""
        return None

    def own_answer(self, answer: Answer) -> Answer:
        """An answer of the gateway itself, just before it is sent."""
        return answer

    def answer_to_repetition(self, model: Key, body: bytes) -> Answer | None:
        """An answer to a body that has come before; None to send it on like any other."""
        return None

    def answer_unseen(self) -> Answer | None:
        """An answer to requests that nobody has looked at; None to look at each."""
        return None
