"""Starting the real kube-apiserver and etcd that KUBEBUILDER_ASSETS names, and ending them."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import os
import signal
import ssl
import sys
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

import httpx

from kubernetes_api.errors import UsageError
from kubernetes_api.kubeconfig import Certificates, make_certificates, write_private
from kubernetes_api.ports import free_port

_READY_WITHIN = 120.0
_PROBE_EVERY = 0.1
_STOP_WITHIN = 1.0
_PR_SET_PDEATHSIG = 1


@dataclass(frozen=True)
class Binaries:
    """The two programs."""

    kube_apiserver: Path
    etcd: Path


def find_binaries(assets: Path) -> Binaries:
    """Return the programs in a folder; raise UsageError if one is missing."""
    for name in ("kube-apiserver", "etcd"):
        if not os.access(assets / name, os.X_OK):
            raise UsageError(
                f"KUBEBUILDER_ASSETS={assets} has no program {name}; unset it for the embedded API, "
                "or get the programs with: setup-envtest use"
            )
    return Binaries(assets / "kube-apiserver", assets / "etcd")


@dataclass(frozen=True)
class RealApi:
    """A running kube-apiserver: `ended` yields a sentence when one of the programs ends by itself."""

    server: str
    version: str
    certificates: Certificates
    ended: asyncio.Future[str]


@contextlib.asynccontextmanager
async def running(binaries: Binaries, directory: Path, host: str, port: int, token: str) -> AsyncIterator[RealApi]:
    """Run etcd and kube-apiserver with their data in the directory, until the context ends."""
    certificates = make_certificates(directory)
    write_private(directory / "tokens.csv", f'{token},admin,admin,"system:masters"\n'.encode())
    etcd_port, peer_port = free_port(), free_port()
    port = port or free_port()
    etcd_url = f"http://127.0.0.1:{etcd_port}"
    etcd = [
        f"--data-dir={directory / 'etcd'}",
        f"--listen-client-urls={etcd_url}",
        f"--advertise-client-urls={etcd_url}",
        f"--listen-peer-urls=http://127.0.0.1:{peer_port}",
        "--unsafe-no-fsync",
    ]
    apiserver = [
        f"--etcd-servers={etcd_url}",
        f"--bind-address={host}",
        f"--advertise-address={host}",
        f"--secure-port={port}",
        f"--tls-cert-file={certificates.chain}",
        f"--tls-private-key-file={certificates.key}",
        f"--cert-dir={directory / 'certificates'}",
        f"--token-auth-file={directory / 'tokens.csv'}",
        f"--service-account-key-file={certificates.key}",
        f"--service-account-signing-key-file={certificates.key}",
        "--service-account-issuer=https://kubernetes.default.svc",
        "--service-cluster-ip-range=10.96.0.0/16",
        "--authorization-mode=RBAC",
        # There is no network for Services here, and loopback addresses are refused as endpoints.
        "--endpoint-reconciler-type=none",
        # No controller makes the service accounts that this plugin asks for.
        "--disable-admission-plugins=ServiceAccount",
    ]
    async with contextlib.AsyncExitStack() as stack:
        ended: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        await stack.enter_async_context(_process(binaries.etcd, etcd, directory, ended))
        await stack.enter_async_context(_process(binaries.kube_apiserver, apiserver, directory, ended))
        server = f"https://{host}:{port}"
        version = await _ready(server, certificates, token, ended)
        yield RealApi(server, version, certificates, ended)


def _die_with_parent() -> Callable[[], None] | None:
    """Return what makes a child end when this program is killed; Linux alone can."""
    if sys.platform != "linux":
        return None
    libc = ctypes.CDLL(None)
    return lambda: libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


@contextlib.asynccontextmanager
async def _process(
    program: Path, arguments: list[str], directory: Path, ended: asyncio.Future[str]
) -> AsyncIterator[None]:
    log_path = directory / f"{program.name}.log"
    with log_path.open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            program,
            *arguments,
            cwd=directory,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            preexec_fn=_die_with_parent(),
            start_new_session=True,
        )

    async def report_end() -> None:
        code = await process.wait()
        if not ended.done():
            ended.set_result(f"{program.name} ended by itself with code {code}; see {log_path}")

    reporting = asyncio.create_task(report_end())
    try:
        yield
    finally:
        reporting.cancel()
        if process.returncode is None:
            process.terminate()
            try:
                await asyncio.wait_for(process.wait(), _STOP_WITHIN)
            except TimeoutError:
                process.kill()
                await process.wait()


async def _ready(server: str, certificates: Certificates, token: str, ended: asyncio.Future[str]) -> str:
    """Wait until the API is ready and has its first namespaces; return its version."""
    context = ssl.create_default_context(cafile=str(certificates.authority))
    headers = {"Authorization": f"Bearer {token}"}
    loop = asyncio.get_running_loop()
    end = loop.time() + _READY_WITHIN
    async with httpx.AsyncClient(base_url=server, verify=context, headers=headers, trust_env=False) as client:
        while loop.time() < end:
            if ended.done():
                raise UsageError(ended.result())
            with contextlib.suppress(httpx.HTTPError):
                answers = [await client.get(path) for path in ("/readyz", "/api/v1/namespaces/default", "/version")]
                if all(answer.status_code == httpx.codes.OK for answer in answers):
                    return str(answers[-1].json()["gitVersion"])
            await asyncio.sleep(_PROBE_EVERY)
    log = certificates.chain.parent / "kube-apiserver.log"
    raise UsageError(f"kube-apiserver was not ready after {_READY_WITHIN:.0f} s; see {log}")
