"""A queue of keys to reconcile: each once however often it is added, and later after each failure."""

from __future__ import annotations

import heapq
import threading
import time
from collections.abc import Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)

FIRST_RETRY_SECONDS = 0.05
LAST_RETRY_SECONDS = 5.0


class WorkQueue(Generic[K]):
    """Thread-safe. `get` blocks until a key is due or the queue is closed."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._due: dict[K, float] = {}
        self._heap: list[tuple[float, int, K]] = []
        self._sequence = 0
        self._working: set[K] = set()
        self._failures: dict[K, int] = {}
        self._closed = False

    def add(self, key: K, delay: float = 0.0) -> None:
        """Ask for a key to be worked on in `delay` seconds; if it is already asked for, the earlier time counts."""
        when = time.monotonic() + delay
        with self._changed:
            if key in self._due and self._due[key] <= when:
                return
            self._due[key] = when
            self._sequence += 1
            heapq.heappush(self._heap, (when, self._sequence, key))
            self._changed.notify_all()

    def get(self) -> K | None:
        """The next key that is due; None when the queue is closed. The caller owes `done` or `failed`."""
        with self._changed:
            while not self._closed:
                key = self._next_due()
                if key is not None:
                    del self._due[key]
                    self._working.add(key)
                    return key
                self._changed.wait(self._seconds_to_next())
            return None

    def done(self, key: K) -> None:
        """The work on a key has succeeded."""
        with self._changed:
            self._failures.pop(key, None)
            self._release(key)

    def failed(self, key: K) -> None:
        """The work on a key has failed: try again, later with each failure."""
        with self._changed:
            failures = self._failures[key] = self._failures.get(key, 0) + 1
            self._release(key)
        self.add(key, min(FIRST_RETRY_SECONDS * 2 ** (min(failures, 20) - 1), LAST_RETRY_SECONDS))

    def wait_until_idle(self, seconds: float) -> bool:
        """Wait until nothing is asked for and nobody works; False if the time is up first."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._due and not self._working, seconds)

    def clear(self) -> None:
        """Ask for nothing any more; return when nobody works on a key."""
        with self._changed:
            self._due, self._heap = {}, []
            self._changed.wait_for(lambda: not self._working)

    def close(self) -> None:
        """Let every `get` return None."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def _release(self, key: K) -> None:
        self._working.discard(key)
        self._changed.notify_all()

    def _next_due(self) -> K | None:
        now = time.monotonic()
        held_back = []
        found = None
        while self._heap and self._heap[0][0] <= now:
            entry = heapq.heappop(self._heap)
            when, _, key = entry
            if self._due.get(key) != when:
                continue
            if key in self._working:
                held_back.append(entry)
                continue
            found = key
            break
        for entry in held_back:
            heapq.heappush(self._heap, entry)
        return found

    def _seconds_to_next(self) -> float | None:
        free = [when for key, when in self._due.items() if key not in self._working]
        return max(0.0, min(free) - time.monotonic()) if free else None
