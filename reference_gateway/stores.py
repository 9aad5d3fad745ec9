"""What the controllers have learnt and the processor decides on: models, references and credentials, in memory only."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Generic, TypeVar

from reference_gateway.values import Credentials, Destination, Key, Model, ModelRef

V = TypeVar("V")


class Followed(Generic[V]):
    """Has whoever follows it told each new map, in the moment of its change."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._followers: list[Callable[[Mapping[Key, V]], None]] = []

    def follow(self, hear: Callable[[Mapping[Key, V]], None]) -> None:
        """Have each new map told from now on."""
        with self._lock:
            self._followers.append(hear)

    def _tell(self, entries: Mapping[Key, V]) -> None:
        for hear in self._followers:
            hear(entries)


class Store(Followed[V]):
    """A map for many readers and few writers. Each write makes a new map, so a reader's view never changes under it."""

    def __init__(self) -> None:
        super().__init__()
        self._entries: Mapping[Key, V] = {}

    def put(self, key: Key, value: V) -> None:
        """Set the value for a key, replacing any other."""
        with self._lock:
            self._become({**self._entries, key: value})

    def drop(self, key: Key) -> None:
        """Forget a key; one that is not there is no error."""
        with self._lock:
            self._become({known: value for known, value in self._entries.items() if known != key})

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._become({})

    def _become(self, entries: Mapping[Key, V]) -> None:
        self._entries = entries
        self._tell(entries)

    def get(self, key: Key) -> V | None:
        """The value for a key, or None."""
        return self._entries.get(key)

    def view(self) -> Mapping[Key, V]:
        """Everything, as of now."""
        return self._entries


class ModelStore(Followed[Model]):
    """The models, each with the specification that Envoy can already route.

    A changed endpoint is wanted at once but served only when Envoy has its route: until then the former specification
    is served whole, host and Secret together. A model that Envoy has never routed is not served at all.
    """

    def __init__(self) -> None:
        super().__init__()
        self._wanted: dict[Key, Model] = {}
        self._programmed: frozenset[Destination] = frozenset()
        self._served: Mapping[Key, Model] = {}

    def want(self, model: Model) -> None:
        """Take up a model's specification as its ExternalModel says it now."""
        with self._lock:
            self._wanted[model.key] = model
            self._settle()

    def drop(self, key: Key) -> None:
        """Forget a model."""
        with self._lock:
            self._wanted.pop(key, None)
            self._settle()

    def clear(self) -> None:
        """Forget all models; what Envoy routes is not forgotten."""
        with self._lock:
            self._wanted = {}
            self._settle()

    def known(self) -> tuple[Key, ...]:
        """The models that were taken up, whether they are served yet or not."""
        with self._lock:
            return tuple(self._wanted)

    def programmed(self, destinations: frozenset[Destination]) -> None:
        """Note which destinations Envoy routes now."""
        with self._lock:
            self._programmed = destinations
            self._settle()

    def wanted(self, key: Key) -> Model | None:
        """The specification last taken up, whether it is served yet or not."""
        with self._lock:
            return self._wanted.get(key)

    def view(self) -> Mapping[Key, Model]:
        """The models that can be served now."""
        return self._served

    def _settle(self) -> None:
        served: dict[Key, Model] = {}
        for key, wanted in self._wanted.items():
            former = self._served.get(key)
            if wanted.destinations <= self._programmed:
                served[key] = wanted
            elif former is not None and former.destinations <= self._programmed:
                served[key] = former
            elif reachable := [way for way in wanted.ways if way.destination in self._programmed]:
                served[key] = replace(reachable[0], more=tuple(reachable[1:]))
        self._served = served
        self._tell(served)


class Stores:
    """All that the processor decides on."""

    def __init__(self) -> None:
        self.models = ModelStore()
        self.refs: Store[ModelRef] = Store()
        self.credentials: Store[Credentials] = Store()

    def known_after(self, seconds: float) -> Stores:
        """The same as a replica knows it that hears of each change so much later."""
        later = Stores()
        later.models = LateModels(self.models, seconds)
        later.refs = LateStore(self.refs, seconds)
        later.credentials = LateStore(self.credentials, seconds)
        return later


class Lateness(Generic[V]):
    """A map as it was a while ago, for whom each change is told in its moment."""

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._clock = clock
        self._lock = threading.Lock()
        self._heard: list[tuple[float, Mapping[Key, V]]] = [(-math.inf, {})]

    def hear(self, entries: Mapping[Key, V]) -> None:
        """What it is from now on."""
        with self._lock:
            self._heard.append((self._clock(), entries))
            self._forget()

    def view(self) -> Mapping[Key, V]:
        """Everything, as of a while ago."""
        with self._lock:
            self._forget()
            return self._heard[0][1]

    def _forget(self) -> None:
        """Begin with what was true a while ago."""
        then = self._clock() - self._seconds
        while len(self._heard) > 1 and self._heard[1][0] <= then:
            self._heard.pop(0)


class LateStore(Store[V]):
    """Another store as it was a while ago."""

    def __init__(self, source: Store[V], seconds: float) -> None:
        super().__init__()
        self._lateness: Lateness[V] = Lateness(seconds)
        source.follow(self._lateness.hear)

    def get(self, key: Key) -> V | None:
        """The value for a key a while ago, or None."""
        return self.view().get(key)

    def view(self) -> Mapping[Key, V]:
        """Everything, as of a while ago."""
        return self._lateness.view()


class LateModels(ModelStore):
    """The models that could be served a while ago."""

    def __init__(self, source: ModelStore, seconds: float) -> None:
        super().__init__()
        self._lateness: Lateness[Model] = Lateness(seconds)
        source.follow(self._lateness.hear)

    def view(self) -> Mapping[Key, Model]:
        """Everything, as of a while ago."""
        return self._lateness.view()
