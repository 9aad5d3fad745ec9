"""Writes report.html: one file for people, readable offline and in print, by chapter and requirement."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from reports import places, proof
from reports.events import EventLog
from reports.failure_text import case_text, requirement_text
from reports.model import REQUIREMENT_OUTCOMES, Report, RequirementResult
from reports.text import one_line, seconds

_TEMPLATES = Path(__file__).parent / "templates"
_SETTLED = ("passed", "not-applicable")


def write(report: Report, log: EventLog, directory: Path) -> None:
    """Write ``report.html`` into the run's directory."""
    (directory / places.HTML).write_bytes(render(report).encode("utf-8", errors="backslashreplace"))


def render(report: Report) -> str:
    """The page. Everything that comes from the run is escaped; it refers to nothing outside of itself."""
    return template().render(
        report=report,
        chapters=_by_chapter(report),
        problems=[item for item in report.requirements if item.outcome not in _SETTLED],
        outcomes=[outcome for outcome in REQUIREMENT_OUTCOMES if report.with_outcome(outcome)],
        case_text=case_text,
        requirement_text=requirement_text,
        places=places,
        proof=proof.words(report.suite, report.proof),
    )


@functools.cache
def template() -> jinja2.Template:
    """The page's template; compiling it takes longer than filling it."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_shown,
    )
    environment.filters["seconds"] = seconds
    return environment.get_template("report.html.j2")


def _by_chapter(report: Report) -> dict[str, list[RequirementResult]]:
    chapters: dict[str, list[RequirementResult]] = {}
    for requirement in report.requirements:
        chapters.setdefault(requirement.chapter, []).append(requirement)
    return chapters


def _shown(value: Any) -> Any:
    """Control characters in a gateway's words are shown as escapes; line breaks are kept, for blocks of text."""
    if isinstance(value, str) and not isinstance(value, Markup):
        return "\n".join(one_line(line) for line in value.split("\n"))
    return value
