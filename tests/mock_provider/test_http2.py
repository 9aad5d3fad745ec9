"""The HTTP/2 listener: the same provider, with TLS and without."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.mock_provider.running import KEY, PATIENCE_SECONDS, Running, chat, ready_line, start_program


@pytest.fixture(params=["http", "https"])
def http2(request: pytest.FixtureRequest, provider: Running, certificate: Path) -> Iterator[httpx.Client]:
    trust = ssl.create_default_context(cafile=certificate / "ca.pem")
    base = f"{request.param}://{provider.ready['http2']}"
    with httpx.Client(http1=False, http2=True, verify=trust, base_url=base, timeout=PATIENCE_SECONDS) as client:
        yield client


def ask(http2: httpx.Client, host: str, nonce: str, key: str = KEY, stream: bool = False) -> httpx.Response:
    headers = {"host": host, "authorization": f"Bearer {key}"}
    extensions = {"sni_hostname": "tls.example"} if http2.base_url.scheme == "https" else {}
    url = "/v1/chat/completions"
    return http2.post(url, json=chat(nonce, stream=stream), headers=headers, extensions=extensions)


def test_requests_share_a_connection_and_are_told_apart(
    provider: Running, host: str, nonce: str, http2: httpx.Client
) -> None:
    assert ask(http2, host, nonce).status_code == 200
    answer = ask(http2, host, nonce, stream=True)
    assert answer.http_version == "HTTP/2"
    assert answer.text.endswith("data: [DONE]\n\n")
    assert ask(http2, host, nonce, key=KEY + "x").status_code == 401
    seen = provider.wait(nonce=nonce, min=3)["arrivals"]
    assert {a["protocol"] for a in seen} == {"HTTP/2"}
    assert {a["host"] for a in seen} == {host}
    assert [a["connection"]["request"] for a in seen] == [1, 2, 3]
    assert len({a["connection"]["id"] for a in seen}) == 1
    assert [a["verdict"] for a in seen] == ["accepted", "accepted", "refused:credential"]


def test_tls_facts(provider: Running, host: str, nonce: str, http2: httpx.Client) -> None:
    ask(http2, host, nonce)
    arrival = provider.only_arrival(nonce=nonce)
    if http2.base_url.scheme == "http":
        assert (arrival["tls"], arrival["sni"]) == (None, None)
    else:
        assert (arrival["tls"]["alpn"], arrival["sni"]) == ("h2", "tls.example")


@pytest.mark.parametrize("kind", ["reset", "close"])
def test_a_broken_answer_is_an_error_for_the_client(
    provider: Running, host: str, nonce: str, http2: httpx.Client, kind: str
) -> None:
    provider.script(nonce, {"body": "0123456789", "fault": {"kind": kind, "afterBytes": 4}})
    with pytest.raises(httpx.TransportError):
        ask(http2, host, nonce)
    record = provider.only_arrival(nonce=nonce)["answer"]
    assert (record["bytesSent"], record["ended"]) == (4, {"reset": "reset", "close": "closed"}[kind])


def test_a_large_body_is_not_throttled_to_a_halt(provider: Running, host: str, nonce: str, http2: httpx.Client) -> None:
    provider.script(nonce, {"body": "x" * 1_000_000})
    assert len(ask(http2, host, nonce).content) == 1_000_000


def test_the_program_ends_cleanly_while_an_answer_is_held() -> None:
    program = start_program("--http2", "127.0.0.1:0")
    ready = ready_line(program)
    with httpx.Client(base_url=ready["control"]) as control, httpx.Client(http1=False, http2=True) as client:
        provider = Running(ready, control, client, None)
        provider.add_identity("a.example")
        provider.script("0123456789abcdef", {"fault": {"kind": "stall", "afterBytes": 0, "forMs": 600_000}})
        url = f"http://{ready['http2']}/v1/chat/completions"
        headers = {"host": "a.example", "authorization": f"Bearer {KEY}"}
        with client.stream("POST", url, json=chat("0123456789abcdef"), headers=headers) as answer:
            assert answer.status_code == 200
            program.terminate()
            stdout, stderr = program.communicate(timeout=PATIENCE_SECONDS)
    assert (program.returncode, stdout, stderr) == (0, "", "")
