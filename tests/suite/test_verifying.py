"""A run that was recorded can be judged again; one that was touched, or judged by another contract, is refused."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fixtures.errors import ConfigurationError
from fixtures.judgements.expectation import to_json
from reports import build, seal
from reports.document import BrokenReportError
from reports.events import Event, Finding, Judged, to_line
from suite import plan as plans
from suite.verifying import verify
from tests.fixtures.trials import TRIALS
from tests.reports.runs import START, case, ended, finished, plan, requirement, run_started

TRIAL = TRIALS["AnsweredByProvider"]
CASE = "EM-CRED-004/secret-missing"


def judged(sample: Any, *findings: Finding) -> Judged:
    values = {"samples": [dataclasses.asdict(sample)]}
    return Judged(START + 8, "gw0", CASE, "served", to_json(TRIAL.expectation), values, findings)


def failing() -> tuple[Any, Finding]:
    sample = next(iter(TRIAL.failing.values()))
    mismatch = TRIAL.expectation.mismatch(sample)
    assert mismatch is not None
    return sample, Finding(mismatch.code, mismatch.words)


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    def written(*events: Event, fingerprint: str | None = None) -> Path:
        made = dataclasses.replace(plan([requirement()], [case()]), fingerprint=fingerprint or plans.fingerprint())
        directory = tmp_path / "run"
        directory.mkdir()
        log = (run_started(), made, *events, ended())
        (directory / "events.ndjson").write_text("".join(to_line(event) + "\n" for event in log), encoding="utf-8")
        build.write_all(directory)
        return directory

    return written


def verified(directory: Path) -> tuple[int, str]:
    said: list[str] = []
    code = verify(directory, said.append)
    return code, "\n".join(said)


def test_a_run_that_passed_comes_to_the_same_again(write: Callable[..., Path]) -> None:
    code, said = verified(write(judged(TRIAL.meeting[0]), finished(CASE)))

    assert code == 0
    assert said.startswith(
        "verified: 1 judgements of 1 cases repeated; they and the report come to the same: Conformant"
    )


def test_a_run_that_failed_comes_to_the_same_again(write: Callable[..., Path]) -> None:
    sample, finding = failing()

    assert verified(write(judged(sample, finding), finished(CASE, "failed", findings=(finding,))))[0] == 0


def test_a_pass_that_the_samples_do_not_bear_out_is_found(write: Callable[..., Path]) -> None:
    sample, _ = failing()

    code, said = verified(write(judged(sample), finished(CASE)))

    assert code == 1
    assert said.splitlines()[0].startswith(f"{CASE}: recorded as met (served), judged again: ")


def test_a_failure_that_the_samples_do_not_bear_out_is_found(write: Callable[..., Path]) -> None:
    _, finding = failing()

    code, said = verified(write(judged(TRIAL.meeting[0], finding), finished(CASE, "failed", findings=(finding,))))

    assert code == 1
    assert "judged again: met" in said


def test_a_pass_without_any_judgement_is_found(write: Callable[..., Path]) -> None:
    code, said = verified(write(finished(CASE)))

    assert (code, said.splitlines()[0]) == (1, f"{CASE}: passed, and judged nothing")


def test_an_end_that_follows_from_no_judgement_is_found(write: Callable[..., Path]) -> None:
    code, said = verified(write(judged(TRIAL.meeting[0]), finished(CASE, "failed")))

    assert (code, said.splitlines()[0]) == (1, f"{CASE}: failed with a finding that no judgement made")


@pytest.mark.parametrize("name", ["events.ndjson", "report.json", "junit.xml"])
def test_a_file_that_was_touched_is_refused(write: Callable[..., Path], name: str) -> None:
    directory = write(judged(TRIAL.meeting[0]), finished(CASE))
    with (directory / name).open("a") as file:
        file.write("\n")

    with pytest.raises(ConfigurationError, match=f"{name} was changed"):
        verified(directory)


def test_a_file_that_is_gone_or_new_is_refused(write: Callable[..., Path]) -> None:
    directory = write(judged(TRIAL.meeting[0]), finished(CASE))
    (directory / "report.html").rename(directory / "report2.html")

    assert seal.broken(directory) == ["report.html is gone", "report2.html was added"]


def test_a_report_that_was_mended_and_sealed_again_does_not_follow_from_its_events(write: Callable[..., Path]) -> None:
    sample, finding = failing()
    directory = write(judged(sample, finding), finished(CASE, "failed", findings=(finding,)))
    document = json.loads((directory / "report.json").read_text())
    document["requirements"][0]["outcome"] = "passed"
    document["verdict"], document["exitCode"] = "conformant", 0
    (directory / "report.json").write_text(json.dumps(document))
    seal.write(directory)

    code, said = verified(directory)

    assert code == 1
    assert "report.json: verdict does not follow from the events" in said
    assert "report.json: EM-CRED-004 is passed, and by the events failed" in said


def test_another_contract_is_refused_with_the_suite_to_take(write: Callable[..., Path]) -> None:
    directory = write(judged(TRIAL.meeting[0]), finished(CASE), fingerprint="e" * 64)

    with pytest.raises(ConfigurationError, match=r"another contract .* version 0\.1\.0, commit abc1234"):
        verified(directory)


def test_a_run_without_a_report_or_without_a_seal_is_refused(write: Callable[..., Path], tmp_path: Path) -> None:
    directory = write(judged(TRIAL.meeting[0]), finished(CASE))
    (directory / "SHA256SUMS").unlink()

    with pytest.raises(ConfigurationError, match="there is no SHA256SUMS"):
        verified(directory)
    with pytest.raises(BrokenReportError, match="does not exist"):
        verified(tmp_path)
