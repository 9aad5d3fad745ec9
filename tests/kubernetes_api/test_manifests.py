"""What we put on clusters is what an API server admits, field by field: definitions, plans, the provider, models."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from fixtures.access import AMPLE, Grant, Ref
from fixtures.catalogue import Edition, Resource, load
from fixtures.kube import OWNED
from fixtures.layouts import Layout, Meaning, Supply, layout_of, legacy_layout_of
from fixtures.rights import Uses
from fixtures.targets import provider_manifests as provider
from fixtures.targets.target import ProviderDeployment, ProviderServices
from reference_gateway.edition import read_edition
from reference_gateway.resources import definitions_of
from suite import planning
from tests.kubernetes_api.conftest import ROOT, Api, establish

EDITIONS = load().editions
DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
LABELS = {**OWNED, "externalmodel-conformance/run": "20261126-000000-abcd"}
RBAC = f"/apis/{planning.RBAC}/v1"
Json = dict[str, Any]


@pytest.fixture(params=EDITIONS)
def edition(request: pytest.FixtureRequest, api: Api) -> Edition:
    """An edition whose kinds are served, as the reference gateway installs them."""
    name = request.param
    for definition in definitions(name):
        if api.call("GET", f"{DEFINITIONS}/{definition['metadata']['name']}").status == 404:
            establish(api, definition)
    return EDITIONS[name]


def definitions(edition: str) -> Iterator[Json]:
    return definitions_of(read_edition(ROOT / "features" / "editions" / f"{edition}.yaml"))


def admitted(api: Api, manifests: list[Json]) -> None:
    """Each is admitted with every field that it has; nothing is kept of them but the namespaces that they are in."""
    for one in manifests:
        if one["kind"] != "Namespace":
            be_there(api, one["metadata"].get("namespace", "default"))
            api.ok("POST", collection(api, one), one, dryRun="All", fieldValidation="Strict")
        elif api.call("GET", f"/api/v1/namespaces/{one['metadata']['name']}").status == 404:
            api.ok("POST", "/api/v1/namespaces", one, fieldValidation="Strict")


def be_there(api: Api, namespace: str) -> None:
    if api.call("GET", f"/api/v1/namespaces/{namespace}").status == 404:
        api.ok("POST", "/api/v1/namespaces", {"metadata": {"name": namespace}})


def collection(api: Api, manifest: Json) -> str:
    """Where objects of its kind are made."""
    version, namespace = manifest["apiVersion"], manifest["metadata"].get("namespace")
    root = f"/apis/{version}" if "/" in version else f"/api/{version}"
    kinds = {one["kind"]: one["name"] for one in api.ok("GET", root)["resources"] if "/" not in one["name"]}
    return f"{root}{f'/namespaces/{namespace}' if namespace else ''}/{kinds[manifest['kind']]}"


def test_every_field_of_the_definitions_is_known(api: Api, edition: Edition) -> None:
    for definition in definitions(edition.name):
        made = api.ok(
            "PUT",
            f"{DEFINITIONS}/{definition['metadata']['name']}",
            {**definition, "metadata": {**definition["metadata"], "resourceVersion": version_of(api, definition)}},
            dryRun="All",
            fieldValidation="Strict",
        )
        conditions = {one["type"]: one["status"] for one in made["status"]["conditions"]}
        assert (conditions["Established"], conditions.get("NonStructuralSchema", "False")) == ("True", "False")


def version_of(api: Api, definition: Json) -> str:
    found = api.ok("GET", f"{DEFINITIONS}/{definition['metadata']['name']}")
    return str(found["metadata"]["resourceVersion"])


USES = {
    "rights everywhere": Uses(
        mints_keys=True,
        deploys_provider=True,
        monitoring=True,
        workloads=("openshift-ingress",),
        parts=("opendatahub",),
    ),
    "rights in given namespaces": Uses(mints_keys=True, namespaces=("conf-1", "conf-2")),
}


@pytest.mark.parametrize("uses", USES.values(), ids=USES)
def test_a_plan_can_be_applied(api: Api, edition: Edition, uses: Uses) -> None:
    """The roles of it where there are any: the embedded API lets everybody do everything."""
    objects = list(yaml.safe_load_all(planning.plan(planning.Wanted(edition, uses=uses))))
    has_roles = api.call("GET", RBAC).status == 200
    assert has_roles or api.flavour == "embedded"
    admitted(api, [one for one in objects if has_roles or not one["apiVersion"].startswith(planning.RBAC)])


def test_the_provider_can_be_deployed(api: Api) -> None:
    material = provider.Material(b"certificate", b"key", "token", {"expired.example": b"certificate and key"})
    endpoints = [
        provider.endpoint("e1c2", "emc-abcd-provider", LABELS),
        provider.alias("e1c2", "emc-abcd-provider-impostor", LABELS, "e1c2.emc-abcd-provider.svc.cluster.local"),
    ]
    admitted(api, [*provider.deployment("emc-abcd-provider", "mirror.example/mock:1", LABELS, material), *endpoints])


def test_a_provider_that_was_deployed_is_reached_at_each_port_that_cases_ask_for() -> None:
    access = ProviderDeployment("image", "", "").access(ProviderServices("somewhere"), "", "")

    ports = provider.endpoint("host", "somewhere", LABELS)["spec"]["ports"]

    assert {port["port"]: port["targetPort"] for port in ports} == {
        443: provider.TLS_PORT,
        access.plain_port: provider.PLAIN_PORT,
        access.second_port: provider.TLS_PORT,
    }


def test_models_and_who_may_call_them_can_be_made(api: Api, edition: Edition) -> None:
    ref = {"modelRef": {"kind": edition.external_model.kind, "name": "model-1a2b"}}
    described = [body(kind, "emc-abcd-0", name, spec) for kind, name, spec in models(edition)]
    admitted(api, [*described, body(edition.model_ref, "emc-abcd-0", "model-1a2b", ref), *grants(edition)])


def models(edition: Edition) -> Iterator[tuple[Resource, str, Json]]:
    """Everything that a model can say, in each way of the edition to write it down."""
    layouts: list[Layout] = [layout_of(edition)]
    if edition.legacy_external_model is not None:
        layouts.append(legacy_layout_of(edition))
    for layout in layouts:
        supply = Supply(
            "provider-1a2b",
            "openai",
            "4e.provider.example.com",
            "provider-key-1a2b",
            "gpt-1a2b",
            config={"project": "p"},
            ref_config={"location": "l"},
        )
        for one in layout.manifests(Meaning("model-1a2b", (supply,), model_name="of-its-own")):
            yield one.resource, one.name, one.spec


def grants(edition: Edition) -> Iterator[Json]:
    access = edition.access
    if access is None:
        return
    ref = Ref("emc-abcd-0", "model-1a2b")
    grant = Grant("emc-1a2b-0", ["ada"], ["ada"], [ref], {ref: (AMPLE,)})
    yield body(access.policy, access.namespace, grant.name, grant.policy_spec())
    yield body(access.subscription, access.namespace, grant.name, grant.subscription_spec())


def body(resource: Resource, namespace: str, name: str, spec: Json) -> Json:
    metadata = {"name": name, "namespace": namespace, "labels": LABELS}
    return {"apiVersion": resource.api_version, "kind": resource.kind, "metadata": metadata, "spec": spec}
