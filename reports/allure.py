"""Writes allure-results: a result for each case with its steps, and its failure and observations as attachments."""

from __future__ import annotations

import hashlib
import json
import uuid
from pathlib import Path
from typing import Any

from allure_commons.logger import AllureFileLogger
from allure_commons.model2 import Attachment, Label, Link, Parameter, Status, StatusDetails, TestResult, TestStepResult
from allure_commons.types import AttachmentType, LabelType, LinkType, Severity

from reports import evidence, places, proof
from reports.events import CaseFinished, CaseStarted, EventLog, StepFinished
from reports.failure_text import case_text
from reports.model import CaseResult, Report, RequirementResult

_STATUS = {
    "passed": Status.PASSED,
    "failed": Status.FAILED,
    "not-testable": Status.BROKEN,
    "harness-error": Status.BROKEN,
}
_SEVERITY = {"MUST": Severity.CRITICAL, "SHOULD": Severity.NORMAL, "MAY": Severity.MINOR}
_CATEGORIES = [
    {"name": "Does not conform", "matchedStatuses": ["failed"]},
    {"name": "Could not be judged", "matchedStatuses": ["broken"], "messageRegex": "(?s).* not testable: .*"},
    {"name": "Error of the suite", "matchedStatuses": ["broken"]},
    {"name": "Does not apply", "matchedStatuses": ["skipped"]},
]


def write(report: Report, log: EventLog, directory: Path) -> None:
    """Write ``allure-results`` into the run's directory; results of an earlier writing are replaced."""
    results = directory / places.ALLURE
    logger: Any = AllureFileLogger(str(results), clean=True)  # type: ignore[no-untyped-call]  # allure has no types
    for requirement in report.requirements:
        for case in requirement.cases:
            logger.report_result(_case_result(report, requirement, case, log, logger))
        if not requirement.cases:
            logger.report_result(_empty_result(report, requirement))
    facts = {
        "Verdict": report.verdict,
        "Edition": report.edition.get("name", ""),
        "Target": report.target.get("kind", ""),
        "Suite": report.suite.get("version", ""),
        "Proof": proof.words(report.suite, report.proof),
    }
    lines = "".join(f"{key}={value}\n" for key, value in facts.items())
    (results / "environment.properties").write_bytes(_bytes(lines))
    (results / "categories.json").write_text(json.dumps(_CATEGORIES, indent=2) + "\n", encoding="utf-8")


def _case_result(
    report: Report, requirement: RequirementResult, case: CaseResult, log: EventLog, logger: Any
) -> TestResult:
    result = _result(report, requirement, case.id, case.scenario)
    if case.example:
        result.name = f"{case.scenario} [{case.example}]"
        result.parameters.append(Parameter(name="example", value=case.example))
    result.start, result.stop = _span(case, log)
    result.links.append(_link(report, case))
    result.steps = [_step(event) for event in log.of_case(case.id) if isinstance(event, StepFinished)]
    result.status = _STATUS[case.outcome]
    if case.outcome == "failed" and requirement.outcome == "warning":
        result.status = Status.PASSED
        result.labels.append(Label(name=LabelType.TAG, value="warning"))
    if case.outcome == "passed":
        return result
    text = case_text(requirement, case)
    first, _, rest = text.partition("\n")
    result.statusDetails = StatusDetails(message=_safe(first), trace=_safe(rest))
    result.attachments.append(_attach(logger, "what happened", AttachmentType.TEXT, text))
    observations = json.dumps(evidence.document(case, log), indent=2, ensure_ascii=False)
    result.attachments.append(_attach(logger, "evidence", AttachmentType.JSON, observations))
    for name, content in evidence.diagnosis(case, log).items():
        result.attachments.append(_attach(logger, name, AttachmentType.TEXT, content))
    return result


def _empty_result(report: Report, requirement: RequirementResult) -> TestResult:
    result = _result(report, requirement, requirement.id, requirement.sentence)
    applies = requirement.outcome != "not-applicable"
    result.status = Status.BROKEN if applies else Status.SKIPPED
    words = "not testable" if applies else "not applicable"
    result.statusDetails = StatusDetails(message=_safe(f"{requirement.id} {words}: {requirement.reason}"))
    return result


def _result(report: Report, requirement: RequirementResult, key: str, name: str) -> TestResult:
    labels = {
        LabelType.FEATURE: requirement.chapter,
        LabelType.STORY: requirement.id,
        LabelType.SEVERITY: _SEVERITY[requirement.level].value,
        LabelType.PARENT_SUITE: str(report.edition.get("name", "")),
        LabelType.SUITE: requirement.chapter,
        LabelType.SUB_SUITE: requirement.id,
        LabelType.TAG: requirement.level,
    }
    return TestResult(
        uuid=str(uuid.uuid5(uuid.NAMESPACE_URL, f"{report.run}/{key}")),
        name=_safe(name),
        fullName=_safe(key),
        testCaseId=_digest(key),
        historyId=_digest(f"{report.edition.get('name', '')}/{key}"),
        description=_safe(f"{requirement.level}: {requirement.sentence} ({requirement.source})"),
        labels=[Label(name=label, value=_safe(value)) for label, value in labels.items()],
        stage="finished",
    )


def _step(event: StepFinished) -> TestStepResult:
    return TestStepResult(
        name=_safe(f"{event.keyword.strip()} {event.text}"),
        status=_STATUS[event.outcome],
        stage="finished",
        start=int((event.time - event.seconds) * 1000),
        stop=int(event.time * 1000),
    )


def _span(case: CaseResult, log: EventLog) -> tuple[int | None, int | None]:
    start = stop = None
    for event in log.of_case(case.id):
        if isinstance(event, CaseStarted):
            start = int(event.time * 1000)
        elif isinstance(event, CaseFinished):
            stop = int(event.time * 1000)
            start = start if start is not None else stop - int(event.seconds * 1000)
    return start, stop if stop is not None else start


def _link(report: Report, case: CaseResult) -> Link:
    """To the scenario in the suite's repository, if the suite knows where that is; else by its path there."""
    base = report.suite.get("repository", "").rstrip("/")
    commit = report.suite.get("commit", "")
    path = f"{case.feature}#L{case.line}"
    url = f"{base}/blob/{commit}/{path}" if base and commit else path
    return Link(type=LinkType.LINK, url=_safe(url), name=_safe(f"{case.feature}:{case.line}"))


def _attach(logger: Any, name: str, kind: AttachmentType, text: str) -> Attachment:
    source = f"{uuid.uuid4()}-attachment.{kind.extension}"
    logger.report_attached_data(_bytes(text), source)
    return Attachment(name=name, source=source, type=kind.mime_type)


def _digest(text: str) -> str:
    return hashlib.md5(text.encode(errors="replace"), usedforsecurity=False).hexdigest()


def _safe(text: Any) -> str:
    return _bytes(str(text)).decode("utf-8")


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", errors="backslashreplace")
