"""From Kubernetes children to destinations, as a mesh's control plane would do it.

Pure. A route that cannot be resolved yields a problem instead of a destination, and no other route suffers from it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from reference_gateway.values import Destination, Key

JSON = dict[str, Any]
DEFAULT_TIMEOUT = 300.0
_UNITS = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001}


@dataclass(frozen=True)
class Route:
    """What Envoy needs of one HTTPRoute and one of its backends."""

    destination: Destination
    timeout: float
    """Seconds for the whole exchange."""


@dataclass(frozen=True)
class Unresolved:
    """Why an HTTPRoute has no destination: a Gateway API reason and a sentence."""

    reason: str
    message: str
    accepted: bool = True
    """Whether the gateway takes the route on at all."""


NOT_ALLOWED = Unresolved("NotAllowedByListeners", "No listener admits routes of this namespace", accepted=False)


@dataclass(frozen=True)
class Children:
    """The objects that routes are made of, by namespace and name."""

    routes: Mapping[Key, JSON]
    services: Mapping[Key, JSON]
    service_entries: Mapping[Key, JSON]
    destination_rules: Mapping[Key, JSON]


Translated = tuple[Route, ...] | Unresolved
"""What became of one HTTPRoute: a route for each backend that could be resolved, or why none could."""


def translate(
    children: Children, gateway: Key, admits: Callable[[str], bool], prefix: Callable[[Key], str]
) -> dict[Key, Translated]:
    """Resolve every HTTPRoute that has this gateway as parent, whose listener ``admits`` some namespaces.

    Each must have a rule for its model's path ``prefix``.
    """
    return {
        key: _resolve(key, route, children, prefix(key)) if admits(key.namespace) else NOT_ALLOWED
        for key, route in sorted(children.routes.items())
        if references_gateway(route, gateway) and "deletionTimestamp" not in route["metadata"]
    }


def references_gateway(route: JSON, gateway: Key) -> bool:
    """Whether an HTTPRoute names the gateway among its parents."""
    return any(parent_key(parent, route) == gateway for parent in route.get("spec", {}).get("parentRefs", ()))


def parent_key(parent: JSON, route: JSON) -> Key:
    """The gateway that a parentRef names; without a namespace it is the route's own."""
    return Key(parent.get("namespace", route["metadata"]["namespace"]), parent["name"])


def _resolve(key: Key, route: JSON, children: Children, prefix: str) -> Translated:
    if _path_rule(route, prefix) is None:
        return Unresolved("UnsupportedValue", f"No rule matches the path prefix {prefix}")
    resolved = [_resolve_rule(key, rule, children) for rule in route["spec"]["rules"]]
    # The first rule for a destination counts, which is the one that has the path.
    routes = {each.destination: each for each in reversed(resolved) if isinstance(each, Route)}
    problem = next((each for each in resolved if isinstance(each, Unresolved)), None)
    return tuple(routes.values()) if routes or problem is None else problem


def _resolve_rule(key: Key, rule: JSON, children: Children) -> Route | Unresolved:
    backend = next(iter(rule.get("backendRefs") or ()), None)
    if backend is None:
        return Unresolved("BackendNotFound", "The rule has no backend")
    # Routes are the gateway's own: a backend in another namespace is one that it has written itself.
    name = Key(backend.get("namespace", key.namespace), backend["name"])
    service = children.services.get(name)
    if service is None or service.get("spec", {}).get("type") != "ExternalName":
        return Unresolved("BackendNotFound", f"Service {name} of type ExternalName not found")
    host, port = service["spec"]["externalName"], backend.get("port")
    if not any(offered.get("port") == port for offered in service["spec"].get("ports", ())):
        return Unresolved("BackendNotFound", f"Service {name} has no port {port}")
    entry = children.service_entries.get(name)
    if entry is None or not _registers(entry, host, port):
        return Unresolved("BackendNotFound", f"No ServiceEntry {name} registers {host}:{port}")
    destination_rule = children.destination_rules.get(name)
    tls = destination_rule is not None and _originates_tls(destination_rule, host)
    if not tls and _protocol(entry, port) == "HTTPS":
        # Never send a credential in clear to a port that is registered as HTTPS.
        return Unresolved("BackendNotFound", f"No DestinationRule {name} originates TLS to {host}:{port}")
    if _host_header(rule) != host:
        # Between two children's updates: a credential must not meet the name of another host, not even for a moment.
        return Unresolved("BackendNotFound", f"The rule's Host header is not {host}")
    return Route(Destination(key, host, port, tls), _seconds(rule.get("timeouts", {}).get("request")))


def _seconds(duration: str | None) -> float:
    """A Gateway API duration such as 1h30m or 500ms in seconds."""
    parts = re.findall(r"(\d+)(ms|h|m|s)", duration or "")
    return sum(int(number) * _UNITS[unit] for number, unit in parts) if parts else DEFAULT_TIMEOUT


def _path_rule(route: JSON, prefix: str) -> JSON | None:
    for rule in route.get("spec", {}).get("rules", ()):
        for match in rule.get("matches", ()):
            if match.get("path") == {"type": "PathPrefix", "value": prefix}:
                return dict(rule)
    return None


def _registers(entry: JSON, host: str, port: int) -> bool:
    return host in entry.get("spec", {}).get("hosts", ()) and _protocol(entry, port) is not None


def _protocol(entry: JSON, port: int) -> str | None:
    offered = entry.get("spec", {}).get("ports", ())
    return next((str(each.get("protocol")) for each in offered if each.get("number") == port), None)


def _originates_tls(rule: JSON, host: str) -> bool:
    spec = rule.get("spec", {})
    return bool(spec.get("host") == host and spec.get("trafficPolicy", {}).get("tls", {}).get("mode") == "SIMPLE")


def _host_header(rule: JSON) -> str | None:
    for each in rule.get("filters", ()):
        for header in each.get("requestHeaderModifier", {}).get("set", ()):
            if header["name"].lower() == "host":
                return str(header["value"])
    return None
