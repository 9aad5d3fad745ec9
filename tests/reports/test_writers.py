"""Every file that a run's report is made of."""

from __future__ import annotations

import dataclasses
import json
import re
import xml.etree.ElementTree as ET
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from reports import allure, evidence, html, junit, latest, places
from reports.build import WRITERS, build, read_log, write_all
from reports.document import to_document, validate
from reports.events import Event, EventLog, Judged, to_line
from reports.model import Report
from tests.reports.runs import FINDING, START, case, ended, everything, finished, log_of, plan, requirement, run_started

NASTY = "</pre><script>alert(1)</script> ]]> \x00\x1b[2J \ud83d \ufffe & \"'"


def nasty() -> EventLog:
    """A run in which the gateway said everything that could break a format."""
    finding = dataclasses.replace(FINDING, summary=NASTY, observed=(NASTY,), likely=NASTY)
    judged = Judged(START, "gw0", case().id, "refused", {}, {"body": NASTY}, (finding,))
    return EventLog(
        (
            run_started(implementation={"project": NASTY}),
            plan([requirement(note=NASTY), requirement("EM-A-002", not_applicable=NASTY)], [case()]),
            judged,
            finished(case().id, "failed", findings=(finding,)),
            ended(),
        )
    )


def recorded(directory: Path, log: EventLog) -> Path:
    text = "".join(f"{to_line(event)}\n" for event in log.events)
    (directory / places.EVENTS).write_bytes(text.encode("utf-8", "backslashreplace"))
    return directory


def parsed_junit(directory: Path) -> ET.Element:
    return ET.parse(directory / places.JUNIT).getroot()  # noqa: S314 - we wrote the file


def logs() -> dict[str, EventLog]:
    return {
        "everything": everything(),
        "nasty": nasty(),
        "empty": EventLog(),
        "only started": EventLog((run_started(),)),
        "not started": EventLog((run_started(), ended("not-started", "no Envoy"))),
        "interrupted": EventLog(everything().events[:12]),
        "without a plan": EventLog((run_started(), finished(case().id), ended())),
    }


@pytest.mark.parametrize("name", logs())
def test_every_log_makes_a_whole_set_of_files(tmp_path: Path, name: str) -> None:
    report = write_all(recorded(tmp_path, logs()[name]))

    assert report.harness_errors == ()
    document = json.loads((tmp_path / places.REPORT).read_text(encoding="utf-8"))
    validate(document)
    assert (document["verdict"], document["exitCode"]) == (report.verdict, report.exit_code)
    assert parsed_junit(tmp_path).tag == "testsuites"
    assert "</html>" in (tmp_path / places.HTML).read_text(encoding="utf-8")
    assert (tmp_path / places.ALLURE / "environment.properties").exists()


def test_a_log_that_breaks_off_anywhere_is_reported_and_never_conformant(tmp_path: Path) -> None:
    whole = recorded(tmp_path, log_of({"EM-A-001": ["passed"], "EM-A-002": ["passed"]}))
    content = (whole / places.EVENTS).read_bytes()
    last_line = content.rindex(b"\n", 0, -1) + 1

    for end in [*range(0, last_line, 97), last_line, last_line + 10, len(content) - 2]:
        (whole / places.EVENTS).write_bytes(content[:end])
        assert build(read_log(whole)).verdict == "incomplete", end
    (whole / places.EVENTS).write_bytes(content)
    assert build(read_log(whole)).verdict == "conformant"


def test_a_directory_without_events_is_an_incomplete_run(tmp_path: Path) -> None:
    assert write_all(tmp_path).verdict == "incomplete"


def test_a_writer_that_fails_is_named_and_the_others_write_the_same_verdict(tmp_path: Path) -> None:
    def broken(_report: Report, _log: EventLog, _directory: Path) -> None:
        raise OSError(28, "No space left on device")

    report = write_all(recorded(tmp_path, log_of({"EM-A-001": ["passed"]})), {**WRITERS, places.HTML: broken})

    assert (report.verdict, report.exit_code) == ("incomplete", 4)
    assert [error.where for error in report.harness_errors] == ["report.html could not be written"]
    assert "No space left" in report.harness_errors[0].message
    document = json.loads((tmp_path / places.REPORT).read_text(encoding="utf-8"))
    assert document["sentence"] == report.sentence
    assert parsed_junit(tmp_path).get("errors") == "1"


def test_the_document(snapshot: SnapshotAssertion) -> None:
    assert json.dumps(to_document(build(everything())), indent=1, ensure_ascii=False) == snapshot


def test_junit_has_a_test_case_for_each_case_and_counts_what_it_holds() -> None:
    report = build(everything())
    root = junit.document(report)

    cases = {element.get("name"): element for element in root.iter("testcase")}
    planned = [item.id for requirement in report.requirements for item in requirement.cases]
    assert sorted(name for name in cases if name and "/" in name) == sorted(planned)
    assert {key: root.get(key) for key in ("tests", "failures", "errors", "skipped")} == {
        "tests": "11",
        "failures": "2",
        "errors": "2",
        "skipped": "2",
    }
    assert sum(int(suite.get("tests", "0")) for suite in root.iter("testsuite")) == 11

    failed = cases["EM-CRED-004/secret-missing"]
    assert (failed.get("file"), failed.get("line")) == ("features/03_credentials.feature", "21")
    properties = {item.get("name"): item.get("value") for item in failed.iter("property")}
    assert (properties["requirement"], properties["level"]) == ("EM-CRED-004", "MUST")
    failure = failed.find("failure")
    assert failure is not None
    assert failure.get("type") == "forwarded-without-credential"
    assert (failure.get("message") or "").startswith("EM-CRED-004 MUST failed: expected 500")

    unjudged = cases["EM-REF-001/another-name"].find("error")
    assert unjudged is not None
    assert unjudged.get("type") == "not-testable"
    skipped = cases["EM-ACC-001"].find("skipped")
    assert skipped is not None
    assert skipped.get("message") == "EM-ACC-001 not applicable: profile access is not judged"
    assert "SHOULD warning" in (cases["EM-CRED-009/names-the-provider"].findtext("system-out") or "")


@pytest.mark.parametrize("log", [EventLog(), EventLog((run_started(),)), EventLog((run_started(), ended()))])
def test_junit_is_never_green_for_an_incomplete_run(log: EventLog) -> None:
    assert junit.document(build(log)).get("errors") == "1"


class Page(HTMLParser):
    """The structure of a page: elements with their class and whether they are open, and everything it refers to."""

    def __init__(self) -> None:
        super().__init__()
        self.elements: list[str] = []
        self.references: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        name = f"{tag}.{values['class']}" if values.get("class") else tag
        self.elements.append(name + (" open" if "open" in values else ""))
        self.references += [value for key, value in attrs if key in ("href", "src") and value]


def test_html_structure(snapshot: SnapshotAssertion) -> None:
    page = Page()
    page.feed(html.render(build(everything())))

    assert page.elements == snapshot


def test_html_opens_failures_first_says_the_sentence_and_refers_to_nothing_outside() -> None:
    report = build(everything())
    text = html.render(report)
    page = Page()
    page.feed(text)

    assert text.index("EM-CRED-004)") < text.index("<section")
    assert "details.requirement failed open" in page.elements
    assert "details.requirement passed" in page.elements
    assert all(reference.startswith(("#", "evidence/")) for reference in page.references)
    assert "http" not in re.sub(r"http://127\.0\.0\.1:8080", "", text.lower().replace("http-equiv", ""))


def test_html_escapes_everything(tmp_path: Path) -> None:
    html.write(build(nasty()), nasty(), tmp_path)
    text = (tmp_path / places.HTML).read_text(encoding="utf-8")

    assert "<script" not in text
    assert "&lt;script&gt;" in text
    assert "\x1b" not in text
    assert "\x00" not in text


def test_allure_has_a_result_for_each_case_with_steps_labels_and_attachments(tmp_path: Path) -> None:
    report = build(everything())
    allure.write(report, everything(), tmp_path)
    allure.write(report, everything(), tmp_path)
    directory = tmp_path / places.ALLURE

    results: dict[str, dict[str, Any]] = {}
    for path in directory.glob("*-result.json"):
        result = json.loads(path.read_text(encoding="utf-8"))
        assert result["fullName"] not in results
        results[result["fullName"]] = result

    assert Counter(result["status"] for result in results.values()) == {
        "passed": 4,
        "failed": 2,
        "broken": 2,
        "skipped": 2,
    }
    failed = results["EM-CRED-004/label-other-than-true"]
    labels = {(label["name"], label["value"]) for label in failed["labels"]}
    assert {("feature", "03 Credentials"), ("story", "EM-CRED-004"), ("severity", "critical")} <= labels
    assert failed["name"] == "label other than true [upper case]"
    assert failed["links"][0]["name"] == "features/03_credentials.feature:40"
    step = failed["steps"][0]
    assert (step["name"], step["status"], step["stop"] - step["start"]) == ('Given model "alpha" works', "passed", 500)
    assert failed["stop"] - failed["start"] == 2000
    assert failed["statusDetails"]["message"].startswith("EM-CRED-004 MUST failed: ")
    text, observations = ((directory / item["source"]).read_text(encoding="utf-8") for item in failed["attachments"])
    assert text.startswith("EM-CRED-004 MUST failed: ")
    assert json.loads(observations)["judged"][0]["judgement"] == "refused"


def test_evidence_is_kept_for_what_did_not_pass_and_for_nothing_else(tmp_path: Path) -> None:
    (tmp_path / places.EVIDENCE / "EM-OLD-001").mkdir(parents=True)
    evidence.write(build(everything()), everything(), tmp_path)

    files = sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*.json"))
    assert files == [
        "evidence/EM-CRED-004/label-other-than-true.json",
        "evidence/EM-CRED-004/secret-missing.json",
        "evidence/EM-CRED-009/names-the-provider.json",
        "evidence/EM-PATH-001/unknown-model.json",
        "evidence/EM-PATH-002/look-alike.json",
        "evidence/EM-PATH-003/trailing-slash.json",
        "evidence/EM-REF-001/another-name.json",
    ]
    content = json.loads((tmp_path / files[1]).read_text(encoding="utf-8"))
    assert content["settles"][0]["histogram"] == {"200": 41, "500": 2}
    assert content["case"]["findings"][0]["code"] == "forwarded-without-credential"
    assert not (tmp_path / "evidence" / "EM-OLD-001").exists()


def test_evidence_is_bounded_and_keeps_the_latest() -> None:
    def judged(number: int, size: int) -> Judged:
        return Judged(START, "gw0", case().id, f"j{number}", {}, {"body": "é" * size}, ())

    events: list[Event] = [judged(n, 20_000) for n in range(100)]
    log = EventLog((plan([requirement()], [case()]), *events, judged(100, 5_000_000), finished(case().id, "failed")))
    (result,) = build(log).requirements

    content = evidence.document(result.cases[0], log)

    assert len(json.dumps(content, indent=2)) < 1_000_000
    assert content["judged"][0]["judgement"] != "j0"
    assert "cut" in content["judged"][-1]
    assert content["leftOut"]["judged"] == 101 - len(content["judged"])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("EM-A-001/a-b/c", "EM-A-001/a/b-c"),
        ("EM-A-001/a b", "EM-A-001/a-b"),
        ("EM-A-001/../../../x", "EM-A-001/x"),
        ("EM-A-001/" + "x" * 300, "EM-A-001/" + "x" * 301),
    ],
)
def test_places_of_evidence_are_distinct_and_stay_inside(tmp_path: Path, one: str, other: str) -> None:
    paths = [places.evidence_of(id_, "EM-A-001") for id_ in (one, other)]

    assert len(set(paths)) == 2
    for path in paths:
        assert (tmp_path / path).resolve().is_relative_to(tmp_path / "evidence" / "EM-A-001")
        assert len(Path(path).name) < 150


def test_latest_points_at_the_newest_run(tmp_path: Path) -> None:
    for run in ("first", "second"):
        (tmp_path / run).mkdir()
        latest.update(tmp_path, run)

    assert (tmp_path / "latest").readlink() == Path("second")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["first", "latest", "second"]


def test_latest_leaves_nothing_behind_when_its_name_is_taken(tmp_path: Path) -> None:
    (tmp_path / "latest").mkdir()

    with pytest.raises(OSError, match="directory"):
        latest.update(tmp_path, "first")
    assert [path.name for path in tmp_path.iterdir()] == ["latest"]


def test_an_end_that_could_not_be_recorded_is_in_the_report_all_the_same(tmp_path: Path) -> None:
    log = log_of({"EM-A-001": ["passed"]}, without_end=True)
    (tmp_path / "events.ndjson").write_text("".join(to_line(event) + "\n" for event in log.events), encoding="utf-8")

    report = write_all(tmp_path, WRITERS, [ended("harness-error", "run.finished could not be appended: disk full")])

    assert (report.verdict, report.exit_code) == ("incomplete", 4)
    assert "disk full" in report.sentence
