"""A secret in a file of the run is found in whatever form it stands there, and is named by place only."""

from __future__ import annotations

import base64
import json
import urllib.parse
from collections.abc import Callable
from pathlib import Path

import pytest

from fixtures.canaries import new_marker
from reports.build import build
from reports.events import EventLog
from suite.own_output import SecretInOutputError, looker


def look(directory: Path, marker: str) -> None:
    log = EventLog()
    looker([marker])(build(log), log, directory)


def test_nothing_is_found_where_nothing_is(tmp_path: Path) -> None:
    (tmp_path / "report.json").write_text("{}")
    look(tmp_path, new_marker())


@pytest.mark.parametrize("lead", ["", "a", "ab"])
def test_a_canary_in_base64_is_found_at_every_alignment(tmp_path: Path, lead: str) -> None:
    marker = new_marker()
    encoded = base64.b64encode(f"{lead}canary-{marker}-0123456789abcdef".encode()).decode()
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "log").write_text(f"first\nsecond {encoded}\n")
    with pytest.raises(SecretInOutputError, match="sub/log:2") as caught:
        look(tmp_path, marker)
    assert marker not in str(caught.value)


def test_a_canary_in_clear_is_found(tmp_path: Path) -> None:
    marker = new_marker()
    (tmp_path / "events.ndjson").write_text(f'{{"x":"canary-{marker}-0123456789abcdef01234567"}}\n')
    with pytest.raises(SecretInOutputError, match=r"events\.ndjson:1"):
        look(tmp_path, marker)


WRITTEN: dict[str, Callable[[str], str]] = {
    "raw": lambda value: value,
    "URL-encoded": lambda value: urllib.parse.quote(value, safe=""),
    "JSON-escaped": lambda value: json.dumps({"key": value}),
    "in hexadecimal digits": lambda value: value.encode().hex(),
    "in upper-case hexadecimal digits": lambda value: value.encode().hex().upper(),
    "broken over lines": lambda value: value[:14] + "\n    " + value[14:],
    "broken over lines as JSON escapes them": lambda value: json.dumps(value[:14] + "\r\n" + value[14:]),
    "in base64, broken over lines": lambda value: base64.encodebytes(b"a beginning " * 4 + value.encode()).decode(),
}


@pytest.mark.parametrize("written", WRITTEN)
def test_whatever_the_encoding_the_place_is_named_and_never_the_value(tmp_path: Path, written: str) -> None:
    marker = new_marker()
    value = f"canary-{marker}-0123456789abcdef01234567"
    (tmp_path / "evidence").mkdir()
    (tmp_path / "evidence" / "case.json").write_text(f"first\nsecond {WRITTEN[written](value)}\nlast\n")

    with pytest.raises(SecretInOutputError, match=r"1 line\(s\) .* evidence/case\.json:[23]$") as caught:
        look(tmp_path, marker)

    assert marker not in str(caught.value)


@pytest.mark.parametrize("written", ["raw", "URL-encoded", "JSON-escaped", "broken over lines"])
def test_a_secret_that_a_user_gave_us_is_found_as_well(tmp_path: Path, written: str) -> None:
    secret = 'sk-"of/a user"+==?'
    (tmp_path / "junit.xml").write_text(f"a\nb\n{WRITTEN[written](secret)}")

    with pytest.raises(SecretInOutputError, match=r"junit\.xml:3$") as caught:
        look(tmp_path, secret)

    assert secret not in str(caught.value)


def test_a_secret_that_is_no_secret_refuses_no_run(tmp_path: Path) -> None:
    (tmp_path / "report.json").write_text("a test")
    look(tmp_path, "test")


def test_a_log_of_the_gateway_is_not_ours_to_answer_for(tmp_path: Path) -> None:
    marker = new_marker()
    log = tmp_path / "gateway.log"
    log.write_text(f"canary-{marker}-0123456789abcdef01234567")
    events = EventLog()
    looker([marker], [log])(build(events), events, tmp_path)
