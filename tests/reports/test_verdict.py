"""The verdict: its word, its exit code and its sentence."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from reports.build import build
from reports.events import EventLog, Outcome
from reports.model import HarnessError
from tests.reports.runs import case, ended, everything, finished, log_of, plan, requirement, run_started

OUTCOMES: tuple[Outcome, ...] = ("passed", "failed", "not-testable", "harness-error")
LEVELS: tuple[dict[str, Any], ...] = (
    {"level": "MUST"},
    {"level": "SHOULD"},
    {"level": "MAY"},
    {"level": "MUST", "provisional": True},
)


def verdict(log: EventLog) -> tuple[str, int]:
    report = build(log)
    return report.verdict, report.exit_code


@pytest.mark.parametrize(
    ("outcomes", "expected"),
    [
        ({"EM-A-001": ["passed"]}, ("conformant", 0)),
        ({"EM-A-001": ["failed"]}, ("nonconformant", 1)),
        ({"EM-A-001": ["failed"], "EM-A-002": ["not-testable"]}, ("nonconformant", 1)),
        ({"EM-A-001": ["not-testable"]}, ("incomplete", 3)),
        ({"EM-A-001": ["harness-error"], "EM-A-002": ["not-testable"]}, ("incomplete", 4)),
        ({"EM-A-001": []}, ("incomplete", 3)),
        ({}, ("incomplete", 3)),
    ],
)
def test_outcomes_of_musts(outcomes: dict[str, list[Outcome]], expected: tuple[str, int]) -> None:
    assert verdict(log_of(outcomes)) == expected


@pytest.mark.parametrize(
    ("outcome", "changes", "expected"),
    [
        ("failed", {"level": "SHOULD"}, ("conformant", 0)),
        ("not-testable", {"level": "SHOULD"}, ("incomplete", 3)),
        ("harness-error", {"level": "SHOULD"}, ("incomplete", 4)),
        ("failed", {"level": "MAY"}, ("conformant", 0)),
        ("not-testable", {"level": "MAY"}, ("conformant", 0)),
        ("failed", {"provisional": True}, ("conformant", 0)),
        ("not-testable", {"provisional": True}, ("conformant", 0)),
        ("harness-error", {"provisional": True}, ("incomplete", 4)),
        ("harness-error", {"level": "MAY"}, ("incomplete", 4)),
    ],
)
def test_the_level_decides_what_counts(outcome: Outcome, changes: Any, expected: tuple[str, int]) -> None:
    log = log_of({"EM-A-001": ["passed"], "EM-A-002": ["passed", outcome]}, {"EM-A-002": changes})

    assert verdict(log) == expected


def test_a_should_that_failed_and_was_not_wholly_judged_is_not_conformant() -> None:
    log = log_of({"EM-A-001": ["failed", "not-testable"]}, {"EM-A-001": {"level": "SHOULD"}})

    assert verdict(log) == ("incomplete", 3)


@pytest.mark.parametrize(
    ("end", "because", "code"),
    [
        (ended("interrupted"), "the run was interrupted", 3),
        (None, "the run stopped without recording an end", 3),
        (ended("not-started", "no Envoy for this platform"), "the run did not start: no Envoy for this platform", 3),
        (ended("harness-error", "disk full"), "the suite itself failed: disk full", 4),
    ],
)
def test_a_run_without_its_own_end_is_incomplete_even_with_failures(end: Any, because: str, code: int) -> None:
    report = build(log_of({"EM-A-001": ["failed"], "EM-A-002": ["passed"]}, end=end, without_end=end is None))

    assert (report.verdict, report.exit_code) == ("incomplete", code)
    assert because in report.sentence
    assert "1 failure" in report.sentence
    assert report.with_outcome("failed")


def test_relaxations_change_the_word_but_not_the_exit_code() -> None:
    started = run_started(relaxations=("settle bound 60 s instead of 30 s",))

    report = build(log_of({"EM-A-001": ["passed"]}, started=started))

    assert (report.verdict, report.exit_code) == ("conformant with relaxations", 0)
    assert report.sentence == (
        "Conformant with relaxations, edition runbook (settle bound 60 s instead of 30 s): 1 of 1 MUST passed."
    )


def test_relaxations_do_not_soften_a_failure() -> None:
    assert verdict(log_of({"EM-A-001": ["failed"]}, started=run_started(relaxations=("x",)))) == ("nonconformant", 1)


def test_a_planned_case_that_was_not_executed_is_named_even_if_it_is_not_scored() -> None:
    rows = [requirement("EM-A-001"), requirement("EM-A-002", level="MAY")]
    cases = [case("EM-A-001/a"), case("EM-A-002/b")]

    report = build(EventLog((run_started(), plan(rows, cases), finished("EM-A-001/a"), ended())))

    assert (report.verdict, report.exit_code) == ("incomplete", 3)
    assert "planned, not executed: EM-A-002/b" in report.sentence


def test_a_run_that_contradicts_its_plan_says_nothing_about_the_gateway() -> None:
    log = log_of({"EM-A-001": ["failed"]})
    report = build(EventLog((*log.events[:-1], finished("EM-A-007/unplanned"), log.events[-1])))

    assert (report.verdict, report.exit_code) == ("incomplete", 4)
    assert "EM-A-007/unplanned was executed and not planned" in report.sentence


def test_lost_evidence_is_not_conformant() -> None:
    report = build(EventLog(log_of({"EM-A-001": ["passed"]}).events, truncated_lines=1))

    assert (report.verdict, report.exit_code) == ("incomplete", 3)
    assert "1 recorded event unreadable" in report.sentence


def test_an_error_of_a_writer_is_an_error_of_the_suite() -> None:
    report = build(log_of({"EM-A-001": ["passed"]}), [HarnessError("junit.xml could not be written", "no space", "")])

    assert (report.verdict, report.exit_code) == ("incomplete", 4)
    assert "junit.xml could not be written: no space" in report.sentence


def test_nothing_applicable_is_not_conformant() -> None:
    log = EventLog((run_started(), plan([requirement(not_applicable="not selected")], []), ended()))

    assert verdict(log) == ("incomplete", 3)


@pytest.mark.parametrize("log", [EventLog(), EventLog((run_started(),)), EventLog((run_started(), ended()))])
def test_a_log_with_next_to_nothing_is_incomplete(log: EventLog) -> None:
    assert verdict(log) == ("incomplete", 3)


def test_the_sentence_names_what_is_not_covered() -> None:
    assert build(everything()).not_covered == (
        "profile access (1 requirement)",
        "1 requirement not applicable",
        "1 excluded by the catalogue",
    )


def test_what_nobody_asked_for_is_no_lack_of_the_gateway() -> None:
    others = {
        "EM-A-002": {"profile": "access", "not_applicable": "not selected"},
        "EM-A-003": {"profile": "access", "not_applicable": "excluded"},
        "EM-A-004": {"not_applicable": "not selected"},
    }

    report = build(log_of({"EM-A-001": ["passed"], **{name: [] for name in others}}, others))

    assert report.not_covered == ("1 requirement not applicable", "2 requirements not selected")


def test_no_combination_with_an_unjudged_must_is_conformant() -> None:
    shapes = [(), *itertools.chain.from_iterable(itertools.product(OUTCOMES, repeat=size) for size in (1, 2))]
    ends = [ended(), ended("interrupted"), None]
    for must, other, level, end in itertools.product(shapes, shapes, LEVELS, ends):
        log = log_of(
            {"EM-A-001": list(must), "EM-A-002": list(other)}, {"EM-A-002": level}, end=end, without_end=end is None
        )
        word, code = verdict(log)
        proven = bool(must) and set(must) == {"passed"} and end == ended()
        assert word.startswith("conformant") == (code == 0)
        if not proven:
            assert not word.startswith("conformant"), (must, other, level, end)
        if end != ended():
            assert word == "incomplete", (must, other, level, end)
