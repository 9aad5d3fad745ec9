"""What the journal says about the wire: raw headers, target, framing, connections, TLS."""

from __future__ import annotations

import hashlib

from tests.mock_provider.running import KEY, Running, chat, raw_chat, read_to


def test_headers_keep_order_case_and_duplicates(provider: Running, host: str, nonce: str) -> None:
    provider.exchange(raw_chat(host, nonce, "X-Zebra: 1", "x-ALPHA: second", "X-Zebra: 2", "x-Forwarded-For: 1.2.3.4"))
    arrival = provider.only_arrival(nonce=nonce)
    assert arrival["headers"] == [
        ["Host", host],
        ["Authorization", f"Bearer ‹{host}.key›"],
        ["Content-Length", str(arrival["bodyBytes"])],
        ["Connection", "close"],
        ["X-Zebra", "1"],
        ["x-ALPHA", "second"],
        ["X-Zebra", "2"],
        ["x-Forwarded-For", "1.2.3.4"],
    ]
    assert arrival["framing"] == "content-length"
    assert arrival["protocol"] == "HTTP/1.1"
    assert (arrival["sni"], arrival["tls"]) == (None, None)
    assert arrival["connection"]["peer"].startswith("127.0.0.1:")


def test_target_is_kept_as_sent(provider: Running, host: str, nonce: str) -> None:
    target = f"//v1/../%2Fchat%zz?a=1&a=%20&b&nonce={nonce}"
    raw = f"GET {target} HTTP/1.1\r\nHost: {host}:8080\r\nConnection: close\r\n\r\n".encode()
    assert provider.exchange(raw).startswith(b"HTTP/1.1 404 ")
    arrival = provider.only_arrival(nonce=nonce)
    assert arrival["target"] == target
    assert (arrival["path"], arrival["query"]) == tuple(target.split("?"))
    assert arrival["verdict"] == "refused:path"
    assert arrival["host"] == host


def test_chunked_body_and_trailers(provider: Running, host: str, nonce: str) -> None:
    body = b'{"model":"model-a","messages":["[nonce:' + nonce.encode() + b']"]}'
    head = f"POST /v1/chat/completions HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {KEY}\r\n"
    raw = head.encode() + b"Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
    raw += b"5\r\n%s\r\n%x\r\n%s\r\n0\r\nX-Trailer: late\r\n\r\n" % (body[:5], len(body) - 5, body[5:])
    assert provider.exchange(raw).startswith(b"HTTP/1.1 200 OK\r\n")
    arrival = provider.only_arrival(nonce=nonce)
    assert arrival["framing"] == "chunked"
    assert arrival["trailers"] == [["X-Trailer", "late"]]
    assert arrival["body"] == body.decode()
    assert arrival["bodyBytes"] == len(body)
    assert arrival["bodySha256"] == hashlib.sha256(body).hexdigest()


def test_connections_and_their_requests_are_told_apart(provider: Running, host: str, nonce: str) -> None:
    with provider.connect() as connection:
        for _ in range(2):
            connection.sendall(raw_chat(host, nonce, close=False))
            assert read_to(connection, b"null}").startswith(b"HTTP/1.1 200 OK\r\n")
    provider.exchange(raw_chat(host, nonce))
    seen = [a["connection"] for a in provider.wait(nonce=nonce, min=3)["arrivals"]]
    assert [connection["request"] for connection in seen] == [1, 2, 1]
    assert seen[0]["id"] == seen[1]["id"] != seen[2]["id"]


def test_tls_facts_and_server_name(provider: Running, host: str, nonce: str) -> None:
    answer = provider.exchange(raw_chat(host, nonce), server_name="tls.example")
    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
    arrival = provider.only_arrival(nonce=nonce)
    assert arrival["sni"] == "tls.example"
    assert arrival["host"] == host
    assert arrival["tls"]["version"] == "TLSv1.3"
    assert arrival["tls"]["alpn"] is None
    assert arrival["tls"]["cipher"].startswith("TLS_")


def test_what_no_parser_accepts_is_counted(provider: Running) -> None:
    before = provider.control.get("/v1/stats").json()["malformed"]
    assert provider.exchange(b"NO HTTP\r\n\r\n").startswith(b"HTTP/1.1 400 ")
    assert provider.control.get("/v1/stats").json()["malformed"] == before + 1


def test_a_body_that_never_ends_is_an_arrival_too(provider: Running, host: str) -> None:
    with provider.connect() as connection:
        head = f"POST /v1/chat/completions HTTP/1.1\r\nHost: {host}\r\nContent-Length: 100\r\n\r\n"
        connection.sendall(head.encode() + b'{"model"')
    arrival = provider.only_arrival(host=host)
    assert arrival["verdict"] == "refused:incomplete"
    assert arrival["bodyBytes"] == 8
    assert arrival["answer"] is None


def test_body_that_is_not_text_is_told_by_hash_alone(provider: Running, host: str) -> None:
    body = b"\xff\xfe\x00"
    head = f"POST /v1/chat/completions HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Length: 3\r\n\r\n"
    provider.exchange(head.encode() + body)
    arrival = provider.only_arrival(host=host)
    assert arrival["body"] is None
    assert arrival["bodySha256"] == hashlib.sha256(body).hexdigest()


def test_a_body_of_more_than_a_megabyte_arrives_whole(provider: Running, host: str, nonce: str) -> None:
    answer = provider.post(host, chat(nonce, padding="x" * 1_300_000))
    assert answer.status_code == 200
    arrival = provider.only_arrival(nonce=nonce)
    assert arrival["bodyBytes"] > 1_300_000
    assert arrival["bodySha256"] == hashlib.sha256(answer.request.content).hexdigest()
    assert len(arrival["body"]) == 64 * 1024
