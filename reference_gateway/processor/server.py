"""The gRPC side of the processor: Envoy's messages in, mutations or immediate answers out."""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence

import grpc.aio
from envoy.config.core.v3.base_pb2 import HeaderValue, HeaderValueOption  # type: ignore[import-untyped]
from envoy.extensions.filters.http.ext_proc.v3.processing_mode_pb2 import ProcessingMode  # type: ignore[import-untyped]
from envoy.service.ext_proc.v3 import external_processor_pb2 as ext_proc  # type: ignore[import-untyped]
from envoy.service.ext_proc.v3 import external_processor_pb2_grpc as ext_proc_grpc
from envoy.type.v3.http_status_pb2 import HttpStatus  # type: ignore[import-untyped]
from google.protobuf.wrappers_pb2 import BoolValue

from reference_gateway.behaviour import Behaviour
from reference_gateway.behaviour.data_plane import RESPONSE_IN_PIECES
from reference_gateway.behaviour.isolation import ROUTING_HEADER
from reference_gateway.processor.decision import Decider, Forward
from reference_gateway.processor.messages import headers_of
from reference_gateway.processor.metering import METERING, STAGE, Metering
from reference_gateway.processor.translation import is_translated, translated
from reference_gateway.values import Answer, Header

DESTINATION_HEADER = "x-reference-gateway-destination"
"""Set by the processor, routed on by Envoy, stripped before the request leaves."""

WHOLE_ANSWER = ProcessingMode(
    request_header_mode=ProcessingMode.SEND,
    request_body_mode=ProcessingMode.BUFFERED,
    response_header_mode=ProcessingMode.SEND,
    response_body_mode=ProcessingMode.BUFFERED,
    response_trailer_mode=ProcessingMode.SKIP,
)
"""For an answer that is translated; every other one streams past, or goes as Envoy is configured."""

LARGE_BODY = 1 << 20
"""Bytes from which a body is parsed beside the event loop, so that other requests go on meanwhile."""

log = logging.getLogger(__name__)


class Processor(ext_proc_grpc.ExternalProcessorServicer):  # type: ignore[misc]
    """Serves one stream for each HTTP request."""

    def __init__(self, behaviour: Behaviour, deciders: Sequence[Decider], metering: Metering) -> None:
        self._behaviour = behaviour
        self._turns = itertools.cycle(deciders)
        self._metering = metering

    async def Process(  # noqa: N802 - the name that the protocol gives
        self,
        request_iterator: AsyncIterator[ext_proc.ProcessingRequest],
        context: grpc.aio.ServicerContext[ext_proc.ProcessingRequest, ext_proc.ProcessingResponse],
    ) -> AsyncIterator[ext_proc.ProcessingResponse]:
        """Answer the phases of one request in turn; the metering filter's streams are followed and not answered."""
        if (STAGE, METERING) in tuple(context.invocation_metadata() or ()):
            await self._metering.follow(request_iterator)
            return
        decider = next(self._turns)
        path = ""
        names: list[str] = []
        routing: str | None = None
        host = ""
        length: str | None = None
        forward: Forward | None = None
        is_whole, collected = False, b""
        async for message in request_iterator:
            match message.WhichOneof("request"):
                case "request_headers":
                    headers = headers_of(message.request_headers)
                    path = next((value for name, value in headers if name == ":path"), "")
                    path = self._behaviour.path_meant(path, _connection(message))
                    names = [name for name, _ in headers]
                    routing = next((value for name, value in headers if name == ROUTING_HEADER), None)
                    host = next((value for name, value in headers if name == ":authority"), "")
                    length = next((value for name, value in headers if name == "content-length"), None)
                    method = next((value for name, value in headers if name == ":method"), "")
                    if message.request_headers.end_of_stream:
                        decision = decider.pass_by(method, path, names)
                        if isinstance(decision, Answer):
                            yield self._immediate(decision)
                        else:
                            forward = decision
                            common = self._forward(decision)
                            headers_response = ext_proc.HeadersResponse(response=common)
                            yield ext_proc.ProcessingResponse(request_headers=headers_response)
                        continue
                    infers = self._behaviour.infers(method)
                    admitted = decider.admit(path, can_infer=infers, routing=routing, host=host)
                    yield self._immediate(admitted) if isinstance(admitted, Answer) else _wait_for_body()
                case "request_body":
                    body = self._behaviour.body_read(message.request_body.body, length)
                    decision = await _decide(decider, path, names, body, routing, host)
                    if isinstance(decision, Answer):
                        yield self._immediate(decision)
                    else:
                        forward = decision
                        common = self._forward(decision)
                        yield ext_proc.ProcessingResponse(request_body=ext_proc.BodyResponse(response=common))
                case "response_headers":
                    headers = headers_of(message.response_headers)
                    if forward is not None:
                        self._behaviour.on_answer(forward.model, headers)
                        instead = self._behaviour.answer_instead(headers)
                        if instead is not None:
                            yield self._immediate(instead)
                            continue
                    is_whole = forward is not None and is_translated(self._behaviour, forward.model, headers)
                    yield self._response(headers, forward.injected if forward else (), is_whole=is_whole)
                case "response_body" if is_whole and forward is not None:
                    collected += message.response_body.body
                    if message.response_body.end_of_stream:
                        yield self._whole(collected, translated(self._behaviour, forward.model, collected))
                case "response_body":
                    for response in self._response_body(message.response_body):
                        yield response
                case "response_trailers":
                    yield ext_proc.ProcessingResponse(response_trailers=ext_proc.TrailersResponse())
                case other:
                    log.warning("Envoy sent an unexpected message: %s", other)

    def _immediate(self, answer: Answer) -> ext_proc.ProcessingResponse:
        answer = self._behaviour.own_answer(answer)
        return ext_proc.ProcessingResponse(
            immediate_response=ext_proc.ImmediateResponse(
                status=HttpStatus(code=answer.status),
                headers=ext_proc.HeaderMutation(set_headers=_set(answer.headers)),
                body=answer.body.encode(),
                details=answer.reason,
            )
        )

    def _forward(self, forward: Forward) -> ext_proc.CommonResponse:
        removed = [DESTINATION_HEADER, *forward.removed]
        destination = (forward.sent_to or forward.model).destination
        changed = [Header(":path", forward.path), Header(DESTINATION_HEADER, destination.id)]
        changed += forward.told
        if forward.body is not None:
            length = self._behaviour.content_length(forward.model, len(forward.body))
            changed.append(Header("content-length", str(length)))
        elif self._behaviour.chunks_request():
            removed.append("content-length")
        # Added, not set: what the client sent under these names has been removed, and where it has not, that shows.
        mutation = ext_proc.HeaderMutation(
            remove_headers=removed, set_headers=[*_set(changed), *_set(forward.injected, add=True)]
        )
        common = ext_proc.CommonResponse(header_mutation=mutation, clear_route_cache=True)
        if forward.body is not None:
            common.body_mutation.body = forward.body
        return common

    def _response(
        self, headers: Iterable[tuple[str, str]], injected: tuple[Header, ...], *, is_whole: bool
    ) -> ext_proc.ProcessingResponse:
        status = next((int(value) for name, value in headers if name == ":status"), 0)
        changes = self._behaviour.response_changes(status, injected)
        changed = list(changes.headers)
        if changes.status is not None:
            changed.append(Header(":status", str(changes.status)))
        in_pieces = self._behaviour.response_body_mode() == RESPONSE_IN_PIECES
        # An answer that goes in pieces has left its headers behind when it turns out how long it has become.
        removed = (*changes.removed, "content-length") if is_whole and in_pieces else changes.removed
        mutation = ext_proc.HeaderMutation(set_headers=_set(changed), remove_headers=removed)
        common = ext_proc.CommonResponse(header_mutation=mutation)
        response = ext_proc.ProcessingResponse(response_headers=ext_proc.HeadersResponse(response=common))
        if is_whole and not in_pieces:
            response.mode_override.CopyFrom(WHOLE_ANSWER)
        return response

    def _whole(self, own: bytes, other: bytes | None) -> ext_proc.ProcessingResponse:
        """An answer that was read to its end: another body, or the provider's own."""
        common = ext_proc.CommonResponse()
        if self._behaviour.response_body_mode() == RESPONSE_IN_PIECES:
            piece = ext_proc.StreamedBodyResponse(body=own if other is None else other, end_of_stream=True)
            common.body_mutation.streamed_response.CopyFrom(piece)
        elif other is not None:
            length = Header("content-length", str(len(other)))
            common.header_mutation.CopyFrom(ext_proc.HeaderMutation(set_headers=_set([length])))
            common.body_mutation.body = other
        return ext_proc.ProcessingResponse(response_body=ext_proc.BodyResponse(response=common))

    def _response_body(self, message: ext_proc.HttpBody) -> Iterator[ext_proc.ProcessingResponse]:
        if self._behaviour.response_body_mode() != RESPONSE_IN_PIECES:
            yield ext_proc.ProcessingResponse(response_body=ext_proc.BodyResponse())
            return
        pieces = [*self._behaviour.response_pieces(message.body)] or [b""]
        for number, piece in enumerate(pieces, 1):
            streamed = ext_proc.StreamedBodyResponse(
                body=piece, end_of_stream=message.end_of_stream and number == len(pieces)
            )
            common = ext_proc.CommonResponse(body_mutation=ext_proc.BodyMutation(streamed_response=streamed))
            yield ext_proc.ProcessingResponse(response_body=ext_proc.BodyResponse(response=common))


async def _decide(
    decider: Decider, path: str, names: list[str], body: bytes, routing: str | None, host: str
) -> Forward | Answer:
    if len(body) < LARGE_BODY:
        return decider.decide(path, names, body, routing, host)
    return await asyncio.to_thread(decider.decide, path, names, body, routing, host)


def _wait_for_body() -> ext_proc.ProcessingResponse:
    # A client's own destination header must not route even a request whose body never comes (HTTP/2: then trailers).
    mutation = ext_proc.HeaderMutation(remove_headers=[DESTINATION_HEADER])
    common = ext_proc.CommonResponse(header_mutation=mutation, clear_route_cache=True)
    return ext_proc.ProcessingResponse(request_headers=ext_proc.HeadersResponse(response=common))


def _connection(message: ext_proc.ProcessingRequest) -> str:
    """What Envoy tells of the connection, if it was asked to."""
    told = (one.fields.values() for one in message.attributes.values())
    return " ".join(value.string_value for values in told for value in values)


def _set(headers: Iterable[Header], *, add: bool = False) -> list[HeaderValueOption]:
    # The processor's filter still goes by `append`: the action that replaced it elsewhere is not told from its absence.
    action = HeaderValueOption.APPEND_IF_EXISTS_OR_ADD if add else HeaderValueOption.OVERWRITE_IF_EXISTS_OR_ADD
    return [
        HeaderValueOption(
            header=HeaderValue(key=header.name, raw_value=header.value.encode()),
            append=BoolValue(value=True) if add else None,
            append_action=action,
        )
        for header in headers
    ]
