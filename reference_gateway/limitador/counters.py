"""What is counted for whom, within which limits; and the budgets, which recover as their windows end."""

from __future__ import annotations

import threading
import time
from collections import Counter as Tally
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reference_gateway.behaviour import Behaviour

Labels = tuple[tuple[str, str], ...]
"""A series' labels, sorted by name."""


@dataclass(frozen=True)
class Limit:
    """So many tokens in a window; the first token after a window's end begins the next one."""

    name: str
    """As the label ``limit_name`` says it."""
    tokens: int
    window_seconds: float


@dataclass(frozen=True)
class Counter:
    """Whom a request is counted for: each different one has budgets of its own."""

    namespace: str
    """``limitador_namespace``: "<namespace>/<HTTPRoute>" of the model."""
    subscription: str = ""
    """Key of the subscription; empty where there is none."""
    user: str = ""
    model: str = ""
    limits: tuple[Limit, ...] = ()
    """All of them must have something left; without any, everything is within budget."""


class Limitador:
    """Counts, for any number of threads at a time.

    A budget can be overdrawn by one request, as in the shipped product: what an answer costs is known when it was
    given, and the next request is the one that is limited.
    """

    def __init__(self, behaviour: Behaviour, clock: Callable[[], float] = time.monotonic) -> None:
        self._behaviour = behaviour
        self._clock = clock
        self._lock = threading.Lock()
        self._windows: dict[tuple[Counter, Limit], _Window] = {}
        self._series: defaultdict[str, Tally[Labels]] = defaultdict(Tally)

    def check(self, counter: Counter) -> bool:
        """Whether a request is within all budgets, asked once when it comes; counts it as authorized or as limited."""
        with self._lock:
            spent = next((limit for limit in counter.limits if self._used(counter, limit) >= limit.tokens), None)
            if spent is None:
                self._count("authorized_calls", counter, None, self._behaviour.calls_per_request())
            else:
                self._count("limited_calls", counter, spent, self._behaviour.limited_calls_per_request())
        return spent is None

    def report(self, counter: Counter, tokens: int) -> None:
        """Take what an answer has cost off the budgets, once when its usage is known."""
        if tokens == 0:
            return
        with self._lock:
            for limit in counter.limits:
                self._use(counter, limit, tokens)
            self._count("authorized_hits", counter, None, tokens)

    def series(self, name: str) -> Mapping[Labels, int]:
        """The values of one of the counters, by their labels."""
        # A copy and no more: requests are held up meanwhile, and there is a series for every model that ever was.
        with self._lock:
            return self._series[name].copy()

    def _count(self, name: str, counter: Counter, limit: Limit | None, by: int) -> None:
        if by:
            labels = self._behaviour.metric_labels(counter, limit)
            self._series[name][tuple(sorted(labels.items()))] += by

    def _used(self, counter: Counter, limit: Limit) -> int:
        window = self._windows.get((self._behaviour.budget_of(counter), limit))
        return 0 if window is None or self._clock() >= window.ends_at else window.used

    def _use(self, counter: Counter, limit: Limit, tokens: int) -> None:
        used = self._used(counter, limit)
        key = (self._behaviour.budget_of(counter), limit)
        window = self._windows.get(key)
        now = self._clock()
        begun = window is not None and now < window.ends_at
        ends_at = window.ends_at if window is not None and begun else now + self._behaviour.window_seconds(limit)
        self._windows[key] = _Window(ends_at, used + tokens)


@dataclass(frozen=True)
class _Window:
    ends_at: float
    used: int
