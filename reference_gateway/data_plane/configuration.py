"""Envoy's configuration as plain data: the bootstrap that never changes, and the clusters and routes that do."""

from __future__ import annotations

import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reference_gateway.behaviour import Behaviour
from reference_gateway.behaviour.data_plane import RESPONSE_IN_PIECES
from reference_gateway.data_plane.connect_to import ConnectTo, connection_target, is_ip_address
from reference_gateway.data_plane.translation import Route
from reference_gateway.errors import UsageProblem
from reference_gateway.processor.metering import METERING, STAGE
from reference_gateway.processor.server import DESTINATION_HEADER

JSON = dict[str, Any]

ROUTES = "models"
LISTENER = "clients"
MAX_BODY_BYTES = 64 << 20
PROCESSOR_TIMEOUT = "30s"
"""How long Envoy waits for the processor's word: far above any pause of a busy machine, and it fails closed."""
CONNECT_TIMEOUT = "30s"
"""For a connection and its TLS: who refuses one does so at once, and a busy machine is slow with both."""
METERING_PATIENCE = "300s"
"""How long Envoy goes on telling of a request that is over. Without a word it does so for five seconds: what a busy
machine has not heard by then is lost, and nobody is charged for it."""
UPSTREAM_IDLE_TIMEOUT = "1s"
"""Below the keep-alive time of any usual provider: a connection that the provider is just closing costs a request,
because a completion is never sent twice."""

AUTHORIZATION = "envoy.filters.http.ext_authz"
PROCESSOR = "envoy.filters.http.ext_proc"
METERING_FILTER = "envoy.filters.http.ext_proc.metering"
MAAS_API = "maas-api"
CONTROL = "control"
PROCESSOR_CLUSTER = "processor"

_TYPE = "type.googleapis.com/envoy."
HTTP_OPTIONS = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions"


@dataclass(frozen=True)
class Wiring:
    """What the configuration needs to know of its surroundings."""

    listen_host: str
    listen_port: int
    control_socket: Path
    """Where the gateway serves discovery, who may call, and what is counted."""
    processor_socket: Path
    """Where the processor answers; nobody does while it is down."""
    admin_socket: Path
    access_log: Path
    provider_ca: Path | None = None
    connect_to: tuple[ConnectTo, ...] = ()
    maas_api_socket: Path | None = None
    """Where keys are minted and models listed; None where there is no access layer."""


def bootstrap(wiring: Wiring, behaviour: Behaviour) -> JSON:
    """The configuration that Envoy starts with."""
    return {
        "node": {"id": "reference-gateway", "cluster": "reference-gateway"},
        "admin": {"address": {"pipe": {"path": str(wiring.admin_socket), "mode": 0o600}}},
        "static_resources": {
            "listeners": [_listener(wiring, behaviour)],
            "clusters": [
                _own_cluster(CONTROL, wiring.control_socket),
                _own_cluster(PROCESSOR_CLUSTER, wiring.processor_socket),
                *_maas_api_clusters(wiring),
            ],
        },
        "dynamic_resources": {
            "ads_config": {
                "api_type": "GRPC",
                "transport_api_version": "V3",
                "grpc_services": [{"envoy_grpc": {"cluster_name": CONTROL}}],
            },
            "cds_config": {"ads": {}, "resource_api_version": "V3"},
        },
    }


def clusters(routes: Sequence[Route], wiring: Wiring, behaviour: Behaviour) -> list[JSON]:
    """One cluster for each destination, named by the destination's id."""
    return [_provider_cluster(route, wiring, behaviour) for route in routes]


def route_configuration(routes: Sequence[Route], behaviour: Behaviour) -> JSON:
    """Routes on the processor's header alone; a request that bears none of ours is not found."""
    return {
        "@type": f"{_TYPE}config.route.v3.RouteConfiguration",
        "name": ROUTES,
        "virtual_hosts": [
            {
                "name": "all",
                "domains": ["*"],
                "routes": [
                    *(_maas_api_routes() if behaviour.edition.access is not None else ()),
                    *(
                        _picked_route(route, behaviour)
                        for route in routes
                        if behaviour.header_of_endpoint() is not None
                    ),
                    *(_route(route, behaviour) for route in routes),
                    *(_unprocessed_route(route) for route in routes if behaviour.forwards_without_processor()),
                    {"match": {"prefix": "/"}, "direct_response": {"status": 404}},
                ],
            }
        ],
    }


def _listener(wiring: Wiring, behaviour: Behaviour) -> JSON:
    return {
        "name": LISTENER,
        "address": {"socket_address": {"address": wiring.listen_host, "port_value": wiring.listen_port}},
        # Without this a second gateway would share the port silently.
        "enable_reuse_port": False,
        "per_connection_buffer_limit_bytes": MAX_BODY_BYTES,
        "filter_chains": [{"filters": [_typed("envoy.http", _connection_manager(wiring, behaviour))]}],
    }


def _connection_manager(wiring: Wiring, behaviour: Behaviour) -> JSON:
    return {
        "@type": f"{_TYPE}extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
        "stat_prefix": "clients",
        "codec_type": "AUTO",
        "rds": {"route_config_name": ROUTES, "config_source": {"ads": {}, "resource_api_version": "V3"}},
        "normalize_path": True,
        "merge_slashes": behaviour.merges_slashes(),
        "path_with_escaped_slashes_action": behaviour.escaped_slashes(),
        "server_header_transformation": "PASS_THROUGH",
        # Clients are never trusted with x-envoy-* headers, not even from this machine.
        "use_remote_address": True,
        "skip_xff_append": True,
        "internal_address_config": {"cidr_ranges": [{"address_prefix": "255.255.255.255", "prefix_len": 32}]},
        "access_log": [_typed("envoy.access_loggers.file", _access_log(wiring.access_log, behaviour))],
        "local_reply_config": {
            "mappers": [
                {"filter": {"response_flag_filter": {"flags": [flag]}}, "status_code": status}
                for flag, status in behaviour.own_statuses().items()
            ]
        },
        "http_filters": [
            *([_typed(AUTHORIZATION, _authorization_filter(behaviour))] if wiring.maas_api_socket is not None else ()),
            _typed(METERING_FILTER, _metering_filter()),
            _typed(PROCESSOR, _processor_filter(behaviour)),
            _typed(
                "envoy.filters.http.router",
                {"@type": f"{_TYPE}extensions.filters.http.router.v3.Router", "suppress_envoy_headers": True},
            ),
        ],
    }


def _authorization_filter(behaviour: Behaviour) -> JSON:
    shown = behaviour.body_shown()
    body = {"max_request_bytes": shown, "allow_partial_message": True, "pack_as_bytes": True}
    return {
        "@type": f"{_TYPE}extensions.filters.http.ext_authz.v3.ExtAuthz",
        "transport_api_version": "V3",
        "grpc_service": {"envoy_grpc": {"cluster_name": CONTROL}, "timeout": PROCESSOR_TIMEOUT},
        "failure_mode_allow": False,
        "status_on_error": {"code": "InternalServerError"},
        **({"with_request_body": body} if shown else {}),
    }


def _processor_filter(behaviour: Behaviour) -> JSON:
    return {
        "@type": f"{_TYPE}extensions.filters.http.ext_proc.v3.ExternalProcessor",
        "grpc_service": {"envoy_grpc": {"cluster_name": PROCESSOR_CLUSTER}},
        "failure_mode_allow": behaviour.forwards_without_processor(),
        "status_on_error": {"code": behaviour.status_without_processor()},
        "message_timeout": PROCESSOR_TIMEOUT,
        "mutation_rules": {"allow_all_routing": True},
        # Only the processor knows which answers it has to read whole.
        "allow_mode_override": True,
        "request_attributes": list(behaviour.told_of_connection()),
        "processing_mode": {
            "request_header_mode": "SEND",
            "request_body_mode": "BUFFERED",
            "request_trailer_mode": "SKIP",
            "response_header_mode": "SEND",
            "response_body_mode": behaviour.response_body_mode(),
            "response_trailer_mode": "SEND" if behaviour.response_body_mode() == RESPONSE_IN_PIECES else "SKIP",
        },
    }


def _metering_filter() -> JSON:
    """Looks on from outside the processor, so that it sees the answer as the client gets it, and holds nothing up."""
    return {
        "@type": f"{_TYPE}extensions.filters.http.ext_proc.v3.ExternalProcessor",
        "grpc_service": {
            "envoy_grpc": {"cluster_name": CONTROL},
            "initial_metadata": [{"key": STAGE, "value": METERING}],
        },
        "observability_mode": True,
        "deferred_close_timeout": METERING_PATIENCE,
        "metadata_options": {"forwarding_namespaces": {"untyped": [AUTHORIZATION]}},
        "processing_mode": {
            "request_header_mode": "SEND",
            "request_body_mode": "NONE",
            "request_trailer_mode": "SKIP",
            "response_header_mode": "SEND",
            "response_body_mode": "STREAMED",
            "response_trailer_mode": "SKIP",
        },
    }


def _access_log(path: Path, behaviour: Behaviour) -> JSON:
    return {
        "@type": f"{_TYPE}extensions.access_loggers.file.v3.FileAccessLog",
        "path": str(path),
        "log_format": {
            "json_format": {
                "time": "%START_TIME%",
                "method": "%REQ(:METHOD)%",
                # As the provider got it, or as the client sent it where no provider did; a query may hold anything.
                "path": "%PATH(NQ:ORIG_OR_PATH)%",
                "protocol": "%PROTOCOL%",
                "status": "%RESPONSE_CODE%",
                "details": "%RESPONSE_CODE_DETAILS%",
                "flags": "%RESPONSE_FLAGS%",
                "upstream": "%UPSTREAM_HOST%",
                "destination": "%UPSTREAM_CLUSTER_RAW%",
                "bytesReceived": "%BYTES_RECEIVED%",
                "bytesSent": "%BYTES_SENT%",
                "durationMilliseconds": "%DURATION%",
                **behaviour.access_log_fields(),
            }
        },
    }


def _own_cluster(name: str, socket: Path) -> JSON:
    return {
        "name": name,
        "type": "STATIC",
        "connect_timeout": CONNECT_TIMEOUT,
        "load_assignment": {"cluster_name": name, "endpoints": [_endpoints({"pipe": {"path": str(socket)}})]},
        # No circuit breaker between the two halves of one gateway.
        "circuit_breakers": {"thresholds": [_no_limits()]},
        "typed_extension_protocol_options": {HTTP_OPTIONS: _http_options({"http2_protocol_options": {}})},
    }


def _maas_api_clusters(wiring: Wiring) -> list[JSON]:
    if wiring.maas_api_socket is None:
        return []
    address = {"pipe": {"path": str(wiring.maas_api_socket)}}
    assignment = {"cluster_name": MAAS_API, "endpoints": [_endpoints(address)]}
    return [{"name": MAAS_API, "type": "STATIC", "connect_timeout": CONNECT_TIMEOUT, "load_assignment": assignment}]


def _maas_api_routes() -> list[JSON]:
    """Before all others, so that nothing but the path decides; none of the filters has a say there."""
    processor_off = {"@type": f"{_TYPE}extensions.filters.http.ext_proc.v3.ExtProcPerRoute", "disabled": True}
    off = {
        AUTHORIZATION: {"@type": f"{_TYPE}extensions.filters.http.ext_authz.v3.ExtAuthzPerRoute", "disabled": True},
        METERING_FILTER: processor_off,
        PROCESSOR: processor_off,
    }
    matches: list[JSON] = [{"path_separated_prefix": "/maas-api"}, {"path": "/v1/models"}]
    return [{"match": match, "route": {"cluster": MAAS_API}, "typed_per_filter_config": off} for match in matches]


def _provider_cluster(route: Route, wiring: Wiring, behaviour: Behaviour) -> JSON:
    destination = route.destination
    address, port = connection_target(wiring.connect_to, destination.host, destination.port)
    http1: JSON = {"http_protocol_options": {}}
    if behaviour.upstream_header_case() == "proper":
        http1["http_protocol_options"] = {"header_key_format": {"proper_case_words": {}}}
    cluster: JSON = {
        "@type": f"{_TYPE}config.cluster.v3.Cluster",
        "name": destination.id,
        "type": "STATIC" if is_ip_address(address) else "LOGICAL_DNS",
        "connect_timeout": CONNECT_TIMEOUT,
        "load_assignment": {
            "cluster_name": destination.id,
            "endpoints": [_endpoints({"socket_address": {"address": address, "port_value": port}})],
        },
        "circuit_breakers": {"thresholds": [_no_limits()]},
        "typed_extension_protocol_options": {HTTP_OPTIONS: _http_options(http1, idle_timeout=UPSTREAM_IDLE_TIMEOUT)},
    }
    if destination.tls:
        cluster["transport_socket"] = _typed("envoy.transport_sockets.tls", _tls(destination.host, wiring, behaviour))
        if behaviour.upstream_protocol() == "negotiated":
            protocols = {**http1, "http2_protocol_options": {}}
            options = _http_options(protocols, "auto_config", idle_timeout=UPSTREAM_IDLE_TIMEOUT)
            cluster["typed_extension_protocol_options"] = {HTTP_OPTIONS: options}
    return cluster


def _tls(host: str, wiring: Wiring, behaviour: Behaviour) -> JSON:
    context: JSON = {"@type": f"{_TYPE}extensions.transport_sockets.tls.v3.UpstreamTlsContext"}
    if not is_ip_address(host):
        context["sni"] = behaviour.server_name(host)
    if behaviour.verifies_provider():
        name_type = "IP_ADDRESS" if is_ip_address(host) else "DNS"
        context["common_tls_context"] = {
            "validation_context": {
                "trusted_ca": {"filename": str(_trusted_ca(wiring))},
                "match_typed_subject_alt_names": [
                    {"san_type": name_type, "matcher": {"exact": host, "ignore_case": name_type == "DNS"}}
                ],
                "allow_expired_certificate": behaviour.accepts_expired(),
                "trust_chain_verification": "ACCEPT_UNTRUSTED"
                if behaviour.accepts_any_issuer()
                else "VERIFY_TRUST_CHAIN",
            }
        }
    return context


def _trusted_ca(wiring: Wiring) -> Path:
    if wiring.provider_ca is not None:
        return wiring.provider_ca
    system = ssl.get_default_verify_paths().cafile
    if system is None:
        raise UsageProblem("This system has no bundle of certificate authorities; name one with --provider-ca.")
    return Path(system)


def _route(route: Route, behaviour: Behaviour) -> JSON:
    action: JSON = {
        "cluster": route.destination.id,
        "cluster_not_found_response_code": "NOT_FOUND",
        "host_rewrite_literal": route.destination.host,
        "timeout": f"{route.timeout:.3f}s",
    }
    if behaviour.retry_on():
        action["retry_policy"] = {
            "retry_on": behaviour.retry_on(),
            "num_retries": 2,
            "retriable_status_codes": list(behaviour.retriable_statuses()),
        }
    if behaviour.redirects_followed():
        action["internal_redirect_policy"] = {
            "redirect_response_codes": list(behaviour.redirects_followed()),
            "allow_cross_scheme_redirect": True,
        }
    header = {"name": DESTINATION_HEADER, "string_match": {"exact": route.destination.id}}
    return {
        "match": {"prefix": "/", "headers": [header]},
        "route": action,
        "request_headers_to_remove": [DESTINATION_HEADER, "x-envoy-external-address"],
    }


def _picked_route(route: Route, behaviour: Behaviour) -> JSON:
    """Where a client says that its request goes, whatever the processor has said."""
    host = f"{route.destination.host}:{route.destination.port}"
    header = {"name": behaviour.header_of_endpoint(), "string_match": {"exact": host}}
    return {**_route(route, behaviour), "match": {"prefix": "/", "headers": [header]}}


def _unprocessed_route(route: Route) -> JSON:
    """By the path alone, as it came from the client."""
    model = route.destination.model
    rewrite = {"pattern": {"regex": f"^/{model}"}, "substitution": ""}
    action = {
        "cluster": route.destination.id,
        "host_rewrite_literal": route.destination.host,
        "regex_rewrite": rewrite,
    }
    return {"match": {"path_separated_prefix": f"/{model}"}, "route": action}


def _endpoints(address: JSON) -> JSON:
    return {"lb_endpoints": [{"endpoint": {"address": address}}]}


def _http_options(protocol: JSON, kind: str = "explicit_http_config", **common: str) -> JSON:
    return {
        "@type": f"{_TYPE}extensions.upstreams.http.v3.HttpProtocolOptions",
        "common_http_protocol_options": common,
        kind: protocol,
    }


def _no_limits() -> JSON:
    unlimited = 4294967295
    names = ("max_connections", "max_pending_requests", "max_requests")
    return dict.fromkeys(names, unlimited)


def _typed(name: str, config: Mapping[str, Any]) -> JSON:
    return {"name": name, "typed_config": dict(config)}
