"""The aggregated discovery service: hands clusters and routes to Envoy and learns what Envoy has taken up.

A new set goes out clusters first and routes when the clusters are acknowledged, so no route ever points to a cluster
that Envoy has never heard of. Whoever listens is told which set Envoy routes by: that is when a model may be served.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import grpc.aio
from envoy.config.cluster.v3 import cluster_pb2  # type: ignore[import-untyped]  # noqa: F401 - registers the type by name
from envoy.config.route.v3 import route_pb2  # type: ignore[import-untyped]  # noqa: F401
from envoy.extensions.filters.http.ext_authz.v3 import ext_authz_pb2  # type: ignore[import-untyped]  # noqa: F401
from envoy.extensions.filters.http.ext_proc.v3 import ext_proc_pb2  # type: ignore[import-untyped]  # noqa: F401
from envoy.extensions.transport_sockets.tls.v3 import tls_pb2  # type: ignore[import-untyped]  # noqa: F401
from envoy.extensions.upstreams.http.v3 import http_protocol_options_pb2  # type: ignore[import-untyped]  # noqa: F401
from envoy.service.discovery.v3 import ads_pb2_grpc  # type: ignore[import-untyped]
from envoy.service.discovery.v3.discovery_pb2 import DiscoveryRequest, DiscoveryResponse  # type: ignore[import-untyped]
from google.protobuf import any_pb2, json_format

from reference_gateway.values import Destination

CLUSTERS = "type.googleapis.com/envoy.config.cluster.v3.Cluster"
ROUTES = "type.googleapis.com/envoy.config.route.v3.RouteConfiguration"
TYPES = (CLUSTERS, ROUTES)
"""In the order in which they are sent."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Snapshot:
    """One whole set of clusters and routes."""

    version: int
    destinations: frozenset[Destination]
    resources: dict[str, list[any_pb2.Any]] = field(repr=False)

    @classmethod
    def of(
        cls, version: int, destinations: frozenset[Destination], clusters: list[dict[str, Any]], routes: dict[str, Any]
    ) -> Snapshot:
        """A snapshot of resources that are given as plain data."""
        # Of many clusters few are new each time; the routes are one resource, which is.
        packed = {
            CLUSTERS: [_packed(json.dumps(cluster)) for cluster in clusters],
            ROUTES: [json_format.ParseDict(routes, any_pb2.Any())],
        }
        return cls(version, destinations, packed)


@lru_cache(maxsize=4096)
def _packed(resource: str) -> any_pb2.Any:
    """The resource that this JSON describes; never to be changed."""
    return json_format.Parse(resource, any_pb2.Any())


class Discovery(ads_pb2_grpc.AggregatedDiscoveryServiceServicer):  # type: ignore[misc]
    """Serves the newest snapshot to Envoy. `publish` may be called from any thread."""

    def __init__(
        self, loop: asyncio.AbstractEventLoop, first: Snapshot, on_programmed: Callable[[Snapshot], None]
    ) -> None:
        self._loop = loop
        self._newest = first
        self._on_programmed = on_programmed
        self._streams: set[asyncio.Queue[DiscoveryRequest | None]] = set()

    def publish(self, snapshot: Snapshot) -> None:
        """Offer a newer snapshot."""
        self._loop.call_soon_threadsafe(self._offer, snapshot)

    def _offer(self, snapshot: Snapshot) -> None:
        self._newest = snapshot
        for queue in self._streams:
            queue.put_nowait(None)

    async def StreamAggregatedResources(  # noqa: N802 - the name that the protocol gives
        self,
        request_iterator: AsyncIterator[DiscoveryRequest],
        context: grpc.aio.ServicerContext[DiscoveryRequest, DiscoveryResponse],
    ) -> AsyncIterator[DiscoveryResponse]:
        """Answer one Envoy: its requests are subscriptions and acknowledgements, None is a newer snapshot."""
        events: asyncio.Queue[DiscoveryRequest | None] = asyncio.Queue()
        reader = asyncio.create_task(_read(request_iterator, events))
        self._streams.add(events)
        conversation = Conversation(self._on_programmed)
        try:
            while True:
                request = await events.get()
                if request is not None:
                    conversation.heard(request)
                for response in conversation.due(self._newest):
                    yield response
        finally:
            self._streams.discard(events)
            reader.cancel()


async def _read(requests: AsyncIterator[DiscoveryRequest], events: asyncio.Queue[DiscoveryRequest | None]) -> None:
    async for request in requests:
        await events.put(request)


class Conversation:
    """What one Envoy was sent and has answered: one snapshot after the other, its clusters before its routes.

    A newer snapshot waits until the one under way is through. To an Envoy that is slower than changes come, clusters
    would else be sent for ever, and no routes.
    """

    def __init__(self, on_programmed: Callable[[Snapshot], None]) -> None:
        self._on_programmed = on_programmed
        self._subscribed: set[str] = set()
        self._under_way: Snapshot | None = None
        self._sent: set[str] = set()
        self._answered: set[str] = set()

    def heard(self, request: DiscoveryRequest) -> None:
        """Envoy subscribes to a type, or answers what it was sent of it."""
        type_url, snapshot = request.type_url, self._under_way
        self._subscribed.add(type_url)
        if snapshot is None or type_url not in self._sent - self._answered:
            return
        if request.response_nonce != str(snapshot.version):
            return
        self._answered.add(type_url)
        if request.HasField("error_detail"):
            log.error("Envoy refused configuration %s: %s", snapshot.version, request.error_detail.message)
            # Of clusters Envoy takes the good ones even so, and the others' routes answer 404; of routes all or none.
        elif type_url == ROUTES:
            self._on_programmed(snapshot)

    def due(self, newest: Snapshot) -> list[DiscoveryResponse]:
        """What to send now."""
        if self._under_way is None or (len(self._answered) == len(TYPES) and self._under_way.version < newest.version):
            self._under_way, self._sent, self._answered = newest, set(), set()
        responses = []
        for type_url in TYPES:
            if type_url not in self._subscribed - self._sent:
                continue
            if type_url == ROUTES and CLUSTERS not in self._answered:
                continue
            self._sent.add(type_url)
            version = str(self._under_way.version)
            responses.append(
                DiscoveryResponse(
                    version_info=version,
                    nonce=version,
                    type_url=type_url,
                    resources=self._under_way.resources[type_url],
                )
            )
        return responses
