"""What is counted of requests that go through the real Envoy."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import AsyncIterator, Iterator, Mapping

import pytest
from envoy.config.core.v3.base_pb2 import HeaderMap, HeaderValue  # type: ignore[import-untyped]
from envoy.service.ext_proc.v3 import external_processor_pb2 as ext_proc  # type: ignore[import-untyped]

from reference_gateway.processor.decision import Decider
from reference_gateway.processor.metering import Metering, usage_of
from tests.reference_gateway.plane import Plane
from tests.reference_gateway.test_data_plane import BODY, PATH, running
from tests.reference_gateway.upstream import Upstream

ROUTE = (("limitador_namespace", "ns/m"),)
USAGE = {"prompt_tokens": 11, "completion_tokens": 31, "total_tokens": 50}
SERVED = json.dumps({"usage": USAGE}).encode()
BUSY_SECONDS = 6.0
"""Longer than the five seconds for which Envoy waits by default, its request over, for who looks on."""
EVENTS = b'data: {"usage": null}\n\ndata: ' + SERVED + b"\n\ndata: [DONE]\n\n"


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Plane, Upstream]]:
    with running(tmp_path_factory.mktemp("plane")) as both:
        yield both


def counted(plane: Plane) -> tuple[int, int]:
    """Calls and hits of the model so far, once they have rested for a moment: nobody waits for the counting."""
    now, former = None, None
    while now is None or now != former:
        former = now
        time.sleep(0.2)
        now = tuple(plane.limitador.series(name).get(ROUTE, 0) for name in ("authorized_calls", "authorized_hits"))
    return now[0], now[1]


async def follow(plane: Plane, *told: ext_proc.ProcessingRequest) -> None:
    """Have one request counted of which Envoy tells this."""

    async def messages() -> AsyncIterator[ext_proc.ProcessingRequest]:
        for message in told:
            yield message

    await Metering(plane.behaviour, Decider(plane.behaviour, plane.stores), plane.limitador).follow(messages())


def request_headers() -> ext_proc.ProcessingRequest:
    return ext_proc.ProcessingRequest(request_headers=http_headers({":method": "POST", ":path": PATH}))


def answer_headers(length: int) -> ext_proc.ProcessingRequest:
    told = {":status": "200", "content-type": "application/json", "content-length": str(length)}
    return ext_proc.ProcessingRequest(response_headers=http_headers(told))


def http_headers(told: Mapping[str, str]) -> ext_proc.HttpHeaders:
    values = [HeaderValue(key=name, raw_value=value.encode()) for name, value in told.items()]
    return ext_proc.HttpHeaders(headers=HeaderMap(headers=values))


def body(piece: bytes) -> ext_proc.ProcessingRequest:
    return ext_proc.ProcessingRequest(response_body=ext_proc.HttpBody(body=piece))


@pytest.mark.parametrize(
    ("status", "content_type", "answer", "hits"),
    [
        (200, "application/json", SERVED, 50),
        (200, "application/json", b"{}", 0),
        (200, "application/json", b"not JSON", 0),
        (200, "application/json", b"", 0),
        (500, "application/json", SERVED, 0),
        (200, "text/event-stream; charset=utf-8", EVENTS, 50),
        (200, "text/event-stream", b"data: {}\n\ndata: [DONE]\n\n", 0),
    ],
)
def test_tokens_are_what_a_good_answer_declares(
    shared: tuple[Plane, Upstream], status: int, content_type: str, answer: bytes, hits: int
) -> None:
    plane, upstream = shared
    upstream.status, upstream.chunks, upstream.headers = status, [answer], [("Content-Type", content_type)]
    before = counted(plane)

    plane.client.post(PATH, content=BODY)
    after = counted(plane)

    assert (after[0] - before[0], after[1] - before[1]) == (1, hits)


def test_what_is_refused_costs_no_tokens(shared: tuple[Plane, Upstream]) -> None:
    plane, _ = shared
    before = counted(plane)
    plane.client.post("/ns/nobody/v1/chat/completions", content=BODY)
    plane.client.get(PATH)
    plane.client.post(PATH, content=b"{")
    after = counted(plane)

    assert after == (before[0] + 1, before[1])


def test_the_answer_is_not_touched(shared: tuple[Plane, Upstream]) -> None:
    plane, upstream = shared
    upstream.status, upstream.chunks, upstream.headers = 200, [SERVED], [("X-Own", "1"), ("Content-Type", "a/b")]

    answer = plane.client.post(PATH, content=BODY)

    assert (answer.content, answer.headers["x-own"], answer.headers["content-type"]) == (SERVED, "1", "a/b")


def test_an_answer_of_known_length_is_counted_when_it_is_whole(shared: tuple[Plane, Upstream]) -> None:
    plane, _ = shared
    before = counted(plane)

    # The client has gone with the last byte: Envoy never tells of the end that an HTTP/2 provider sends behind it.
    asyncio.run(follow(plane, request_headers(), answer_headers(len(SERVED)), body(SERVED[:9]), body(SERVED[9:])))
    after = counted(plane)

    assert (after[0] - before[0], after[1] - before[1]) == (1, 50)


def test_usage_of_a_stream_is_its_last() -> None:
    first, last = json.dumps({"usage": {"total_tokens": 1}}), json.dumps({"usage": {"total_tokens": 2}})

    assert usage_of(f"data: {first}\n\ndata:{last}\n\ndata: [DONE]\n\n".encode(), streamed=True) == {"total_tokens": 2}
    assert usage_of(b"", streamed=True) is None


def test_what_is_told_while_nobody_has_time_to_listen_is_counted_later(shared: tuple[Plane, Upstream]) -> None:
    plane, upstream = shared
    upstream.status, upstream.headers = 200, [("Content-Type", "text/event-stream")]
    upstream.chunks = [b"data: {}\n\n", EVENTS]
    before = counted(plane)

    with plane.client.stream("POST", PATH, content=BODY) as answer:
        received = answer.iter_raw()
        next(received)
        listens_again = threading.Event()
        plane.control._loop.call_soon_threadsafe(time.sleep, BUSY_SECONDS)
        plane.control._loop.call_soon_threadsafe(listens_again.set)
        upstream.go_on.set()
        assert b"".join(received) == EVENTS
    assert listens_again.wait(60)
    after = counted(plane)

    assert (after[0] - before[0], after[1] - before[1]) == (1, 50)
