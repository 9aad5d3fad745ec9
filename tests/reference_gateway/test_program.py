"""The whole program against a Kubernetes API: what users do to objects, and what their requests then meet."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner

from reference_gateway.command import main
from reference_gateway.parts import DEPLOYMENTS
from reference_gateway.resources import (
    DESTINATION_RULES,
    GATEWAY,
    GATEWAYS,
    HTTP_ROUTES,
    NAMESPACE,
    SECRETS,
    SERVICE_ENTRIES,
    SERVICES,
)
from reference_gateway.values import Key
from tests.reference_gateway.conftest import EDITIONS, edition_named
from tests.reference_gateway.house import JSON, House, eventually, gateway_arguments, house, program
from tests.reference_gateway.upstream import serving

LABEL = "inference.networking.k8s.io/bbr-managed"
NOT_FOUND_TEXT = "inference error: Internal - provider 'openai' credentials not found"


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The kubeconfig of a Kubernetes API."""
    directory = tmp_path_factory.mktemp("api")
    with program("kubernetes_api", "--directory", str(directory)) as (_, ready):
        yield ready["kubeconfig"]


@pytest.fixture(scope="module")
def runbook_house(api: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with house(api, "runbook", tmp_path_factory.mktemp("runbook")) as built:
        yield built


@pytest.fixture(scope="module")
def shipped_house(api: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with house(api, "rhoai-3.4", tmp_path_factory.mktemp("shipped")) as built:
        yield built


def in_own_namespace(built: House, request: pytest.FixtureRequest) -> House:
    built.namespace = f"ns-{abs(hash(request.node.nodeid)) % 10**8}"
    built.cluster.create(NAMESPACE, {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": built.namespace}})
    return built


@pytest.fixture
def runbook_ns(runbook_house: House, request: pytest.FixtureRequest) -> House:
    return in_own_namespace(runbook_house, request)


@pytest.fixture
def shipped_ns(shipped_house: House, request: pytest.FixtureRequest) -> House:
    return in_own_namespace(shipped_house, request)


def test_the_ready_line_tells_what_runs(runbook_house: House) -> None:
    ready = runbook_house.ready

    assert ready["edition"] == "runbook"
    assert Key(ready["gatewayNamespace"], ready["gatewayName"]) == GATEWAY
    assert ready["faults"] == []
    assert all(Path(path).is_file() for path in ready["logs"].values())
    gateway = runbook_house.cluster.get(GATEWAYS, GATEWAY)
    assert {each["type"] for each in gateway["status"]["conditions"]} == {"Accepted", "Programmed"}


def test_a_model_is_served_once_its_reference_and_its_secret_are_there(runbook_ns: House) -> None:
    runbook_ns.apply_model()
    assert runbook_ns.ask().status_code == 404
    runbook_ns.apply_ref()
    runbook_ns.settles_on(500, NOT_FOUND_TEXT)
    runbook_ns.apply_secret("KEY", {LABEL: "true"})
    runbook_ns.settles_on_key("KEY")


def test_the_label_is_followed_both_ways(runbook_ns: House) -> None:
    runbook_ns.apply_secret("KEY", {LABEL: "false"})
    runbook_ns.apply_model()
    runbook_ns.apply_ref()
    runbook_ns.settles_on(500, NOT_FOUND_TEXT)
    for label, status in (("true", 200), (None, 500), ("true", 200), ("True", 500)):
        runbook_ns.change_secret({"metadata": {"labels": {LABEL: label}}})
        runbook_ns.settles_on(status)


def test_a_secret_is_rotated_emptied_and_deleted(runbook_ns: House) -> None:
    runbook_ns.apply_secret("V1", {LABEL: "true"})
    runbook_ns.apply_model()
    runbook_ns.apply_ref()
    runbook_ns.settles_on_key("V1")
    runbook_ns.change_secret({"stringData": {"OPENAI_API_KEY": "V2"}})
    runbook_ns.settles_on_key("V2")
    runbook_ns.change_secret({"stringData": {"unrelated": ""}})
    runbook_ns.settles_on(500, NOT_FOUND_TEXT)
    runbook_ns.change_secret({"data": {"unrelated": None}})
    runbook_ns.settles_on_key("V2")
    runbook_ns.delete(SECRETS, "s")
    runbook_ns.settles_on(500, NOT_FOUND_TEXT)


def test_a_reference_of_another_name_does_not_publish_in_the_runbook(runbook_ns: House) -> None:
    runbook_ns.apply_secret("KEY", {LABEL: "true"})
    runbook_ns.apply_model()
    runbook_ns.apply_ref("m")
    runbook_ns.settles_on(200)
    runbook_ns.delete(runbook_ns.kinds.model_refs, "m")
    runbook_ns.settles_on(404)
    runbook_ns.apply_ref("another")
    runbook_ns.apply_ref("m")
    runbook_ns.settles_on(200)
    runbook_ns.delete(runbook_ns.kinds.model_refs, "m")
    runbook_ns.settles_on(404)
    assert "status" not in runbook_ns.object(runbook_ns.kinds.model_refs, "another")


def test_deleting_a_model_ends_its_service_and_its_children(runbook_ns: House) -> None:
    runbook_ns.apply_secret("KEY", {LABEL: "true"})
    runbook_ns.apply_model()
    runbook_ns.apply_ref()
    runbook_ns.settles_on(200)
    runbook_ns.delete(runbook_ns.kinds.external_models, "m")
    runbook_ns.settles_on(404)

    def check() -> None:
        assert all(runbook_ns.lacks(resource) for resource in (HTTP_ROUTES, SERVICES, SERVICE_ENTRIES))

    eventually(check)


def test_children_follow_an_edit_and_are_repaired(runbook_ns: House) -> None:
    runbook_ns.apply_secret("KEY", {LABEL: "true"})
    runbook_ns.apply_model()
    runbook_ns.apply_ref()
    runbook_ns.settles_on(200)
    key = Key(runbook_ns.namespace, "m")
    runbook_ns.cluster.merge(runbook_ns.kinds.external_models, key, {"spec": {"endpoint": "moved.test"}})

    def moved() -> None:
        assert runbook_ns.object(SERVICES)["spec"]["externalName"] == "moved.test"
        runbook_ns.ask()
        assert runbook_ns.upstream.arrivals[-1].values("host") == ["moved.test"]

    eventually(moved)
    runbook_ns.delete(SERVICES, "m")
    runbook_ns.cluster.merge(SERVICE_ENTRIES, key, {"spec": {"hosts": ["drifted.test"]}})

    def repaired() -> None:
        assert runbook_ns.object(SERVICES)["spec"]["externalName"] == "moved.test"
        assert runbook_ns.object(SERVICE_ENTRIES)["spec"]["hosts"] == ["moved.test"]

    eventually(repaired)
    runbook_ns.settles_on(200)


def test_a_destination_rule_goes_when_tls_is_switched_off(runbook_ns: House) -> None:
    runbook_ns.apply_model()
    key = Key(runbook_ns.namespace, "m")
    annotations = {"maas.opendatahub.io/tls": "true"}
    runbook_ns.cluster.merge(runbook_ns.kinds.external_models, key, {"metadata": {"annotations": annotations}})
    eventually(lambda: assert_tls(runbook_ns.object(DESTINATION_RULES)))
    annotations = {"maas.opendatahub.io/tls": "false"}
    runbook_ns.cluster.merge(runbook_ns.kinds.external_models, key, {"metadata": {"annotations": annotations}})

    def gone() -> None:
        assert runbook_ns.lacks(DESTINATION_RULES)

    eventually(gone)


def assert_tls(rule: JSON) -> None:
    assert rule["spec"]["trafficPolicy"]["tls"] == {"mode": "SIMPLE"}


def test_a_status_says_ready_only_when_the_model_answers(shipped_ns: House) -> None:
    refs = shipped_ns.kinds.model_refs
    shipped_ns.apply_secret("KEY", {LABEL: "true"})
    shipped_ns.apply_ref("named-otherwise")

    def failed() -> None:
        status = shipped_ns.object(refs, "named-otherwise").get("status", {"phase": "none yet"})
        assert status["phase"] == "Failed"
        (ready,) = status["conditions"]
        problem = f"ExternalModel m not found in namespace {shipped_ns.namespace}"
        assert ready["message"] == f"Failed to reconcile HTTPRoute: {problem}"

    eventually(failed)
    shipped_ns.apply_model()

    def ready() -> None:
        status = shipped_ns.object(refs, "named-otherwise").get("status", {"phase": "none yet"})
        assert status["phase"] == "Ready"
        assert status["endpoint"] == f"https://127.0.0.1/{shipped_ns.namespace}/m"
        assert status["httpRouteName"] == "m"
        (condition,) = status["conditions"]
        assert (condition["status"], condition["reason"]) == ("True", "Reconciled")
        assert condition["message"] == "Successfully reconciled"

    eventually(ready)
    shipped_ns.let_in("named-otherwise")
    shipped_ns.settles_on(200)


def test_the_shipped_edition_denies_what_is_not_published(shipped_ns: House) -> None:
    shipped_ns.apply_secret("KEY", {LABEL: "true"})
    shipped_ns.apply_model()
    shipped_ns.key = ""
    shipped_ns.settles_on(401)
    assert shipped_ns.ask("nobody").status_code == 404
    shipped_ns.apply_ref()
    shipped_ns.let_in("m")
    shipped_ns.settles_on(200)
    shipped_ns.delete(shipped_ns.kinds.model_refs, "m")
    shipped_ns.settles_on(403, "Access denied")
    assert shipped_ns.ask().headers["x-ext-auth-reason"] == "unauthorized"


def test_a_killed_gateway_leaves_no_envoy_and_a_new_one_takes_over(api: str, tmp_path: Path) -> None:
    with serving() as upstream:
        arguments = gateway_arguments(api, "runbook", tmp_path, upstream.port)
        with program(*arguments) as (process, ready):
            address = httpx.URL(ready["gateway"])
            process.kill()
            eventually(lambda: refuses(address))
        with program(*arguments, "--listen", f"127.0.0.1:{address.port}") as (_, again):
            assert again["gateway"] == ready["gateway"]


def refuses(address: httpx.URL) -> None:
    with socket.socket() as probe:
        assert probe.connect_ex((address.host, address.port or 0)) != 0


def test_a_signal_ends_it_cleanly(api: str, tmp_path: Path) -> None:
    with serving() as upstream, program(*gateway_arguments(api, "runbook", tmp_path, upstream.port)) as (process, _):
        os.kill(process.pid, signal.SIGTERM)
        assert process.wait(60) == 0


def test_no_key_is_ever_logged(runbook_ns: House) -> None:
    key = "sk-canary-5f1d"
    runbook_ns.apply_secret(key, {LABEL: "true"})
    runbook_ns.apply_model()
    runbook_ns.apply_ref()
    runbook_ns.settles_on_key(key)
    runbook_ns.change_secret({"stringData": {"OPENAI_API_KEY": f"{key}\n"}})
    runbook_ns.settles_on(500, NOT_FOUND_TEXT)

    files = [file for file in runbook_ns.directory.rglob("*") if file.is_file()]
    assert {"gateway.log", "envoy.log", "access.log", "envoy.json"} <= {file.name for file in files}
    assert not [file.name for file in files if key in file.read_text(encoding="utf-8")]


def options(api: str, directory: Path, **replaced: str) -> list[str]:
    given = {
        "kubeconfig": api,
        "edition_file": str(EDITIONS / "runbook.yaml"),
        "directory": str(directory),
        **replaced,
    }
    return [part for name, value in given.items() for part in (f"--{name.replace('_', '-')}", value)]


@pytest.mark.parametrize(
    ("replaced", "sentence"),
    [
        ({"kubeconfig": "/nowhere"}, "cannot be used"),
        ({"edition_file": "/nowhere"}, "cannot be read"),
        ({"fault": "nope"}, "There is no fault 'nope'"),
        ({"variant": "nope"}, "There is no variant 'nope'"),
        ({"listen": "nowhere"}, "HOST:PORT"),
        ({"connect_to": "nowhere"}, "HOST:PORT:ADDR:PORT"),
        ({"provider_ca": "/nowhere"}, "does not exist"),
    ],
    ids=lambda each: next(iter(each)) if isinstance(each, dict) else "",
)
def test_bad_input_ends_with_one_sentence(tmp_path: Path, replaced: dict[str, str], sentence: str) -> None:
    ended = CliRunner().invoke(main, ["run", *options("/nowhere", tmp_path, **replaced)])

    assert ended.exit_code == 2
    assert ended.stdout == ""
    (line,) = ended.stderr.splitlines()
    assert line.startswith("reference_gateway: ")
    assert sentence in line


def test_a_port_in_use_is_told(api: str, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        listen = f"127.0.0.1:{taken.getsockname()[1]}"
        command = [sys.executable, "-m", "reference_gateway", "run", *options(api, tmp_path, listen=listen)]
        ended = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)

    assert (ended.returncode, ended.stdout) == (2, "")
    assert f"address {listen} given with --listen is already in use" in ended.stderr.splitlines()[-1]


def test_an_api_that_does_not_answer_is_told(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    user = {"name": "u", "user": {}}
    cluster = {"name": "c", "cluster": {"server": f"http://127.0.0.1:{port}"}}
    context = {"name": "x", "context": {"cluster": "c", "user": "u"}}
    config = {"clusters": [cluster], "users": [user], "contexts": [context], "current-context": "x"}
    kubeconfig = tmp_path / "kubeconfig"
    kubeconfig.write_text(json.dumps({"apiVersion": "v1", "kind": "Config", **config}), encoding="utf-8")
    ended = CliRunner().invoke(main, ["run", *options(str(kubeconfig), tmp_path)])

    assert ended.exit_code == 2
    assert "does not answer" in ended.stderr.splitlines()[-1]


@pytest.mark.parametrize("listing", ["faults", "variants"])
def test_deviations_are_listed(listing: str) -> None:
    rows = json.loads(CliRunner().invoke(main, [listing, "--format", "json"]).stdout)

    assert all(row["id"] and row["name"] and row["description"] and row["editions"] for row in rows)


def scale(built: House, part: str, replicas: int) -> None:
    """Ask for so many replicas of a part, and wait until its Deployment says that it has them."""
    key = Key(**built.ready["parts"][part])
    generation = built.cluster.merge(DEPLOYMENTS, key, {"spec": {"replicas": replicas}})["metadata"]["generation"]

    def followed() -> None:
        status = built.cluster.get(DEPLOYMENTS, key)["status"]
        assert (status["observedGeneration"], status.get("readyReplicas", 0)) == (generation, replicas)

    eventually(followed)


def test_without_its_processor_it_refuses_and_afterwards_it_knows_everything_again(runbook_ns: House) -> None:
    runbook_ns.apply_model()
    runbook_ns.apply_ref()
    runbook_ns.apply_secret("sk-1", {LABEL: "true"})
    runbook_ns.settles_on_key("sk-1")

    scale(runbook_ns, "processor", 0)
    arrivals = len(runbook_ns.upstream.arrivals)
    refused = runbook_ns.ask()
    runbook_ns.change_secret({"stringData": {edition_named("runbook").secret_data_key: "sk-2"}})
    scale(runbook_ns, "processor", 1)

    assert refused.status_code == 500
    assert len(runbook_ns.upstream.arrivals) == arrivals
    runbook_ns.settles_on_key("sk-2")


def test_what_happens_without_its_controller_counts_when_it_is_back(runbook_ns: House) -> None:
    runbook_ns.apply_model()
    runbook_ns.apply_ref()
    runbook_ns.apply_secret("sk-1", {LABEL: "true"})
    runbook_ns.settles_on_key("sk-1")

    scale(runbook_ns, "controller", 0)
    assert runbook_ns.ask().status_code == 200
    runbook_ns.apply_model("later")
    runbook_ns.delete(runbook_ns.kinds.model_refs, "m")
    runbook_ns.apply(
        runbook_ns.kinds.model_refs, "later", spec={"modelRef": {"kind": "ExternalModel", "name": "later"}}
    )
    assert runbook_ns.ask("later").status_code == 404
    scale(runbook_ns, "controller", 1)

    runbook_ns.settles_on(404)
    eventually(lambda: assert_served(runbook_ns.ask("later")))


def test_a_restart_is_followed(runbook_ns: House) -> None:
    key = Key(**runbook_ns.ready["parts"]["processor"])
    again = {"metadata": {"annotations": {"kubectl.kubernetes.io/restartedAt": runbook_ns.namespace}}}
    generation = runbook_ns.cluster.merge(DEPLOYMENTS, key, {"spec": {"template": again}})["metadata"]["generation"]

    def followed() -> None:
        status = runbook_ns.cluster.get(DEPLOYMENTS, key)["status"]
        assert (status["observedGeneration"], status["readyReplicas"]) == (generation, 1)

    eventually(followed)


def assert_served(answer: httpx.Response) -> None:
    assert answer.status_code == 200
