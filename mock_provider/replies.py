"""From a request and its script to the reply that will be sent, and the way to send it."""

from __future__ import annotations

from dataclasses import replace
from email.utils import formatdate

from starlette.types import Send

from mock_provider.dialects import Ask, Dialect, Piece, Refusal, Reply, Stamp
from mock_provider.received import ReceivedRequest
from mock_provider.scripts import Answer
from mock_provider.senders import RawSender, Sender, ServerSender

_FRAMING_HEADERS = frozenset({"content-length", "transfer-encoding"})
_BODILESS = frozenset({204, 304})


def refusal_reply(dialect: Dialect, ask: Ask, refusal: Refusal, stamp: Stamp) -> Reply:
    """Return the dialect's error answer, ready to be sent."""
    return _framed(dialect.refuse(ask, refusal, stamp), None)


def normal_reply(dialect: Dialect, ask: Ask, stamp: Stamp) -> Reply:
    """Return the dialect's normal answer, ready to be sent."""
    return _framed(dialect.answer(ask, stamp, None), None)


def scripted_reply(dialect: Dialect, ask: Ask, answer: Answer, stamp: Stamp) -> Reply:
    """Return the normal answer with all that the script says in its place, ready to be sent."""
    reply = _body_of(dialect, ask, answer, stamp)
    status = reply.status if answer.status is None else answer.status
    named = {name.lower() for name, _ in answer.headers}
    kept = tuple((name, value) for name, value in reply.headers if name not in named)
    given = tuple((name, _filled(value, stamp)) for name, value in answer.headers)
    pieces = tuple(replace(piece, data=_filled_bytes(piece.data, stamp)) for piece in reply.pieces)
    return _framed(
        Reply(status, (*kept, *given), () if status in _BODILESS else pieces, reply.length_known),
        answer.content_length,
    )


def sender_for(request: ReceivedRequest, answer: Answer | None, send: Send) -> Sender:
    """Return the sender that can do what the script wants: the server's own if possible."""
    if answer is None or request.protocol == "HTTP/2":
        return ServerSender(send, request.connection)
    lies = answer.content_length is not None or any(name.lower() in _FRAMING_HEADERS for name, _ in answer.headers)
    if lies or answer.reason is not None:
        return RawSender(request.connection, request.method, answer.reason)
    return ServerSender(send, request.connection)


def _body_of(dialect: Dialect, ask: Ask, answer: Answer, stamp: Stamp) -> Reply:
    if answer.stream is not None:
        return dialect.stream(ask, stamp, answer.stream)
    if answer.chunks is not None:
        pieces = tuple(Piece(chunk.data, chunk.delay_seconds, chunk.gate) for chunk in answer.chunks)
        return replace(dialect.blank(ask, stamp), pieces=pieces, length_known=False)
    if answer.body is not None:
        return replace(dialect.blank(ask, stamp), pieces=(Piece(answer.body),))
    if answer.status is not None and not 200 <= answer.status < 300:
        return dialect.fail(answer.status, stamp)
    return dialect.answer(ask, stamp, answer.usage)


def _framed(reply: Reply, content_length: int | None) -> Reply:
    names = {name.lower() for name, _ in reply.headers}
    extra: list[tuple[str, str]] = [] if "date" in names else [("date", formatdate(usegmt=True))]
    if content_length is None and reply.length_known and reply.status not in _BODILESS:
        content_length = sum(len(piece.data) for piece in reply.pieces)
    if content_length is not None and not names & _FRAMING_HEADERS:
        extra.append(("content-length", str(content_length)))
    return replace(reply, headers=(*extra, *reply.headers))


def _filled(text: str, stamp: Stamp) -> str:
    return text.replace("{receipt}", stamp.receipt).replace("{nonce}", stamp.nonce or "")


def _filled_bytes(data: bytes, stamp: Stamp) -> bytes:
    return data.replace(b"{receipt}", stamp.receipt.encode()).replace(b"{nonce}", (stamp.nonce or "").encode())
