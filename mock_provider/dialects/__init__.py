"""Dialects: the shapes in which providers are asked and answer. One module each.

The data plane knows nothing of any shape. It asks its dialect which operation a request is, what is wrong with it, and
what the answer or refusal looks like.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from mock_provider.identities import Identity
from mock_provider.received import ReceivedRequest
from mock_provider.scripts import StreamScript

Operation = Literal["chat", "models", "model", "embeddings"]
RefusalCause = Literal["incomplete", "size", "host", "path", "credential", "version", "json", "model"]


@dataclass(frozen=True)
class Refusal:
    """Why a request is refused: `cause` is what the journal says, `error` names the text to answer with."""

    cause: RefusalCause
    error: str


@dataclass(frozen=True)
class Ask:
    """A request as a dialect reads it."""

    request: ReceivedRequest
    identity: Identity | None
    operation: Operation | None
    document: Mapping[str, Any] | None
    model: str | None
    streamed: bool


@dataclass(frozen=True)
class Stamp:
    """What an answer carries of its arrival, and when it was made (epoch seconds)."""

    receipt: str
    nonce: str | None
    created: int


@dataclass(frozen=True)
class Piece:
    """A part of the body, sent by one write after its gate and its delay."""

    data: bytes
    delay_seconds: float = 0.0
    gate: str | None = None


@dataclass(frozen=True)
class Reply:
    """A whole answer. `length_known`: announce content-length; otherwise the body is chunked."""

    status: int
    headers: tuple[tuple[str, str], ...]
    pieces: tuple[Piece, ...]
    length_known: bool


class Dialect(Protocol):
    """What the data plane asks of a dialect."""

    def read(self, request: ReceivedRequest, identity: Identity | None) -> Ask:
        """Tell what is asked: operation, body, model, streamed or not."""

    def refusals(self, ask: Ask) -> list[Refusal]:
        """Return all that is wrong with the request, in the order in which the provider would notice."""

    def refuse(self, ask: Ask, refusal: Refusal, stamp: Stamp) -> Reply:
        """Return the error answer for the refusal."""

    def blank(self, ask: Ask, stamp: Stamp) -> Reply:
        """Return an empty 200 with the usual headers, for scripts that bring their own body."""

    def fail(self, status: int, stamp: Stamp) -> Reply:
        """Return the provider's usual error answer with this status, for scripts that name nothing else."""

    def answer(self, ask: Ask, stamp: Stamp, usage: Mapping[str, int] | None) -> Reply:
        """Return the normal answer; `usage` replaces the computed token counts."""

    def stream(self, ask: Ask, stamp: Stamp, script: StreamScript) -> Reply:
        """Return a chat stream built from scripted deltas."""
