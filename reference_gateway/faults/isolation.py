"""Whose endpoint meets whose credential, and what of the client reaches it."""

# ruff: noqa: D102 - a fault's docstring is the class's; the method's is the conforming one's

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from urllib.parse import unquote

from reference_gateway.behaviour.isolation import ROUTING_HEADER
from reference_gateway.behaviour.rules import JSON
from reference_gateway.faults.fault import SHIPPED, SPRING, Fault
from reference_gateway.values import Header, Key, Model

AT_HAND = Key("", "the request at hand")
"""Under which something is remembered from one decision about a request to the next."""

# --- Headers of the client ---


class RoutingHeaderForwarded(Fault):
    """Forwards the X-Gateway-Model-Name that the client has sent."""

    id, name, editions = "X311", "routing-header-forwarded", ("rhoai-3.4", "rhoai-3.5")
    catches = "The provider sees no forged X-Gateway-Model-Name."

    def is_client_secret(self, header: str) -> bool:
        return header != ROUTING_HEADER and super().is_client_secret(header)


class ClientIdentityForwarded(Fault):
    """Forwards the x-maas-* headers that the client has sent."""

    id, name, source, editions = "M30", "client-identity-forwarded", "CVE-2026-14450", ("rhoai-3.5",)
    catches = "A client's word on who it is reaches nobody."

    def is_client_secret(self, header: str) -> bool:
        return not header.startswith("x-maas-") and super().is_client_secret(header)


class CallerToldToProvider(Fault):
    """Tells the provider whom it has let in, in an x-maas-* header of its own making."""

    id, name, source, editions = "X895", "caller-told-to-provider", "behaviour.md 3.4", ("rhoai-3.5",)
    catches = "Who the client is, the provider learns from nobody."

    def injected_headers(self, model: Model, key: str) -> Sequence[Header]:
        return (*super().injected_headers(model, key), Header("x-maas-subscription", "some-subscription"))


class BodilessPassesWithClientKey(Fault):
    """Sends a request that has no body on to the provider as it came, with the client's key."""

    id, name, source = "X312", "bodiless-passes-with-client-key", "R-057"
    catches = "The client's key never reaches the provider."

    def passes_bodiless(self, method: str) -> bool:
        return True

    def strips_bodiless(self) -> bool:
        return False


class OtherMethodsPassBy(Fault):
    """Looks at POST and GET, and sends what comes by another method on to the provider as it came."""

    id, name, source = "X941", "other-methods-pass-by", "R-057"
    catches = "The client's key never reaches the provider."

    def passes_bodiless(self, method: str) -> bool:
        return method not in {"POST", "GET"}

    def strips_bodiless(self) -> bool:
        return False


class EmptyPostPassesBy(Fault):
    """Looks at the body of a POST, and sends one that has none on to the provider as it came."""

    id, name, source = "X958", "empty-post-passes-by", "R-057"
    catches = "The client's key never reaches the provider."

    def passes_bodiless(self, method: str) -> bool:
        return method == "POST"

    def strips_bodiless(self) -> bool:
        return False


# --- Which model is meant ---


class RoutingHeaderTrusted(Fault):
    """Serves a request at one model's path by the model that the client's X-Gateway-Model-Name names."""

    id, name = "X313", "routing-header-trusted"
    catches = "A client's header chooses neither endpoint nor credential."

    def led_by_header(self, named: str, model: Model | None, published: Sequence[Model]) -> Model | None:
        return None if model is None else _named(named, published)

    def named_model(self, body: JSON, model: Model | None) -> str | None:
        named = super().named_model(body, model)
        return named if model is None else model.body_model


class EndpointHeaderTrusted(Fault):
    """Sends a request to the host that the client's x-gateway-destination-endpoint names."""

    id, name, source = "X907", "endpoint-header-trusted", "Gateway API Inference Extension (the picker's header)"
    catches = "A credential meets no endpoint but its own."

    def header_of_endpoint(self) -> str | None:
        return "x-gateway-destination-endpoint"


class RoutingHeaderOpensUnknownPaths(Fault):
    """Serves a path that no model has by the model that the client's X-Gateway-Model-Name names."""

    id, name, source = "X314", "routing-header-opens-unknown-paths", "behaviour.md 3.2"
    catches = "A client's header opens no path that no model has."

    def led_by_header(self, named: str, model: Model | None, published: Sequence[Model]) -> Model | None:
        return _named(named, published) if model is None else None


class OddPathsPassTheProcessorBy(Fault):
    """Finds the model of a path in another spelling, and forwards without asking for its credential."""

    id, name, source = "X315", "odd-paths-pass-by", "behaviour.md 3.2"
    catches = "A path in another spelling is served in order, or refused."

    def resolve(self, path: str, models: Mapping[Key, Model]) -> Model | None:
        return super().resolve(path, models) or super().resolve(_plain(path), models)

    def gets_credential(self, path: str) -> bool:
        return path == _plain(path)


class TwoRouteSelections(Fault):
    """Finds the credential by a path with doubled slashes, and the endpoint by the client's X-Gateway-Model-Name."""

    id, name, source = "X316", "two-route-selections", "behaviour.md 3.2 (the bypass hazard)"
    catches = "A credential meets no endpoint but its own."

    def resolve(self, path: str, models: Mapping[Key, Model]) -> Model | None:
        return super().resolve(path, models) or super().resolve(re.sub("/+", "/", path), models)

    def sent_to(self, model: Model, path: str, routing: str | None, published: Sequence[Model]) -> Model:
        own = super().sent_to(model, path, routing, published)
        return _named(routing, published) or own if routing is not None and "//" in path else own


class ModelMissingServedByPath(Fault):
    """Serves a body without a model by the path's model, with its credential."""

    id, name, editions = "X317", "missing-model-served", SHIPPED
    catches = "A body that names no model is given no credential."

    def named_model(self, body: JSON, model: Model | None) -> str | None:
        return super().named_model(body, model) or (model.body_model if model else None)


class BodilessGetsCredential(Fault):
    """Gives whatever is no GET the credential of its path's model, whether it has a body or not."""

    id, name, source, editions = "X940", "bodiless-gets-credential", "R-057", SPRING
    catches = "A request that names no model is given no credential."

    def passes_bodiless(self, method: str) -> bool:
        return method != "GET"

    def bodiless_gets_credential(self) -> bool:
        return True


class EmptyPostGetsCredential(Fault):
    """Gives a POST without a body the credential of its path's model: it has no body that could name another."""

    id, name, source, editions = "X957", "empty-post-gets-credential", "R-057", SPRING
    catches = "A request that names no model is given no credential."

    def passes_bodiless(self, method: str) -> bool:
        return method == "POST"

    def bodiless_gets_credential(self) -> bool:
        return True


def _named(name: str, published: Sequence[Model]) -> Model | None:
    return next((each for each in published if name in (each.target_model, each.key.name)), None)


def _plain(path: str) -> str:
    return re.sub("/+", "/", unquote(path))


# --- Credentials of the client ---


class ApiKeyShieldsAuthorization(Fault):
    """Takes an x-api-key for the client's credential where there is one, and leaves its Authorization alone."""

    id, name = "X262", "api-key-shields-authorization"
    catches = "The injected credential takes the place of every Authorization."

    def removed_headers(self, names: Sequence[str]) -> Sequence[str]:
        kept = "authorization" if "x-api-key" in names else ""
        return [name for name in super().removed_headers(names) if name != kept]


# --- Paths of the gateway itself ---


class RootServed(Fault):
    """Serves a request without any path by the model that its body names."""

    id, name = "X265", "root-served"
    catches = "A path that is no model's leads to no provider."

    def is_chat_endpoint(self, path: str) -> bool:
        return path == "/" or super().is_chat_endpoint(path)

    def fallback_model(self, path: str, published: Sequence[Model]) -> Model | None:
        if path != "/":
            return super().fallback_model(path, published)
        found = next(iter(published), None)
        self.memory[AT_HAND] = found
        return found

    def choose_model(self, model: Model, body_model: str, published: Sequence[Model]) -> Model | None:
        if self.memory.pop(AT_HAND, None) is not model:
            return super().choose_model(model, body_model, published)
        return next((each for each in published if self.goes_by(each, body_model)), None)
