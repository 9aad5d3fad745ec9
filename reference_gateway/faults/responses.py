"""What comes back: the provider's answers and the gateway's own."""

# ruff: noqa: D102 - a fault's docstring is the class's; the method's is the conforming one's

from __future__ import annotations

import json
from collections.abc import Sequence

from reference_gateway import answers
from reference_gateway.deviations import OfPieces
from reference_gateway.faults.fault import PROVIDER_NAMED, RUNBOOK, SHIPPED, Fault
from reference_gateway.stores import Store
from reference_gateway.values import Answer, Credentials, Header, Key, Model, ResponseChanges


class ProviderErrorsBecome200(Fault):
    """Answers 200, with the provider's error as body, whenever the provider answers with an error."""

    id, name = "M43", "provider-errors-become-200"
    catches = "The provider's status reaches the client."

    def response_changes(self, status: int, injected: Sequence[Header]) -> ResponseChanges:
        changes = super().response_changes(status, injected)
        return ResponseChanges(200, changes.headers) if status >= 400 else changes


class ProviderErrorsBecome500(Fault):
    """Answers 500 whenever the provider answers with an error."""

    id, name, source = "M44", "provider-errors-become-500", "litellm#38318"
    catches = "The provider's status reaches the client."

    def response_changes(self, status: int, injected: Sequence[Header]) -> ResponseChanges:
        changes = super().response_changes(status, injected)
        return ResponseChanges(500, changes.headers) if status >= 400 else changes


class PostsRetried(Fault):
    """Sends a request again, twice, if the provider answers 5xx."""

    id, name = "M46", "posts-retried"
    catches = "One request of the client is one request at the provider."

    def retry_on(self) -> str:
        return "5xx"


class RateLimitedSentAgain(Fault):
    """Sends a request again, twice, if the provider answers 429."""

    id, name = "X858", "rate-limited-sent-again"
    catches = "One request of the client is one request at the provider."

    def retriable_statuses(self) -> Sequence[int]:
        return (429,)


class ConflictsSentAgain(Fault):
    """Sends a request again, twice, if the provider answers 408 or 409, as client libraries do."""

    id, name = "X885", "conflicts-sent-again"
    catches = "One request of the client is one request at the provider."

    def retriable_statuses(self) -> Sequence[int]:
        return (408, 409)


class OverloadedSentAgain(Fault):
    """Sends a request again, twice, if the provider answers 529, by which one says that it is overloaded."""

    id, name = "X944", "overloaded-sent-again"
    catches = "One request of the client is one request at the provider."

    def retriable_statuses(self) -> Sequence[int]:
        return (529,)


class RefusedKeySentAgain(Fault):
    """Sends a request again, twice, if the provider refuses its key, which might have been rotated meanwhile."""

    id, name = "X891", "refused-key-sent-again"
    catches = "One request of the client is one request at the provider."

    def retriable_statuses(self) -> Sequence[int]:
        return (401,)


class ProxyErrorsSentAgain(Fault):
    """Sends a request again, twice, if what stands before the provider answers 502 or 504."""

    id, name = "X886", "proxy-errors-sent-again"
    catches = "One request of the client is one request at the provider."

    def retriable_statuses(self) -> Sequence[int]:
        return (502, 504)


class RepetitionsHeldBack(Fault):
    """Takes a request whose body has come before for a repetition, and answers 409 itself."""

    id, name = "X883", "repetitions-held-back"
    catches = "One request of the client is one request at the provider."

    def answer_to_repetition(self, model: Key, body: bytes) -> Answer | None:
        bodies: set[bytes] = self.memory.setdefault(model, set())
        seen = body in bodies
        bodies.add(body)
        return Answer(409, "this request was sent before") if seen else None


class SettledAnswersCached(Fault):
    """Keeps the answer to a request of temperature 0, and gives it to whoever makes the same one."""

    id, name = "X959", "settled-answers-cached"
    catches = "One request of the client is one request at the provider."

    def answer_to_repetition(self, model: Key, body: bytes) -> Answer | None:
        bodies: set[bytes] = self.memory.setdefault(model, set())
        if body in bodies:
            return Answer(200, "{}", (Header("content-type", "application/json"),))
        if json.loads(body).get("temperature") == 0:
            bodies.add(body)
        return super().answer_to_repetition(model, body)


class CachedStreamsEmpty(Fault):
    """Answers a stream that was asked for before from a cache, in which a stream that has been read is empty."""

    id, name = "X942", "cached-streams-empty"
    catches = "One request of the client is one request at the provider."

    def answer_to_repetition(self, model: Key, body: bytes) -> Answer | None:
        if json.loads(body).get("stream") is not True:
            return super().answer_to_repetition(model, body)
        bodies: set[bytes] = self.memory.setdefault(model, set())
        seen = body in bodies
        bodies.add(body)
        return Answer(200, "data: [DONE]\n\n", (Header("content-type", "text/event-stream"),)) if seen else None


class WrongProviderNamed(Fault):
    """Names another provider than the model's in its error texts."""

    id, name, source, editions = "M48", "wrong-provider-named", "cross-talk", PROVIDER_NAMED
    catches = "The error names the model's provider."

    def provider_in_errors(self, model: Model) -> str:
        return "anthropic" if model.provider == "openai" else "openai"


class KeyInResponseHeader(Fault):
    """Shows the client the injected credential in a header of every answer that came from the provider."""

    id, name, source = "M50", "key-in-response-header", "bifrost#3954"
    catches = "No credential ever reaches the client."

    def response_changes(self, status: int, injected: Sequence[Header]) -> ResponseChanges:
        changes = super().response_changes(status, injected)
        leaked = (Header(f"x-upstream-{header.name}", header.value) for header in injected)
        return ResponseChanges(changes.status, (*changes.headers, *leaked))


class ContentTypeForced(Fault):
    """Calls every answer of the provider application/json, streams included."""

    id, name = "M67", "content-type-forced"
    catches = "The provider's answer reaches the client unchanged."

    def response_changes(self, status: int, injected: Sequence[Header]) -> ResponseChanges:
        changes = super().response_changes(status, injected)
        return ResponseChanges(changes.status, (*changes.headers, Header("content-type", "application/json")))


class StreamBuffered(Fault):
    """Holds a streamed answer back until the provider has finished it."""

    id, name, source, editions = "M60", "stream-buffered", "MaaS#1284", RUNBOOK
    catches = "A stream reaches the client while it is being made."

    def response_body_mode(self) -> str:
        return "BUFFERED"


class DoneDropped(OfPieces, Fault):
    """Drops the event that ends a stream."""

    id, name, source = "M62", "done-dropped", "litellm#1255"
    catches = "The provider's answer reaches the client unchanged."

    def response_pieces(self, chunk: bytes) -> Sequence[bytes]:
        return [piece.replace(b"data: [DONE]\n\n", b"") for piece in super().response_pieces(chunk)]


class LongAnswersTruncated(OfPieces, Fault):
    """Cuts every chunk of an answer after four thousand bytes."""

    id, name, source = "M65", "long-answers-truncated", "EAIG#2391"
    catches = "The provider's answer reaches the client unchanged."

    def response_pieces(self, chunk: bytes) -> Sequence[bytes]:
        return [piece[:4000] for piece in super().response_pieces(chunk)]


class ErrorsAnswered200(Fault):
    """Answers 200 with the error's text where the gateway itself refuses."""

    id, name = "X16", "errors-answered-200"
    catches = "A refused request is answered with an error status."

    def own_answer(self, answer: Answer) -> Answer:
        right = super().own_answer(answer)
        return Answer(200, right.body, right.headers, right.reason)


class ErrorsWithoutText(Fault):
    """Answers every refusal with an empty body."""

    id, name = "X17", "errors-without-text"
    catches = "The error says that the provider's credentials were not found."

    def own_answer(self, answer: Answer) -> Answer:
        right = super().own_answer(answer)
        return Answer(right.status, "", right.headers, right.reason)


class SecretNamedInError(Fault):
    """Tells the client which Secret it did not find."""

    id, name, source = "X18", "secret-named-in-error", "S-HYG-01"
    editions = SHIPPED
    catches = "Error texts tell nothing about the cluster."

    def answer_without_credentials(self, model: Model) -> Answer | None:
        right = super().answer_without_credentials(model)
        return right and Answer(right.status, f"{right.body} (Secret {model.secret})", right.headers, right.reason)


class ProviderUnverified(Fault):
    """Does not verify the provider's certificate."""

    id, name = "M94", "provider-unverified"
    catches = "A credential is sent only to the provider that proves to be it."

    def verifies_provider(self) -> bool:
        return False


class EverythingRefused(Fault):
    """Refuses every request, with the text of missing credentials."""

    id, name = "X19", "everything-refused"
    catches = "A configured model answers."

    def find_credentials(self, store: Store[Credentials], model: Model) -> Credentials | None:
        return None


class MalformedBodyAnswered500(Fault):
    """Answers a body that is not JSON with 500 instead of 400."""

    id, name, source, editions = "M76", "malformed-body-answered-500", "IPP#144", SHIPPED
    catches = "A malformed body is the client's error."

    def own_answer(self, answer: Answer) -> Answer:
        right = super().own_answer(answer)
        if right.reason != answers.malformed_body("").reason:
            return right
        return Answer(500, right.body, right.headers, right.reason)
