"""The published proof: which of its runs still stand, and what came of them."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.proof.matrix import Matrix
from tests.proof.outfits import Outfit
from tests.proof.pairs import Pair
from tests.proof.records import Record


@dataclass(frozen=True)
class Made:
    """One run of it, and what it stands on."""

    digest: str
    """As tests/proof/digest.py has it."""
    commit: str
    """Of the sources that the run was made from."""
    made: str
    """The day, ``2026-11-26``."""


@dataclass(frozen=True)
class Published:
    """A proof as it was published; without any run where none was."""

    made: str | None = None
    runs: Mapping[str, Made] = field(default_factory=dict)
    records: Mapping[tuple[str, ...], Record] = field(default_factory=dict)

    def standing(self, key: str, digest: str, asked: Pair | Outfit) -> Record | None:
        """What came of a run, if nothing has changed since of what it stands on."""
        if key not in self.runs or self.runs[key].digest != digest:
            return None
        return self.records.get(_place_of(asked))


def read(path: Path) -> Published:
    """The proof that was published there.

    What did not come out as it must is not known: it is to be tried again.
    """
    if not path.is_file():
        return Published()
    document = json.loads(path.read_text(encoding="utf-8"))
    records = [_record(row) for row in (*document["faults"], *document["variants"]) if "problems" not in row]
    return Published(
        document["made"],
        {key: Made(**run) for key, run in document["runs"].items()},
        {_place(record): record for record in records},
    )


def document(found: Matrix, runs: Mapping[str, Made], facts: Mapping[str, Any]) -> dict[str, Any]:
    """A proof as JSON values, to be published."""
    return {**found.document(facts), "runs": {key: dataclasses.asdict(run) for key, run in runs.items()}}


def _record(row: Mapping[str, Any]) -> Record:
    return Record(
        row["subject"],
        row["edition"],
        row["extent"],
        row["verdict"],
        tuple(row.get("failed", ())),
        tuple(row.get("notTestable", ())),
        (),
        0.0,
        caught_by=row.get("caughtBy", ""),
        along_with=row.get("alongWith", {}),
    )


def _place(record: Record) -> tuple[str, ...]:
    return record.subject, record.edition, record.extent, record.caught_by


def _place_of(asked: Pair | Outfit) -> tuple[str, ...]:
    if isinstance(asked, Outfit):
        return "+".join(asked.variants), asked.edition, asked.extent, ""
    return asked.fault, asked.edition, asked.extent, asked.caught_by
