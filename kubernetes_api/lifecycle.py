"""A run of the program: start, the ready line, and a clean end by signal or with stdin."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import secrets
import signal
import socket
import sys
import threading
from collections.abc import AsyncIterator, Coroutine, Iterator
from pathlib import Path

import uvicorn

from kubernetes_api.cluster import FIRST_NAMESPACES, Cluster
from kubernetes_api.controller_manager import ControllerManager
from kubernetes_api.decoding import Body
from kubernetes_api.errors import UsageError
from kubernetes_api.informers import Api
from kubernetes_api.kubeconfig import make_certificates, write_kubeconfig
from kubernetes_api.real import find_binaries, running
from kubernetes_api.resources import Registry
from kubernetes_api.server import VERSION, KubernetesApi
from kubernetes_api.writes import Place, WriteOptions, Writer


class _Server(uvicorn.Server):
    """Uvicorn, with an event for readiness; signals are handled by this program."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def run_until_stopped(work: Coroutine[None, None, None], *, exit_with_stdin: bool) -> None:
    """Run the work until it fails, a signal comes, or stdin ends; at any of its stages it is ended cleanly."""
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING)
    working = asyncio.create_task(work)
    stopping = asyncio.create_task(_stop_event(exit_with_stdin=exit_with_stdin).wait())
    await asyncio.wait({working, stopping}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    working.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await working


async def serve_embedded(directory: Path, listen: str) -> None:
    """Serve the embedded API until cancelled."""
    listener = bind(listen)
    cluster = Cluster()
    create_first_namespaces(cluster)
    token = secrets.token_urlsafe(24)
    certificates = make_certificates(directory)
    app = KubernetesApi(cluster, token)
    server = _Server(
        uvicorn.Config(
            app,
            ssl_certfile=certificates.chain,
            ssl_keyfile=certificates.key,
            http="httptools",
            loop="asyncio",
            lifespan="off",
            access_log=False,
            log_config=None,
            # Clients keep their connections; one that is closed under a request would look like a broken API.
            timeout_keep_alive=600,
            timeout_graceful_shutdown=1,
        )
    )
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        await server.ready.wait()
        host, port = listener.getsockname()[:2]
        url = f"https://{host}:{port}"
        kubeconfig = directory / "kubeconfig"
        write_kubeconfig(kubeconfig, url, certificates.authority, token)
        async with controllers(Api(url, certificates.authority, token, app)):
            print_ready_line(kubeconfig, url, "embedded", VERSION)
            await asyncio.Event().wait()
    finally:
        cluster.store.close()
        server.should_exit = True
        await serving


@contextlib.asynccontextmanager
async def controllers(api: Api) -> AsyncIterator[None]:
    """Run garbage collection and namespace finalisation beside the API."""
    ready = asyncio.Event()
    task = asyncio.create_task(ControllerManager(api).run(ready))
    waiting = asyncio.create_task(ready.wait())
    try:
        await asyncio.wait({task, waiting}, return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            task.result()
        yield
    finally:
        for one in (task, waiting):
            one.cancel()
        await asyncio.gather(task, waiting, return_exceptions=True)
        await api.close()


async def serve_real(directory: Path, listen: str, assets: Path) -> None:
    """Run the real kube-apiserver and etcd until cancelled; raise UsageError if one of them ends by itself."""
    binaries = find_binaries(assets)
    probe = bind(listen)
    host, port = probe.getsockname()[:2]
    probe.close()
    token = secrets.token_urlsafe(24)
    async with running(binaries, directory, host, port, token) as real:
        kubeconfig = directory / "kubeconfig"
        write_kubeconfig(kubeconfig, real.server, real.certificates.authority, token)
        async with controllers(Api(real.server, real.certificates.authority, token)):
            print_ready_line(kubeconfig, real.server, "kube-apiserver", real.version)
            raise UsageError(await real.ended)


def _stop_event(*, exit_with_stdin: bool) -> asyncio.Event:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)

    def wait_for_end() -> None:
        # Not through sys.stdin: its lock, held by this thread, would abort the interpreter's end.
        while os.read(0, 4096):
            pass
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(stop.set)

    if exit_with_stdin:
        threading.Thread(target=wait_for_end, daemon=True).start()
    return stop


def bind(listen: str) -> socket.socket:
    """Return a listening socket; raise UsageError if the address cannot be had."""
    host, _, port = listen.rpartition(":")
    if not host or not port.isdigit():
        raise UsageError(f"--listen {listen} is not HOST:PORT; write for example --listen 127.0.0.1:0")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio switches Nagle off only for sockets that name their protocol; with it every answer waits some 40 ms.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host.strip("[]"), int(port)))
        listener.listen(1024)
    except (OSError, OverflowError) as error:
        listener.close()
        raise UsageError(
            f"cannot listen on {listen} ({error}); give --listen another address, or port 0 for a free one"
        ) from None
    return listener


def create_first_namespaces(cluster: Cluster) -> None:
    """Create the namespaces that every cluster has."""
    namespaces = next(one for one in Registry() if one.plural == "namespaces")
    for name in FIRST_NAMESPACES:
        Writer(cluster).create(
            Place(namespaces, ""), Body({"metadata": {"name": name}}), WriteOptions("kube-apiserver")
        )


def print_ready_line(kubeconfig: Path, server: str, flavour: str, version: str) -> None:
    """Tell the starter that the API answers."""
    line = {"kubeconfig": str(kubeconfig), "server": server, "flavour": flavour, "version": version}
    print(json.dumps(line), flush=True)  # noqa: T201
