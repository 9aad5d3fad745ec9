"""What an administrator is asked to apply: everything that a run asks for, and nothing that would give more away."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import yaml

from fixtures.catalogue import load
from fixtures.rights import Uses, needed
from fixtures.targets import cluster
from fixtures.targets.target import ProviderServices
from suite import planning
from tests.command.running import refused_at_once

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


DEPLOYED = {"authority": {"certificateFile": "ca.pem", "privateKeyFile": "ca.key"}}
THERE = {"controlUrl": "http://provider:9000", "domain": "provider.test"}
TARGETS: dict[str, dict[str, Any]] = {
    "nothing beyond": {},
    "keys": {"gateway": {"url": "http://gateway", "maasApi": {}}},
    "keys of users, a Gateway, Pods": {
        "gateway": {
            "url": "http://gateway",
            "maasApi": {"users": [{"name": name, "token": {"file": "token"}} for name in ("ada", "ben")]},
            "object": {"namespace": "gateways", "name": "models"},
            "workloads": ["gateways"],
        }
    },
    "monitoring and parts": {
        "profiles": ["monitoring"],
        "parts": {name: {"namespace": "gateways", "name": name} for name in ("processor", "controller")},
    },
    "a provider that the run deploys": {"provider": {"deploy": DEPLOYED}},
    "one that an administrator has deployed, and given namespaces": {
        "kubernetes": {"namespaces": ["conf-1", "conf-2"]},
        "provider": {"deploy": {**DEPLOYED, "namespace": "provider"}, "controlTokenFile": "token"},
    },
    "one that has a way in": {
        "provider": {
            "deploy": {**DEPLOYED, "namespace": "provider"},
            "controlTokenFile": "token",
            "controlUrl": "http://provider:9000",
        }
    },
}


def described(directory: Path, **entries: Any) -> Path:
    """A target.yaml with these entries."""
    usual: dict[str, Any] = {"kubernetes": {}, "gateway": {"url": "http://gateway"}, "provider": THERE}
    path = directory / "target.yaml"
    path.write_text(yaml.safe_dump(usual | entries), encoding="utf-8")
    return path


@pytest.mark.parametrize("edition", EDITIONS)
@pytest.mark.parametrize("entries", TARGETS.values(), ids=TARGETS)
def test_what_is_foreseen_of_a_target_is_what_its_run_does(
    entries: dict[str, Any], edition: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = described(tmp_path, **entries)
    foreseen = planning.uses_of(path, EDITIONS[edition])
    for name in ("config", "token", "ca.pem", "ca.key"):
        (tmp_path / name).write_text("something", encoding="utf-8")
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "config"))
    target = cluster.load(path)
    if target.provider.deploy is not None and target.provider.services is None:
        # As soon as the run has deployed it.
        services = ProviderServices("emc-0000-provider")
        target = replace(target, provider=replace(target.provider, services=services))

    assert foreseen == Uses.of(target, EDITIONS[edition])


@pytest.mark.parametrize(
    ("entries", "more", "says"),
    [
        ({}, ["--mints-keys"], ["--config says what a run does; leave out the options"]),
        ({"kubernetes": {"prepared": "prepared.json"}}, [], ["the run has no right on the cluster; give --objects"]),
        (
            {"kubernetes": {"namespaces": ["conf-1", "conf-2"]}, "provider": {"deploy": DEPLOYED}},
            [],
            ["takes namespaces of its own", "--provider-namespace (provider.deploy.namespace)"],
        ),
        ({"gatewy": {}}, [], ["gatewy"]),
    ],
)
def test_a_target_of_which_no_rights_follow_is_refused(
    entries: dict[str, Any], more: list[str], says: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    refused_at_once(capsys, ["plan", "--config", described(tmp_path, **entries), *more], says)
