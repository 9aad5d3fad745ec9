"""Who makes the routes of models where no maas-controller does: an administrator's script, as small as it can be."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

import httpx

MODELS = "/apis/maas.opendatahub.io/v1alpha1/externalmodels"
ISTIO = "networking.istio.io/v1"
PORT = 443


class RouteScript:
    """Makes the way out and the HTTPRoute of each ExternalModel that it hears of; owner references remove them."""

    def __init__(self, http: httpx.Client, gateway: Mapping[str, Any]) -> None:
        self._http = http
        self._parent = {"namespace": gateway["gatewayNamespace"], "name": gateway["gatewayName"]}

    def watch(self) -> None:
        """Begin."""
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        query = {"watch": "1", "timeoutSeconds": "600"}
        # The API ends with the test, and its watches with it.
        with suppress(httpx.TransportError), self._http.stream("GET", MODELS, params=query, timeout=600) as events:
            for line in events.iter_lines():
                event = json.loads(line)
                if event["type"] in ("ADDED", "MODIFIED"):
                    for path, made in self._objects(event["object"]):
                        self._apply(path, made)

    def _apply(self, path: str, made: dict[str, Any]) -> None:
        query = {"fieldManager": "an-administrator", "force": "true"}
        kind = {"Content-Type": "application/apply-patch+yaml"}
        # A namespace that is going takes nothing more; what is missing elsewhere shows in the verdict.
        self._http.patch(path, params=query, content=json.dumps(made), headers=kind)

    def _objects(self, model: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
        metadata, host = model["metadata"], model["spec"]["endpoint"]
        name, namespace = metadata["name"], metadata["namespace"]
        port = {"number": PORT, "name": "https", "protocol": "HTTPS"}
        host_header = {
            "type": "RequestHeaderModifier",
            "requestHeaderModifier": {"set": [{"name": "Host", "value": host}]},
        }
        rule = {
            "matches": [{"path": {"type": "PathPrefix", "value": f"/{namespace}/{name}"}}],
            "filters": [host_header],
            "backendRefs": [{"name": name, "port": PORT}],
        }
        specs = {
            ("v1", "Service", "services"): {
                "type": "ExternalName",
                "externalName": host,
                "ports": [{"port": PORT, "targetPort": PORT}],
            },
            (ISTIO, "ServiceEntry", "serviceentries"): {
                "hosts": [host],
                "location": "MESH_EXTERNAL",
                "resolution": "DNS",
                "ports": [port],
            },
            (ISTIO, "DestinationRule", "destinationrules"): {
                "host": host,
                "trafficPolicy": {"tls": {"mode": "SIMPLE"}},
            },
            ("gateway.networking.k8s.io/v1", "HTTPRoute", "httproutes"): {
                "parentRefs": [self._parent],
                "rules": [rule],
            },
        }
        owner = {key: model[key] for key in ("apiVersion", "kind")} | {key: metadata[key] for key in ("name", "uid")}
        for (version, kind, plural), spec in specs.items():
            root = f"/apis/{version}" if "/" in version else f"/api/{version}"
            yield (
                f"{root}/namespaces/{namespace}/{plural}/{name}",
                {
                    "apiVersion": version,
                    "kind": kind,
                    "metadata": {"name": name, "namespace": namespace, "ownerReferences": [owner]},
                    "spec": spec,
                },
            )
