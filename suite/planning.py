"""`conformance plan`: what an administrator is asked to apply so that somebody without a right of his own can run.

Pure YAML of objects, to be read before it is applied: an account for the run, and the rights that the preflight asks
for, one rule a resource. Nothing in it is secret, and nothing of it names a gateway's own objects. `--provider` prints
the mock provider instead, for who may make no Deployment.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import groupby
from pathlib import Path
from typing import Any

import yaml

from fixtures.catalogue import Edition
from fixtures.errors import ConfigurationError
from fixtures.kube import OWNED
from fixtures.rights import Right, Uses, needed, rules
from fixtures.targets import cluster
from fixtures.targets import provider_manifests as manifests
from fixtures.targets.config_files import read
from fixtures.targets.deployed_provider import material

Manifest = dict[str, Any]
RBAC = "rbac.authorization.k8s.io"
NAME = "externalmodel-conformance"

HEAD = """\
# What a run of edition {edition} needs on a cluster, for an administrator to read and apply:
#   {command} | kubectl apply -f -
# A token for the run, good for eight hours, which goes into a kubeconfig:
#   kubectl create token {name} --namespace {namespace} --duration 8h
"""


PROVIDER_HEAD = """\
# The mock provider, for an administrator to read and apply; its Secret holds a private key and the control token:
#   kubectl apply -f FILE
# A run makes a Service for each host name in its namespaces; `conformance plan --provider-namespace {namespace}` has
# the rights for that.
"""


@dataclass(frozen=True)
class Wanted:
    """For what kind of run."""

    edition: Edition
    account_namespace: str = NAME
    uses: Uses = field(default_factory=Uses)


def plan(wanted: Wanted) -> str:
    """The objects as YAML, with a head that says how to use them."""
    elsewhere = "" if wanted.account_namespace == NAME else f" --account-namespace {wanted.account_namespace}"
    command = f"{wanted.uses.command(wanted.edition)}{elsewhere}"
    head = HEAD.format(edition=wanted.edition.name, command=command, name=NAME, namespace=wanted.account_namespace)
    return head + yaml.safe_dump_all(objects(wanted), sort_keys=False)


def objects(wanted: Wanted) -> list[Manifest]:
    """Account, roles and bindings, in the order in which they can be applied."""
    uses = replace(wanted.uses, looks_at_gateway=wanted.uses.looks_at_gateway or wanted.edition.gateway is not None)
    asked = needed(wanted.edition, uses)
    everywhere = [right for right in asked if right.namespace is None]
    placed = sorted((right for right in asked if right.namespace), key=_place)
    providers = uses.provider.namespaces if uses.provider else ()
    return [
        *map(_namespace, (wanted.account_namespace, *uses.namespaces, *providers)),
        {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": _metadata(NAME, wanted.account_namespace)},
        *(_role(wanted, everywhere, None) if everywhere else ()),
        *(one for place, same in groupby(placed, key=_place) for one in _role(wanted, list(same), place)),
    ]


def uses_of(config: Path, edition: Edition) -> Uses:
    """What a run does on the target that this target.yaml describes; what it names need not be there yet.

    Raises:
        ConfigurationError: it is none, or says that the run has no right.
    """
    described = read(config, cluster.FORM)
    if "prepared" in described["kubernetes"]:
        raise ConfigurationError(
            f"{config}: with kubernetes.prepared the run has no right on the cluster; give --objects, too, for what an "
            "administrator applies then"
        )
    return Uses.foreseen(described, edition)


def provider(config: Path) -> str:
    """The provider that a target.yaml wants an administrator to deploy, as YAML.

    Raises:
        ConfigurationError: it wants none.
    """
    access = cluster.provider_of(config)
    wanted, services = access.deploy, access.services
    if wanted is None or services is None or access.control_token is None:
        raise ConfigurationError(f"{config} names no namespace under provider.deploy, where the provider is to be")
    shown = material(wanted, services, access.control_token)
    objects = [
        *map(_namespace, services.namespaces),
        *manifests.deployment(services.namespace, wanted.image, OWNED, shown),
        manifests.control(services.namespace, OWNED),
    ]
    return PROVIDER_HEAD.format(namespace=services.namespace) + yaml.safe_dump_all(objects, sort_keys=False)


def _namespace(name: str) -> Manifest:
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": _metadata(name)}


def _place(right: Right) -> str:
    return right.namespace or ""


def _role(wanted: Wanted, rights: list[Right], namespace: str | None) -> list[Manifest]:
    kind = "ClusterRole" if namespace is None else "Role"
    # Roles have a place beside others': a plan for a second account must not take its rights from the first.
    account = wanted.account_namespace
    name = NAME if account == NAME else f"{NAME}-{account}"
    subject = {"kind": "ServiceAccount", "name": NAME, "namespace": wanted.account_namespace}
    metadata = _metadata(name, namespace)
    return [
        {"apiVersion": f"{RBAC}/v1", "kind": kind, "metadata": metadata, "rules": rules(rights)},
        {
            "apiVersion": f"{RBAC}/v1",
            "kind": f"{kind}Binding",
            "metadata": metadata,
            "roleRef": {"apiGroup": RBAC, "kind": kind, "name": name},
            "subjects": [subject],
        },
    ]


def _metadata(name: str, namespace: str | None = None) -> Manifest:
    place = {} if namespace is None else {"namespace": namespace}
    return {"name": name, **place, "labels": dict(OWNED)}
