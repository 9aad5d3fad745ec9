"""The real Envoy with the real processor, between a client and a provider that records what arrives."""

from __future__ import annotations

import json
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
import trustme

from reference_gateway.data_plane.connect_to import parse_connect_to
from reference_gateway.values import Key, Model
from tests.reference_gateway.conftest import behaviour
from tests.reference_gateway.plane import Plane, data_plane
from tests.reference_gateway.upstream import Upstream, serving

HOST = "alpha.provider.test"
PATH = "/ns/m/v1/chat/completions"
MODEL = Model(Key("ns", "m"), "openai", "gpt", HOST, Key("ns", "s"), port=80, tls=False)
BODY = b'{"model":"gpt", "messages":[{"role":"user","content":"\\u00fc"}], "seed":12345678901234567890123}'


@contextmanager
def running(
    directory: Path, *faults: str, variants: tuple[str, ...] = (), model: Model = MODEL
) -> Iterator[tuple[Plane, Upstream]]:
    """A data plane with one published model whose key is KEY, and its provider without TLS."""
    with serving() as upstream:
        rules = (parse_connect_to(f":80:127.0.0.1:{upstream.port}"),)
        with data_plane(behaviour("runbook", faults, variants), directory, rules, None) as plane:
            plane.add(model, "KEY")
            yield plane, upstream


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Plane, Upstream]]:
    with running(tmp_path_factory.mktemp("plane")) as both:
        yield both


@pytest.fixture
def both(shared: tuple[Plane, Upstream]) -> tuple[Plane, Upstream]:
    plane, upstream = shared
    upstream.arrivals.clear()
    upstream.status, upstream.chunks = 200, [b"{}"]
    upstream.headers = [("Content-Type", "application/json")]
    upstream.go_on.clear()
    return plane, upstream


def test_a_request_arrives_once_with_the_providers_key_host_path_and_the_clients_bytes(
    both: tuple[Plane, Upstream],
) -> None:
    plane, upstream = both
    answer = plane.client.post(f"{PATH}?debug=1", content=BODY, headers={"Content-Type": "application/json"})

    assert answer.status_code == 200
    (arrival,) = upstream.arrivals
    assert arrival.path == "/v1/chat/completions"
    assert arrival.values("authorization") == ["Bearer KEY"]
    assert arrival.values("host") == [HOST]
    assert arrival.body == BODY


def test_nothing_of_the_clients_credentials_arrives(both: tuple[Plane, Upstream]) -> None:
    plane, upstream = both
    secrets = {
        "Authorization": "Bearer client",
        "X-Api-Key": "client",
        "Api-Key": "client",
        "X-Goog-Api-Key": "client",
        "Cookie": "a=client",
        "Proxy-Authorization": "Basic client",
        "X-MaaS-Username": "client",
        "X-Gateway-Model-Name": "client",
        "X-Reference-Gateway-Destination": "client",
        "X-Envoy-Retry-On": "5xx",
    }
    harmless = {"OpenAI-Beta": "assistants=v2", "X-Custom": "kept"}
    plane.client.post(PATH, content=BODY, headers={**secrets, **harmless})

    (arrival,) = upstream.arrivals
    assert not [value for _, value in arrival.headers if "client" in value]
    assert arrival.values("authorization") == ["Bearer KEY"]
    assert arrival.values("x-custom") == ["kept"]
    assert arrival.values("openai-beta") == ["assistants=v2"]
    assert not [name for name, _ in arrival.headers if name.lower().startswith(("x-reference", "x-envoy"))]


def test_a_forged_destination_header_has_no_effect(both: tuple[Plane, Upstream]) -> None:
    plane, upstream = both
    forged = {"x-reference-gateway-destination": MODEL.destination.id}

    for answer in (
        plane.client.get("/anything", headers=forged),
        plane.client.get("/ns/m/v1/models", headers=forged),
        plane.client.post("/ns/nobody/v1/chat/completions", headers=forged, content=BODY),
    ):
        assert answer.status_code == 404
    assert upstream.arrivals == []


@pytest.mark.parametrize("status", [400, 401, 404, 429, 500, 503])
def test_the_providers_errors_come_back_untouched(both: tuple[Plane, Upstream], status: int) -> None:
    plane, upstream = both
    upstream.status, upstream.chunks = status, [b'{"error":{"message":"no"}}']
    upstream.headers = [("Content-Type", "application/problem+json"), ("Retry-After", "7"), ("Server", "provider/1")]
    answer = plane.client.post(PATH, content=BODY)

    assert (answer.status_code, answer.content) == (status, upstream.chunks[0])
    assert answer.headers["retry-after"] == "7"
    assert answer.headers["server"] == "provider/1"
    assert answer.headers["content-type"] == "application/problem+json"
    assert len(upstream.arrivals) == 1


def test_the_gateways_own_errors_are_plain_text_with_the_exact_words(both: tuple[Plane, Upstream]) -> None:
    plane, upstream = both
    plane.stores.credentials.drop(MODEL.secret)
    try:
        answer = plane.client.post(PATH, content=BODY)
    finally:
        plane.stores.credentials.put(MODEL.secret, {"OPENAI_API_KEY": "KEY"})

    assert answer.status_code == 500
    assert answer.text == "inference error: Internal - provider 'openai' credentials not found"
    assert answer.headers["content-type"] == "text/plain"
    assert upstream.arrivals == []


def test_a_stream_reaches_the_client_while_the_provider_is_still_at_it(both: tuple[Plane, Upstream]) -> None:
    plane, upstream = both
    upstream.headers = [("Content-Type", "text/event-stream")]
    upstream.chunks = [b"data: 1\n\n", b"data: 2\n\n", b"data: [DONE]\n\n"]

    with plane.client.stream("POST", PATH, content=BODY) as answer:
        received = answer.iter_raw()
        assert next(received) == b"data: 1\n\n"
        assert not upstream.go_on.is_set()
        upstream.go_on.set()
        assert b"".join(received) == b"data: 2\n\ndata: [DONE]\n\n"


def test_a_large_body_arrives_byte_for_byte(both: tuple[Plane, Upstream]) -> None:
    plane, upstream = both
    body = json.dumps({"model": "gpt", "messages": [{"content": "x" * 8_000_000}]}).encode()
    answer = plane.client.post(PATH, content=body)

    assert answer.status_code == 200
    assert upstream.arrivals[0].body == body


def test_a_chunked_request_arrives_whole(both: tuple[Plane, Upstream]) -> None:
    plane, upstream = both
    answer = plane.client.post(PATH, content=iter([BODY[:10], BODY[10:]]))

    assert answer.status_code == 200
    assert upstream.arrivals[0].body == BODY


def test_clients_may_speak_http2_without_tls(both: tuple[Plane, Upstream]) -> None:
    plane, upstream = both
    with httpx.Client(base_url=plane.client.base_url, http1=False, http2=True, timeout=60) as client:
        answer = client.post(PATH, content=BODY)

    assert (answer.status_code, answer.http_version) == (200, "HTTP/2")
    assert upstream.arrivals[0].values("authorization") == ["Bearer KEY"]


def test_a_new_key_is_used_for_the_very_next_request(both: tuple[Plane, Upstream]) -> None:
    plane, upstream = both
    for key in ("v2", "KEY"):
        plane.stores.credentials.put(MODEL.secret, {"OPENAI_API_KEY": key})
        plane.client.post(PATH, content=BODY)

    assert [arrival.values("authorization") for arrival in upstream.arrivals] == [["Bearer v2"], ["Bearer KEY"]]


def test_neither_queries_nor_secrets_are_logged(both: tuple[Plane, Upstream]) -> None:
    plane, _ = both
    plane.client.post(f"{PATH}?token=hidden", content=BODY, headers={"Authorization": "Bearer hidden"})
    plane.client.post("/unknown?token=hidden", content=BODY)
    log = plane.access_log.read_text(encoding="utf-8")

    assert "hidden" not in log
    assert "KEY" not in log


def test_azure_has_its_own_path_and_header(tmp_path: Path) -> None:
    azure = Model(MODEL.key, "azure-openai", "gpt", HOST, MODEL.secret, port=80, tls=False)
    with running(tmp_path, model=azure) as (plane, upstream):
        plane.client.post(PATH, content=BODY, headers={"Authorization": "Bearer client", "api-key": "client"})

    (arrival,) = upstream.arrivals
    assert arrival.path == "/openai/v1/chat/completions"
    assert arrival.values("api-key") == ["KEY"]
    assert arrival.values("authorization") == []


def test_without_its_processor_the_gateway_refuses(tmp_path: Path) -> None:
    with running(tmp_path) as (plane, upstream):
        plane.control.stop()
        answer = plane.client.post(PATH, content=BODY)

    assert answer.status_code == 500
    assert answer.content == b""
    assert upstream.arrivals == []


def test_a_key_and_its_host_stay_together_when_the_endpoint_changes(tmp_path: Path) -> None:
    moved = Model(MODEL.key, "openai", "gpt", "beta.provider.test", Key("ns", "s-beta"), port=80, tls=False)
    with running(tmp_path) as (plane, upstream):
        plane.stores.credentials.put(moved.secret, {"OPENAI_API_KEY": "BETA"})
        plane.stores.models.want(moved)
        plane.client.post(PATH, content=BODY)
        plane.add(moved, "BETA")
        plane.client.post(PATH, content=BODY)

    seen = [(arrival.values("host"), arrival.values("authorization")) for arrival in upstream.arrivals]
    assert seen == [([HOST], ["Bearer KEY"]), (["beta.provider.test"], ["Bearer BETA"])]


@pytest.mark.parametrize(
    ("certified", "faults", "status"),
    [(HOST, (), 200), ("other.provider.test", (), 503), ("other.provider.test", ("M94",), 200)],
)
def test_the_providers_certificate_must_bear_the_endpoints_name(
    tmp_path: Path, certified: str, faults: tuple[str, ...], status: int
) -> None:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(certified).configure_cert(context)
    model = Model(MODEL.key, "openai", "gpt", HOST, MODEL.secret, port=443, tls=True)

    with serving(context) as upstream:
        rules = (parse_connect_to(f":443:127.0.0.1:{upstream.port}"),)
        with data_plane(behaviour("runbook", faults), tmp_path, rules, tmp_path / "ca.pem") as plane:
            plane.add(model, "KEY")
            answer = plane.client.post(PATH, content=BODY)

    assert answer.status_code == status
    assert len(upstream.arrivals) == (1 if status == 200 else 0)
    assert "KEY" not in answer.text


def test_fault_m26_sends_the_clients_authorization_beside_the_injected_one(tmp_path: Path) -> None:
    with running(tmp_path, "M26") as (plane, upstream):
        plane.client.post(PATH, content=BODY, headers={"Authorization": "Bearer client"})

    values = ", ".join(upstream.arrivals[0].values("authorization"))
    assert "Bearer client" in values
    assert "Bearer KEY" in values


def test_faults_of_the_answer(tmp_path: Path) -> None:
    with running(tmp_path, "M43", "M50") as (plane, upstream):
        upstream.status, upstream.chunks = 429, [b'{"error":{}}']
        answer = plane.client.post(PATH, content=BODY)

    assert (answer.status_code, answer.content) == (200, b'{"error":{}}')
    assert answer.headers["x-upstream-authorization"] == "Bearer KEY"


def test_fault_m60_holds_a_stream_back(tmp_path: Path) -> None:
    with running(tmp_path, "M60") as (plane, upstream):
        upstream.chunks = [b"data: 1\n\n", b"data: [DONE]\n\n"]
        with (
            pytest.raises(httpx.ReadTimeout),
            plane.client.stream("POST", PATH, content=BODY, timeout=0.5) as answer,
        ):
            next(answer.iter_raw())
        upstream.go_on.set()
        assert plane.client.post(PATH, content=BODY).content == b"data: 1\n\ndata: [DONE]\n\n"


def test_fault_m46_asks_again(tmp_path: Path) -> None:
    with running(tmp_path, "M46") as (plane, upstream):
        upstream.status = 503
        plane.client.post(PATH, content=BODY)

    assert len(upstream.arrivals) == 3


def test_faults_of_the_body_send_another_one_of_the_right_length(tmp_path: Path) -> None:
    with running(tmp_path, "M74") as (plane, upstream):
        plane.client.post(PATH, content=BODY)

    assert json.loads(upstream.arrivals[0].body) == {"model": "gpt", "messages": [{"role": "user", "content": "ü"}]}


def test_variant_v10_splits_events_and_still_streams_every_byte(tmp_path: Path) -> None:
    with running(tmp_path, variants=("events-resegmented",)) as (plane, upstream):
        upstream.chunks = ["data: grün\n\n".encode(), b"data: [DONE]\n\n"]
        with plane.client.stream("POST", PATH, content=BODY) as answer:
            received = answer.iter_raw()
            first = b""
            while len(first) < len(upstream.chunks[0]):
                first += next(received)
            assert not upstream.go_on.is_set()
            upstream.go_on.set()
            rest = b"".join(received)

    assert first + rest == b"".join(upstream.chunks)


def test_fault_m62_drops_the_end_of_a_stream(tmp_path: Path) -> None:
    with running(tmp_path, "M62") as (plane, upstream):
        upstream.chunks = [b"data: 1\n\n", b"data: [DONE]\n\n"]
        upstream.go_on.set()
        answer = plane.client.post(PATH, content=BODY)

    assert answer.content == b"data: 1\n\n"


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "HEAD"])
@pytest.mark.parametrize("body", [b"", BODY], ids=["without body", "with body"])
def test_only_post_is_forwarded(both: tuple[Plane, Upstream], method: str, body: bytes) -> None:
    plane, upstream = both

    assert plane.client.request(method, PATH, content=body).status_code == 404
    assert upstream.arrivals == []


@pytest.mark.parametrize("path", ["/ns/o/../m", "/ns/m/v1/../../../ns/m"])
def test_dots_in_a_path_are_resolved_before_the_model_is(both: tuple[Plane, Upstream], path: str) -> None:
    plane, _ = both
    with socket.create_connection((plane.client.base_url.host, plane.client.base_url.port or 0), 60) as connection:
        head = f"POST {path}/../nobody/v1/chat/completions HTTP/1.1\r\nHost: a\r\nContent-Length: {len(BODY)}\r\n\r\n"
        connection.sendall(head.encode() + BODY)

        assert connection.recv(4096).startswith(b"HTTP/1.1 404")


def test_variants_of_the_wire(tmp_path: Path) -> None:
    with running(tmp_path, variants=("header-case", "chunked-to-provider", "extra-response-headers")) as pair:
        plane, upstream = pair
        answer = plane.client.post(PATH, content=BODY)

    (arrival,) = upstream.arrivals
    assert ("Authorization", "Bearer KEY") in arrival.headers
    assert arrival.values("transfer-encoding") == ["chunked"]
    assert arrival.values("content-length") == []
    assert arrival.body == BODY
    assert answer.headers["x-served-by"] == "reference-gateway"
