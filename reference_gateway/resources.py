"""The kinds that the gateway works with, and the installation of those that an API lacks."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files

from tenacity import RetryError, Retrying, retry_if_result, stop_after_delay, wait_fixed

from reference_gateway import yaml_files
from reference_gateway.behaviour import Behaviour
from reference_gateway.edition import Edition, ResourceName
from reference_gateway.errors import UsageProblem
from reference_gateway.kubernetes_access import JSON, ApiError, Cluster, Resource
from reference_gateway.values import Key

ESTABLISHED_SECONDS = 30.0

GATEWAY = Key("openshift-ingress", "maas-default-gateway")
CONTROLLER_NAME = "externalmodel.example/reference-gateway"

NAMESPACE = Resource("", "v1", "Namespace", "namespaces", namespaced=False)
CRD = Resource("apiextensions.k8s.io", "v1", "CustomResourceDefinition", "customresourcedefinitions", namespaced=False)
SECRETS = Resource("", "v1", "Secret", "secrets")
EVENTS = Resource("", "v1", "Event", "events")
CONFIG_MAPS = Resource("", "v1", "ConfigMap", "configmaps")
SERVICES = Resource("", "v1", "Service", "services")
GATEWAYS = Resource("gateway.networking.k8s.io", "v1", "Gateway", "gateways")
HTTP_ROUTES = Resource("gateway.networking.k8s.io", "v1", "HTTPRoute", "httproutes")
SERVICE_ENTRIES = Resource("networking.istio.io", "v1", "ServiceEntry", "serviceentries")
DESTINATION_RULES = Resource("networking.istio.io", "v1", "DestinationRule", "destinationrules")


@dataclass(frozen=True)
class EditionResources:
    """The kinds whose names are the edition's."""

    external_models: Resource
    external_providers: Resource | None
    legacy_external_models: Resource | None
    model_refs: Resource
    policies: Resource | None = None
    subscriptions: Resource | None = None

    @classmethod
    def of(cls, edition: Edition) -> EditionResources:
        """The edition's names as resources."""
        provider, legacy = edition.external_provider, edition.legacy_external_model
        return cls(
            _resource(edition.external_model),
            None if provider is None else _resource(provider),
            None if legacy is None else _resource(legacy),
            _resource(edition.model_ref),
            None if edition.access is None else _resource(edition.access.policy),
            None if edition.access is None else _resource(edition.access.subscription),
        )

    @property
    def all(self) -> tuple[Resource, ...]:
        """Those that the edition has."""
        models = (self.external_models, self.external_providers, self.legacy_external_models, self.model_refs)
        return tuple(each for each in (*models, self.policies, self.subscriptions) if each is not None)


def install(cluster: Cluster, behaviour: Behaviour) -> None:
    """Create the definitions and the namespace that the API lacks; return when all definitions are established."""
    definitions = [behaviour.definition(each) for each in definitions_of(behaviour.edition)]
    for definition in definitions:
        _create_if_absent(cluster, CRD, definition)
    access = behaviour.edition.access
    for name in (GATEWAY.namespace, *(() if access is None else (access.namespace,))):
        _create_if_absent(cluster, NAMESPACE, {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
    for definition in definitions:
        _wait_until_established(cluster, Key("", definition["metadata"]["name"]))


def definitions_of(edition: Edition) -> Iterator[JSON]:
    """The CustomResourceDefinitions of this package; the edition's kinds under its names, and none that it lacks."""
    names = _names_of(edition)
    for file in sorted(files("reference_gateway").joinpath("crds").iterdir(), key=lambda each: each.name):
        definition: JSON = yaml_files.parsed(file.read_text(encoding="utf-8"))
        if file.name not in names:
            yield definition
        elif (name := names[file.name]) is not None:
            yield _renamed(definition, name)


def _names_of(edition: Edition) -> dict[str, ResourceName | None]:
    """File -> the edition's name for the kind in it; None for a kind that the edition does not have."""
    refers = edition.external_provider is not None
    return {
        "externalmodels.yaml": edition.legacy_external_model if refers else edition.external_model,
        "externalmodels-referring.yaml": edition.external_model if refers else None,
        "externalproviders.yaml": edition.external_provider,
        "maasmodelrefs.yaml": edition.model_ref,
        "maasauthpolicies.yaml": None if edition.access is None else edition.access.policy,
        "maassubscriptions.yaml": None if edition.access is None else edition.access.subscription,
    }


def _renamed(definition: JSON, name: ResourceName) -> JSON:
    renamed = copy.deepcopy(definition)
    renamed["metadata"]["name"] = f"{name.plural}.{name.group}"
    spec = renamed["spec"]
    spec["group"] = name.group
    spec["names"] = {
        "kind": name.kind,
        "listKind": f"{name.kind}List",
        "plural": name.plural,
        "singular": name.kind.lower(),
    }
    spec["versions"][0]["name"] = name.version
    return renamed


def _resource(name: ResourceName) -> Resource:
    return Resource(name.group, name.version, name.kind, name.plural)


def _create_if_absent(cluster: Cluster, resource: Resource, body: JSON) -> None:
    try:
        cluster.create(resource, body)
    except ApiError as error:
        if error.code != 409:
            raise


def _wait_until_established(cluster: Cluster, key: Key) -> None:
    waiting = Retrying(
        retry=retry_if_result(lambda established: not established),
        stop=stop_after_delay(ESTABLISHED_SECONDS),
        wait=wait_fixed(0.05),
    )
    try:
        waiting(_is_established, cluster, key)
    except RetryError as error:
        raise UsageProblem(
            f"The API did not establish the definition {key.name} within {ESTABLISHED_SECONDS:g} s; look at its status."
        ) from error


def _is_established(cluster: Cluster, key: Key) -> bool:
    conditions = cluster.get(CRD, key).get("status", {}).get("conditions", ())
    return any(each["type"] == "Established" and each["status"] == "True" for each in conditions)
