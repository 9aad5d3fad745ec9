"""What the documentation says of flakes is what was measured."""

from __future__ import annotations

from reports.events import Outcome
from tests.reports.runs import ended
from tests.reports.test_agreement import rounds
from tools.flakes import BEGIN, END, PAGE, record_of, records, table


def test_the_table_in_the_documentation_is_that_of_the_records() -> None:
    _, _, behind = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    printed, _, _ = behind.partition(END)

    assert printed.strip() == table(records())


def test_a_round_in_which_the_reference_gateway_did_not_pass_is_a_bad_one() -> None:
    report = rounds({"EM-A-001": ["passed", "failed", "passed"], "EM-A-002": ["passed", "passed", None]})

    record = record_of(report, "nothing else")

    assert (record["rounds"], record["requirements"], record["badRounds"]) == (3, 2, 2)
    assert record["disagreements"] == {"EM-A-001": "round 2", "EM-A-002": "round 3"}
    assert table([record]).splitlines()[-2] == "| **all** |  |  | 3 | 2 | 2 (EM-A-001, EM-A-002) | 98% |"


def test_the_last_row_counts_from_the_last_disagreement_on() -> None:
    bad, good = ({**records()[0], "rounds": 3, "badRounds": number, "disagreements": {}} for number in (1, 0))

    assert (
        table([good, bad, good, good])
        .splitlines()[-1]
        .startswith("| **since the last disagreement** |  |  | 6 | 133 | 0 |")
    )
    assert table([good, bad]).splitlines()[-1] == "| **since the last disagreement** |  |  | 0 | – | 0 | – |"


def test_a_single_run_is_a_round() -> None:
    record = record_of(rounds({"EM-A-001": ["passed"]}), "nothing else")

    assert (record["rounds"], record["badRounds"]) == (1, 0)


def test_of_an_interrupted_run_what_was_executed_counts() -> None:
    ends: dict[str, list[Outcome | None]] = {"EM-A-001": ["passed", "failed", None], "EM-A-002": ["passed", None, None]}

    record = record_of(rounds({**ends, "EM-A-003": [None, None, None]}, ended("interrupted")), "nothing else")

    # Two rounds of the one, and one of the other: nobody has seen more than one of both.
    assert (record["rounds"], record["requirements"], record["badRounds"]) == (1, 2, 1)
    assert record["disagreements"] == {"EM-A-001": "round 2"}


def test_a_row_names_a_few_requirements_and_counts_the_others() -> None:
    names = {f"EM-ERR-{number:03}": "round 1" for number in range(1, 8)}

    written = table([{**records()[0], "disagreements": names}])

    assert "(EM-ERR-001, EM-ERR-002, EM-ERR-003, EM-ERR-004 and 3 more)" in written
