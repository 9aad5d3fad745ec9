"""How much the suite was known to detect stands in every report."""

from __future__ import annotations

from reports import proof
from reports.build import build
from reports.document import from_document, to_document
from reports.events import EventLog
from tests.reports.runs import everything, run_started


def words(log: EventLog) -> str:
    report = build(log)
    return proof.words(report.suite, report.proof)


def test_the_score_in_words() -> None:
    started = run_started()
    current = run_started(proof={**started.proof, "current": True})

    assert words(EventLog((started,))) == (
        "suite 0.1.0, proved on 2026-09-20: 210 of 214 faults caught, 17 of 18 lawful variants conform; "
        "the contract has changed since"
    )
    assert words(EventLog((current,))).endswith("17 of 18 lawful variants conform")


def test_a_suite_that_nobody_has_proved_says_so() -> None:
    for log in (EventLog(), EventLog((run_started(proof={}),))):
        assert "not proved" in words(log)


def test_the_score_is_in_the_document_and_comes_back_from_it() -> None:
    document = to_document(build(everything()))

    assert document["proof"]["caught"] == 210
    assert from_document(document).proof == document["proof"]
