"""A provider's key in a log or in the metrics of a gateway is found in whatever form, and named by place only."""

from __future__ import annotations

import base64
import json
import urllib.parse
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from fixtures.canaries import Canaries, Canary, new_marker
from fixtures.errors import NotTestableError
from fixtures.secrecy import LOG_BYTES
from fixtures.survey import Survey
from fixtures.targets.target import GatewayAccess, KubernetesAccess, MetricsAccess, ProviderAccess, Target
from reports.events import PreflightChecked, SecretSeen
from suite.gateway_output import LogsOfPods, logs_of_pods, look, without_secrets_of_users

WRITTEN: dict[str, Callable[[str], str]] = {
    "raw": lambda value: f"authorization: Bearer {value}",
    "urlencoded": lambda value: f"/v1?key={urllib.parse.quote(value, safe='')}&more",
    "json": lambda value: json.dumps({"authorization": value}),
    "base64": lambda value: base64.b64encode(f"x{value}".encode()).decode(),
    "hex": lambda value: value.encode().hex(),
    "split": lambda value: f"{value[:20]}\n    {value[20:]}",
}


def target(*logs: Path) -> Target:
    return Target(
        "cluster",
        KubernetesAccess("kubeconfig"),
        GatewayAccess("http://127.0.0.1:9", logs=tuple(map(str, logs))),
        ProviderAccess("http://127.0.0.1:9", None, "provider.test"),
    )


@pytest.mark.parametrize("encoding", WRITTEN)
@pytest.mark.parametrize("tail", ["", '"/+ \\'])
def test_a_key_is_found_in_a_log_and_named(tmp_path: Path, encoding: str, tail: str) -> None:
    marker = new_marker()
    canaries = Canaries(marker, "a1b2c3")
    key = canaries.make("alpha.key", tail)
    log = tmp_path / "envoy.log"
    log.write_text(f"first\nsecond {WRITTEN[encoding](key.value)}\nlast\n")

    seen = found(target(log), marker, canaries)

    assert [(item.canary, item.surface, item.place) for item in seen] == [("alpha.key", "logs", "line 2 of envoy.log")]
    assert key.value not in repr(seen)


def test_a_key_is_found_in_what_a_pod_has_logged() -> None:
    marker = new_marker()
    canaries = Canaries(marker, "a1b2c3")
    pods = {"gateway-0/envoy": f"first\nkey: {canaries.make('alpha.key').value}\n"}

    (seen,) = found(target(), marker, canaries, pods)

    assert (seen.canary, seen.surface, seen.place) == ("alpha.key", "logs", "line 2 of gateway-0/envoy")


def test_a_key_whose_worker_was_lost_is_found_without_its_name(tmp_path: Path) -> None:
    marker = new_marker()
    log = tmp_path / "gateway.log"
    log.write_text(Canaries(marker, "a1b2c3").make("alpha.key").value)

    (seen,) = look(target(log), marker, {}, LogsOfPods())

    assert isinstance(seen, SecretSeen)
    assert (seen.canary, seen.place) == ("a canary of another scenario", "line 1 of gateway.log")


def test_what_clients_sent_is_no_providers_key(tmp_path: Path) -> None:
    marker = new_marker()
    canaries = Canaries(marker, "a1b2c3")
    log = tmp_path / "gateway.log"
    log.write_text(f"who: {canaries.make('client').value}\n")

    assert found(target(log), marker, canaries) == []


def test_where_nothing_can_be_seen_it_says_so(tmp_path: Path) -> None:
    blind = replace(target(tmp_path / "gone.log"), metrics=MetricsAccess("http://127.0.0.1:9/metrics"))

    said = list(look(blind, new_marker(), {}, LogsOfPods()))

    assert [(line.check, line.outcome, line.detail) for line in said if isinstance(line, PreflightChecked)] == [
        ("look for keys in gone.log", "failed", "it cannot be read (No such file or directory)"),
        ("look for keys in metrics", "failed", "http://127.0.0.1:9/metrics does not answer (ConnectError)"),
    ]


class Logged(Survey):
    """Pods that have logged this."""

    def __init__(self, texts: dict[str, str] | None) -> None:
        self._texts = texts

    def logs(self, namespace: str, seconds: float, most_bytes: int, last_lines: int | None = None) -> dict[str, str]:
        if self._texts is None:
            raise NotTestableError("the Kubernetes API forbids to get pods/log")
        return self._texts


def test_of_a_log_that_is_cut_the_rest_is_said_to_be_unseen() -> None:
    whole, cut = "a line\n", "x" * LOG_BYTES

    pods = logs_of_pods(["gateway"], Logged({"a/envoy": whole, "b/envoy": cut}), 1.0)

    assert pods.texts == {"a/envoy": whole, "b/envoy": cut}
    assert [(line.check, line.outcome) for line in pods.unread] == [("look for keys in b/envoy", "failed")]


def test_logs_that_may_not_be_read_are_said_to_be_unseen() -> None:
    pods = logs_of_pods(["gateway"], Logged(None), 1.0)

    said = list(look(target(), new_marker(), {}, pods))

    assert [(line.check, line.detail) for line in said if isinstance(line, PreflightChecked)] == [
        ("look for keys in logs of the gateway's Pods", "the Kubernetes API forbids to get pods/log")
    ]


def test_a_secret_of_a_user_is_not_handed_from_process_to_process() -> None:
    marker = new_marker()
    canaries = Canaries(marker, "a1b2c3")
    canaries.adopt(Canary("a1b2c3.client", "sk-of-a-user"))
    made = canaries.make("alpha.key")

    assert without_secrets_of_users(canaries, marker) == {made.name: made.value}


def found(where: Target, marker: str, canaries: Canaries, pods: Mapping[str, str] | None = None) -> list[SecretSeen]:
    seen = look(where, marker, without_secrets_of_users(canaries, marker), LogsOfPods(pods or {}))
    return [item for item in seen if isinstance(item, SecretSeen)]
