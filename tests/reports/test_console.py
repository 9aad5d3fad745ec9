"""What a person sees while a run goes on and when it ends."""

from __future__ import annotations

import dataclasses
import io
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from reports import console
from reports.build import build
from reports.console import Progress, summary, wants_colour
from reports.events import EventLog, Outcome, PreflightChecked
from tests.reports.runs import START, case, ended, everything, finished, log_of, plan, requirement, run_started


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_summary_of_everything(snapshot: SnapshotAssertion) -> None:
    assert summary(build(everything())) == snapshot


def test_summary_of_a_conformant_run(snapshot: SnapshotAssertion) -> None:
    assert summary(build(log_of({"EM-A-001": ["passed", "passed"], "EM-A-002": ["passed"]}))) == snapshot


def test_summary_of_an_interrupted_run(snapshot: SnapshotAssertion) -> None:
    rows = [requirement(f"EM-A-{n:03}") for n in range(1, 10)]
    cases = [case(f"EM-A-{n:03}/a") for n in range(1, 10)]
    log = EventLog((run_started(), plan(rows, cases), finished("EM-A-001/a", "failed"), ended("interrupted", "Ctrl-C")))

    assert summary(build(log), directory=Path("elsewhere/run")) == snapshot


def test_summary_of_a_run_that_did_not_start(snapshot: SnapshotAssertion) -> None:
    line = PreflightChecked(START, "gateway", "failed", "nothing listens on 127.0.0.1:1", "Start the gateway.")
    log = EventLog((run_started(), line, ended("not-started", "the preflight failed")))

    assert summary(build(log)) == snapshot


def test_many_failures_show_three_blocks_and_a_line_for_each_other() -> None:
    text = summary(build(log_of({f"EM-A-{n:03}": ["failed"] for n in range(1, 31)})))

    assert text.count("  reproduce ") == 3
    assert text.count(" MUST failed: ") == 3 + 10
    assert "… 17 more failed" in text


def test_colour_adds_to_the_words_and_never_replaces_them() -> None:
    report = build(everything())
    coloured = summary(report, colour=True)

    assert coloured.startswith("\x1b[1;31mNonconformant")
    assert "\x1b" not in summary(report)


@pytest.mark.parametrize(
    ("stream", "environment", "expected"),
    [(Terminal(), {}, True), (Terminal(), {"NO_COLOR": "1"}, False), (io.StringIO(), {}, False)],
)
def test_colour_is_for_terminals_that_want_it(stream: io.StringIO, environment: dict[str, str], expected: bool) -> None:
    assert wants_colour(stream, environment) is expected


@pytest.mark.parametrize("total", [1, 7, 20, 21, 333])
def test_without_a_terminal_progress_takes_about_twenty_lines(total: int) -> None:
    stream = io.StringIO()
    with Progress(stream, total) as progress:
        for _ in range(total):
            progress.case_finished(case(), finished(case().id))

    lines = stream.getvalue().splitlines()
    assert 1 <= len(lines) <= 21
    assert lines[-1] == f"{total}/{total} cases"


@pytest.mark.parametrize(
    ("outcome", "level", "expected"),
    [
        ("failed", "MUST", "EM-CRED-004 MUST failed: expected 500"),
        ("failed", "SHOULD", "EM-CRED-004 SHOULD warning: expected 500"),
        ("failed", "MAY", "EM-CRED-004 MAY warning (not scored): expected 500"),
        ("not-testable", "MUST", "EM-CRED-004 not testable: the provider does not answer"),
        ("harness-error", "MUST", "EM-CRED-004 harness error: the provider does not answer"),
    ],
)
@pytest.mark.parametrize("stream_type", [io.StringIO, Terminal])
def test_a_problem_is_shown_at_once(
    stream_type: type[io.StringIO], outcome: Outcome, level: str, expected: str
) -> None:
    stream = stream_type()
    with Progress(stream, 100, {"EM-CRED-004": requirement(level=level)}) as progress:
        progress.case_finished(case(), finished(case().id, outcome))
        shown = stream.getvalue()

    assert expected in shown
    assert "  reproduce" not in shown


def test_progress_without_a_catalogue_and_with_markup_in_a_gateways_words() -> None:
    stream = Terminal()
    finding = dataclasses.replace(finished("x", "failed").findings[0], summary="got [bold]200[/bold]")
    progress = Progress(stream, 1)
    progress.case_finished(case(), finished(case().id, "failed", findings=(finding,)))
    progress.close()
    progress.close()

    assert "EM-CRED-004 failed: got [bold]200[/bold]" in stream.getvalue()


def test_a_stream_that_cannot_show_our_characters_gets_escapes() -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii")
    Progress(stream, 1).case_finished(case(), finished(case().id, "not-testable", cause="200 ×41"))

    assert b"not testable: 200 \\xd741" in raw.getvalue()
    assert console.wants_colour(stream, {}) is False
