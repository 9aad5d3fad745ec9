"""Writes junit.xml: a test suite for each chapter, a test case for each case, and one for the verdict.

What could not be judged is an error, never a skip; only what does not apply is skipped, and it says so. A warning is
not a failure, since it does not change the verdict, so its text stands in the output of its test case. A run that is
incomplete is never green here either: the verdict is then an error of its own.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from pathlib import Path

from reports import places
from reports.events import EventLog
from reports.failure_text import case_headline, case_text
from reports.model import CaseResult, Report, RequirementResult

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write(report: Report, log: EventLog, directory: Path) -> None:
    """Write ``junit.xml`` into the run's directory."""
    tree = ET.ElementTree(document(report))
    ET.indent(tree)
    tree.write(directory / places.JUNIT, encoding="utf-8", xml_declaration=True)


def document(report: Report) -> ET.Element:
    """The report as a ``<testsuites>`` element."""
    root = ET.Element("testsuites", name="externalmodel-conformance")
    for chapter in dict.fromkeys(requirement.chapter for requirement in report.requirements):
        suite = ET.SubElement(root, "testsuite", name=_legal(chapter))
        for requirement in report.requirements:
            if requirement.chapter == chapter:
                _add_requirement(suite, requirement)
    _add_verdict(ET.SubElement(root, "testsuite", name="verdict"), report)
    for suite in root:
        _count(suite, report)
    _count(root, report)
    root.set("time", f"{report.timing.wall_seconds:.3f}")
    return root


def _add_requirement(suite: ET.Element, requirement: RequirementResult) -> None:
    for case in requirement.cases:
        element = _add_case(suite, requirement, case.id, case)
        if requirement.outcome == "not-applicable":
            _skip(element, requirement)
        elif case.outcome == "failed" and requirement.outcome == "warning":
            ET.SubElement(element, "system-out").text = _legal(case_text(requirement, case))
        elif case.outcome != "passed":
            kind = "failure" if case.outcome == "failed" else "error"
            type_ = case.findings[0].code if case.outcome == "failed" else case.outcome
            problem = ET.SubElement(element, kind, type=_legal(type_), message=_legal(case_headline(requirement, case)))
            problem.text = _legal(case_text(requirement, case))
        elif case.notes:
            ET.SubElement(element, "system-out").text = _legal("\n".join(case.notes))
    if not requirement.cases:
        element = _add_case(suite, requirement, requirement.id, None)
        if requirement.outcome == "not-applicable":
            _skip(element, requirement)
        else:
            message = _legal(f"{requirement.id} not testable: {requirement.reason}")
            ET.SubElement(element, "error", type="not-testable", message=message)


def _add_case(suite: ET.Element, requirement: RequirementResult, name: str, case: CaseResult | None) -> ET.Element:
    element = ET.SubElement(suite, "testcase", name=_legal(name), classname=_legal(requirement.profile))
    element.set("time", f"{case.seconds if case else 0:.3f}")
    facts = {
        "requirement": requirement.id,
        "level": requirement.level,
        "profile": requirement.profile,
        "outcome": requirement.outcome,
    }
    if case is not None:
        element.set("file", _legal(case.feature))
        element.set("line", str(case.line))
        facts |= {"case": case.id, "scenario": case.scenario}
    properties = ET.SubElement(element, "properties")
    for key, value in facts.items():
        ET.SubElement(properties, "property", name=key, value=_legal(value))
    return element


def _skip(element: ET.Element, requirement: RequirementResult) -> None:
    message = _legal(f"{requirement.id} not applicable: {requirement.reason}")
    ET.SubElement(element, "skipped", type="not-applicable", message=message)


def _add_verdict(suite: ET.Element, report: Report) -> None:
    element = ET.SubElement(suite, "testcase", name="verdict", classname="run", time="0.000")
    properties = ET.SubElement(element, "properties")
    for key, value in {"run": report.run, "verdict": report.verdict, "exitCode": str(report.exit_code)}.items():
        ET.SubElement(properties, "property", name=key, value=_legal(value))
    if report.verdict == "incomplete":
        problem = ET.SubElement(element, "error", type="incomplete", message=_legal(report.sentence))
        problem.text = _legal("\n\n".join(f"{item.where}\n{item.traceback}" for item in report.harness_errors))
    else:
        ET.SubElement(element, "system-out").text = _legal(report.sentence)


def _count(element: ET.Element, report: Report) -> None:
    element.set("tests", str(len(element.findall(".//testcase"))))
    element.set("failures", str(len(element.findall(".//failure"))))
    element.set("errors", str(len(element.findall(".//error"))))
    element.set("skipped", str(len(element.findall(".//skipped"))))
    if element.tag == "testsuite":
        element.set("time", f"{sum(float(case.get('time', '0')) for case in element.findall('testcase')):.3f}")
        element.set("timestamp", report.timing.started_at)


def _legal(text: str) -> str:
    return _NOT_XML.sub("\ufffd", text)
