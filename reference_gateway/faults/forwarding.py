"""What a gateway changes on the way, there and back, beyond what it must."""

# ruff: noqa: D102 - a fault's docstring is the class's; the method's is the conforming one's

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from reference_gateway.behaviour.rules import JSON
from reference_gateway.deviations import OfPieces
from reference_gateway.faults.fault import RUNBOOK, SHIPPED, Fault
from reference_gateway.values import Answer, Header, Key, Model, ResponseChanges

AT_HAND = Key("", "the request at hand")
"""Under which something is remembered from one decision about a request to the next."""

ENVOYS_BUFFER = 1 << 20
"""Bytes of an answer."""

FIRST_MODEL = re.compile(r'"model"\s*:\s*"([^"]*)"')
MODEL_AS_WRITTEN = re.compile(rb'"model"\s*:\s*"(?:[^"\\]|\\.)*"')

# --- Long bodies ---


class BodyAbove6kRefused(Fault):
    """Answers 500 to a body of more than 6,200 bytes."""

    id, name, source = "M71", "body-above-6k-refused", "GIE#2056"
    catches = "A long body reaches the provider."

    def longest_body(self) -> int:
        return 6_200


class FullChunksAwaitMore(Fault):
    """Reads a body in chunks of 16 KiB up to one that is not full, and takes a body that has none for half of one."""

    id, name = "X964", "full-chunks-await-more"
    catches = "A long body reaches the provider."

    def body_read(self, body: bytes, told: str | None) -> bytes:
        read = super().body_read(body, told)
        return read if len(read) % (16 << 10) else read[: -16 << 10]


class ChunkedBodyLost(Fault):
    """Reads as many bytes of a body as its Content-Length tells, and none where nobody has told a length."""

    id, name = "X888", "chunked-body-lost"
    catches = "A body is what the client sends, and not what it announces."

    def body_read(self, body: bytes, told: str | None) -> bytes:
        return body[: int(told or 0)]


class BodyAbove30kRefused(Fault):
    """Answers 500 to a body of more than 30,000 bytes."""

    id, name, source = "X300", "body-above-30k-refused", "GIE#2115"
    catches = "A long body reaches the provider."

    def longest_body(self) -> int:
        return 30_000


class BodyAbove128kRefused(Fault):
    """Answers 500 to a body of more than 128 KiB."""

    id, name, source = "X301", "body-above-128k-refused", "GIE#854"
    catches = "A long body reaches the provider."

    def longest_body(self) -> int:
        return 128 << 10


class WrongContentLength(Fault):
    """Writes the body anew, and counts of the model's name no more than 63 characters when it tells the length."""

    id, name, source = "M73", "wrong-content-length", "cortex#820"
    catches = "The provider is told the length of the body that it gets."

    def upstream_body(self, model: Model, body: JSON) -> JSON | None:
        return super().upstream_body(model, body) or body

    def content_length(self, model: Model, size: int) -> int:
        uncounted = max(0, len(model.target_model) - 63)
        return super().content_length(model, size) - uncounted


class ModelInLowerCase(Fault):
    """Writes the model's name in lower case into the body."""

    id, name = "X345", "model-in-lower-case"
    catches = "The provider receives the body that the client sent."

    def upstream_body(self, model: Model, body: JSON) -> JSON | None:
        right = super().upstream_body(model, body)
        named = str((right or body).get("model", ""))
        return right if named == named.lower() else {**(right or body), "model": named.lower()}


class FirstModelInTextCounts(Fault):
    """Takes the first model that it finds in the text of a body, of whatever that is said."""

    id, name = "X911", "first-model-in-text-counts"
    catches = "A chat completion is served by the model that it is meant for."

    def named_model(self, body: JSON, model: Model | None) -> str | None:
        found = FIRST_MODEL.search(json.dumps(body))
        return super().named_model(body, model) and found and found[1]


class ModelReadAsWritten(Fault):
    """Takes the model's name as it is written between its quotes, and knows none that is written with an escape."""

    id, name = "X955", "model-read-as-written"
    catches = "A chat completion is served by the model that it is meant for."

    def body_read(self, body: bytes, told: str | None) -> bytes:
        read = super().body_read(body, told)
        return MODEL_AS_WRITTEN.sub(lambda found: found[0].replace(b"\\", rb"\\"), read)


class FieldNamesInAnyCase(Fault):
    """Finds the model in a field of its name in any case, the last of them, as Go's JSON does that fills a struct."""

    id, name, source = "X975", "field-names-in-any-case", "Go's encoding/json"
    catches = "A chat completion is served by the model that it is meant for."

    def body_read(self, body: bytes, told: str | None) -> bytes:
        read = super().body_read(body, told)
        try:
            return json.dumps(json.loads(read, object_pairs_hook=_model_in_any_case)).encode()
        except ValueError:
            return read


def _model_in_any_case(members: list[tuple[str, Any]]) -> dict[str, Any]:
    return {"model" if name.lower() == "model" else name: value for name, value in members}


class ModelSoughtAtTheStart(Fault):
    """Looks for the model in the first 4 KiB of a body."""

    id, name = "X912", "model-sought-at-the-start"
    catches = "A long body reaches the provider."

    def named_model(self, body: JSON, model: Model | None) -> str | None:
        named = super().named_model(body, model)
        return named if '"model":' in json.dumps(body)[:4096] else None


# --- Headers of the request ---


class ContentTypeLost(Fault):
    """Forwards a body without its content type."""

    id, name = "X302", "content-type-lost"
    catches = "The provider learns what kind of body it gets."

    def is_client_secret(self, header: str) -> bool:
        return header == "content-type" or super().is_client_secret(header)


class UnknownHeadersDropped(Fault):
    """Forwards none of the headers that begin with the name of a provider."""

    id, name = "X303", "provider-options-dropped"
    catches = "A header of the client that is no secret reaches the provider."

    def is_client_secret(self, header: str) -> bool:
        return header.startswith(("openai-", "anthropic-")) or super().is_client_secret(header)


class TrailingSlashRefused(Fault):
    """Knows its endpoint only without a slash behind it."""

    id, name, editions = "X304", "trailing-slash-refused", SHIPPED
    catches = "A slash behind the path leads to the same model."

    def is_chat_endpoint(self, path: str) -> bool:
        return super().is_chat_endpoint(path) and not path.partition("?")[0].endswith("/")


# --- The provider's answer ---


class GzipLabelLost(Fault):
    """Passes a gzipped answer on as if it were plain."""

    id, name = "X305", "gzip-label-lost"
    catches = "The provider's answer reaches the client unchanged."

    def response_changes(self, status: int, injected: Sequence[Header]) -> ResponseChanges:
        changes = super().response_changes(status, injected)
        return ResponseChanges(changes.status, changes.headers, (*changes.removed, "content-encoding"))


class AnswerAboveBufferRefused(Fault):
    """Answers 500 where the provider's answer is longer than the megabyte that Envoy keeps of one by default."""

    id, name, source = "X910", "answer-above-buffer-refused", "Envoy (response payload too large)"
    catches = "The provider's answer reaches the client unchanged."

    def answer_instead(self, headers: Sequence[tuple[str, str]]) -> Answer | None:
        length = next((int(value) for name, value in headers if name == "content-length"), 0)
        return Answer(500, "response_payload_too_large") if length > ENVOYS_BUFFER else super().answer_instead(headers)


class AnswerWithoutLengthLost(Fault):
    """Reads as many bytes of a JSON answer as its Content-Length tells, and none where nobody has told a length."""

    id, name = "X982", "answer-without-length-lost"
    catches = "The provider's answer reaches the client unchanged."

    def answer_instead(self, headers: Sequence[tuple[str, str]]) -> Answer | None:
        told = dict(headers)
        kind = told.get("content-type", "")
        if kind.startswith("application/json") and "content-length" not in told:
            return Answer(200, "", (Header("content-type", kind),))
        return super().answer_instead(headers)


class AnswerReencoded(OfPieces, Fault):
    """Reads a JSON answer and writes it anew, with the fields of a completion that it knows and no others."""

    id, name = "X306", "answer-reencoded"
    catches = "The provider's answer reaches the client unchanged."

    def response_pieces(self, chunk: bytes) -> Sequence[bytes]:
        return [_completion(piece) for piece in super().response_pieces(chunk)]


class ProviderHeadersReplaced(Fault):
    """Removes the headers by which the provider names a request and tells what is left of a quota."""

    id, name = "X307", "provider-headers-dropped"
    catches = "The headers of the provider's answer reach the client."

    def response_changes(self, status: int, injected: Sequence[Header]) -> ResponseChanges:
        changes = super().response_changes(status, injected)
        dropped = ("x-request-id", "x-ratelimit-remaining-tokens")
        return ResponseChanges(changes.status, changes.headers, (*changes.removed, *dropped))


def _completion(chunk: bytes) -> bytes:
    try:
        answer = json.loads(chunk)
    except ValueError:
        return chunk
    known = {name: value for name, value in answer.items() if not name.startswith("x_")}
    return json.dumps(known, separators=(",", ":"), ensure_ascii=False).encode()


# --- Where a request goes, and how often ---


class SuccessesRepeated(Fault):
    """Sends a request that was answered 200 once again, and gives out the second answer."""

    id, name = "X250", "successes-repeated"
    catches = "One request of the client is one request at the provider."

    def retriable_statuses(self) -> Sequence[int]:
        return (200,)


class ServerNameOfAnotherHost(Fault):
    """Asks for another host in the TLS handshake than in the Host header."""

    id, name = "X251", "server-name-of-another-host"
    catches = "The provider sees its own name, in Host and in TLS."

    def server_name(self, host: str) -> str:
        return f"upstream.{host}"


class RedirectsFollowed(Fault):
    """Follows a redirect of the provider to the endpoint of another model."""

    id, name, source, editions = "X252", "redirects-followed", "S-TLS-02", RUNBOOK
    catches = "A request stays with its model's own provider."

    def redirects_followed(self) -> Sequence[int]:
        return (302, 307)

    def led_by_host(self, host: str, path: str, published: Sequence[Model]) -> Model | None:
        pointed_at = next((model for model in published if model.endpoint == host), None)
        self.memory[AT_HAND] = pointed_at
        return pointed_at

    def choose_model(self, model: Model, body_model: str, published: Sequence[Model]) -> Model | None:
        return super().choose_model(model, body_model, published) or self.memory.pop(AT_HAND, None)

    def gets_credential(self, path: str) -> bool:
        return not path.startswith("/v1/")


class SdkAnswersCalledGzipped(Fault):
    """Calls an answer gzipped, which it is not, if the official SDK has asked for it."""

    id, name = "X253", "sdk-answers-called-gzipped"
    catches = "The official SDK understands the answer."

    def injected_headers(self, model: Model, key: str) -> Sequence[Header]:
        injected = super().injected_headers(model, key)
        self.memory[AT_HAND] = injected
        return injected

    def removed_headers(self, names: Sequence[str]) -> Sequence[str]:
        for header in self.memory.get(AT_HAND, ()):
            self.memory[Key("", header.value)] = "x-stainless-lang" in names
        return super().removed_headers(names)

    def response_changes(self, status: int, injected: Sequence[Header]) -> ResponseChanges:
        changes = super().response_changes(status, injected)
        if status != 200 or not any(self.memory.get(Key("", header.value)) for header in injected):
            return changes
        return ResponseChanges(changes.status, (*changes.headers, Header("content-encoding", "gzip")))
