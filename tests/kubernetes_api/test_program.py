"""The program: ready line, files, clean ends, bad input."""

from __future__ import annotations

import os
import signal
import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.kubernetes_api.conftest import FLAVOURS, ROOT, connect, launch, start


def refuse(tmp_path: Path, *arguments: str, **environment: str) -> str:
    kept = {name: value for name, value in os.environ.items() if name != "KUBEBUILDER_ASSETS"}
    done = subprocess.run(
        [sys.executable, "-m", "kubernetes_api", "--directory", str(tmp_path), *arguments],
        cwd=ROOT,
        env={**kept, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, "")
    return done.stderr


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_ready_line_and_kubeconfig(tmp_path: Path, flavour: str) -> None:
    program, ready = start(flavour, tmp_path)
    assert sorted(ready) == ["flavour", "kubeconfig", "server", "version"]
    assert (ready["flavour"], ready["kubeconfig"]) == (flavour, str(tmp_path / "kubeconfig"))
    assert ready["version"].startswith("v1.")
    assert stat.S_IMODE((tmp_path / "kubeconfig").stat().st_mode) == 0o600
    program.send_signal(signal.SIGTERM)
    assert program.wait(timeout=60) == 0


def test_it_ends_with_its_stdin_while_a_watch_is_open(tmp_path: Path) -> None:
    program, ready = start("embedded", tmp_path)
    with (
        connect(Path(ready["kubeconfig"])) as http,
        http.stream("GET", "/api/v1/namespaces", params={"watch": "1"}) as watch,
    ):
        assert watch.status_code == 200
        assert program.stdin
        program.stdin.close()
        assert program.wait(timeout=60) == 0


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_it_ends_cleanly_while_it_is_still_starting(tmp_path: Path, flavour: str) -> None:
    program = launch(flavour, tmp_path)
    assert program.stdin
    program.stdin.close()
    assert program.wait(timeout=60) == 0


def test_a_port_in_use(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        message = refuse(tmp_path, "--listen", address)
    assert f"cannot listen on {address}" in message
    assert "--listen" in message


def test_bad_addresses_and_assets(tmp_path: Path) -> None:
    assert "is not HOST:PORT" in refuse(tmp_path, "--listen", "nowhere")
    message = refuse(tmp_path, KUBEBUILDER_ASSETS=str(tmp_path))
    assert f"KUBEBUILDER_ASSETS={tmp_path} has no program kube-apiserver" in message
    assert "setup-envtest" in message
