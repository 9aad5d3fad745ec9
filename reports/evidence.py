"""Writes the evidence of every case that did not pass: what was done, waited for, seen, judged and found."""

from __future__ import annotations

import dataclasses
import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from reports import places
from reports.events import Diagnosed, EventLog, Judged, Settled, StepFinished
from reports.model import CaseResult, Report

_LARGEST_FILE = 1_000_000
"""Bytes; keeps a run of failures browsable and small enough to attach to a bug report."""
_LARGEST_RECORD = 200_000
"""Bytes of one judgement or settle, so that one huge body does not push out all the others."""


def write(report: Report, log: EventLog, directory: Path) -> None:
    """Write ``evidence/<requirement>/<case>.json`` for every case that did not pass, and what its cluster showed."""
    shutil.rmtree(directory / places.EVIDENCE, ignore_errors=True)
    for requirement in report.requirements:
        for case in requirement.cases:
            if case.evidence is not None:
                path = directory / case.evidence
                path.parent.mkdir(parents=True, exist_ok=True)
                text = json.dumps(document(case, log), indent=2, ensure_ascii=False) + "\n"
                path.write_bytes(text.encode("utf-8", errors="backslashreplace"))
                for name, content in diagnosis(case, log).items():
                    path.with_name(f"{path.stem}.{name}").write_bytes(
                        content.encode("utf-8", errors="backslashreplace")
                    )


def diagnosis(case: CaseResult, log: EventLog) -> Mapping[str, str]:
    """What the cluster showed of the case before it was deleted: texts by the names of their files."""
    found = [item.texts for item in log.of_case(case.id) if isinstance(item, Diagnosed)]
    return found[-1] if found else {}


def document(case: CaseResult, log: EventLog) -> dict[str, Any]:
    """The evidence of one case as JSON values, at most about one megabyte; what was left out is said in ``leftOut``."""
    own = log.of_case(case.id)
    settles, dropped_settles = _bounded([_fields(item) for item in own if isinstance(item, Settled)])
    judged, dropped_judged = _bounded([_fields(item) for item in own if isinstance(item, Judged)])
    return {
        "case": dataclasses.asdict(case),
        "steps": [_fields(item) for item in own if isinstance(item, StepFinished)],
        "settles": settles,
        "judged": judged,
        "leftOut": {"settles": dropped_settles, "judged": dropped_judged},
    }


def _fields(event: StepFinished | Settled | Judged) -> dict[str, Any]:
    values = dataclasses.asdict(event)
    del values["case"]
    return values


def _bounded(records: Sequence[dict[str, Any]]) -> tuple[list[dict[str, Any]], int]:
    """As many of the records as fit, the latest first, since a failure is seen at the end; and how many did not."""
    kept: list[dict[str, Any]] = []
    room = _LARGEST_FILE // 2
    for record in reversed(records):
        size = len(json.dumps(record, indent=2))
        if size > _LARGEST_RECORD:
            record = {"cut": f"{size} bytes", "beginning": json.dumps(record, ensure_ascii=False)[:10_000]}
            size = len(json.dumps(record))
        if size > room:
            break
        room -= size
        kept.insert(0, record)
    return kept, len(records) - len(kept)
