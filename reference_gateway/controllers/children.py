"""The objects that an ExternalModel becomes (behaviour.md 2.1), and whether one has drifted. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from reference_gateway.behaviour import Behaviour
from reference_gateway.kubernetes_access import JSON, Resource
from reference_gateway.resources import DESTINATION_RULES, GATEWAY, HTTP_ROUTES, SERVICE_ENTRIES, SERVICES
from reference_gateway.values import Destination, Key, Model

T = TypeVar("T")
MANAGED_BY_LABEL = "app.kubernetes.io/managed-by"
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
        port=_read(_port, annotations, PORT_ANNOTATION, "443", behaviour),
        tls=_read(_tls, annotations, TLS_ANNOTATION, "true", behaviour),
    )


def _read(read: Callable[[str], T], annotations: Mapping[str, str], name: str, usual: str, behaviour: Behaviour) -> T:
    try:
        return read(annotations.get(name, usual))
    except InvalidModelError:
        if behaviour.forgives_annotations():
            return read(usual)
        raise


def children_of(model: Model, owner: JSON, behaviour: Behaviour) -> list[tuple[Resource, JSON]]:
    """The children that a model must have, each whole."""
    labels = {MANAGED_BY_LABEL: MANAGED_BY, MODEL_LABEL: model.key.name}
    out = way_out_key(model.key, behaviour)
    made = [(resource, out, spec) for resource, spec in way_out(model.destination)]
    made.append((HTTP_ROUTES, model.key, _http_route(model, behaviour)))
    return [(resource, child(resource, key, spec, labels, owner, behaviour)) for resource, key, spec in made]


def way_out_key(named_after: Key, behaviour: Behaviour) -> Key:
    """What leads out of the cluster for a model or a provider."""
    return Key(named_after.namespace, behaviour.way_out_name(named_after.name))


def way_out(to: Destination) -> list[tuple[Resource, JSON]]:
    """What leads out of the cluster to a destination, as specifications."""
    specs = [(SERVICES, _service(to)), (SERVICE_ENTRIES, _service_entry(to))]
    if to.tls:
        specs.append((DESTINATION_RULES, _destination_rule(to)))
    return specs


def is_child(item: JSON, model: Key) -> bool:
    """Whether an object bears the marks of a model's child."""
    labels = item["metadata"].get("labels") or {}
    return labels.get(MANAGED_BY_LABEL) == MANAGED_BY and labels.get(MODEL_LABEL) == model.name


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


def child(
    resource: Resource, key: Key, spec: JSON, labels: Mapping[str, str], owner: JSON, behaviour: Behaviour
) -> JSON:
    """A child, whole: with its labels, and with its owner if it has one."""
    metadata: JSON = {
        "name": key.name,
        "namespace": key.namespace,
        "labels": {**labels, **behaviour.extra_labels()},
    }
    if behaviour.is_owned(resource.kind):
        metadata["ownerReferences"] = [owner_reference(owner)]
    whole = {"apiVersion": resource.api_version, "kind": resource.kind, "metadata": metadata, "spec": spec}
    return behaviour.child(whole, key)


def owner_reference(owner: JSON) -> JSON:
    """What makes the API delete an object with its owner."""
    return {
        "apiVersion": owner["apiVersion"],
        "kind": owner["kind"],
        "name": owner["metadata"]["name"],
        "uid": owner["metadata"]["uid"],
        "controller": True,
        "blockOwnerDeletion": True,
    }


def _service(to: Destination) -> JSON:
    return {
        "type": "ExternalName",
        "externalName": to.host,
        "ports": [{"port": to.port, "targetPort": to.port}],
    }


def _service_entry(to: Destination) -> JSON:
    name, protocol = ("https", "HTTPS") if to.tls else ("http", "HTTP")
    return {
        "hosts": [to.host],
        "location": "MESH_EXTERNAL",
        "resolution": "DNS",
        "ports": [{"number": to.port, "name": name, "protocol": protocol}],
    }


def _destination_rule(to: Destination) -> JSON:
    return {"host": to.host, "trafficPolicy": {"tls": {"mode": "SIMPLE"}}}


def _http_route(model: Model, behaviour: Behaviour) -> JSON:
    by_path = path_match(behaviour.route_prefix(model.key))
    by_model = {"headers": [header_match("X-Gateway-Model-Name", model.target_model)]}
    backend = behaviour.way_out_name(model.key.name)
    return route_spec([route_rule(match, backend, model) for match in (by_path, by_model)])


def route_spec(rules: Sequence[JSON]) -> JSON:
    """An HTTPRoute of this gateway."""
    return {"parentRefs": [{"name": GATEWAY.name, "namespace": GATEWAY.namespace}], "rules": list(rules)}


def route_rule(match: JSON, backend: str, model: Model) -> JSON:
    """A rule that sends what matches to one provider, under the provider's name."""
    return {
        "matches": [match],
        "filters": [
            {
                "type": "RequestHeaderModifier",
                "requestHeaderModifier": {"set": [{"name": "Host", "value": model.endpoint}]},
            }
        ],
        "backendRefs": [{"name": backend, "port": model.port}],
        "timeouts": {"request": ROUTE_TIMEOUT},
    }


def path_match(prefix: str) -> JSON:
    """Requests at a path that begins so."""
    return {"path": {"type": "PathPrefix", "value": prefix}}


def header_match(name: str, value: str) -> JSON:
    """Requests with this header."""
    return {"type": "Exact", "name": name, "value": value}


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
