"""An arrival: one request as the journal keeps it, free of secrets, and what became of its answer."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from mock_provider.canaries import Canaries
from mock_provider.credentials import CREDENTIAL_HEADERS, Credential, describe
from mock_provider.received import ReceivedRequest

BODY_TEXT_LIMIT = 64 * 1024
MAX_CHUNK_TIMES = 256


@dataclass
class GateRecord:
    """How an answer fared at one gate: `held`, then `released`, `timed-out` or `client-disconnected`."""

    gate: str
    held_at: float
    ended_at: float | None = None
    outcome: str = "held"

    def to_json(self) -> dict[str, Any]:
        """Return the journal's form."""
        return {"gate": self.gate, "heldAt": self.held_at, "endedAt": self.ended_at, "outcome": self.outcome}


@dataclass
class AnswerRecord:
    """What was sent, as far as it was sent. Bytes and hash are those of the body, without its chunked framing."""

    status: int
    receipt: str
    scripted: bool
    bytes_sent: int = 0
    chunks_sent: int = 0
    chunk_times: list[float] = field(default_factory=list)
    first_byte_at: float | None = None
    last_byte_at: float | None = None
    gates: list[GateRecord] = field(default_factory=list)
    ended: str | None = None
    digest: Any = field(default_factory=hashlib.sha256)

    def head_sent(self) -> None:
        """Note that the status line has left."""
        self.first_byte_at = self.last_byte_at = time.time()

    def chunk_sent(self, data: bytes) -> None:
        """Note that a part of the body has left."""
        self.last_byte_at = time.time()
        self.bytes_sent += len(data)
        self.chunks_sent += 1
        self.digest.update(data)
        if len(self.chunk_times) < MAX_CHUNK_TIMES:
            self.chunk_times.append(self.last_byte_at)

    def to_json(self) -> dict[str, Any]:
        """Return the journal's form."""
        return {
            "status": self.status,
            "receipt": self.receipt,
            "bytesSent": self.bytes_sent,
            "bodySha256": self.digest.hexdigest(),
            "chunksSent": self.chunks_sent,
            "chunkTimes": list(self.chunk_times),
            "firstByteAt": self.first_byte_at,
            "lastByteAt": self.last_byte_at,
            "gates": [gate.to_json() for gate in self.gates],
            "ended": self.ended,
            "scripted": self.scripted,
        }


@dataclass(frozen=True)
class Evidence:
    """What a request was, with every secret replaced: the part of an arrival that never changes."""

    request: dict[str, Any]
    host: str
    nonces: tuple[str, ...]
    canary_names: frozenset[str]
    body_text: str | None


@dataclass
class Arrival:
    """One entry of the journal."""

    sequence: int
    host_sequence: int
    received_at: float
    evidence: Evidence
    identity: str | None
    verdict: str
    would_refuse: tuple[str, ...]
    body_text: str | None
    answer: AnswerRecord | None = None
    completed_at: float | None = None
    moved_at: float = field(default_factory=time.monotonic)

    def to_json(self) -> dict[str, Any]:
        """Return the control API's form."""
        return {
            "sequence": self.sequence,
            "hostSequence": self.host_sequence,
            "receivedAt": self.received_at,
            "completedAt": self.completed_at,
            **self.evidence.request,
            "body": self.body_text,
            "identity": self.identity,
            "verdict": self.verdict,
            "wouldRefuse": list(self.would_refuse),
            "answer": self.answer.to_json() if self.answer else None,
        }


def evidence_of(request: ReceivedRequest, model: str | None, streamed: bool, known: Canaries) -> Evidence:
    """Take down a request, replacing secrets on the way."""
    body = _body_text(request)
    places = _places(request, body)
    canaries = known.present_in("\n".join(places.values()))
    hits = _canary_hits(places, canaries)
    credentials = {
        index: describe(name, value, canaries)
        for index, (name, value) in enumerate(request.headers)
        if name.lower() in CREDENTIAL_HEADERS
    }
    redacted = None if body is None else canaries.redact(body)[:BODY_TEXT_LIMIT]
    tls = request.connection.tls
    return Evidence(
        request={
            "host": canaries.redact(request.host),
            "sni": tls.server_name if tls else None,
            "tls": {"version": tls.version, "alpn": tls.alpn, "cipher": tls.cipher} if tls else None,
            "protocol": request.protocol,
            "connection": {
                "id": request.connection.id,
                "request": request.connection_request,
                "peer": request.connection.peer,
            },
            "method": request.method,
            "target": canaries.redact(request.target),
            "path": canaries.redact(request.path),
            "query": canaries.redact(request.query),
            "headers": _redacted_headers(request.headers, credentials, hits, canaries),
            "trailers": _redacted_headers(request.trailers, {}, hits, canaries),
            "nonce": request.nonces[0] if request.nonces else None,
            "nonces": list(request.nonces),
            "model": None if model is None else _printable(canaries.redact(model)),
            "stream": streamed,
            "bodyBytes": request.body_bytes,
            "bodySha256": request.body_sha256,
            "bodyFields": _redacted_names(request.body_fields, canaries),
            "framing": request.framing,
            "credentials": [credential.to_json() for credential in credentials.values()],
            "canaries": hits,
        },
        host=request.host,
        nonces=request.nonces,
        canary_names=frozenset(hit["name"] for hit in hits),
        body_text=redacted,
    )


def _redacted_names(fields: Mapping[str, str] | None, canaries: Canaries) -> dict[str, str] | None:
    return None if fields is None else {_printable(canaries.redact(name)): value for name, value in fields.items()}


def _printable(text: str) -> str:
    """Replace halves of surrogate pairs, which JSON escapes can bring and UTF-8 cannot carry."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _body_text(request: ReceivedRequest) -> str | None:
    try:
        return request.body.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _places(request: ReceivedRequest, body: str | None) -> dict[str, str]:
    """Return every place in which a secret can hide; values of one header together, as it may be split over them."""
    places = {"target": request.target}
    for kind, fields in (("header", request.headers), ("trailer", request.trailers)):
        for name, value in fields:
            place = f"{kind}:{name.lower()}"
            places[place] = places[place] + "\n" + value if place in places else value
    places["header-names"] = "\n".join(name for name, _ in (*request.headers, *request.trailers))
    places["body"] = request.body.decode("latin-1") if body is None else body
    return places


def _canary_hits(places: Mapping[str, str], canaries: Canaries) -> list[dict[str, Any]]:
    return [
        {"name": hit.name, "where": canaries.redact(place), "encoding": hit.encoding, "split": hit.split}
        for place, text in places.items()
        for hit in canaries.find(text)
    ]


def _redacted_headers(
    fields: tuple[tuple[str, str], ...],
    credentials: dict[int, Credential],
    hits: list[dict[str, Any]],
    canaries: Canaries,
) -> list[list[str]]:
    """Replace credentials, canaries, and whole values of headers over which a canary is split."""
    split = {hit["where"].partition(":")[2]: hit["name"] for hit in hits if hit["split"]}
    redacted = []
    for index, (name, value) in enumerate(fields):
        if index in credentials:
            safe = credentials[index].redacted
        elif name.lower() in split:
            safe = f"‹{split[name.lower()]}›"
        else:
            safe = canaries.redact(value)
        redacted.append([canaries.redact(name), safe])
    return redacted
