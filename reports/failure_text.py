"""The text of a failure, made once and shown alike on the console, in JUnit, in the HTML report and in Allure.

The first line is the verdict; aligned rows say what was asked, where, what both ends of the wire saw, and how to repeat
it. A nonconformance never shows a traceback, an error of the suite always does. It fits on a screen; the evidence file
holds the rest.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from reports.model import CaseResult, RequirementResult
from reports.text import lines, one_line

_LABEL_WIDTH = 14
_LONGEST_LINE = 220
_LINES_PER_ROW = 5
_TRACEBACK_LINES = 30

Rows = list[tuple[str, list[str]]]


def headline(requirement: str, outcome: str, level: str, text: str, scored: bool = True) -> str:
    """The first line: ``EM-CRED-004 MUST failed: expected …``, ``EM-CRED-004 not testable: …`` and so on."""
    if outcome == "not-testable":
        words = "not testable"
    elif outcome == "harness-error":
        words = "harness error"
    elif outcome == "warning" and not scored:
        words = f"{level} warning (not scored)".strip()
    else:
        words = f"{level} {outcome}".strip()
    return f"{requirement} {words}: {one_line(text, _LONGEST_LINE)}"


def case_headline(requirement: RequirementResult, case: CaseResult) -> str:
    """The first line for one case that did not pass."""
    outcome = requirement.outcome if case.outcome == "failed" and requirement.outcome == "warning" else case.outcome
    text = case.findings[0].summary if case.outcome == "failed" and case.findings else case.cause or ""
    return headline(requirement.id, outcome, requirement.level, text, requirement.scored)


def case_text(requirement: RequirementResult, case: CaseResult, others: Sequence[CaseResult] = ()) -> str:
    """The whole block for one case that did not pass; ``others`` of the same requirement are named in a row of it."""
    also = [f"{item.outcome.replace('-', ' ')}: {_place(item)}  {_title(item)}" for item in others]
    rows: Rows = [("requirement", [_with_source(requirement)]), ("scenario", [_scenario(case)])]
    if case.outcome == "failed":
        rows += _finding_rows(case)
    rows += [("also", also), ("reproduce", [requirement.reproduce]), ("evidence", [case.evidence or ""])]
    block = [case_headline(requirement, case), *_aligned(rows)]
    if case.outcome == "harness-error":
        block += _traceback(case.traceback or "no traceback was recorded")
    return "\n".join(block)


def requirement_text(requirement: RequirementResult) -> str:
    """The block of a requirement's first problem, with a row for its other cases that did not pass; "" if all did."""
    case = requirement.first_problem
    if case is not None:
        others = [item for item in requirement.cases if item.outcome != "passed" and item is not case]
        return case_text(requirement, case, others)
    if requirement.outcome != "not-testable":
        return ""
    head = headline(requirement.id, "not-testable", requirement.level, requirement.reason or "")
    return "\n".join([head, *_aligned([("requirement", [_with_source(requirement)])])])


def requirement_headline(requirement: RequirementResult) -> str:
    """The first line of `requirement_text`."""
    return requirement_text(requirement).partition("\n")[0]


def _finding_rows(case: CaseResult) -> Rows:
    first, *others = case.findings
    return [
        ("observed", list(first.observed)),
        ("provider saw", list(first.provider_saw)),
        ("objects", list(first.objects)),
        ("likely", [first.likely] if first.likely else []),
        ("also found", [finding.summary for finding in others]),
    ]


def _with_source(requirement: RequirementResult) -> str:
    return f"{requirement.sentence}  ({requirement.source})" if requirement.source else requirement.sentence


def _scenario(case: CaseResult) -> str:
    line = case.step_line if case.step_line is not None else case.line
    row = f"  [{case.example}]" if case.step and case.example else ""
    return f"{case.feature}:{line}  {case.step or _title(case)}{row}"


def _title(case: CaseResult) -> str:
    return f"{case.scenario} [{case.example}]" if case.example else case.scenario


def _place(case: CaseResult) -> str:
    return f"{case.feature}:{case.line}"


def _aligned(rows: Rows) -> Iterable[str]:
    indent = " " * (2 + _LABEL_WIDTH)
    for label, values in rows:
        shown = [one_line(value) for value in values if value]
        if label not in ("requirement", "reproduce", "evidence"):
            shown = [one_line(value, _LONGEST_LINE) for value in shown]
        if len(shown) > _LINES_PER_ROW:
            shown = [*shown[: _LINES_PER_ROW - 1], f"… {len(shown) - _LINES_PER_ROW + 1} more in the evidence"]
        for number, value in enumerate(shown):
            yield f"  {label:<{_LABEL_WIDTH}}{value}" if number == 0 else indent + value


def _traceback(text: str) -> list[str]:
    all_lines = lines(text)
    if len(all_lines) <= _TRACEBACK_LINES:
        return ["  traceback", *(f"    {line}" for line in all_lines)]
    kept = all_lines[-(_TRACEBACK_LINES - 2) :]
    return [
        "  traceback",
        f"    {all_lines[0]}",
        f"    … {len(all_lines) - len(kept) - 1} more in the evidence",
        *(f"    {line}" for line in kept),
    ]
