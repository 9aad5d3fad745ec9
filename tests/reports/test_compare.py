"""What is news between two reports, and reading a report back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from reports import report_json
from reports.build import build
from reports.compare import diff, render, show
from reports.console import summary
from reports.document import BrokenReportError, load
from reports.events import EventLog
from tests.reports.runs import everything, log_of, run_started


def test_every_kind_of_change(snapshot: SnapshotAssertion) -> None:
    old = build(
        log_of(
            {
                "EM-A-001": ["passed"],
                "EM-A-002": ["failed"],
                "EM-A-003": ["failed"],
                "EM-A-004": ["passed"],
                "EM-A-005": ["passed"],
                "EM-A-006": ["passed"],
            }
        )
    )
    new = build(
        log_of(
            {
                "EM-A-001": ["failed"],
                "EM-A-002": ["passed"],
                "EM-A-003": ["failed"],
                "EM-A-004": ["not-testable"],
                "EM-A-006": ["passed"],
                "EM-A-007": ["failed"],
            },
            started=run_started(settings={"workers": 4, "faults": ["M06"], "variants": []}),
        )
    )

    found = diff(old, new)

    assert [change.requirement for change in found.newly_failing] == ["EM-A-001", "EM-A-007"]
    assert [change.requirement for change in found.fixed] == ["EM-A-002"]
    assert [change.requirement for change in found.still_failing] == ["EM-A-003"]
    assert [change.requirement for change in found.changed] == ["EM-A-004"]
    assert (found.appeared, found.vanished) == (("EM-A-007",), ("EM-A-005",))
    assert found.settings == {"workers": ("2", "4"), "faults": ("none", "M06")}
    assert found.news
    assert render(found) == snapshot


def test_no_news_is_said_in_words() -> None:
    report = build(everything())
    found = diff(report, report)

    assert not found.news
    assert "no requirement has another outcome than before" in render(found)


def test_a_report_is_shown_from_its_file_as_it_was_on_the_console(tmp_path: Path) -> None:
    report = build(everything())
    report_json.write(report, everything(), tmp_path)

    assert load(tmp_path) == report
    assert show(tmp_path) == summary(report, directory=tmp_path)
    assert show(tmp_path / "report.json") == summary(report, directory=tmp_path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "is not JSON"),
        ("[]", "at the document"),
        ('{"kind": "Pod"}', "not a ConformanceReport of externalmodel-conformance/v1"),
    ],
)
def test_a_broken_file_is_said_in_one_sentence(tmp_path: Path, content: str, message: str) -> None:
    (tmp_path / "report.json").write_text(content, encoding="utf-8")

    with pytest.raises(BrokenReportError, match=message) as caught:
        load(tmp_path)
    assert "\n" not in str(caught.value)


def test_a_missing_file_is_said_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(BrokenReportError, match="does not exist; name a run's directory"):
        load(tmp_path)


def test_a_run_that_was_killed_has_no_verdict_and_is_not_taken_for_a_wrong_name(tmp_path: Path) -> None:
    (tmp_path / "events.ndjson").touch()
    with pytest.raises(BrokenReportError, match=r"was killed .* and has no verdict; run it again"):
        load(tmp_path)


def test_a_verdict_that_was_tampered_with_is_refused(tmp_path: Path) -> None:
    report_json.write(build(EventLog()), EventLog(), tmp_path)
    path = tmp_path / "report.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"verdict": "conformant"}), encoding="utf-8")

    with pytest.raises(BrokenReportError, match="exitCode"):
        load(path)
