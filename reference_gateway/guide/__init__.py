"""What the runbook has an operator set up for monitoring, and the Service that it points at."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files

from reference_gateway import yaml_files
from reference_gateway.behaviour import Behaviour
from reference_gateway.kubernetes_access import JSON, ApiError, Cluster, Resource
from reference_gateway.resources import NAMESPACE, SERVICES
from reference_gateway.values import Key

LIMITADOR = Key("kuadrant-system", "limitador-limitador")
LIMITADOR_PORT = 8080
SERVICE_MONITORS = Resource("monitoring.coreos.com", "v1", "ServiceMonitor", "servicemonitors")
PERSES_DASHBOARDS = Resource("perses.dev", "v1alpha2", "PersesDashboard", "persesdashboards")
EXISTS = 409


def install_guide(cluster: Cluster, behaviour: Behaviour, metrics_address: str) -> None:
    """Create what the API lacks of it, and bring what is there up to date."""
    resources = {each.kind: each for each in (NAMESPACE, SERVICES, SERVICE_MONITORS, PERSES_DASHBOARDS)}
    for item in guide_objects(metrics_address):
        wanted = behaviour.guide_object(item)
        if wanted is not None:
            _ensure(cluster, resources[wanted["kind"]], wanted)


def guide_objects(metrics_address: str) -> Iterator[JSON]:
    """The objects, each whole, in an order in which they can be created."""
    labels = {"openshift.io/cluster-monitoring": "true"}
    yield _namespace(LIMITADOR.namespace, labels)
    yield _namespace("redhat-ods-monitoring", {})
    yield {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": LIMITADOR.name, "namespace": LIMITADOR.namespace, "labels": {"app": "limitador"}},
        "spec": {
            "selector": {"app": "limitador"},
            "ports": [
                {"name": "http", "port": LIMITADOR_PORT, "targetPort": int(metrics_address.rpartition(":")[2])},
            ],
        },
    }
    for file in sorted(files("reference_gateway").joinpath("guide").iterdir(), key=lambda each: each.name):
        if file.name.endswith(".yaml"):
            yield yaml_files.parsed(file.read_text(encoding="utf-8"))


def _namespace(name: str, labels: dict[str, str]) -> JSON:
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels}}


def _ensure(cluster: Cluster, resource: Resource, item: JSON) -> None:
    try:
        cluster.create(resource, item)
    except ApiError as error:
        if error.code != EXISTS:
            raise
        metadata = item["metadata"]
        change = {
            "metadata": {"labels": metadata.get("labels", {})},
            **({"spec": item["spec"]} if "spec" in item else {}),
        }
        cluster.merge(resource, Key(metadata.get("namespace", ""), metadata["name"]), change)
