"""The text of every kind of problem, as readers see it."""

from __future__ import annotations

import dataclasses

import pytest
from syrupy.assertion import SnapshotAssertion

from reports import outcomes
from reports.events import EventLog
from reports.failure_text import case_text, requirement_headline, requirement_text
from reports.model import RequirementResult
from tests.reports.runs import FINDING, case, ended, everything, finished, plan, requirement, run_started


@pytest.mark.parametrize(
    "id_", ["EM-CRED-004", "EM-CRED-009", "EM-PATH-001", "EM-PATH-002", "EM-PATH-003", "EM-REF-001"]
)
def test_texts(id_: str, snapshot: SnapshotAssertion) -> None:
    (result,) = [item for item in outcomes.requirements(everything()) if item.id == id_]

    assert requirement_text(result) == snapshot


def test_the_text_of_a_requirement_without_a_scenario(snapshot: SnapshotAssertion) -> None:
    (result,) = outcomes.requirements(EventLog((run_started(), plan([requirement()], []), ended())))

    assert requirement_text(result) == snapshot


def test_what_passed_or_does_not_apply_has_no_text() -> None:
    quiet = [item for item in outcomes.requirements(everything()) if item.outcome in ("passed", "not-applicable")]

    assert [requirement_text(item) for item in quiet] == ["", "", ""]


def one(end: object, started: object = None) -> RequirementResult:
    events = (started or run_started(), plan([requirement()], [case()]), end, ended())
    (result,) = outcomes.requirements(EventLog(events))  # type: ignore[arg-type]  # each is an event
    return result


def test_a_finding_is_cut_to_a_screen_and_says_so() -> None:
    finding = dataclasses.replace(FINDING, observed=tuple(f"line {n} " + "x" * 900 for n in range(400)))
    others = (finding,) * 40

    text = requirement_text(one(finished(case().id, "failed", findings=(finding, *others))))

    assert len(text.splitlines()) <= 24
    assert "… 396 more in the evidence" in text
    assert "… 36 more in the evidence" in text
    assert max(len(line) for line in text.splitlines()) < 250


def test_a_traceback_is_cut_in_its_middle() -> None:
    trace = "Traceback (most recent call last):\n" + "".join(f"  frame {n}\n" for n in range(200)) + "KeyError: 'x'"

    text = requirement_text(one(finished(case().id, "harness-error", traceback=trace)))

    assert "Traceback (most recent call last):" in text
    assert text.splitlines()[-1].strip() == "KeyError: 'x'"
    assert len(text.splitlines()) < 40


def test_a_nonconformance_never_shows_a_traceback() -> None:
    text = requirement_text(one(finished(case().id, "failed", traceback="Traceback (most recent call last): boom")))

    assert "Traceback" not in text


def test_a_gateways_words_cannot_break_the_layout_or_steer_a_terminal() -> None:
    finding = dataclasses.replace(
        FINDING, summary="got \x1b[2J\nEM-CRED-001 MUST passed\u202e", observed=("a\r\nb\x00",)
    )

    result = one(finished(case().id, "failed", findings=(finding,)))

    assert requirement_headline(result) == ("EM-CRED-004 MUST failed: got \\x1b[2J\\nEM-CRED-001 MUST passed\\u202e")
    assert "observed      a\\r\\nb\\x00\n" in requirement_text(result)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "conformance run --edition runbook --select EM-CRED-004"),
        (
            {"settings": {"faults": ["M06", "M10"], "variants": ["V01"]}},
            "conformance run --edition runbook --select EM-CRED-004 --fault M06 --fault M10 --variant V01",
        ),
        (
            {"target": {"kind": "cluster"}, "settings": {"config": "my gateways/target.yaml"}},
            "conformance run --target cluster --config 'my gateways/target.yaml' "
            "--edition runbook --select EM-CRED-004 --keep failed",
        ),
        (
            {"target": {"kind": "kind"}, "settings": {"converge": 6.0}},
            "conformance run --target kind --edition runbook --select EM-CRED-004 --converge 6 --keep failed",
        ),
        (
            {"target": {"kind": "cluster"}, "settings": {"config": "t.yaml", "prepared": True, "workers": 2}},
            "conformance run --target cluster --config t.yaml --edition runbook --select EM-CRED-004 --workers 2",
        ),
    ],
)
def test_the_command_repeats_the_settings(changes: dict[str, object], expected: str) -> None:
    result = one(finished(case().id, "failed"), run_started(**changes))

    assert result.reproduce == expected
    assert f"  reproduce     {expected}\n" in case_text(result, result.cases[0])


def test_a_profile_beside_the_core_is_part_of_the_command() -> None:
    (result,) = outcomes.requirements(EventLog((run_started(), plan([requirement(profile="access")], []), ended())))

    assert result.reproduce == "conformance run --edition runbook --profile access --select EM-CRED-004"
