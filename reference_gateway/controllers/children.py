"""The objects that an ExternalModel becomes (behaviour.md 2.1), and whether one has drifted. Pure."""

from __future__ import annotations

from typing import Any

from reference_gateway.behaviour import Behaviour
from reference_gateway.kubernetes_access import JSON, Resource
from reference_gateway.resources import DESTINATION_RULES, GATEWAY, HTTP_ROUTES, SERVICE_ENTRIES, SERVICES
from reference_gateway.values import Key, Model

MANAGED_BY = "maas-external-model-reconciler"
PORT_ANNOTATION = "maas.opendatahub.io/port"
TLS_ANNOTATION = "maas.opendatahub.io/tls"
MODEL_LABEL = "maas.opendatahub.io/external-model"
ROUTE_TIMEOUT = "300s"
TRUE_WORDS = frozenset({"1", "t", "T", "TRUE", "true", "True"})
FALSE_WORDS = frozenset({"0", "f", "F", "FALSE", "false", "False"})


class InvalidModelError(Exception):
    """The ExternalModel cannot be realised; nothing of it is changed until it is mended."""


def read_model(item: JSON, behaviour: Behaviour) -> Model:
    """An ExternalModel as a value; an annotation that cannot be read, or a missing spec, raises InvalidModelError."""
    metadata, spec = item["metadata"], item.get("spec")
    if not spec:
        raise InvalidModelError("the ExternalModel has no spec")
    annotations = metadata.get("annotations") or {}
    key = Key(metadata["namespace"], metadata["name"])
    return Model(
        key=key,
        provider=spec["provider"],
        target_model=spec["targetModel"],
        endpoint=spec["endpoint"],
        secret=behaviour.secret_of(key, spec["credentialRef"]),
        port=_port(annotations.get(PORT_ANNOTATION, "443")),
        tls=_tls(annotations.get(TLS_ANNOTATION, "true")),
    )


def children_of(model: Model, owner: JSON, behaviour: Behaviour) -> list[tuple[Resource, JSON]]:
    """The children that a model must have, each whole."""
    children = [(SERVICES, _service(model)), (SERVICE_ENTRIES, _service_entry(model))]
    if model.tls:
        children.append((DESTINATION_RULES, _destination_rule(model)))
    children.append((HTTP_ROUTES, _http_route(model, behaviour)))
    return [(resource, _child(resource, spec, model, owner, behaviour)) for resource, spec in children]


def is_child(item: JSON, model: Key) -> bool:
    """Whether an object bears the marks of a model's child."""
    labels = item["metadata"].get("labels") or {}
    return labels.get("app.kubernetes.io/managed-by") == MANAGED_BY and labels.get(MODEL_LABEL) == model.name


def contains(actual: Any, wanted: Any) -> bool:
    """Whether all that is wanted is there; the API may have added defaults, but no elements to a list."""
    if isinstance(wanted, dict):
        return isinstance(actual, dict) and all(contains(actual.get(name), each) for name, each in wanted.items())
    if isinstance(wanted, list):
        return (
            isinstance(actual, list)
            and len(actual) == len(wanted)
            and all(contains(there, each) for there, each in zip(actual, wanted, strict=True))
        )
    return bool(actual == wanted)


def _child(resource: Resource, spec: JSON, model: Model, owner: JSON, behaviour: Behaviour) -> JSON:
    labels = {"app.kubernetes.io/managed-by": MANAGED_BY, MODEL_LABEL: model.key.name, **behaviour.extra_labels()}
    metadata: JSON = {"name": model.key.name, "namespace": model.key.namespace, "labels": labels}
    if behaviour.is_owned(resource.kind):
        metadata["ownerReferences"] = [
            {
                "apiVersion": owner["apiVersion"],
                "kind": owner["kind"],
                "name": owner["metadata"]["name"],
                "uid": owner["metadata"]["uid"],
                "controller": True,
                "blockOwnerDeletion": True,
            }
        ]
    child = {"apiVersion": resource.api_version, "kind": resource.kind, "metadata": metadata, "spec": spec}
    return behaviour.child(child, model.key)


def _service(model: Model) -> JSON:
    return {
        "type": "ExternalName",
        "externalName": model.endpoint,
        "ports": [{"port": model.port, "targetPort": model.port}],
    }


def _service_entry(model: Model) -> JSON:
    name, protocol = ("https", "HTTPS") if model.tls else ("http", "HTTP")
    return {
        "hosts": [model.endpoint],
        "location": "MESH_EXTERNAL",
        "resolution": "DNS",
        "ports": [{"number": model.port, "name": name, "protocol": protocol}],
    }


def _destination_rule(model: Model) -> JSON:
    return {"host": model.endpoint, "trafficPolicy": {"tls": {"mode": "SIMPLE"}}}


def _http_route(model: Model, behaviour: Behaviour) -> JSON:
    by_path = {"path": {"type": "PathPrefix", "value": behaviour.route_prefix(model.key)}}
    by_model = {"headers": [{"type": "Exact", "name": "X-Gateway-Model-Name", "value": model.target_model}]}
    return {
        "parentRefs": [{"name": GATEWAY.name, "namespace": GATEWAY.namespace}],
        "rules": [
            {
                "matches": [match],
                "filters": [
                    {
                        "type": "RequestHeaderModifier",
                        "requestHeaderModifier": {"set": [{"name": "Host", "value": model.endpoint}]},
                    }
                ],
                "backendRefs": [{"name": model.key.name, "port": model.port}],
                "timeouts": {"request": ROUTE_TIMEOUT},
            }
            for match in (by_path, by_model)
        ],
    }


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit():
        raise InvalidModelError(f'invalid ExternalModel annotations: invalid port "{text}"')
    port = int(text)
    if not 1 <= port <= 65535:
        raise InvalidModelError(f"invalid ExternalModel annotations: port {port} out of range (1-65535)")
    return port


def _tls(text: str) -> bool:
    if text in TRUE_WORDS:
        return True
    if text in FALSE_WORDS:
        return False
    raise InvalidModelError(f'invalid ExternalModel annotations: invalid tls value "{text}"')
