"""Where every row of the contract study ends: in requirements, in an exclusion, or nowhere yet (docs/coverage.md).

R-rows are sentences about a gateway, S-rows situations that a suite must be able to create. A requirement names the
rows that it covers in its ``source``; features/excluded_rows.yaml holds the others.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from fixtures import yaml_files
from fixtures.catalogue import FEATURES, Catalogue
from fixtures.errors import HarnessError
from suite.listing import word

R_ROWS = 150
S_ROWS: Mapping[str, int] = {
    "INJ": 5,
    "LBL": 5,
    "KEY": 3,
    "ROT": 5,
    "REV": 1,
    "NEG": 6,
    "NS": 5,
    "RTE": 8,
    "HDR": 6,
    "AUT": 7,
    "AUZ": 5,
    "STR": 9,
    "BOD": 6,
    "ERR": 6,
    "HYG": 2,
    "LIF": 7,
    "STS": 6,
    "LST": 4,
    "TOK": 5,
    "TLS": 2,
    "FCL": 1,
    "API": 3,
}
"""Topic of situations -> how many the study has of it."""
_ID = re.compile(r"\b(?:R-\d{3}|S-[A-Z]+-\d{2})\b")


@dataclass(frozen=True)
class StudyRow:
    """One row of the study and where it ends."""

    id: str
    requirements: tuple[str, ...]
    because: str | None
    """Why it, or what is left of it, is no requirement."""


def row_ids() -> tuple[str, ...]:
    """Every row of the study, in its order."""
    situations = (f"S-{topic}-{number:02}" for topic, count in S_ROWS.items() for number in range(1, count + 1))
    return (*(f"R-{number:03}" for number in range(1, R_ROWS + 1)), *situations)


def rows(catalogue: Catalogue, directory: Path = FEATURES) -> tuple[StudyRow, ...]:
    """Every row and where it ends.

    Raises:
        HarnessError: a row is named that the study does not have, or excluded_rows.yaml is broken.
    """
    excluded = _excluded(directory / "excluded_rows.yaml")
    covered: dict[str, list[str]] = {}
    for requirement in catalogue.rows:
        for name in dict.fromkeys(_ID.findall(requirement.source)):
            covered.setdefault(name, []).append(requirement.id)
    known = row_ids()
    for name in (*covered, *excluded):
        if name not in known:
            raise HarnessError(f"{name} is no row of the study; a source or excluded_rows.yaml names it")
    return tuple(StudyRow(name, tuple(covered.get(name, ())), excluded.get(name)) for name in known)


def unjudged(catalogue: Catalogue, directory: Path = FEATURES) -> tuple[str, ...]:
    """The rows that end nowhere yet: neither judged nor excluded."""
    return tuple(row.id for row in rows(catalogue, directory) if not row.requirements and not row.because)


def as_markdown(catalogue: Catalogue) -> str:
    """The table of docs/coverage.md."""
    editions = tuple(catalogue.editions)
    lines = [
        f"| row | requirement | {' | '.join(editions)} |",
        f"|---|---|{'---|' * len(editions)}",
        *(line for row in rows(catalogue) for line in _lines(row, catalogue)),
    ]
    return "\n".join(lines) + "\n"


def _lines(row: StudyRow, catalogue: Catalogue) -> Iterator[str]:
    for id_ in row.requirements:
        levels = " | ".join(word(edition.holdings[id_]) for edition in catalogue.editions.values())
        yield f"| {row.id} | {id_} {catalogue.by_id[id_].sentence} | {levels} |"
    if row.because:
        yield f"| {row.id} | *no requirement:* {row.because} |{' |' * len(catalogue.editions)}"
    elif not row.requirements:
        yield f"| {row.id} | **not judged yet** |{' |' * len(catalogue.editions)}"


def _excluded(path: Path) -> Mapping[str, str]:
    content = yaml_files.read(path)
    if not isinstance(content, list):
        raise HarnessError(f"{path.name} is not a list of {{rows, because}}")
    reasons: dict[str, str] = {}
    for item in content:
        if not isinstance(item, dict) or set(item) != {"rows", "because"} or not str(item["because"]).strip():
            raise HarnessError(f"{path.name}: each entry has rows and because, and nothing else: {item}")
        for name in item["rows"]:
            if name in reasons:
                raise HarnessError(f"{path.name} excludes {name} twice")
            reasons[name] = str(item["because"]).strip()
    return reasons
