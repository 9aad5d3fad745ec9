"""The gRPC side of the gatekeeper: Envoy's question whether a request may go on, and the answer to it."""

from __future__ import annotations

import grpc.aio
from envoy.config.core.v3.base_pb2 import HeaderValue, HeaderValueOption  # type: ignore[import-untyped]
from envoy.service.auth.v3 import external_auth_pb2 as ext_authz  # type: ignore[import-untyped]
from envoy.service.auth.v3 import external_auth_pb2_grpc as ext_authz_grpc
from envoy.service.ext_proc.v3 import external_processor_pb2 as ext_proc  # type: ignore[import-untyped]
from envoy.type.v3.http_status_pb2 import HttpStatus  # type: ignore[import-untyped]
from google.protobuf import struct_pb2
from google.rpc.status_pb2 import Status  # type: ignore[import-untyped]

from reference_gateway.access.gatekeeper import Gatekeeper
from reference_gateway.access.values import Ticket
from reference_gateway.behaviour import Behaviour
from reference_gateway.values import Answer, Key

METADATA = "envoy.filters.http.ext_authz"
"""The namespace of the metadata in which a ticket reaches the processor; nothing of it can come from outside."""
PERMISSION_DENIED = 7


class Authorization(ext_authz_grpc.AuthorizationServicer):  # type: ignore[misc]
    """Serves one call for each HTTP request."""

    def __init__(self, behaviour: Behaviour, gatekeeper: Gatekeeper) -> None:
        self._behaviour = behaviour
        self._gatekeeper = gatekeeper

    async def Check(  # noqa: N802 - the name that the protocol gives
        self,
        request: ext_authz.CheckRequest,
        context: grpc.aio.ServicerContext[ext_authz.CheckRequest, ext_authz.CheckResponse],
    ) -> ext_authz.CheckResponse:
        """Let one request go on, or answer it."""
        asked = request.attributes.request.http
        decided = self._gatekeeper.check(asked.path, asked.headers, asked.raw_body)
        peer = request.attributes.source.address.socket_address
        found = self._behaviour.decided_on(f"{peer.address}:{peer.port_value}", decided)
        if isinstance(found, Answer):
            return _denied(self._behaviour.own_answer(found))
        return ext_authz.CheckResponse(
            status=Status(code=0), ok_response=ext_authz.OkHttpResponse(), dynamic_metadata=to_metadata(found)
        )


def to_metadata(ticket: Ticket | None) -> struct_pb2.Struct:
    """A ticket as Envoy's metadata; an empty one where there is none."""
    metadata = struct_pb2.Struct()
    if ticket is not None:
        keys = {"subscription": ticket.subscription, "ref": ticket.ref, "model": ticket.model}
        metadata.update({"user": ticket.user, **{name: list(key) for name, key in keys.items()}})
    return metadata


def ticket_in(message: ext_proc.ProcessingRequest) -> Ticket | None:
    """The ticket that came with what Envoy tells of a request, if there is one."""
    known = message.metadata_context.filter_metadata
    if METADATA not in known or "user" not in known[METADATA].fields:
        return None
    metadata = known[METADATA]
    subscription, ref, model = (_key(metadata, name) for name in ("subscription", "ref", "model"))
    return Ticket(metadata.fields["user"].string_value, subscription, ref, model)


def _key(metadata: struct_pb2.Struct, name: str) -> Key:
    namespace, own = (value.string_value for value in metadata.fields[name].list_value.values)
    return Key(namespace, own)


def _denied(answer: Answer) -> ext_authz.CheckResponse:
    return ext_authz.CheckResponse(
        status=Status(code=PERMISSION_DENIED),
        denied_response=ext_authz.DeniedHttpResponse(
            status=HttpStatus(code=answer.status),
            headers=[HeaderValueOption(header=HeaderValue(key=one.name, value=one.value)) for one in answer.headers],
            body=answer.body,
        ),
    )
