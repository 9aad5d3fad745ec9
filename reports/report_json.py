"""Writes report.json, the report for programs; it is checked against its schema before it is written."""

from __future__ import annotations

import json
from pathlib import Path

from reports import places
from reports.document import to_document, validate
from reports.events import EventLog
from reports.model import Report


def write(report: Report, log: EventLog, directory: Path) -> None:
    """Write ``report.json`` into the run's directory.

    Raises:
        jsonschema.ValidationError: the report does not hold to the published schema.
    """
    document = to_document(report)
    validate(document)
    text = json.dumps(document, indent=2, ensure_ascii=False) + "\n"
    (directory / places.REPORT).write_bytes(text.encode("utf-8", errors="backslashreplace"))
