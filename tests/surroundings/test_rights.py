"""Rights, one by one: a run uses those that are planned and no others, and without one of them no case is green."""

from __future__ import annotations

import base64
import re
import ssl
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from fixtures.catalogue import load
from fixtures.rights import Right, Uses, needed
from fixtures.targets import cluster
from tests.command.running import Command, Ended, report, run
from tests.surroundings.doubles import Asked, Fault, Proxy, proxy

EDITION = load().edition("rhoai-3.4")
SELECTED = (
    "EM-API-001 or EM-CRED-002 or EM-CRED-011 or EM-LIF-001 or EM-REF-004 or EM-REF-012 or EM-CHI-001 or EM-CHI-002 "
    "or EM-CHI-004 or EM-CHI-012 or EM-SEC-002 or EM-AUZ-001 or EM-AUZ-002 or EM-AUZ-003 or EM-AUZ-004 or EM-MON-010 "
    "or EM-MON-011 or EM-MON-012 or EM-OUT-002"
)
"""Among them is every kind of thing that is done on a cluster."""
VERBS = {"POST": "create", "PATCH": "patch", "DELETE": "delete"}
GATEWAY = "openshift-ingress"
LOOKS_THROUGH_ALL = "EM-SEC-002/"
LOOKED_AT = {"events", *(kind.plural for kind in EDITION.with_status)}
"""After every case these are looked through if that is allowed; only one requirement depends on it."""
NO_PODS = ("get", "", "pods/log", GATEWAY)
"""Planned, and used only where there are Pods."""
ROUNDS = ("", "#2", "#3")
"""What the name of a case ends in, round by round."""
pytestmark = pytest.mark.xdist_group("rights")
"""Both tests stand on the same run to which everything was given, and it is the most expensive there is here."""
Used = tuple[str, str, str, str]
"""Verb, group, resource and namespace; the namespace is empty where it is the run's own, or there is none."""


class Authorizer:
    """Notes who uses which right, and keeps from each case the one that it is told to."""

    def __init__(self, shared: frozenset[str]) -> None:
        self._shared = shared
        self.used: dict[str, set[Used]] = defaultdict(set)
        self.kept: dict[str, Used] = {}

    def rule(self, asked: Asked) -> Fault | None:
        """Of a proxy before the API."""
        right = self._right(asked)
        if right is None:
            return None
        named = re.search(r"\((.+)\)", asked.agent)
        case = named[1] if named else "main"
        self.used[case].add(right)
        return Fault(status=403, reason="Forbidden") if self.kept.get(case) == right else None

    def _right(self, asked: Asked) -> Used | None:
        parts = asked.path.strip("/").split("/")
        group, rest = ("", parts[2:]) if parts[0] == "api" else ((parts[1:2] or [""])[0], parts[3:])
        if not rest or group == "authorization.k8s.io":
            return None
        namespace = ""
        if rest[0] == "namespaces" and len(rest) > 1:
            namespace, rest = rest[1], rest[2:] or rest
        resource = "/".join((rest[0], *rest[2:3]))
        verb = VERBS.get(asked.method) or ("get" if len(rest) > 1 else "list")
        return verb, group, resource, namespace if namespace in self._shared else ""


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The target.yaml of a target that stays up, with all that a target can name."""
    directory = tmp_path_factory.mktemp("rights")
    command = Command("up", "--edition", EDITION.name)
    found = re.search(r"--config (\S+)", command.until("#   conformance run"))
    assert found is not None
    text = yaml.safe_load(Path(found[1]).read_text(encoding="utf-8"))
    text["gateway"]["workloads"] = [GATEWAY]
    path = directory / "target.yaml"
    path.write_text(yaml.safe_dump(text), encoding="utf-8")
    yield path
    command.process.terminate()
    command.end()


@pytest.fixture(scope="module")
def api(config: Path) -> Iterator[Proxy]:
    """A proxy between the suite and the Kubernetes API."""
    text = yaml.safe_load(config.read_text(encoding="utf-8"))
    kubeconfig = yaml.safe_load(Path(text["kubernetes"]["kubeconfig"]).read_text(encoding="utf-8"))
    entry = kubeconfig["clusters"][0]["cluster"]
    authority = base64.b64decode(entry.pop("certificate-authority-data")).decode()
    with proxy(entry["server"], ssl.create_default_context(cadata=authority)) as double:
        entry["server"] = double.url
        text["kubernetes"]["kubeconfig"] = str(config.with_name("kubeconfig"))
        config.with_name("kubeconfig").write_text(yaml.safe_dump(kubeconfig), encoding="utf-8")
        config.write_text(yaml.safe_dump(text), encoding="utf-8")
        yield double


@pytest.fixture(scope="module")
def planned(config: Path, api: Proxy) -> dict[Used, Right]:
    """What a plan for this target gives, and what the preflight asks for."""
    target = cluster.load(config)
    rights = needed(EDITION, Uses.of(target, EDITION))
    return {(right.verb, right.group, right.resource, right.namespace or ""): right for right in rights}


def judged(config: Path, out: Path, *more: str) -> Ended:
    words = ("--target", "cluster", "--config", config, "--edition", EDITION.name, "--workers", "2", "--out", out)
    return run("run", *words, "--select", SELECTED, *more)


@pytest.fixture(scope="module")
def authorizer(
    config: Path, api: Proxy, planned: dict[Used, Right], tmp_path_factory: pytest.TempPathFactory
) -> Authorizer:
    """One that has seen a run to which it gave everything."""
    made = Authorizer(frozenset(namespace for *_, namespace in planned if namespace))
    api.rule = made.rule
    ended = judged(config, tmp_path_factory.mktemp("whole") / "run")
    assert ended.code == 0, ended.stdout + ended.stderr
    return made


def test_a_run_uses_what_is_planned_and_nothing_else(authorizer: Authorizer, planned: dict[Used, Right]) -> None:
    used = {
        right
        for case, rights in authorizer.used.items()
        for right in rights
        # It looks through objects of all kinds that there are, and notes which it may not read.
        if right in planned or not (case.startswith(LOOKS_THROUGH_ALL) and right[0] == "list")
    }
    anywhere = {(*right[:3], "") for right in used}

    assert {right for right in used if right not in planned and (*right[:3], "") not in planned} == set()
    assert set(planned) - used - anywhere == {NO_PODS}


def test_without_a_right_no_case_is_green(
    config: Path, authorizer: Authorizer, api: Proxy, planned: dict[Used, Right], tmp_path: Path
) -> None:
    used_by: dict[Used, list[str]] = defaultdict(list)
    for case, rights in authorizer.used.items():
        for right in rights & set(planned):
            looked_at = right[0] == "list" and right[2] in LOOKED_AT
            if case.startswith(LOOKS_THROUGH_ALL if looked_at else "EM-"):
                used_by[right].append(case)
    # What few cases use is assigned first, while they are free.
    for right, cases in sorted(used_by.items(), key=lambda item: len(item[1])):
        slots = (f"{case}{round_}" for round_ in ROUNDS for case in cases)
        slot = next((slot for slot in slots if slot not in authorizer.kept), None)
        if slot is not None:
            authorizer.kept[slot] = right

    assert set(used_by) == set(authorizer.kept.values()), "each right has its turn"

    ended = judged(config, tmp_path / "run", "--repeat", str(len(ROUNDS)))

    found = {case["id"]: case["outcome"] for item in report(tmp_path / "run")["requirements"] for case in item["cases"]}
    assert ended.code == 3, ended.stdout + ended.stderr
    assert {case: found[case] for case in authorizer.kept} == dict.fromkeys(authorizer.kept, "not-testable")
