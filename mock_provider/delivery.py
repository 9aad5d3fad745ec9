"""Sends an answer: in order, with its delays, gates and faults, and with each step noted in the journal."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from starlette.types import Receive

from mock_provider.arrivals import AnswerRecord, GateRecord
from mock_provider.dialects import Reply
from mock_provider.scripts import Answer, Fault
from mock_provider.senders import Sender

_SLOW_TICK = 0.05
_CLOSE_SECONDS = 10.0
_ENDINGS = {"reset": "reset", "close": "closed", "stall": "stalled"}


class _CutShortError(Exception):
    """The answer is over before its end; the argument says how, in the journal's words."""


@dataclass(frozen=True)
class GateAccess:
    """Where a delivery finds its gates, and whom it tells when it stops at one."""

    event: Callable[[str], asyncio.Event]
    changed: Callable[[], None]


class Delivery:
    """The sending of one answer."""

    def __init__(
        self, reply: Reply, script: Answer, record: AnswerRecord, sender: Sender, receive: Receive, gates: GateAccess
    ) -> None:
        self._reply = reply
        self._script = script
        self._record = record
        self._sender = sender
        self._gates = gates
        self._receive = receive
        self._gone = asyncio.Event()
        self._cut_short = False
        self._watcher = asyncio.create_task(self._watch_client())

    async def run(self) -> str:
        """Send it all, and return how it ended: complete, client-disconnected, reset, closed or stalled."""
        try:
            await self._send()
            await self._sender.finish()
        except _CutShortError as end:
            self._cut_short = True
            return str(end)
        return "complete"

    async def settle(self) -> None:
        """Wait until the connection is gone if this answer ended it, else the server would write to it once more."""
        if self._sender.ends_connection or self._cut_short:
            await self._wait_for(None, _CLOSE_SECONDS)
            if not self._gone.is_set():
                self._sender.reset()
        self._watcher.cancel()

    async def _watch_client(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        self._gone.set()

    async def _send(self) -> None:
        fault = self._script.fault
        await self._pause(self._script.delay_seconds)
        if fault and fault.after_bytes is None and fault.kind != "slow":
            if fault.in_head:
                self._sender.start_and_stop()
            await self._break(fault)
        await self._sender.start(self._reply.status, self._reply.headers)
        self._record.head_sent()
        await self._break_if_due()
        for piece in self._reply.pieces:
            await self._pass(piece.gate)
            await self._pause(piece.delay_seconds)
            await self._write(piece.data)
        if fault and fault.kind != "slow":
            await self._break(fault)

    async def _pass(self, name: str | None) -> None:
        if name is None:
            return
        gate = GateRecord(name, held_at=time.time())
        self._record.gates.append(gate)
        self._gates.changed()
        released = self._gates.event(name)
        await self._wait_for(released.wait(), self._script.gate_timeout_seconds)
        if released.is_set():
            gate.outcome = "released"
        else:
            gate.outcome = "client-disconnected" if self._gone.is_set() else "timed-out"
        gate.ended_at = time.time()
        self._gates.changed()
        self._stop_if_gone()

    async def _write(self, data: bytes) -> None:
        """Send one piece, up to the point where the fault strikes."""
        fault = self._script.fault
        if fault is None:
            await self._send_part(data)
            return
        limit = fault.after_bytes or 0
        fast, rest = data[: max(0, limit - self._record.bytes_sent)], b""
        rest = data[len(fast) :]
        if fast:
            await self._send_part(fast)
        if fault.kind == "slow":
            await self._trickle(rest, fault.bytes_per_second)
        else:
            await self._break_if_due()

    async def _trickle(self, data: bytes, bytes_per_second: int) -> None:
        step = max(1, int(bytes_per_second * _SLOW_TICK))
        for start in range(0, len(data), step):
            part = data[start : start + step]
            await self._pause(len(part) / bytes_per_second)
            await self._send_part(part)

    async def _send_part(self, data: bytes) -> None:
        self._stop_if_gone()
        await self._sender.send(data)
        self._record.chunk_sent(data)

    async def _break_if_due(self) -> None:
        fault = self._script.fault
        if fault is None or fault.kind == "slow" or fault.after_bytes is None:
            return
        if self._record.bytes_sent >= fault.after_bytes:
            await self._break(fault)

    async def _break(self, fault: Fault) -> None:
        await self._pass(fault.gate)
        if fault.kind == "stall" or (fault.kind == "reset" and self._record.first_byte_at is not None):
            await self._pause(fault.hold_seconds)
        if fault.kind == "reset":
            self._sender.reset()
        else:
            self._sender.close()
        raise _CutShortError(_ENDINGS[fault.kind])

    async def _pause(self, seconds: float) -> None:
        if seconds > 0:
            await self._wait_for(None, seconds)
            self._stop_if_gone()

    async def _wait_for(self, event: Awaitable[object] | None, seconds: float) -> None:
        """Wait for the event, the client's leave or the time, whichever comes first."""
        tasks = [asyncio.ensure_future(self._gone.wait())]
        if event is not None:
            tasks.append(asyncio.ensure_future(event))  # type: ignore[arg-type]
        try:
            await asyncio.wait(tasks, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()

    def _stop_if_gone(self) -> None:
        if self._gone.is_set():
            raise _CutShortError("client-disconnected")
