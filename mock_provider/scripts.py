"""Scripts: what the provider answers instead of its normal answer, per nonce or per host, in order of arrival."""

from __future__ import annotations

import base64
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

FaultKind = Literal["reset", "close", "stall", "slow"]

_DEFAULT_HOLD_MS = {"stall": 30_000, "reset": 50}


@dataclass(frozen=True)
class Fault:
    """A deviation while the answer is sent.

    `after_bytes` counts bytes of the body; None means before the status line (reset, close, stall) or from the first
    byte on (slow). `hold_seconds`: how long a stall lasts, or how long what was sent may be read before a reset, as a
    reset makes the peer's kernel drop what the peer has not read yet. `gate` holds before the fault strikes.
    """

    kind: FaultKind
    after_bytes: int | None
    bytes_per_second: int
    hold_seconds: float
    gate: str | None
    in_head: bool = False
    """Without `after_bytes`: strike in the middle of the headers instead of before the status line."""


@dataclass(frozen=True)
class Chunk:
    """One piece of a scripted body: sent by one write, after its delay and its gate."""

    data: bytes
    delay_seconds: float
    gate: str | None


@dataclass(frozen=True)
class StreamScript:
    """A chat stream in the provider's own shape, built from these deltas. `usage` None: as the request asks."""

    deltas: tuple[str, ...]
    gap_seconds: float
    usage: Mapping[str, int] | None
    done: bool
    gates: Mapping[int, str]


@dataclass(frozen=True)
class Answer:
    """One scripted answer; whatever is None stays as in the normal answer."""

    status: int | None = None
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes | None = None
    reason: str | None = None
    delay_seconds: float = 0.0
    stream: StreamScript | None = None
    chunks: tuple[Chunk, ...] | None = None
    fault: Fault | None = None
    content_length: int | None = None
    gate_timeout_seconds: float = 10.0
    usage: Mapping[str, int] | None = None


@dataclass
class Script:
    """Answers used up one by one; the last one repeats. `after_checks`: a refusal wins and uses up no answer."""

    answers: tuple[Answer, ...]
    after_checks: bool
    used: int = 0

    def next_answer(self) -> Answer:
        """Return the answer for this arrival."""
        answer = self.answers[min(self.used, len(self.answers) - 1)]
        self.used += 1
        return answer


class TooManyScriptsError(Exception):
    """The store is full; dropping a script silently would change verdicts, so the caller is told."""


class ScriptStore:
    """Scripts by key: a nonce or a host."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._scripts: OrderedDict[str, Script] = OrderedDict()

    def put(self, key: str, script: Script) -> None:
        """Set or replace the script of a nonce or host.

        Raises:
            TooManyScriptsError: if the store is full.
        """
        if key not in self._scripts and len(self._scripts) >= self._limit:
            raise TooManyScriptsError(f"there are {self._limit} scripts already; delete those that are done")
        self._scripts[key] = script

    def delete(self, key: str) -> bool:
        """Forget the script; false if there was none."""
        return self._scripts.pop(key, None) is not None

    def find(self, keys: tuple[str, ...]) -> Script | None:
        """Return the script of the first key that has one."""
        return next((self._scripts[key] for key in keys if key in self._scripts), None)


def parse_script(document: Mapping[str, Any]) -> Script:
    """Make a script from a document that its schema has accepted.

    Raises:
        ValueError: if a base64 text is none, with a sentence that says where.
    """
    answers = tuple(_answer(answer, f"answers[{index}]") for index, answer in enumerate(document["answers"]))
    return Script(answers=answers, after_checks=document.get("afterChecks", True))


def _answer(document: Mapping[str, Any], where: str) -> Answer:
    chunks = document.get("chunks")
    return Answer(
        status=document.get("status"),
        headers=tuple((name, value) for name, value in document.get("headers", [])),
        body=_bytes(document, "body", "bodyBase64", where),
        reason=document.get("reason"),
        delay_seconds=document.get("delayMs", 0) / 1000,
        stream=_stream(document["stream"]) if "stream" in document else None,
        chunks=None if chunks is None else tuple(_chunk(c, f"{where}.chunks[{i}]") for i, c in enumerate(chunks)),
        fault=_fault(document["fault"]) if "fault" in document else None,
        content_length=document.get("contentLength"),
        gate_timeout_seconds=document.get("gateTimeoutMs", 10_000) / 1000,
        usage=document.get("usage"),
    )


def _stream(document: Mapping[str, Any]) -> StreamScript:
    return StreamScript(
        deltas=tuple(document["deltas"]),
        gap_seconds=document.get("gapMs", 0) / 1000,
        usage=document.get("usage"),
        done=document.get("done", True),
        gates={int(index): gate for index, gate in document.get("gates", {}).items()},
    )


def _chunk(document: Mapping[str, Any], where: str) -> Chunk:
    data = _bytes(document, "text", "base64", where)
    return Chunk(data=data or b"", delay_seconds=document.get("delayMs", 0) / 1000, gate=document.get("gate"))


def _fault(document: Mapping[str, Any]) -> Fault:
    return Fault(
        kind=document["kind"],
        after_bytes=document.get("afterBytes"),
        bytes_per_second=document.get("bytesPerSecond", 100),
        hold_seconds=document.get("forMs", _DEFAULT_HOLD_MS.get(document["kind"], 0)) / 1000,
        gate=document.get("gate"),
        in_head=document.get("inHead", False),
    )


def _bytes(document: Mapping[str, Any], text: str, encoded: str, where: str) -> bytes | None:
    if text in document:
        return str(document[text]).encode("utf-8")
    if encoded not in document:
        return None
    try:
        return base64.b64decode(document[encoded], validate=True)
    except ValueError as error:
        raise ValueError(f"{where}.{encoded} is not valid base64") from error
