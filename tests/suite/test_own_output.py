"""A secret in a file of the run is found in whatever form it stands there, and is named by place only."""

from __future__ import annotations

import base64
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
