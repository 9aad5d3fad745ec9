"""Rounds: how often a requirement agreed with itself, and what that proves."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from reports import console, html
from reports.agreement import at_most
from reports.build import build
from reports.document import from_document, to_document
from reports.events import EventLog, Outcome, RunFinished
from reports.model import Report
from tests.reports.runs import case, ended, finished, plan, requirement, run_started


def rounds(ends: dict[str, Sequence[Outcome | None]], end: RunFinished | None = None) -> Report:
    """A run in which each requirement has one case, with this end in each round; None where it never ended."""
    cases = [
        case(f"{id_}/case" if number == 1 else f"{id_}/case#{number}", requirement=id_, round=number)
        for id_, outcomes in ends.items()
        for number in range(1, len(outcomes) + 1)
    ]
    seen = [outcome for outcomes in ends.values() for outcome in outcomes]
    finishes = [finished(one.id, outcome) for one, outcome in zip(cases, seen, strict=True) if outcome]
    return build(EventLog((run_started(), plan(map(requirement, ends), cases), *finishes, end or ended())))


@pytest.mark.parametrize(
    ("disagreements", "number", "expected"),
    # Clopper and Pearson's one-sided bounds as tables give them; without disagreements 1 - 0.05 ** (1 / n).
    [(0, 1, 0.95), (0, 10, 0.2589), (0, 200, 0.0149), (1, 10, 0.3942), (2, 200, 0.0311), (10, 10, 1.0)],
)
def test_the_bound_is_that_of_clopper_and_pearson(disagreements: int, number: int, expected: float) -> None:
    assert at_most(disagreements, number) == pytest.approx(expected, abs=0.0001)


def test_rounds_that_agree_say_what_that_proves() -> None:
    report = rounds({"EM-A-001": ["passed"] * 10, "EM-A-002": ["passed"] * 10})

    assert report.verdict == "conformant"
    assert report.repetition is not None
    assert report.repetition.sentence == (
        "10 rounds, and no requirement disagreed with itself: "
        "with 95% confidence any one of them does in at most 25.9% of rounds."
    )
    assert [item.agreement.agreed for item in report.requirements if item.agreement] == [10, 10]


def test_a_disagreement_is_loud_and_the_worst_round_counts() -> None:
    report = rounds({"EM-A-001": ["passed", "failed", "passed"], "EM-A-002": ["passed"] * 3})

    assert report.verdict == "nonconformant"
    assert report.repetition is not None
    assert report.repetition.disagreeing == ("EM-A-001",)
    said = "DISAGREEMENT over 3 rounds: EM-A-001 passed 2, failed 1."
    assert console.summary(report).splitlines()[1] == said
    assert said in html.render(report)


def test_a_round_that_did_not_come_to_its_end_has_no_outcome() -> None:
    report = rounds({"EM-A-001": ["passed", "passed", None]})

    assert report.verdict == "incomplete"
    (agreement,) = [item.agreement for item in report.requirements]
    assert agreement is not None
    assert (agreement.rounds, agreement.disagrees) == (2, False)


def test_a_run_of_one_round_says_nothing_of_it() -> None:
    report = rounds({"EM-A-001": ["passed"]})

    assert report.repetition is None
    assert [item.agreement for item in report.requirements] == [None]


def test_agreement_survives_report_json() -> None:
    report = rounds({"EM-A-001": ["passed", "failed"]})

    assert from_document(to_document(report)) == report
