"""The data plane: an ASGI application that takes a request down, judges it and answers."""

from __future__ import annotations

import time

from starlette.types import Receive, Scope, Send

from mock_provider.arrivals import AnswerRecord, Arrival, evidence_of
from mock_provider.delivery import Delivery, GateAccess
from mock_provider.dialects import Ask, Dialect, Refusal, Reply, Stamp
from mock_provider.provider import Provider
from mock_provider.received import ReceivedRequest, head_of, host_of, read_request
from mock_provider.replies import normal_reply, refusal_reply, scripted_reply, sender_for
from mock_provider.scripts import Answer

_FORGIVABLE = frozenset({"credential", "model"})


class DataPlane:
    """Serves all listeners that a gateway talks to."""

    def __init__(self, provider: Provider) -> None:
        self._provider = provider

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            return
        journal, host = self._provider.journal, host_of(head_of(scope))
        received_at = time.time()
        journal.start_reading(host)
        try:
            request = await read_request(scope, receive)
            arrival, delivery = self._take(request, received_at, receive, send)
        finally:
            journal.stop_reading(host)
        if delivery is None:
            journal.complete(arrival, "client-disconnected")
            return
        ended = "closed"
        try:
            ended = await delivery.run()
        finally:
            journal.complete(arrival, ended)
        await delivery.settle()

    def _take(
        self, request: ReceivedRequest, received_at: float, receive: Receive, send: Send
    ) -> tuple[Arrival, Delivery | None]:
        """Judge the request and commit it to the journal; no byte of the answer has been sent yet."""
        provider = self._provider
        identity = provider.identities.get(request.host)
        dialect = provider.dialect_of(identity)
        ask = dialect.read(request, identity)
        refusals = dialect.refusals(ask)
        lenient = identity is not None and not identity.strict
        forgiven = [refusal for refusal in refusals if lenient and refusal.cause in _FORGIVABLE]
        refusal = next((refusal for refusal in refusals if refusal not in forgiven), None)
        nonce = request.nonces[0] if request.nonces else None
        receipt = provider.receipts.make(provider.journal.next_sequence, request.host, nonce, request.body_sha256)
        stamp = Stamp(receipt, nonce, created=int(received_at))
        script = self._script_for(request, refusal)
        reply = _reply(dialect, ask, refusal, script, stamp)
        record = AnswerRecord(reply.status, receipt, scripted=script is not None)
        arrival = provider.journal.commit(
            evidence_of(request, ask.model, ask.streamed, provider.canaries),
            received_at,
            identity=identity.host if identity else None,
            verdict=f"refused:{refusal.cause}" if refusal else "accepted",
            would_refuse=tuple(dict.fromkeys(refusal.cause for refusal in forgiven)),
            answer=record if request.complete else None,
        )
        if not request.complete:
            return arrival, None
        owner = nonce or request.host
        gates = GateAccess(lambda gate: provider.gates.event(owner, gate), provider.journal.changed)
        sender = sender_for(request, script, send)
        return arrival, Delivery(reply, script or Answer(), record, sender, receive, gates)

    def _script_for(self, request: ReceivedRequest, refusal: Refusal | None) -> Answer | None:
        script = self._provider.scripts.find((*request.nonces, request.host))
        if script is None or not request.complete or (refusal and script.after_checks):
            return None
        return script.next_answer()


def _reply(dialect: Dialect, ask: Ask, refusal: Refusal | None, script: Answer | None, stamp: Stamp) -> Reply:
    if script is not None:
        return scripted_reply(dialect, ask, script, stamp)
    return refusal_reply(dialect, ask, refusal, stamp) if refusal else normal_reply(dialect, ask, stamp)
