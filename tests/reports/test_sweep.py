"""A key that was seen anywhere is a finding against the requirement that owns the place."""

from __future__ import annotations

from typing import Any

from reports.build import build
from reports.document import to_document, validate
from reports.events import EventLog, SecretSeen, from_line, to_line
from reports.model import Report
from tests.reports.runs import START, case, ended, finished, plan, requirement, run_started

OWNER = "EM-SEC-001"


def seen(case_id: str = "EM-CRED-004/secret-missing", **changes: Any) -> SecretSeen:
    values = {"canary": "alpha.key", "surface": "answers", "place": "header x-debug of an answer", "encoding": "base64"}
    return SecretSeen(START + 8, "gw0", case_id, **(values | changes))


def run(*events: SecretSeen, **changes: Any) -> Report:
    own, other = case(f"{OWNER}/own"), case()
    rows = [requirement(OWNER, **({"sweeps": ("answers",)} | changes)), requirement()]
    ends = [finished(own.id), finished(other.id)]
    return build(EventLog((run_started(), plan(rows, [own, other]), *events, *ends, ended())))


def test_a_key_in_an_answer_of_any_case_fails_the_owner_of_answers_and_names_the_place() -> None:
    report = run(seen(), seen("EM-CRED-005/other"), seen(place="body of an answer", encoding="raw"))

    assert (report.verdict, report.exit_code) == ("nonconformant", 1)
    owner, other = report.requirements
    assert (owner.outcome, other.outcome) == ("failed", "passed")
    assert [item.summary for item in owner.findings] == [
        "expected no key of a provider anywhere, got ‹alpha.key› in header x-debug of an answer (base64) "
        "(seen in EM-CRED-004/secret-missing and 1 other cases)",
        "expected no key of a provider anywhere, got ‹alpha.key› in body of an answer "
        "(seen in EM-CRED-004/secret-missing)",
    ]
    validate(to_document(report))


def test_what_a_case_of_the_owner_sees_is_that_cases_to_judge() -> None:
    assert run(seen(f"{OWNER}/own")).verdict == "conformant"


def test_a_place_that_nobody_owns_and_an_owner_that_does_not_apply_fail_nothing() -> None:
    assert run(seen(surface="logs")).verdict == "conformant"
    assert run(seen(), sweeps=()).verdict == "conformant"


def test_it_is_an_event_like_any_other() -> None:
    event = seen()

    assert from_line(to_line(event)) == event
