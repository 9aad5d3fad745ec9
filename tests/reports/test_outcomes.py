"""The outcome of each requirement from those of its cases."""

from __future__ import annotations

from typing import Any

import pytest

from reports import outcomes
from reports.events import EventLog, Outcome
from reports.grouping import causes
from reports.model import RequirementResult
from tests.reports.runs import acts, case, ended, finished, log_of, plan, requirement, run_started


def only(log: EventLog) -> RequirementResult:
    (result,) = outcomes.requirements(log)
    return result


@pytest.mark.parametrize(
    ("cases", "expected"),
    [
        (["passed", "passed"], "passed"),
        (["passed", "not-testable"], "not-testable"),
        (["not-testable", "failed", "passed"], "failed"),
        (["failed", "harness-error", "not-testable"], "harness-error"),
    ],
)
def test_the_worst_case_decides(cases: list[Outcome], expected: str) -> None:
    assert only(log_of({"EM-A-001": cases})).outcome == expected


@pytest.mark.parametrize(
    ("changes", "expected", "scored"),
    [
        ({"level": "MUST"}, "failed", True),
        ({"level": "SHOULD"}, "warning", True),
        ({"level": "MAY"}, "warning", False),
        ({"level": "MUST", "provisional": True}, "warning", False),
    ],
)
def test_a_failure_weighs_as_much_as_its_level(changes: dict[str, Any], expected: str, scored: bool) -> None:
    result = only(log_of({"EM-A-001": ["passed", "failed"]}, {"EM-A-001": changes}))

    assert (result.outcome, result.scored) == (expected, scored)


def test_what_does_not_apply_says_why() -> None:
    result = only(EventLog((run_started(), plan([requirement(not_applicable="not selected")], []), ended())))

    assert (result.outcome, result.reason, result.scored) == ("not-applicable", "not selected", False)


def test_a_requirement_without_a_case_is_not_testable() -> None:
    result = only(EventLog((run_started(), plan([requirement()], []), ended())))

    assert (result.outcome, result.reason) == ("not-testable", "no scenario is planned for it")


@pytest.mark.parametrize(
    ("begun", "end", "cause"),
    [
        (False, ended("interrupted"), "planned, not executed: run interrupted"),
        (True, ended("interrupted"), "started, not finished: run interrupted"),
        (True, None, "started, not finished: run interrupted"),
        (True, ended(), "started, not finished: its worker was lost"),
        (False, ended(), "planned, not executed: no worker came to it"),
        (False, ended("not-started", "no Envoy"), "planned, not executed: the run did not start: no Envoy"),
        (False, ended("harness-error", "disk full"), "planned, not executed: the suite failed: disk full"),
    ],
)
def test_a_case_without_an_end_says_what_became_of_it(begun: bool, end: Any, cause: str) -> None:
    events = [
        run_started(),
        plan([requirement()], [case()]),
        *(acts(case().id) if begun else []),
        *([end] if end else []),
    ]

    result = only(EventLog(tuple(events)))

    assert (result.outcome, result.causes) == ("not-testable", (cause,))
    assert not result.cases[0].executed


@pytest.mark.parametrize(
    ("end", "cause"),
    [
        (finished(case().id, "failed", findings=()), "the case failed without a finding"),
        (finished(case().id, "passed", findings=finished(case().id, "failed").findings), "passed although it has"),
        (finished(case().id, "not-testable", cause=None), "recorded no cause"),
    ],
)
def test_an_end_that_contradicts_its_findings_is_no_verdict(end: Any, cause: str) -> None:
    result = only(EventLog((run_started(), plan([requirement()], [case()]), end, ended())))

    assert result.outcome in ("harness-error", "not-testable")
    assert cause in result.causes[0]


def test_the_first_problem_is_the_first_of_the_worst() -> None:
    result = only(log_of({"EM-A-001": ["passed", "not-testable", "failed", "failed"]}))

    assert result.first_problem is result.cases[2]
    assert [finding.code for finding in result.findings] == ["forwarded-without-credential"] * 2


def test_of_a_case_that_finished_twice_the_worse_end_counts() -> None:
    log = EventLog(
        (
            run_started(),
            plan([requirement()], [case()]),
            finished(case().id, "failed"),
            finished(case().id, "passed"),
            ended(),
        )
    )

    assert only(log).outcome == "failed"
    assert outcomes.compare_with_plan(log).contradictions == ("EM-CRED-004/secret-missing finished 2 times",)


def test_the_difference_from_the_plan_is_named() -> None:
    rows = [requirement("EM-A-001"), requirement("EM-A-002", not_applicable="not selected")]
    cases = [case("EM-A-001/a"), case("EM-A-001/b"), case("EM-A-002/c"), case("EM-A-003/d")]
    log = EventLog((run_started(), plan(rows, cases), finished("EM-A-001/a"), finished("EM-A-009/z"), ended()))

    found = outcomes.compare_with_plan(log)

    assert found.not_executed == ("EM-A-001/b", "EM-A-002/c", "EM-A-003/d")
    assert found.contradictions == (
        "EM-A-009/z was executed and not planned",
        "EM-A-002/c is planned although EM-A-002 is not applicable",
        "EM-A-003/d is planned for EM-A-003, which the plan does not hold",
    )


def test_the_same_cause_is_told_once() -> None:
    log = log_of(
        {
            "EM-A-001": ["not-testable", "not-testable"],
            "EM-A-002": ["passed", "not-testable"],
            "EM-A-003": ["harness-error"],
        }
    )

    grouped = [(cause.outcome, cause.requirements, cause.cases) for cause in causes(outcomes.requirements(log))]

    assert grouped == [
        ("harness-error", ("EM-A-003",), 1),
        ("not-testable", ("EM-A-001", "EM-A-002"), 3),
    ]
