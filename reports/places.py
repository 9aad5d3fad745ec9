"""Where things lie in a run's directory."""

from __future__ import annotations

import hashlib
import re

EVENTS = "events.ndjson"
REPORT = "report.json"
JUNIT = "junit.xml"
HTML = "report.html"
ALLURE = "allure-results"
EVIDENCE = "evidence"
SEAL = "SHA256SUMS"

_LONGEST_NAME = 100


def evidence_of(case: str, requirement: str) -> str:
    """Path of a case's evidence, from the run's directory; distinct for distinct cases on every file system."""
    rest = case.removeprefix(f"{requirement}/")
    return f"{EVIDENCE}/{_file_name(requirement)}/{_file_name(rest)}.json"


def _file_name(text: str) -> str:
    plain = re.sub(r"[^a-z0-9A-Z_-]+", "-", text.replace("/", "--")).strip("-")
    if plain == text and len(plain) <= _LONGEST_NAME and plain:
        return plain
    # The text was changed, so two texts could have become one name: the digest keeps them apart.
    return f"{plain[:_LONGEST_NAME] or 'case'}-{hashlib.sha256(text.encode(errors='replace')).hexdigest()[:8]}"
