"""The gRPC servers that Envoy talks to, on sockets that only this user can open.

One is for configuration, for who may call and for what is counted; one for the processor, which can be down while the
other goes on.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from pathlib import Path

import grpc.aio
from envoy.service.auth.v3 import external_auth_pb2_grpc as ext_authz_grpc  # type: ignore[import-untyped]
from envoy.service.discovery.v3 import ads_pb2_grpc  # type: ignore[import-untyped]
from envoy.service.ext_proc.v3 import external_processor_pb2_grpc as ext_proc_grpc  # type: ignore[import-untyped]

from reference_gateway.access.authorization import Authorization
from reference_gateway.data_plane.configuration import MAX_BODY_BYTES
from reference_gateway.data_plane.discovery import Discovery, Snapshot
from reference_gateway.processor.server import Processor

MESSAGE_BYTES = MAX_BODY_BYTES + (1 << 20)
OPTIONS = [("grpc.max_receive_message_length", MESSAGE_BYTES), ("grpc.max_send_message_length", MESSAGE_BYTES)]
START_SECONDS = 30.0
STOP_SECONDS = 2.0


class ControlPlane:
    """Runs in a thread with an event loop of its own."""

    def __init__(
        self,
        socket: Path,
        processor_socket: Path,
        processor: Processor,
        first: Snapshot,
        on_programmed: Callable[[Snapshot], None],
        authorization: Authorization | None = None,
    ) -> None:
        self._socket = socket
        self._processor_socket = processor_socket
        self._processor = processor
        self._authorization = authorization
        self._loop = asyncio.new_event_loop()
        self._stopping = asyncio.Event()
        self._started = threading.Event()
        self._thread = threading.Thread(target=self._run, name="control plane", daemon=True)
        self._processor_server: grpc.aio.Server | None = None
        self.discovery = Discovery(self._loop, first, on_programmed)

    def start(self) -> None:
        """Serve, the processor too; returns when the sockets are there."""
        self._thread.start()
        if not self._started.wait(START_SECONDS):
            raise RuntimeError("the control plane's socket could not be opened")
        self.start_processor()

    def start_processor(self) -> None:
        """Let the processor answer; returns when its socket is there."""
        asyncio.run_coroutine_threadsafe(self._start_processor(), self._loop).result(START_SECONDS)

    def stop_processor(self) -> None:
        """End the processor's streams and its socket."""
        asyncio.run_coroutine_threadsafe(self._stop_processor(), self._loop).result(START_SECONDS)

    def stop(self) -> None:
        """End all streams and the thread."""
        self._loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join(STOP_SECONDS)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._serve())

    async def _serve(self) -> None:
        server = grpc.aio.server(options=OPTIONS)
        ads_pb2_grpc.add_AggregatedDiscoveryServiceServicer_to_server(self.discovery, server)
        # The metering filter's streams only.
        ext_proc_grpc.add_ExternalProcessorServicer_to_server(self._processor, server)
        if self._authorization is not None:
            ext_authz_grpc.add_AuthorizationServicer_to_server(self._authorization, server)
        server.add_insecure_port(f"unix:{self._socket}")
        await server.start()
        self._started.set()
        await self._stopping.wait()
        await self._stop_processor()
        await server.stop(grace=None)

    async def _start_processor(self) -> None:
        server = grpc.aio.server(options=OPTIONS)
        ext_proc_grpc.add_ExternalProcessorServicer_to_server(self._processor, server)
        server.add_insecure_port(f"unix:{self._processor_socket}")
        await server.start()
        self._processor_server = server

    async def _stop_processor(self) -> None:
        server, self._processor_server = self._processor_server, None
        if server is not None:
            await server.stop(grace=None)
