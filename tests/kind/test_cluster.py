"""What is made and what is left, with programs that only say that they do it."""

from __future__ import annotations

import dataclasses
import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from fixtures.errors import ConfigurationError, InTroubleError
from fixtures.targets import images
from fixtures.targets.kind import holding
from fixtures.targets.kind.cluster import made
from fixtures.targets.kind.stack import Rollout, Wait
from fixtures.targets.kind.wanted import Wanted, load
from fixtures.targets.target import Part, Target
from tests.kind.programs import ALL, Programs

NAME = "externalmodel-conformance"
FILES = [item.name for item in images.load().values() if item.kind != "image"]


class Answers(BaseHTTPRequestHandler):
    """A gateway that is up and serves nothing."""

    def do_GET(self) -> None:
        self.send_response(404)
        self.end_headers()

    def log_message(self, *words: object) -> None:
        """Say nothing."""


@pytest.fixture
def gateway() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), Answers) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture
def wanted(tmp_path: Path) -> Wanted:
    """One of each kind of thing that the product consists of; charts and manifests as files."""
    (tmp_path / "file").write_text("{}", encoding="utf-8")
    product = load(None, None)
    some = {"gateway-api", "gateway.yaml", "istiod"}
    items = [one for one in product.stack.items if getattr(one, "name", None) in some]
    wait, rollout = (next(one for one in product.stack.items if isinstance(one, sort)) for sort in (Wait, Rollout))
    stack = dataclasses.replace(product.stack, items=(*items, wait, rollout), images=("istio-pilot", "istio-proxy"))
    return dataclasses.replace(
        product, stack=stack, references={**product.references, **dict.fromkeys(FILES, str(tmp_path / "file"))}
    )


@pytest.fixture
def programs(tmp_path: Path, wanted: Wanted, gateway: str, monkeypatch: pytest.MonkeyPatch) -> Programs:
    found = Programs(tmp_path)
    found.set("images", [wanted.reference("kind-node"), *wanted.images])
    found.set("address", gateway)
    monkeypatch.setenv("PATH", f"{found.folder}:/usr/bin:/bin")
    # Where the locks are: other tests have clusters of this name, too.
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return found


@contextmanager
def opened(wanted: Wanted, tmp_path: Path, *, keep: bool = False) -> Iterator[tuple[Target, list[str]]]:
    said: list[str] = []
    with made(wanted, "a-run", tmp_path / "run" / "kind.log", said.append, lambda: keep) as cluster:
        yield cluster.fill(said.append), said


def refused(wanted: Wanted, tmp_path: Path, error: type[Exception], *, keep: bool = False) -> str:
    """The one sentence in which it ends."""
    with pytest.raises(error) as caught, opened(wanted, tmp_path, keep=keep):
        pass
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_a_cluster_is_made_filled_and_removed(wanted: Wanted, programs: Programs, gateway: str, tmp_path: Path) -> None:
    with opened(wanted, tmp_path) as (target, said):
        assert programs.clusters == [NAME]
        assert (target.kind, target.gateway.url) == ("kind", f"http://{gateway}")
        assert target.parts["processor"] == Part("openshift-ingress", "payload-processing")
        assert target.foundations == ("kube-system", "istio-system")
        assert {"closed-namespaces", "stoppable-processor", "readable-logs"} <= set(target.features)
        assert target.provider.deploy is not None
        assert Path(target.provider.deploy.authority_key).is_file()
        assert Target.from_json(target.to_json()) == target
        key = Path(target.provider.deploy.authority_key)

    assert programs.clusters == []
    assert not key.exists()
    assert said[0] == f"kind       makes the cluster {NAME} of {wanted.reference('kind-node')}"
    assert said[-1] == f"kind       removes the cluster {NAME}"
    lines = programs.asked
    assert [line.split(" --")[0] for line in lines if line.startswith("kind")][:2] == [
        "kind get clusters",
        "kind create cluster",
    ]
    trusted = next(text for text in programs.given("apply") if "provider-authority" in text)
    assert "BEGIN CERTIFICATE" in trusted
    assert "PRIVATE KEY" not in "".join(programs.given("apply"))


def test_a_cluster_that_is_kept_says_how_to_reach_it(wanted: Wanted, programs: Programs, tmp_path: Path) -> None:
    with opened(wanted, tmp_path, keep=True) as (_, said):
        pass

    assert programs.clusters == [NAME]
    assert said[-1] == f"kind       keeps cluster {NAME}; `kind export kubeconfig --name {NAME}` leads to it"


def test_a_cluster_of_ours_is_used_again_and_stays(wanted: Wanted, programs: Programs, tmp_path: Path) -> None:
    programs.there_is(NAME, "rhoai-3.4")

    with opened(wanted, tmp_path) as (target, said):
        assert target.kind == "kind"

    assert programs.clusters == [NAME]
    assert said[0] == f"kind       uses the cluster {NAME} that is there"
    assert not [line for line in programs.asked if line.startswith(("kind create", "kind delete"))]


def test_a_cluster_that_is_used_again_is_given_what_it_lacks(
    wanted: Wanted, programs: Programs, tmp_path: Path
) -> None:
    programs.there_is(NAME, "rhoai-3.4")
    lacking, *rest = wanted.images
    programs.set("on_node", rest)

    with opened(wanted, tmp_path) as (_, said):
        pass

    assert [line for line in said if line.startswith("kind       loads")] == [f"kind       loads {lacking}"]


def test_one_run_at_a_time_has_a_cluster(wanted: Wanted, programs: Programs, tmp_path: Path) -> None:
    with opened(wanted, tmp_path):
        before = programs.asked
        assert holding.at_work(NAME)
        assert refused(wanted, tmp_path, ConfigurationError) == (
            f"another run is at work on the cluster {NAME}, and two would take its gateway from each other; wait until "
            "it has ended, or name another under cluster in a kind.yaml"
        )
        assert programs.asked == before
        assert not holding.at_work("another")

    assert not holding.at_work(NAME)
    with opened(wanted, tmp_path):
        pass


@pytest.mark.parametrize(("mark", "why"), [(None, "left alone"), ("own", "was made for somebody's own gateway")])
def test_a_cluster_of_others_is_only_looked_at(
    mark: str | None, why: str, wanted: Wanted, programs: Programs, tmp_path: Path
) -> None:
    programs.there_is(NAME, mark)

    assert why in refused(wanted, tmp_path, ConfigurationError)
    assert programs.clusters == [NAME]
    changing = ("kind create", "kind delete", "kind load", "helm")
    assert not [line for line in programs.asked if line.startswith(changing) or " apply " in line]


def test_a_cluster_that_others_make_meanwhile_is_left_alone(wanted: Wanted, programs: Programs, tmp_path: Path) -> None:
    says = f'ERROR: failed to create cluster: node(s) already exist for a cluster with the name "{NAME}"'
    programs.answer("kind create cluster", 1, says)

    assert "already exist" in refused(wanted, tmp_path, InTroubleError)
    assert not [line for line in programs.asked if line.startswith("kind delete")]


@pytest.mark.parametrize("missing", ALL)
def test_a_missing_program_is_named_before_anything_is_made(
    missing: str, wanted: Wanted, programs: Programs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # This machine may have the program itself.
    monkeypatch.setattr("fixtures.targets.kind.cluster.installed", lambda names: frozenset(ALL) - {missing})

    assert f"needs the program {missing}" in refused(wanted, tmp_path, ConfigurationError)
    assert [line for line in programs.asked if line != "docker info"] == []


def test_an_image_that_cannot_be_had_is_named(wanted: Wanted, programs: Programs, tmp_path: Path) -> None:
    pilot = wanted.reference("istio-pilot")
    programs.set("images", [each for each in programs.get("images") if each != pilot])
    says = 'Error response from daemon: Get "https://registry-1.docker.io/v2/": dial tcp: no such host'
    programs.answer(f"docker pull {pilot}", 1, says)

    assert refused(wanted, tmp_path, ConfigurationError) == (
        f"`docker pull`, which pulls {pilot}, ended with exit code 1: {says}; bring it here with `docker pull` or "
        "`docker load`; or name a mirror's under images.istio-pilot of a kind.yaml, or a file that has it under "
        "archives (docs/kind.md)"
    )
    assert not [line for line in programs.asked if line.startswith("kind create")]


def test_a_manifest_that_cannot_be_read_is_named(wanted: Wanted, programs: Programs, tmp_path: Path) -> None:
    nobody = "http://127.0.0.1:9/gateway-api.yaml"
    wanted = dataclasses.replace(wanted, references={**wanted.references, "gateway-api": nobody})

    sentence = refused(wanted, tmp_path, ConfigurationError)

    assert sentence.startswith(f"{nobody} cannot be read: [Errno 111] Connection refused; give it as a file")
    assert not [line for line in programs.asked if line.startswith("kind create")]


@pytest.mark.parametrize(
    ("asked", "error"),
    [
        ("kind create cluster", InTroubleError),
        ("kind load image-archive", ConfigurationError),
        ("apply --server-side", ConfigurationError),
        ("helm upgrade --install istiod", InTroubleError),
        ("wait --timeout", InTroubleError),
        ("rollout status", InTroubleError),
    ],
)
def test_nothing_is_left_of_what_fails_half_way(
    asked: str, error: type[Exception], wanted: Wanted, programs: Programs, tmp_path: Path
) -> None:
    programs.answer(asked, 1, "ERROR: so it is\nand more that says nothing")

    assert "ended with exit code 1: ERROR: so it is; " in refused(wanted, tmp_path, error)
    assert programs.clusters == []
    assert programs.asked[-1].startswith("kind delete cluster")


def test_what_never_became_a_cluster_is_not_kept(wanted: Wanted, programs: Programs, tmp_path: Path) -> None:
    programs.answer("kind create cluster", 1, "ERROR: no")

    refused(wanted, tmp_path, InTroubleError, keep=True)
    assert programs.asked[-1].startswith("kind delete cluster")


def test_a_port_that_leads_nowhere_is_said(wanted: Wanted, programs: Programs, tmp_path: Path) -> None:
    programs.set("address", "")

    sentence = refused(wanted, tmp_path, ConfigurationError)
    assert sentence.startswith(f"no port of this machine leads to port 30080 of {NAME}-control-plane; ")


def test_images_that_the_node_cannot_pull_are_named(wanted: Wanted, programs: Programs, tmp_path: Path) -> None:
    waiting = '{"image": "gateway.example/extra:1", "state": {"waiting": {"reason": "ImagePullBackOff"}}}'
    programs.answer("get pods", 0, f'{{"items": [{{"status": {{"containerStatuses": [{waiting}]}}}}]}}')
    programs.answer("rollout status", 1, "error: timed out waiting for the condition")

    assert "cannot pull gateway.example/extra:1: name it under" in refused(wanted, tmp_path, InTroubleError)


def test_a_gateway_says_itself_why_it_is_not_up(wanted: Wanted, programs: Programs, tmp_path: Path) -> None:
    why = {"type": "Programmed", "status": "False", "reason": "AddressNotAssigned", "message": "address pending"}
    fine = {"type": "Accepted", "status": "True", "reason": "Accepted", "message": "Resource accepted"}
    programs.answer("get gateways", 0, json.dumps({"status": {"conditions": [fine, why]}}))
    programs.answer("wait --timeout", 1, "error: timed out waiting for the condition on gateways/maas-default-gateway")

    assert refused(wanted, tmp_path, InTroubleError).endswith(
        "; the Gateway openshift-ingress/maas-default-gateway says that it is not Programmed (AddressNotAssigned): "
        "address pending"
    )


def test_a_gateway_that_does_not_answer_ends_it(
    wanted: Wanted, programs: Programs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    programs.set("address", "127.0.0.1:9")
    bounds = dataclasses.replace(wanted.bounds, converge_seconds=0.5, interval_seconds=0.1)
    monkeypatch.setattr("fixtures.targets.kind.cluster.ANSWERING", bounds)

    assert "does not answer at http://127.0.0.1:9 within" in refused(wanted, tmp_path, InTroubleError)
    assert programs.clusters == []


def test_the_log_has_what_was_asked_and_said(wanted: Wanted, programs: Programs, tmp_path: Path) -> None:
    programs.answer("kind create cluster", 1, "ERROR: failed to create cluster\nkubelet says more")

    sentence = refused(wanted, tmp_path, InTroubleError)

    assert "ERROR: failed to create cluster; target/kind.log of the run says more" in sentence
    log = (tmp_path / "run" / "kind.log").read_text(encoding="utf-8")
    assert f"$ kind create cluster --name {NAME}" in log
    assert "kubelet says more" in log
