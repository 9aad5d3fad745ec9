"""What the access layer knows of callers, keys, policies and subscriptions; none of it knows Kubernetes or Envoy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from reference_gateway.values import Key


@dataclass(frozen=True)
class User:
    """Somebody whom the cluster knows."""

    name: str
    groups: tuple[str, ...] = ()


@dataclass(frozen=True)
class ClientKey:
    """A key that was minted; its value is not kept, only what recognises it."""

    id: str
    digest: str = field(repr=False)
    owner: User
    subscription: Key
    name: str
    description: str
    created: float
    """Seconds since the epoch, as `expires`."""
    expires: float
    revoked: bool = False


@dataclass(frozen=True)
class RateLimit:
    """So many tokens in a window of time."""

    tokens: int
    window: str
    """As the subscription writes it: `1s`, `30m`, `24h`."""


@dataclass(frozen=True)
class Policy:
    """What a MaaSAuthPolicy says: who may call which models, by the keys of their MaaSModelRefs."""

    key: Key
    models: frozenset[Key]
    users: frozenset[str]
    groups: frozenset[str]


@dataclass(frozen=True)
class Subscription:
    """What a MaaSSubscription says: whose it is, which models it includes, and how many tokens of each."""

    key: Key
    limits: Mapping[Key, tuple[RateLimit, ...]]
    users: frozenset[str]
    groups: frozenset[str]
    priority: int


@dataclass(frozen=True)
class Ticket:
    """What a request that was let in is counted by."""

    user: str
    subscription: Key
    ref: Key
    """The MaaSModelRef by which the subscription includes the model."""
    model: Key
