"""The program's manners: ready line, stdin, signals, bad input, silence about secrets."""

from __future__ import annotations

import signal
import socket
import subprocess
from pathlib import Path

import httpx
import pytest

from mock_provider.command import main
from mock_provider.listeners import bind
from mock_provider.options import Address
from tests.mock_provider.running import (
    KEY,
    PATIENCE_SECONDS,
    Running,
    chat,
    raw_chat,
    ready_line,
    running,
    start_program,
)


def test_ready_line_names_every_listener_and_nothing_else_is_printed() -> None:
    program = start_program()
    ready = ready_line(program)
    assert sorted(ready) == ["control", "http2", "plain", "tls", "version"]
    assert ready["tls"] is None
    assert ready["http2"] is None
    assert httpx.get(ready["control"] + "/healthz", timeout=PATIENCE_SECONDS).json() == {
        "status": "ok",
        "version": ready["version"],
    }
    program.terminate()
    assert program.communicate(timeout=PATIENCE_SECONDS) == ("", "")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_program_cleanly_although_an_answer_is_held(number: signal.Signals) -> None:
    program = start_program()
    ready = ready_line(program)
    with httpx.Client(base_url=ready["control"], timeout=PATIENCE_SECONDS) as control, httpx.Client() as data:
        provider = Running(ready, control, data, None)
        provider.add_identity("a.example")
        provider.script("0123456789abcdef", {"fault": {"kind": "stall", "afterBytes": 0, "forMs": 600_000}})
        with provider.connect() as connection:
            connection.sendall(raw_chat("a.example", "0123456789abcdef"))
            assert connection.recv(12) == b"HTTP/1.1 200"
            program.send_signal(number)
            stdout, stderr = program.communicate(timeout=PATIENCE_SECONDS)
    assert (program.returncode, stdout, stderr) == (0, "", "")


def test_the_end_of_standard_input_ends_the_program() -> None:
    program = start_program("--exit-with-stdin", stdin=subprocess.PIPE)
    ready_line(program)
    assert program.stdin is not None
    program.stdin.close()
    assert program.wait(timeout=PATIENCE_SECONDS) == 0


@pytest.mark.parametrize("option", ["--control", "--plain"])
def test_a_port_in_use_is_said_in_one_sentence(option: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        program = start_program(option, address)
        stdout, stderr = program.communicate(timeout=PATIENCE_SECONDS)
    assert program.returncode == 2
    assert stdout == ""
    assert stderr == (
        f"mock_provider: Cannot listen on {address} ({option}): address already in use; choose another, or port 0.\n"
    )


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (
            ("--plain", "nowhere"),
            "--plain must be HOST:PORT, for example 127.0.0.1:0, and not 'nowhere'.",
        ),
        (
            ("--tls", "127.0.0.1:0"),
            "--tls needs a certificate: give --certificate and --private-key too.",
        ),
        (
            ("--certificate", "/dev/null"),
            "--certificate and --private-key belong together: give both or neither.",
        ),
        (
            ("--receipt-secret-file", "/no/such/file"),
            "--receipt-secret-file: cannot read /no/such/file: No such file or directory.",
        ),
        (("--journal-limit", "0"), "--journal-limit must be at least 1."),
    ],
)
def test_bad_options_end_with_one_sentence(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], sentence: str
) -> None:
    assert main(list(arguments)) == 2
    assert capsys.readouterr() == ("", f"mock_provider: {sentence}\n")


def test_a_broken_certificate_is_bad_input(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    broken = tmp_path / "broken.pem"
    broken.write_text("no certificate")
    assert main(["--certificate", str(broken), "--private-key", str(broken)]) == 2
    stdout, stderr = capsys.readouterr()
    assert stdout == ""
    assert stderr.startswith(f"mock_provider: Cannot use --certificate {broken} and --private-key {broken}: ")
    assert stderr.count("\n") == 1


def test_the_control_token_is_asked_for_everything_but_health(tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_text("control-token-1\n")
    with running("--control-token-file", str(token), token="control-token-1") as provider:
        assert provider.control.get("/v1/stats").status_code == 200
        assert httpx.get(provider.ready["control"] + "/healthz").status_code == 200
        refused = httpx.get(provider.ready["control"] + "/v1/stats", headers={"authorization": "Bearer other"})
        assert (refused.status_code, refused.json()) == (401, {"error": "this control API wants its bearer token"})


def test_no_secret_is_printed() -> None:
    program = start_program()
    ready = ready_line(program)
    with httpx.Client(base_url=ready["control"], timeout=PATIENCE_SECONDS) as control, httpx.Client() as data:
        provider = Running(ready, control, data, None)
        provider.add_identity("a.example")
        provider.post("a.example", chat())
        provider.post("a.example", chat(), key=KEY + "-wrong")
        provider.exchange(f"BROKEN {KEY}\r\n\r\n".encode())
        provider.exchange(f"GET /{KEY} HTTP/1.1\r\nUpgrade: websocket\r\nConnection: upgrade, close\r\n\r\n".encode())
    program.terminate()
    stdout, stderr = program.communicate(timeout=PATIENCE_SECONDS)
    assert KEY not in stdout + stderr


def test_no_write_waits_for_an_acknowledgement() -> None:
    with bind(Address("--plain", "127.0.0.1", 0)) as listener:
        assert listener.proto == socket.IPPROTO_TCP
