"""The endpoint of the runbook's example is LiteLLM: a real proxy stands between the gateway and the mock provider.

LiteLLM takes requests and answers apart and writes them anew, so nothing is judged byte for byte here. A request is
bound to the provider's arrival by its nonce, and an answer to that by the receipt, which only the provider could have
made. The credential that the provider sees is LiteLLM's own: that the gateway's was right shows in that LiteLLM let
the request through, and what it does with a wrong one is compared with what it says to a client that asks it directly.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from fixtures.canaries import Canary, new_marker
from fixtures.catalogue import load
from fixtures.judgements.credentials import ExactCredential, NothingOf
from fixtures.judgements.expectation import Mismatch
from fixtures.judgements.service import AnsweredByProvider, ArrivesOnce
from fixtures.models import Model, SecretShape
from fixtures.observation import Observation
from fixtures.provider import ProviderClient
from fixtures.recording import CaseRecorder
from fixtures.scenario import SUBJECT, Ground, Scenario
from fixtures.targets.embedded import Embedded, embedded
from fixtures.targets.target import Target
from reports.recorder import EventWriter
from tests.litellm.proxy import MODEL, UPSTREAM_MODEL, LiteLLM, litellm

EDITION = load().edition("runbook")
MASTER_KEY = Canary("litellm.master", "sk-litellm-conformance-master-0001")
UPSTREAM_KEY = Canary("litellm.upstream", "mockkey-of-litellm-itself-0001")
PORT, TLS = "maas.opendatahub.io/port", "maas.opendatahub.io/tls"


@dataclass(frozen=True)
class Surroundings:
    target: Target
    proxy: LiteLLM


@dataclass(frozen=True)
class Relayed:
    """The client gets what LiteLLM says of itself, and the provider nothing."""

    status: int
    body: str

    def mismatch(self, observation: Observation) -> Mismatch | None:
        exchange = observation.exchange
        got = (exchange.status, exchange.body, len(observation.arrivals))
        expected = (self.status, self.body, 0)
        return None if got == expected else Mismatch("not-relayed", str(expected), str(got))

    def describe(self) -> str:
        return "LiteLLM's own refusal reaches the client"


@dataclass(frozen=True)
class StreamOfReceipt:
    """The client gets a stream that ends once, with the provider's text in its events, whoever wrote these."""

    def mismatch(self, observation: Observation) -> Mismatch | None:
        exchange = observation.exchange
        receipts = [arrival.receipt for arrival in observation.arrivals]
        if exchange.status != 200 or not (exchange.header("content-type") or "").startswith("text/event-stream"):
            return Mismatch("no-stream", "an event stream", f"{exchange.status} {exchange.body}")
        events = [line.removeprefix("data: ") for line in exchange.body.split("\n\n") if line.strip()]
        chunks = [json.loads(event) for event in events if event != "[DONE]"]
        text = "".join(
            choice["delta"].get("content") or "" for chunk in chunks for choice in chunk.get("choices") or ()
        )
        if len(receipts) != 1 or f"[receipt:{receipts[0]}]" not in text or events.count("[DONE]") != 1:
            return Mismatch("other-stream", "the provider's text and one end", exchange.body)
        return None

    def describe(self) -> str:
        return "the provider's text reaches the client as a stream"


@pytest.fixture(scope="module")
def surroundings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Surroundings]:
    directory = tmp_path_factory.mktemp("litellm")
    with embedded(Embedded(EDITION), directory / "logs") as target:
        api_base = f"{target.provider.data_url}/v1"
        with litellm(directory, api_base, UPSTREAM_KEY.value, MASTER_KEY.value) as proxy:
            yield Surroundings(target, proxy)


@pytest.fixture
def scenario(surroundings: Surroundings, tmp_path: Path) -> Iterator[Scenario]:
    writer = EventWriter(tmp_path / "events.ndjson")
    ground = Ground("litellm", new_marker(), surroundings.target, EDITION)
    scenario = Scenario(ground, CaseRecorder(writer, "main", "litellm"), "externalmodel-conformance (litellm)")
    yield scenario
    scenario.clean_up()
    scenario.close()
    writer.close()


def deployed(scenario: Scenario, surroundings: Surroundings, key: Canary, secret: SecretShape | None = None) -> Model:
    """A model whose endpoint is the proxy, by the address, port and key that are given."""
    model = scenario.new_model(SUBJECT)
    model.kind = replace(model.kind, verbatim=False)
    model.endpoint = str(urlsplit(surroundings.proxy.url).hostname)
    model.annotations = {PORT: str(surroundings.proxy.port), TLS: "false"}
    model.target_model = MODEL
    model.credential = scenario.canaries.adopt(key)
    model.deploy(secret, strict=True)
    access = surroundings.target.provider
    # Behind the proxy the provider goes by the same address, and knows LiteLLM's own key alone.
    provider = ProviderClient(access.control_url, access.control_token)
    provider.watch_for([key])
    provider.put_identity(model.endpoint, [UPSTREAM_MODEL], [scenario.canaries.adopt(UPSTREAM_KEY)], strict=True)
    provider.close()
    return model


def test_a_chat_completion(scenario: Scenario, surroundings: Surroundings) -> None:
    model = deployed(scenario, surroundings, MASTER_KEY)
    scenario.settles(AnsweredByProvider(model.facts, with_credential=False))
    scenario.holds(ArrivesOnce(model.facts))
    scenario.holds(ExactCredential(replace(model.facts, credential=UPSTREAM_KEY.name)))
    scenario.holds(NothingOf(MASTER_KEY.name, "the key of the gateway's Secret", must_arrive=True))
    scenario.holds(NothingOf(scenario.client_key.name, "the client's key", must_arrive=True))


def test_a_stream(scenario: Scenario, surroundings: Surroundings) -> None:
    deployed(scenario, surroundings, MASTER_KEY)
    scenario.settles(StreamOfReceipt(), scenario.request(stream=True))


def test_a_wrong_key_is_refused_by_litellm_and_its_words_are_relayed(
    scenario: Scenario, surroundings: Surroundings
) -> None:
    wrong = scenario.canaries.make("wrong")
    direct = httpx.post(
        f"{surroundings.proxy.url}/v1/chat/completions",
        headers={"authorization": f"Bearer {wrong.value}"},
        json={"model": MODEL, "messages": [{"role": "user", "content": "ping"}]},
        trust_env=False,
        timeout=20.0,
    )
    assert 400 <= direct.status_code < 500
    deployed(scenario, surroundings, wrong)
    asked = surroundings.proxy.requests()
    scenario.settles(Relayed(direct.status_code, scenario.canaries.redact(direct.text)))
    assert surroundings.proxy.requests() > asked


def test_a_secret_without_label_is_not_found_and_litellm_is_asked_nothing(
    scenario: Scenario, surroundings: Surroundings
) -> None:
    asked = surroundings.proxy.requests()
    model = deployed(scenario, surroundings, MASTER_KEY, SecretShape(label=None))
    scenario.is_refused("credentials-not-found")
    assert surroundings.proxy.requests() == asked
    model.put_secret_right()
    scenario.settles(AnsweredByProvider(model.facts, with_credential=False))
