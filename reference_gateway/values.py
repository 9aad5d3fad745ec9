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
class Model:
    """What an ExternalModel says, with its annotations' defaults filled in."""

    key: Key
    provider: str
    target_model: str
    endpoint: str
    secret: Key
    port: int = 443
    tls: bool = True

    @property
    def destination(self) -> Destination:
        """Where this model's requests go."""
        return Destination(self.key, self.endpoint, self.port, self.tls)


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
