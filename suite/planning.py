"""`conformance plan`: what an administrator is asked to apply so that somebody without a right of his own can run.

Pure YAML of objects, to be read before it is applied: an account for the run, and the rights that the preflight asks
for, one rule a resource. Nothing in it is secret, and nothing of it names a gateway's own objects.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any

import yaml

from fixtures.catalogue import Edition
from fixtures.kube import OWNED
from fixtures.rights import Right, Uses, needed, rules

Manifest = dict[str, Any]
RBAC = "rbac.authorization.k8s.io"
NAME = "externalmodel-conformance"

HEAD = """\
# What a run of edition {edition} needs on a cluster, for an administrator to read and apply:
#   conformance plan --edition {edition} {options}| kubectl apply -f -
# A token for the run, good for eight hours, which goes into a kubeconfig:
#   kubectl create token {name} --namespace {namespace} --duration 8h
"""


@dataclass(frozen=True)
class Wanted:
    """For what kind of run."""

    edition: Edition
    account_namespace: str = NAME
    uses: Uses = field(default_factory=Uses)


def plan(wanted: Wanted) -> str:
    """The objects as YAML, with a head that says how to use them."""
    uses = wanted.uses
    options = "".join(
        [
            "--mints-keys " if uses.mints_keys else "",
            "--users-named " if uses.names_users else "",
            "--deploys-provider " if uses.deploys_provider else "",
            "--monitoring " if uses.monitoring else "",
            *(f"--workloads {name} " for name in uses.workloads),
            *(f"--parts {name} " for name in uses.parts),
            *(f"--namespace {name} " for name in uses.namespaces),
        ]
    )
    head = HEAD.format(edition=wanted.edition.name, options=options, name=NAME, namespace=wanted.account_namespace)
    return head + yaml.safe_dump_all(objects(wanted), sort_keys=False)


def objects(wanted: Wanted) -> list[Manifest]:
    """Account, roles and bindings, in the order in which they can be applied."""
    uses = replace(wanted.uses, looks_at_gateway=wanted.uses.looks_at_gateway or wanted.edition.gateway is not None)
    asked = needed(wanted.edition, uses)
    everywhere = [right for right in asked if right.namespace is None]
    placed = sorted((right for right in asked if right.namespace), key=_place)
    return [
        *(
            {"apiVersion": "v1", "kind": "Namespace", "metadata": _metadata(name)}
            for name in (wanted.account_namespace, *uses.namespaces)
        ),
        {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": _metadata(NAME, wanted.account_namespace)},
        *(_role(wanted, everywhere, None) if everywhere else ()),
        *(one for place, same in groupby(placed, key=_place) for one in _role(wanted, list(same), place)),
    ]


def _place(right: Right) -> str:
    return right.namespace or ""


def _role(wanted: Wanted, rights: list[Right], namespace: str | None) -> list[Manifest]:
    kind = "ClusterRole" if namespace is None else "Role"
    subject = {"kind": "ServiceAccount", "name": NAME, "namespace": wanted.account_namespace}
    metadata = _metadata(NAME, namespace)
    return [
        {"apiVersion": f"{RBAC}/v1", "kind": kind, "metadata": metadata, "rules": rules(rights)},
        {
            "apiVersion": f"{RBAC}/v1",
            "kind": f"{kind}Binding",
            "metadata": metadata,
            "roleRef": {"apiGroup": RBAC, "kind": kind, "name": NAME},
            "subjects": [subject],
        },
    ]


def _metadata(name: str, namespace: str | None = None) -> Manifest:
    place = {} if namespace is None else {"namespace": namespace}
    return {"name": name, **place, "labels": dict(OWNED)}
