"""Scripts: every way in which a provider can answer otherwise, and what the journal says of it."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import socket

import httpx
import pytest

from tests.mock_provider.running import KEY, PATIENCE_SECONDS, Running, chat, raw_chat, read_to, read_to_end


def test_status_headers_and_body_replace_the_normal_answer(provider: Running, host: str, nonce: str) -> None:
    provider.script(
        nonce,
        {
            "status": 418,
            "headers": [["Content-Type", "text/plain"], ["set-cookie", "a=1"], ["set-cookie", "b=2"]],
            "body": "tea for {nonce}, receipt {receipt}",
        },
    )
    answer = provider.post(host, chat(nonce))
    receipt = provider.only_arrival(nonce=nonce)["answer"]["receipt"]
    assert answer.status_code == 418
    assert answer.text == f"tea for {nonce}, receipt {receipt}"
    assert answer.headers.get_list("content-type") == ["text/plain"]
    assert answer.headers.get_list("set-cookie") == ["a=1", "b=2"]


def test_answers_are_used_in_order_and_the_last_one_repeats(provider: Running, host: str, nonce: str) -> None:
    provider.script(nonce, {"status": 500}, {"status": 429}, {})
    statuses = [provider.post(host, chat(nonce)).status_code for _ in range(4)]
    assert statuses == [500, 429, 200, 200]
    assert [a["answer"]["scripted"] for a in provider.wait(nonce=nonce, min=4)["arrivals"]] == [True] * 4


def test_a_script_waits_for_a_request_that_passes_the_checks(provider: Running, host: str, nonce: str) -> None:
    provider.script(nonce, {"status": 503}, {"status": 204})
    assert provider.post(host, chat(nonce), key=KEY + "x").status_code == 401
    assert provider.post(host, chat(nonce)).status_code == 503
    provider.script(nonce, {"status": 503}, after_checks=False)
    assert provider.post(host, chat(nonce), key=KEY + "x").status_code == 503
    seen = provider.wait(nonce=nonce, min=3)["arrivals"]
    assert [a["verdict"] for a in seen] == ["refused:credential", "accepted", "refused:credential"]


def test_a_host_s_script_serves_every_arrival_without_one_of_its_own(provider: Running, host: str, nonce: str) -> None:
    path = f"/v1/identities/{host}/script"
    assert provider.control.put(path, json={"answers": [{"status": 503}]}).status_code == 200
    provider.script(nonce, {"status": 429})
    assert provider.post(host, chat()).status_code == 503
    assert provider.post(host, chat(nonce)).status_code == 429
    assert provider.control.delete(path).status_code == 204
    assert provider.post(host, chat()).status_code == 200


def test_raw_chunks_are_sent_as_they_are(provider: Running, host: str, nonce: str) -> None:
    split = 'data: {"é"}\r\n\r\n'.encode()
    chunks = [{"base64": base64.b64encode(split[:9]).decode()}, {"base64": base64.b64encode(split[9:]).decode()}]
    provider.script(nonce, {"chunks": [*chunks, {"text": ": {receipt}\n\n", "delayMs": 5}]})
    answer = provider.post(host, chat(nonce, stream=True))
    record = provider.only_arrival(nonce=nonce)["answer"]
    assert answer.content == split + f": {record['receipt']}\n\n".encode()
    assert answer.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert record["chunksSent"] == len(record["chunkTimes"]) == 3
    assert record["bytesSent"] == len(answer.content)
    assert record["bodySha256"] == hashlib.sha256(answer.content).hexdigest()
    assert record["chunkTimes"] == sorted(record["chunkTimes"])


def test_scripted_deltas_with_usage_and_without_end(provider: Running, host: str, nonce: str) -> None:
    usage = {"prompt_tokens": 3, "completion_tokens": 4}
    provider.script(nonce, {"stream": {"deltas": ["one ", "{receipt}"], "usage": usage, "done": False, "gapMs": 1}})
    lines = [line for line in provider.post(host, chat(nonce, stream=True)).text.split("\n\n") if line]
    events = [json.loads(line.removeprefix("data: ")) for line in lines]
    receipt = provider.only_arrival(nonce=nonce)["answer"]["receipt"]
    assert [event["choices"][0]["delta"].get("content") for event in events[:-1]] == ["", "one ", receipt, None]
    assert events[-1]["choices"] == []
    assert events[-1]["usage"]["total_tokens"] == 7


def test_a_gate_holds_the_stream_until_it_is_released(provider: Running, host: str, nonce: str) -> None:
    stream = {"deltas": ["first", "second"], "gates": {"1": "middle"}}
    provider.script(nonce, {"stream": stream, "gateTimeoutMs": 60_000})
    headers = {"host": host, "authorization": f"Bearer {KEY}"}
    url = f"http://{provider.ready['plain']}/v1/chat/completions"
    with httpx.stream("POST", url, json=chat(nonce, stream=True), headers=headers, timeout=PATIENCE_SECONDS) as answer:
        received = answer.iter_text()
        text = ""
        while '"first"' not in text:
            text += next(received)
        held = provider.arrivals(nonce=nonce)[0]
        assert held["completedAt"] is None
        assert held["answer"]["ended"] is None
        assert [(gate["gate"], gate["outcome"]) for gate in held["answer"]["gates"]] == [("middle", "held")]
        assert '"second"' not in text
        provider.control.post(f"/v1/gates/{nonce}/middle").raise_for_status()
        text += "".join(received)
    assert text.endswith("data: [DONE]\n\n")
    (gate,) = provider.only_arrival(nonce=nonce)["answer"]["gates"]
    assert gate["outcome"] == "released"
    assert gate["heldAt"] <= gate["endedAt"]


def test_a_gate_released_before_it_is_reached_is_open(provider: Running, host: str, nonce: str) -> None:
    provider.script(nonce, {"chunks": [{"text": "late", "gate": "g"}], "gateTimeoutMs": 600_000})
    provider.control.post(f"/v1/gates/{nonce}/g").raise_for_status()
    assert provider.post(host, chat(nonce)).text == "late"


def test_a_gate_that_nobody_releases_times_out(provider: Running, host: str, nonce: str) -> None:
    provider.script(nonce, {"chunks": [{"text": "late", "gate": "g"}], "gateTimeoutMs": 20})
    assert provider.post(host, chat(nonce)).text == "late"
    assert provider.only_arrival(nonce=nonce)["answer"]["gates"][0]["outcome"] == "timed-out"


def test_a_client_that_leaves_at_a_gate_is_noticed(provider: Running, host: str, nonce: str) -> None:
    provider.script(nonce, {"chunks": [{"text": "x"}, {"text": "y", "gate": "g"}], "gateTimeoutMs": 600_000})
    with provider.connect() as connection:
        connection.sendall(raw_chat(host, nonce))
        read_to(connection, b"1\r\nx\r\n")
    record = provider.only_arrival(nonce=nonce)["answer"]
    assert (record["ended"], record["bytesSent"]) == ("client-disconnected", 1)
    assert record["gates"][0]["outcome"] == "client-disconnected"


@pytest.mark.parametrize("server_name", [None, "tls.example"])
def test_reset_in_the_middle_of_the_body(provider: Running, host: str, nonce: str, server_name: str | None) -> None:
    fault = {"kind": "reset", "afterBytes": 4, "gate": "read"}
    provider.script(nonce, {"body": "0123456789", "fault": fault, "gateTimeoutMs": 600_000})
    with provider.connect(server_name) as connection:
        connection.sendall(raw_chat(host, nonce))
        assert read_to(connection, b"\r\n\r\n0123")
        provider.control.post(f"/v1/gates/{nonce}/read").raise_for_status()
        # Below TLS, as Python reports a reset under TLS as an end of file.
        with socket.socket(fileno=os.dup(connection.fileno())) as below:
            below.settimeout(PATIENCE_SECONDS)
            with pytest.raises(ConnectionResetError):
                below.recv(1)
    record = provider.only_arrival(nonce=nonce)["answer"]
    assert (record["ended"], record["bytesSent"]) == ("reset", 4)


def test_what_was_sent_can_be_read_before_the_reset(provider: Running, host: str, nonce: str) -> None:
    provider.script(nonce, {"chunks": [{"text": "0123"}], "fault": {"kind": "reset", "afterBytes": 4, "forMs": 300}})
    with provider.connect() as connection:
        connection.sendall(raw_chat(host, nonce))
        assert read_to(connection, b"0123\r\n")
        with pytest.raises(ConnectionResetError):
            connection.recv(1)


def test_reset_before_the_status_line(provider: Running, host: str, nonce: str) -> None:
    provider.script(nonce, {"fault": {"kind": "reset"}})
    with pytest.raises(ConnectionResetError):
        provider.exchange(raw_chat(host, nonce))
    record = provider.only_arrival(nonce=nonce)["answer"]
    assert (record["ended"], record["firstByteAt"]) == ("reset", None)


@pytest.mark.parametrize("script", [{}, {"reason": "Own words"}])
def test_close_in_the_middle_of_the_headers(
    provider: Running, host: str, nonce: str, script: dict[str, object]
) -> None:
    provider.script(nonce, {**script, "fault": {"kind": "close", "inHead": True}})

    received = provider.exchange(raw_chat(host, nonce))

    assert received.startswith(b"HTTP/1.1 200 OK\r\n")
    assert b"\r\n\r\n" not in received
    assert provider.only_arrival(nonce=nonce)["answer"]["ended"] == "closed"


def test_close_leaves_a_chunked_body_without_its_end(provider: Running, host: str, nonce: str) -> None:
    provider.script(nonce, {"chunks": [{"text": "0123456789"}], "fault": {"kind": "close", "afterBytes": 10}})
    received = provider.exchange(raw_chat(host, nonce))
    assert received.endswith(b"\r\n\r\na\r\n0123456789\r\n")
    assert provider.only_arrival(nonce=nonce)["answer"]["ended"] == "closed"


def test_stall_holds_the_rest_back_and_then_closes(provider: Running, host: str, nonce: str) -> None:
    provider.script(nonce, {"body": "0123456789", "fault": {"kind": "stall", "afterBytes": 6, "forMs": 20}})
    assert provider.exchange(raw_chat(host, nonce)).endswith(b"\r\n\r\n012345")
    assert provider.only_arrival(nonce=nonce)["answer"]["ended"] == "stalled"


def test_a_client_that_gives_up_on_a_stall_is_noticed(provider: Running, host: str, nonce: str) -> None:
    provider.script(nonce, {"body": "0123456789", "fault": {"kind": "stall", "forMs": 600_000}})
    with provider.connect() as connection:
        connection.sendall(raw_chat(host, nonce))
        assert provider.wait(nonce=nonce, min=1, timeoutMs=100)["outcome"] in ("in-flight", "fewer")
    assert provider.only_arrival(nonce=nonce)["answer"]["ended"] == "client-disconnected"


def test_slow_sends_few_bytes_at_a_time_to_the_end(provider: Running, host: str, nonce: str) -> None:
    provider.script(nonce, {"body": "0123456789", "fault": {"kind": "slow", "afterBytes": 5, "bytesPerSecond": 20}})
    assert provider.post(host, chat(nonce)).text == "0123456789"
    record = provider.only_arrival(nonce=nonce)["answer"]
    assert (record["ended"], record["chunksSent"]) == ("complete", 6)
    assert record["lastByteAt"] - record["firstByteAt"] >= 0.25


def test_delay_comes_before_the_status_line(provider: Running, host: str, nonce: str) -> None:
    provider.script(nonce, {"delayMs": 60})
    assert provider.post(host, chat(nonce)).status_code == 200
    arrival = provider.only_arrival(nonce=nonce)
    assert arrival["answer"]["firstByteAt"] - arrival["receivedAt"] >= 0.06


@pytest.mark.parametrize(("length", "rest"), [(20, b"0123456789"), (3, b"0123456789"), (0, b"0123456789")])
def test_content_length_can_lie(provider: Running, host: str, nonce: str, length: int, rest: bytes) -> None:
    provider.script(nonce, {"body": "0123456789", "contentLength": length})
    head, _, body = provider.exchange(raw_chat(host, nonce, close=False)).partition(b"\r\n\r\n")
    assert f"\r\ncontent-length: {length}\r\n".encode() in head
    assert body == rest


def test_reason_phrase_and_case_of_headers(provider: Running, host: str, nonce: str) -> None:
    provider.script(nonce, {"status": 200, "reason": "Very Fine", "headers": [["X-CASE", "kept"]], "body": "x"})
    received = provider.exchange(raw_chat(host, nonce, close=False))
    assert received.startswith(b"HTTP/1.1 200 Very Fine\r\n")
    assert b"\r\nX-CASE: kept\r\n" in received


@pytest.mark.parametrize("status", [204, 304])
def test_statuses_without_body_leave_the_connection_usable(
    provider: Running, host: str, nonce: str, status: int
) -> None:
    provider.script(nonce, {"status": status}, {})
    with provider.connect() as connection:
        connection.sendall(raw_chat(host, nonce, close=False))
        assert read_to(connection, b"\r\n\r\n").startswith(f"HTTP/1.1 {status} ".encode())
        connection.sendall(raw_chat(host, nonce))
        assert read_to_end(connection).startswith(b"HTTP/1.1 200 OK\r\n")


def test_the_arrival_is_in_the_journal_before_the_first_byte_of_the_answer(
    provider: Running, host: str, nonce: str
) -> None:
    provider.script(nonce, {"chunks": [{"text": "x", "gate": "g"}], "gateTimeoutMs": 600_000})
    with provider.connect() as connection:
        connection.sendall(raw_chat(host, nonce))
        assert connection.recv(1, socket.MSG_PEEK) == b"H"
        (arrival,) = provider.arrivals(nonce=nonce)
        assert (arrival["answer"]["status"], arrival["answer"]["bytesSent"]) == (200, 0)
        provider.control.post(f"/v1/gates/{nonce}/g").raise_for_status()
        read_to_end(connection)
