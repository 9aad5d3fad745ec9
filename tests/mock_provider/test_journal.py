"""The journal: no secret in it, no loss unsaid, and waiting that tells apart why it ended."""

from __future__ import annotations

import base64
import json
import threading
import uuid
from urllib.parse import quote

import pytest

from tests.mock_provider.running import KEY, Running, chat, raw_chat, read_to, read_to_end, running

SECRET = 'canary/"+pl us\\é-0123456789'


def add_canary(provider: Running, name: str, value: str) -> None:
    provider.control.post("/v1/canaries", json={"canaries": [{"name": name, "value": value}]}).raise_for_status()


@pytest.mark.parametrize("prefix", ["", "u", "us", "user:"])
@pytest.mark.parametrize("encode", [base64.standard_b64encode, base64.urlsafe_b64encode])
def test_base64_is_recognised_at_every_alignment(
    provider: Running, host: str, nonce: str, prefix: str, encode: object
) -> None:
    assert callable(encode)
    name = f"{nonce}.canary"
    add_canary(provider, name, SECRET)
    encoded = encode((prefix + SECRET).encode()).decode()
    provider.post(host, chat(nonce, note=encoded))
    arrival = provider.only_arrival(nonce=nonce)
    hits = [hit for hit in arrival["canaries"] if hit["where"] == "body"]
    assert hits == [{"name": name, "where": "body", "encoding": "base64", "split": False}]
    assert encoded[4:-4] not in json.dumps(arrival, ensure_ascii=False)


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (SECRET, "raw"),
        (quote(SECRET, safe=""), "urlencoded"),
        (quote(SECRET, safe="").lower(), "urlencoded"),
        (json.dumps(SECRET)[1:-1], "json"),
        (json.dumps(SECRET, ensure_ascii=False)[1:-1], "json"),
    ],
)
def test_every_encoding_is_recognised_and_replaced(
    provider: Running, host: str, nonce: str, text: str, encoding: str
) -> None:
    name = f"{nonce}.canary"
    add_canary(provider, name, SECRET)
    body = f"[nonce:{nonce}] before {text} after".encode()
    head = f"POST /x HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Length: {len(body)}\r\n\r\n"
    provider.exchange(head.encode() + body)
    arrival = provider.only_arrival(nonce=nonce)
    assert arrival["body"] == f"[nonce:{nonce}] before ‹{name}› after"
    assert {"name": name, "where": "body", "encoding": encoding, "split": False} in arrival["canaries"]


def test_canaries_are_found_in_every_place(provider: Running, host: str, nonce: str) -> None:
    name, value = f"{nonce}.canary", f"canary-{nonce}"
    add_canary(provider, name, value)
    head = (
        f"GET /p/{value}?q={value}&nonce={nonce} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nX-Leak: a {value}\r\n"
    )
    provider.exchange(f"{head}Cookie: s={value}; t=1\r\nX-API-Key: {value}\r\n\r\n".encode())
    arrival = provider.only_arrival(nonce=nonce, canary=name)
    assert [hit["where"] for hit in arrival["canaries"]] == [
        "target",
        "header:x-leak",
        "header:cookie",
        "header:x-api-key",
    ]
    assert arrival["path"] == f"/p/‹{name}›"
    assert ["X-Leak", f"a ‹{name}›"] in arrival["headers"]
    assert ["X-API-Key", f"‹{name}›"] in arrival["headers"]
    assert [(c["header"], c["canary"]) for c in arrival["credentials"]] == [("cookie", None), ("x-api-key", name)]
    assert value not in json.dumps(arrival)


def test_a_secret_split_over_headers_or_lines_is_found(provider: Running, host: str, nonce: str) -> None:
    name, value = f"{nonce}.canary", f"canary-{uuid.uuid4().hex}"
    add_canary(provider, name, value)
    body = json.dumps({"note": f"{value[:20]}\n{value[20:]}", "nonce": f"[nonce:{nonce}]"})
    head = f"POST /x HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nX-Half: {value[:15]}\r\nX-Half: {value[15:]}\r\n"
    provider.exchange(f"{head}Content-Length: {len(body)}\r\n\r\n{body}".encode())
    arrival = provider.only_arrival(nonce=nonce)
    assert [(hit["where"], hit["split"]) for hit in arrival["canaries"]] == [("header:x-half", True), ("body", True)]
    assert [field for field in arrival["headers"] if field[0] == "X-Half"] == [["X-Half", f"‹{name}›"]] * 2
    assert json.loads(arrival["body"])["note"] == f"‹{name}›"
    for half in (value[7:15], value[20:]):
        assert half not in json.dumps(arrival)


def test_unknown_credentials_are_kept_as_fingerprints(provider: Running, host: str, nonce: str) -> None:
    lines = [
        "Proxy-Authorization: Basic c29tZWJvZHk6cGFzc3dvcmQ=",
        "Cookie: session=very-secret-value",
        "Api-Key: unknown-api-key",
        "X-Goog-Api-Key: unknown-goog-key",
        "Authorization: hidden-word unknown-token",
    ]
    provider.exchange(raw_chat(host, nonce, *lines))
    arrival = provider.only_arrival(nonce=nonce)
    text = json.dumps(arrival)
    for secret in ("c29tZWJvZHk6", "very-secret", "unknown-", "hidden-word"):
        assert secret not in text
    kept = dict(arrival["headers"])
    fingerprints = {c["header"]: c["fingerprint"] for c in arrival["credentials"]}
    assert kept["Proxy-Authorization"] == f"Basic ‹{fingerprints['proxy-authorization']}›"
    assert kept["Cookie"] == f"‹{fingerprints['cookie']}›"
    assert [c["header"] for c in arrival["credentials"]] == [
        "authorization",
        "proxy-authorization",
        "cookie",
        "api-key",
        "x-goog-api-key",
        "authorization",
    ]


def test_canaries_can_be_forgotten(provider: Running, host: str, nonce: str) -> None:
    add_canary(provider, f"{nonce}.canary", f"canary-{nonce}")
    answer = provider.control.request("DELETE", "/v1/canaries", json={"names": [f"{nonce}.canary", "unknown"]})
    assert answer.json() == {"deleted": [f"{nonce}.canary"]}
    provider.post(host, chat(nonce, note=f"canary-{nonce}"))
    assert not [hit for hit in provider.only_arrival(nonce=nonce)["canaries"] if hit["where"] == "body"]


def test_all_nonces_are_kept_and_the_first_of_the_body_counts(provider: Running, host: str, nonce: str) -> None:
    other, third = nonce[:16], nonce[16:]
    provider.post(host, chat(nonce, note=f"[nonce:{other}]"), path=f"/v1/chat/completions?nonce={third}")
    arrival = provider.only_arrival(nonce=other)
    assert (arrival["nonce"], arrival["nonces"]) == (nonce, [nonce, other, third])


def test_queries_narrow_down(provider: Running, host: str, nonce: str) -> None:
    for text in ("a", nonce, "b"):
        provider.post(host, chat(text if text == nonce else None))
    seen = provider.wait(host=host, min=3)["arrivals"]
    assert [a["hostSequence"] for a in seen] == [1, 2, 3]
    assert provider.arrivals(host=host, nonce=nonce) == [seen[1]]
    assert provider.arrivals(host=host, since=seen[0]["sequence"]) == seen[1:]
    assert provider.arrivals(host=[host, "other.example"], canary=f"{host}.key") == seen
    first = provider.control.get("/v1/arrivals", params={"host": host, "limit": 1}).json()
    assert (first["arrivals"], first["more"]) == ([seen[0]], True)


def test_waiting_says_why_it_ended(provider: Running, host: str, nonce: str) -> None:
    assert provider.wait(host=host, min=0, quietMs=20)["outcome"] == "ok"
    assert provider.wait(host=host, min=1, timeoutMs=20)["outcome"] == "fewer"
    provider.script(nonce, {"chunks": [{"text": "x", "gate": "g"}], "gateTimeoutMs": 600_000})
    with provider.connect() as connection:
        connection.sendall(raw_chat(host, nonce))
        read_to(connection, b"\r\n\r\n")
        held = provider.wait(host=host, min=1, timeoutMs=20)
        assert (held["outcome"], held["inFlight"]) == ("in-flight", 1)
        provider.control.post(f"/v1/gates/{nonce}/g").raise_for_status()
        read_to_end(connection)
    assert provider.wait(host=host, min=1, quietMs=1)["outcome"] == "ok"


def test_waiting_ends_when_the_arrival_comes(provider: Running, host: str, nonce: str) -> None:
    later = threading.Timer(0.1, provider.post, (host, chat(nonce)))
    later.start()
    found = provider.wait(nonce=nonce, min=1, timeoutMs=20_000)
    later.join()
    assert (found["outcome"], len(found["arrivals"])) == ("ok", 1)


def test_a_small_ring_says_what_it_dropped() -> None:
    with running("--journal-limit", "3") as provider:
        provider.add_identity("a.example")
        provider.add_identity("b.example", keys=[{"name": "b", "value": KEY}])
        for host in ("a.example", "b.example", "b.example", "b.example", "b.example"):
            provider.post(host, chat())
        found = provider.control.get("/v1/arrivals").json()
        assert (found["lastSequence"], found["dropped"], len(found["arrivals"])) == (5, 2, 3)
        assert [a["hostSequence"] for a in found["arrivals"]] == [2, 3, 4]
        for query, dropped in (
            ({"since": 1}, 1),
            ({"since": 2}, 0),
            ({"host": "a.example"}, 1),
            ({"host": "a.example", "since": 1}, 0),
            ({"host": ["a.example", "b.example"]}, 2),
            ({"host": "c.example"}, 0),
        ):
            assert provider.control.get("/v1/arrivals", params=query).json()["dropped"] == dropped  # type: ignore[arg-type]
        assert provider.wait(host="a.example", min=0, timeoutMs=20)["outcome"] == "dropped"
        assert provider.wait(host="c.example", min=0, timeoutMs=1000)["outcome"] == "ok"
        stats = provider.control.get("/v1/stats").json()
        assert (stats["arrivals"], stats["kept"], stats["dropped"]) == (5, 3, 2)
        assert stats["hosts"] == {"a.example": 1, "b.example": 4}
        assert stats["verdicts"] == {"accepted": 5}
