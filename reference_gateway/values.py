"""The values that the gateway's parts hand to one another; none of them knows Kubernetes or Envoy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple


class Key(NamedTuple):
    """Namespace and name of an object; the namespace is empty for cluster-scoped kinds."""

    namespace: str
    name: str

    def __str__(self) -> str:
        return f"{self.namespace}/{self.name}"


@dataclass(frozen=True)
class Destination:
    """Where one model's requests go.

    Its id is what the processor writes and Envoy routes on, so that a key can only meet its own host.
    """

    model: Key
    host: str
    port: int
    tls: bool

    @property
    def id(self) -> str:
        """A name for this very destination; any change of host, port or transport makes another id."""
        return f"{self.model}>{'https' if self.tls else 'http'}://{self.host}:{self.port}"


@dataclass(frozen=True)
class Auth:
    """How a provider wants its credential; None for the usual way of its kind."""

    type: str = "apikey"
    header: str | None = None
    prefix: str | None = None


@dataclass(frozen=True)
class Model:
    """An ExternalModel as one provider serves it, with all defaults filled in."""

    key: Key
    provider: str
    target_model: str
    endpoint: str
    secret: Key
    port: int = 443
    tls: bool = True
    client_model: str = ""
    """What clients call it; empty where that is the target model."""
    backend: str = ""
    """Name of the objects that stand for its provider; empty where that is the ExternalModel's."""
    path: str | None = None
    """The provider's path; None for the usual one of its kind."""
    api_format: str = ""
    """The format of the provider's API, ``openai-chat`` or ``messages``; empty where the edition names none."""
    auth: Auth = field(default_factory=Auth)
    weight: int = 1
    more: tuple[Model, ...] = ()
    """The same ExternalModel as its further providers serve it."""

    @property
    def body_model(self) -> str:
        """What a client's body calls it."""
        return self.client_model or self.target_model

    @property
    def ways(self) -> tuple[Model, ...]:
        """The ExternalModel as each of its providers serves it."""
        return (self, *self.more)

    @property
    def destination(self) -> Destination:
        """Where requests go that this provider serves."""
        return Destination(self.key, self.endpoint, self.port, self.tls)

    @property
    def destinations(self) -> frozenset[Destination]:
        """Where requests may go."""
        return frozenset(way.destination for way in self.ways)


@dataclass(frozen=True)
class ModelRef:
    """What a MaaSModelRef says: which object of its own namespace it publishes."""

    key: Key
    target_kind: str
    target_name: str


Credentials = Mapping[str, str]
"""A Secret's data: data key to decoded value."""


@dataclass(frozen=True)
class Header:
    """One HTTP header; the value stays out of the representation, because it may be a credential."""

    name: str
    value: str = field(repr=False)


@dataclass(frozen=True)
class Answer:
    """An answer that the gateway gives by itself, without asking any provider."""

    status: int
    body: str = ""
    headers: tuple[Header, ...] = ()
    reason: str = ""
    """For the access log: why, in one word."""


@dataclass(frozen=True)
class ResponseChanges:
    """What is changed in an answer of the provider; nothing, in a conforming gateway."""

    status: int | None = None
    headers: tuple[Header, ...] = ()
    removed: tuple[str, ...] = ()
    """Names, in lower case."""
