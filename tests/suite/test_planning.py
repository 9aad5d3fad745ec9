"""What an administrator is asked to apply: everything that a run asks for, and nothing that would give more away."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
import yaml

from fixtures.catalogue import load
from fixtures.rights import Uses, needed
from suite import planning

EDITIONS = load().editions


def granted(objects: list[dict[str, Any]]) -> set[tuple[str | None, str, str, str]]:
    """Namespace, group, resource and verb of everything that the roles among the objects allow."""
    return {
        (one["metadata"].get("namespace"), group, resource, verb)
        for one in objects
        for rule in one.get("rules", ())
        for group, resource, verb in product(rule["apiGroups"], rule["resources"], rule["verbs"])
    }


@pytest.mark.parametrize("edition", EDITIONS.values(), ids=EDITIONS)
def test_a_plan_grants_everything_that_the_preflight_asks_for(edition: Any) -> None:
    wanted = planning.Wanted(edition, uses=Uses(mints_keys=True, deploys_provider=True))
    asked = {
        (r.namespace, r.group, r.resource, r.verb)
        for r in needed(edition, Uses(mints_keys=True, deploys_provider=True))
    }

    assert asked <= granted(planning.objects(wanted))


def test_a_plan_lets_nobody_read_what_is_in_secrets() -> None:
    read = {
        verb
        for _, _, resource, verb in granted(planning.objects(planning.Wanted(EDITIONS["rhoai-3.4"])))
        if resource == "secrets"
    }

    assert read == {"create", "patch", "delete"}


def test_plans_for_two_accounts_share_no_role() -> None:
    uses = Uses(mints_keys=True, parts=("openshift-ingress",))
    one, other = (planning.Wanted(EDITIONS["rhoai-3.4"], account, uses) for account in (planning.NAME, "second"))

    def roles(wanted: planning.Wanted) -> set[tuple[str, str | None, str]]:
        found = (item for item in planning.objects(wanted) if "rules" in item or "roleRef" in item)
        return {(item["kind"], item["metadata"].get("namespace"), item["metadata"]["name"]) for item in found}

    assert roles(one) & roles(other) == set()
    assert {item["roleRef"]["name"] for item in planning.objects(other) if "roleRef" in item} == {
        "externalmodel-conformance-second"
    }
    assert "--parts openshift-ingress --account-namespace second | kubectl apply" in planning.plan(other)


def test_a_plan_is_yaml_whose_roles_are_bound_to_its_account() -> None:
    wanted = planning.Wanted(
        EDITIONS["rhoai-3.4"], "conformance", Uses(mints_keys=True, workloads=("openshift-ingress",))
    )
    objects = list(yaml.safe_load_all(planning.plan(wanted)))

    assert objects == planning.objects(wanted)
    account = {"kind": "ServiceAccount", "name": planning.NAME, "namespace": "conformance"}
    bound = [(one["kind"], one["metadata"].get("namespace"), one["subjects"]) for one in objects if "subjects" in one]
    assert bound == [
        ("ClusterRoleBinding", None, [account]),
        ("RoleBinding", "models-as-a-service", [account]),
        ("RoleBinding", "openshift-ingress", [account]),
    ]
