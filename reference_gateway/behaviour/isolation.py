"""What keeps a client's own words from choosing whose endpoint and whose credential are used (behaviour.md 3.2)."""

from __future__ import annotations

from collections.abc import Sequence

from reference_gateway.behaviour.rules import JSON, Rules
from reference_gateway.values import Model

ROUTING_HEADER = "x-gateway-model-name"


class IsolationRules(Rules):
    """What keeps a client's own words from choosing whose endpoint and whose credential are used."""

    def led_by_header(self, named: str, model: Model | None, published: Sequence[Model]) -> Model | None:
        """The model that a client's X-Gateway-Model-Name leads to instead of the path's: none, whatever it names."""
        return None

    def led_by_host(self, host: str, path: str, published: Sequence[Model]) -> Model | None:
        """The model that the Host of a request leads to whose path is no model's: none, whatever it names."""
        return None

    def gets_credential(self, path: str) -> bool:
        """Whether a request at this path is given its model's credential: every one that is forwarded."""
        return True

    def sent_to(self, model: Model, path: str, routing: str | None, published: Sequence[Model]) -> Model:
        """The model whose endpoint a request goes to: the one whose credential it bears.

        ``path`` and ``routing``, its X-Gateway-Model-Name, are what the client has sent.
        """
        return model

    def named_model(self, body: JSON, model: Model | None) -> str | None:
        """The model that a body names; None for one that names none, which is refused. ``model`` is the path's."""
        name = body.get("model")
        return name if isinstance(name, str) and name else None

    def passes_bodiless(self, method: str) -> bool:
        """Whether a request by this method, without a body, goes on to the provider; else it is not found."""
        return False

    def bodiless_gets_credential(self) -> bool:
        """Whether a request without a body, which names no model, is given the one of its path, should it go on."""
        return False

    def strips_bodiless(self) -> bool:
        """Whether a request without a body loses the client's secrets like any other."""
        return True

    def told_of_connection(self) -> Sequence[str]:
        """What the processor is told of a request's connection, in Envoy's words: nothing, for it does not matter."""
        return ()

    def path_meant(self, path: str, connection: str) -> str:
        """The path by which a request is judged: its own, whatever has come over its connection before."""
        return path

    def on_answer(self, model: Model, headers: Sequence[tuple[str, str]]) -> None:
        """A provider has answered with these headers."""

    def merges_slashes(self) -> bool:
        """Whether several slashes in a path count as one."""
        return False

    def escaped_slashes(self) -> str:
        """What becomes of a slash that is written as %2F, in Envoy's words."""
        return "KEEP_UNCHANGED"
