"""The journal: every arrival in a bounded ring that is honest about what it lost."""

from __future__ import annotations

import asyncio
import heapq
import time
from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from mock_provider.arrivals import AnswerRecord, Arrival, Evidence

MAX_BODY_TEXT = 128 * 1024 * 1024
_MAX_HOSTS = 10_000
_OTHER_HOSTS = "(other hosts)"


@dataclass(frozen=True)
class Query:
    """Which arrivals are asked for; empty or None means any. `since` is exclusive."""

    hosts: frozenset[str] = frozenset()
    nonce: str | None = None
    canary: str | None = None
    since: int = 0
    limit: int = 1000

    def matches(self, arrival: Arrival) -> bool:
        """Whether the arrival is asked for (its place behind `since` aside)."""
        evidence = arrival.evidence
        return (
            (not self.hosts or evidence.host in self.hosts)
            and (self.nonce is None or self.nonce in evidence.nonces)
            and (self.canary is None or self.canary in evidence.canary_names)
        )


@dataclass
class _HostCount:
    arrived: int = 0
    dropped: int = 0
    last_dropped: int = 0


class Journal:
    """Arrivals in order. All use is on one event loop, so nothing is locked."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._ring: deque[Arrival] = deque()
        self._by_nonce: dict[str, deque[Arrival]] = {}
        self._by_host: dict[str, deque[Arrival]] = {}
        self._texts: deque[Arrival] = deque()
        self._body_text = 0
        self._sequence = 0
        self._dropped = 0
        self._quarantined = 0
        self._hosts: dict[str, _HostCount] = {}
        self._reading: Counter[str] = Counter()
        self._counters: dict[str, Counter[str]] = {"verdict": Counter(), "status": Counter(), "ended": Counter()}
        self._changed = asyncio.Event()

    def start_reading(self, host: str) -> None:
        """Note that a request's head is here; until it is committed, it counts as in flight."""
        self._reading[host] += 1
        self._pulse()

    def stop_reading(self, host: str) -> None:
        """Undo `start_reading`."""
        self._reading[host] -= 1
        if not self._reading[host]:
            del self._reading[host]
        self._pulse()

    @property
    def next_sequence(self) -> int:
        """The sequence number that the next commit will take."""
        return self._sequence + 1

    def commit(
        self,
        evidence: Evidence,
        received_at: float,
        *,
        identity: str | None,
        verdict: str,
        would_refuse: tuple[str, ...],
        answer: AnswerRecord | None,
    ) -> Arrival:
        """Add an arrival, which is visible from now on; the oldest gives way if the ring is full."""
        self._sequence += 1
        count = self._host_count(evidence.host)
        count.arrived += 1
        arrival = Arrival(
            sequence=self._sequence,
            host_sequence=count.arrived,
            received_at=received_at,
            evidence=evidence,
            identity=identity,
            verdict=verdict,
            would_refuse=would_refuse,
            body_text=evidence.body_text,
            answer=answer,
        )
        self._ring.append(arrival)
        self._index(arrival)
        self._quarantined += identity is None
        self._counters["verdict"][verdict] += 1
        if answer:
            self._counters["status"][str(answer.status)] += 1
        self._keep_text_bounded(arrival)
        while len(self._ring) > self._limit:
            self._drop(self._ring.popleft())
        self._pulse()
        return arrival

    def complete(self, arrival: Arrival, ended: str) -> None:
        """Note that nothing more will be sent in answer to the arrival."""
        if arrival.answer:
            arrival.answer.ended = ended
        arrival.completed_at = time.time()
        arrival.moved_at = time.monotonic()
        self._counters["ended"][ended] += 1
        self._pulse()

    def changed(self) -> None:
        """Wake those who wait, after a change within an arrival (a gate)."""
        self._pulse()

    def read(self, query: Query) -> dict[str, Any]:
        """Return the arrivals asked for, oldest first, with all that tells whether the list is whole."""
        found = self._find(query)
        return {
            "arrivals": [arrival.to_json() for arrival in found[: query.limit]],
            "more": len(found) > query.limit,
            "lastSequence": self._sequence,
            "dropped": self._dropped_for(query),
            "inFlight": self._in_flight(query, found),
            "quarantined": self._quarantined,
        }

    async def wait(self, query: Query, *, minimum: int, quiet: float, timeout: float) -> dict[str, Any]:
        """Wait until at least `minimum` arrivals are complete and nothing has moved for `quiet` seconds.

        Returns what `read` does and `outcome`: "ok"; "dropped" (entries were lost, so no count can be trusted);
        at the timeout "fewer" (than the minimum) or "in-flight" (enough, but not at rest). The quiet time counts from
        the last move of the arrivals found, or from now on if there are none.
        """
        started = time.monotonic()
        deadline = started + timeout
        while True:
            now = time.monotonic()
            found = self._find(query)
            enough, at_rest = len(found) >= minimum, self._in_flight(query, found) == 0
            quiet_from = max((arrival.moved_at for arrival in found), default=started) + quiet
            if self._dropped_for(query):
                return {**self.read(query), "outcome": "dropped"}
            if enough and at_rest and now >= quiet_from:
                return {**self.read(query), "outcome": "ok"}
            if now >= deadline:
                return {**self.read(query), "outcome": "in-flight" if enough else "fewer"}
            await self._wait_for_change((min(deadline, quiet_from) if enough and at_rest else deadline) - now)

    def stats(self) -> dict[str, Any]:
        """Return the counters since the start; they outlive the entries that they count."""
        return {
            "arrivals": self._sequence,
            "kept": len(self._ring),
            "dropped": self._dropped,
            "quarantined": self._quarantined,
            "inFlight": self._in_flight(Query(), self._ring),
            "bodyTextCharacters": self._body_text,
            "hosts": {host: count.arrived for host, count in self._hosts.items()},
            "verdicts": dict(self._counters["verdict"]),
            "statuses": dict(self._counters["status"]),
            "ended": dict(self._counters["ended"]),
        }

    def _find(self, query: Query) -> list[Arrival]:
        """Return the arrivals asked for, oldest first. Waits ask often, so a nonce or host narrows the search down."""
        if query.nonce is not None:
            candidates: Iterable[Arrival] = self._by_nonce.get(query.nonce, ())
        elif query.hosts:
            lists = [self._by_host.get(host, ()) for host in query.hosts]
            candidates = heapq.merge(*lists, key=lambda arrival: arrival.sequence)
        else:
            candidates = self._ring
        return [arrival for arrival in candidates if arrival.sequence > query.since and query.matches(arrival)]

    def _index(self, arrival: Arrival) -> None:
        self._by_host.setdefault(arrival.evidence.host, deque()).append(arrival)
        for nonce in arrival.evidence.nonces:
            self._by_nonce.setdefault(nonce, deque()).append(arrival)

    def _forget(self, index: dict[str, deque[Arrival]], key: str) -> None:
        """Drop the oldest entry under this key: the ring drops in the order in which the index grew."""
        index[key].popleft()
        if not index[key]:
            del index[key]

    def _dropped_for(self, query: Query) -> int:
        """Count the lost entries that may have been asked for: too many rather than too few."""
        if not query.hosts:
            return max(0, self._dropped - query.since)
        counts = [self._host_count_if_known(host) for host in query.hosts]
        return sum(count.dropped for count in counts if count and count.last_dropped > query.since)

    def _in_flight(self, query: Query, found: Iterable[Arrival]) -> int:
        answering = sum(arrival.completed_at is None for arrival in found)
        reading = sum(n for host, n in self._reading.items() if not query.hosts or host in query.hosts)
        return answering + reading

    async def _wait_for_change(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._changed.wait()
        except TimeoutError:
            return

    def _pulse(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()

    def _keep_text_bounded(self, arrival: Arrival) -> None:
        if arrival.body_text:
            self._texts.append(arrival)
            self._body_text += len(arrival.body_text)
        while self._body_text > MAX_BODY_TEXT:
            self._drop_text(self._texts.popleft())

    def _drop_text(self, arrival: Arrival) -> None:
        self._body_text -= len(arrival.body_text or "")
        arrival.body_text = None

    def _drop(self, arrival: Arrival) -> None:
        self._dropped += 1
        count = self._host_count(arrival.evidence.host)
        count.dropped += 1
        count.last_dropped = arrival.sequence
        self._forget(self._by_host, arrival.evidence.host)
        for nonce in arrival.evidence.nonces:
            self._forget(self._by_nonce, nonce)
        if self._texts and self._texts[0] is arrival:
            self._drop_text(self._texts.popleft())

    def _host_count(self, host: str) -> _HostCount:
        known = host if host in self._hosts or len(self._hosts) < _MAX_HOSTS else _OTHER_HOSTS
        return self._hosts.setdefault(known, _HostCount())

    def _host_count_if_known(self, host: str) -> _HostCount | None:
        return self._hosts.get(host) or self._hosts.get(_OTHER_HOSTS)
