"""Errors that arrive other than they are: the provider's and the gateway's own."""

# ruff: noqa: D102 - a fault's docstring is the class's; the method's is the conforming one's

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from reference_gateway.faults.fault import SHIPPED, SPRING, Fault
from reference_gateway.values import Answer, Header, Model, ResponseChanges


class ErrorsCalledJson(Fault):
    """Calls every error of the provider application/json, whatever it is."""

    id, name = "X810", "errors-called-json"
    catches = "An error of the provider reaches the client as it is."

    def response_changes(self, status: int, injected: Sequence[Header]) -> ResponseChanges:
        changes = super().response_changes(status, injected)
        if status < 400:
            return changes
        return ResponseChanges(changes.status, (*changes.headers, Header("content-type", "application/json")))


class UnusualStatusesAnswered500(Fault):
    """Knows a table of a provider's errors, and makes 500 of every other one."""

    id, name = "X966", "unusual-statuses-answered-500"
    catches = "An error of the provider reaches the client with its own status."

    def response_changes(self, status: int, injected: Sequence[Header]) -> ResponseChanges:
        changes = super().response_changes(status, injected)
        usual = status < 400 or status in (400, 401, 403, 404, 422, 429, 529) or status in range(500, 505)
        return changes if usual else replace(changes, status=500)


class EmptyChatAnswered422(Fault):
    """Answers a chat completion without messages with 422 instead of 400."""

    id, name, editions = "X811", "empty-chat-answered-422", SPRING
    catches = "A chat completion that asks for nothing is a bad request."

    def own_answer(self, answer: Answer) -> Answer:
        right = super().own_answer(answer)
        return Answer(422, right.body, right.headers, right.reason) if right.reason == "messages" else right


class OtherEndpointsNotFound(Fault):
    """Answers endpoints other than chat completions with 404 instead of 400."""

    id, name, editions = "X812", "other-endpoints-not-found", SHIPPED
    catches = "An endpoint that is not supported is a bad request, and is said to be so."

    def own_answer(self, answer: Answer) -> Answer:
        right = super().own_answer(answer)
        return Answer(404, right.body, right.headers, right.reason) if right.reason == "endpoint" else right


class OtherJsonAnswered500(Fault):
    """Fails over JSON that is no object, as over a surprise of its own."""

    id, name, editions = "X813", "other-json-answered-500", SHIPPED
    catches = "JSON that is no object is the client's error."

    def own_answer(self, answer: Answer) -> Answer:
        right = super().own_answer(answer)
        if "cannot unmarshal" not in right.body:
            return right
        return Answer(500, "", right.headers, right.reason)


class RetryAfterReplaced(Fault):
    """Asks every client that the provider has failed to come back in a second, whatever the provider asks."""

    id, name = "X814", "retry-after-replaced"
    catches = "The provider's Retry-After reaches the client."

    def response_changes(self, status: int, injected: Sequence[Header]) -> ResponseChanges:
        changes = super().response_changes(status, injected)
        if status < 400:
            return changes
        return ResponseChanges(changes.status, (*changes.headers, Header("retry-after", "1")))


class SecretNamedInHeader(Fault):
    """Tells the client in a debug header which Secret it did not find."""

    id, name, source = "X815", "secret-named-in-header", "S-HYG-01"
    catches = "An error tells nothing of the cluster."

    def answer_without_credentials(self, model: Model) -> Answer | None:
        right = super().answer_without_credentials(model)
        if right is None:
            return None
        headers = (*right.headers, Header("x-debug-secret", str(model.secret)))
        return Answer(right.status, right.body, headers, right.reason)


class CredentialCheckedFirst(Fault):
    """Looks for the model's credential before it looks at the request."""

    id, name, editions = "X254", "credential-checked-first", SPRING
    catches = "A client that is wrong learns that first."

    def checks_credential_first(self) -> bool:
        return True


class ErrorsNumbered(Fault):
    """Puts a number of its own before the error of a body that it cannot read."""

    id, name, editions = "X255", "errors-numbered", SHIPPED
    catches = "An error of the gateway begins with its kind."

    def own_answer(self, answer: Answer) -> Answer:
        right = super().own_answer(answer)
        if right.reason != "malformed_body":
            return right
        return Answer(right.status, f"E-17: {right.body}", right.headers, right.reason)


class OwnErrorsCalledJson(Fault):
    """Calls its own errors application/json, which they are not."""

    id, name, editions = "X256", "own-errors-called-json", SHIPPED
    catches = "An error of the gateway is declared as what it is."

    def own_answer(self, answer: Answer) -> Answer:
        right = super().own_answer(answer)
        headers = (*right.headers, Header("content-type", "application/json"))
        return Answer(right.status, right.body, headers, right.reason)


class OtherEndpointsTakenForChat(Fault):
    """Takes embeddings and responses for chat completions."""

    id, name, editions = "X257", "other-endpoints-taken-for-chat", SPRING
    catches = "Embeddings and responses are no endpoints of an ExternalModel."

    def is_chat_endpoint(self, path: str) -> bool:
        return super().is_chat_endpoint(path) or path.endswith(("/v1/embeddings", "/v1/responses"))


class BrokenAnswerBlamedOnClient(Fault):
    """Answers 400 where the provider breaks off before its answer."""

    id, name = "X336", "broken-answer-blamed-on-client"
    catches = "A provider that breaks off is a server error to the client."

    def own_statuses(self) -> Mapping[str, int]:
        return {**super().own_statuses(), "UC": 400, "UPE": 400}


class UnknownHostNotFound(Fault):
    """Answers 404 where the provider's host does not exist, as if the client had called a wrong path."""

    id, name = "X337", "unknown-host-not-found"
    catches = "A provider whose host does not exist is a server error to the client."

    def own_statuses(self) -> Mapping[str, int]:
        return {**super().own_statuses(), "UH": 404}


class UnreachableProviderNotFound(Fault):
    """Answers 404 where no connection to the provider comes about."""

    id, name = "X338", "unreachable-provider-not-found"
    catches = "A provider that refuses connections is a server error to the client."

    def own_statuses(self) -> Mapping[str, int]:
        return {**super().own_statuses(), "UF": 404}


class ExpiredCertificateAccepted(Fault):
    """Sends the key to a provider whose certificate has expired."""

    id, name = "X339", "expired-certificate-accepted"
    catches = "A provider whose certificate has expired receives nothing."

    def accepts_expired(self) -> bool:
        return True


class AnyIssuerAccepted(Fault):
    """Sends the key to a provider whose certificate comes from nobody knows whom, whatever it says."""

    id, name = "X340", "any-issuer-accepted"
    catches = "A provider whose certificate has no known issuer receives nothing."

    def accepts_any_issuer(self) -> bool:
        return True
