"""Logs of a cluster are kept in a size to read, and without secrets, in whatever form these stand there."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from fixtures.errors import ConfigurationError
from suite import cluster_logs

MARKER = "emc7f3a9c2e51d04b68"


class Cluster:
    """Logs what a test wants."""

    def __init__(self, content: bytes, error: Exception | None = None) -> None:
        self._content = content
        self._error = error

    def take_down_logs(self, directory: Path) -> None:
        (directory / "pods").mkdir(parents=True)
        (directory / "pods" / "0.log").write_bytes(self._content)
        if self._error is not None:
            raise self._error


def kept(tmp_path: Path, content: bytes) -> str:
    cluster_logs.keep(Cluster(content), tmp_path / "logs", [MARKER])
    return (tmp_path / "logs" / "pods" / "0.log").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "value",
    [
        f"key-{MARKER}-alpha",
        base64.b64encode(f"key-{MARKER}-alpha".encode()).decode(),
        f"key-{MARKER}-alpha".encode().hex(),
    ],
    ids=["plain", "base64", "hex"],
)
def test_a_line_with_a_canary_goes(value: str, tmp_path: Path) -> None:
    text = kept(tmp_path, f"before\ngot {value} from it\nits end\nafter\n".encode())

    assert value not in text
    assert text.splitlines()[0] == "before"
    assert text.splitlines()[-1] == "after"


def test_what_looks_like_a_credential_of_anybodys_is_hidden(tmp_path: Path) -> None:
    assert kept(tmp_path, b"Authorization: Bearer sk-somebody-elses\n") == "Authorization: Bearer ‹hidden›\n"


def test_the_end_of_a_long_log_is_kept(tmp_path: Path) -> None:
    text = kept(tmp_path, b"x" * cluster_logs.LARGEST_FILE + b"\nlast\n")

    assert len(text) <= cluster_logs.LARGEST_FILE
    assert text.endswith("\nlast\n")


def test_what_was_taken_down_before_it_failed_holds_no_secret_either(tmp_path: Path) -> None:
    broken = Cluster(f"key-{MARKER}\n".encode(), ConfigurationError("no more"))

    with pytest.raises(ConfigurationError, match="no more"):
        cluster_logs.keep(broken, tmp_path / "logs", [MARKER])

    assert MARKER not in (tmp_path / "logs" / "pods" / "0.log").read_text(encoding="utf-8")
