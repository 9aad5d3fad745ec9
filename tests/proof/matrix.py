"""From the records of a proof to the kill matrix: what is proved, and everything that is not."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from fixtures.catalogue import Catalogue
from reference_gateway.faults import all_faults
from reference_gateway.variants import all_variants
from tests.proof import outfits, pairs
from tests.proof.records import Record

EXCEPTIONS = Path(__file__).parent / "exceptions.yaml"


@dataclass(frozen=True)
class Exempt:
    """A MUST that no fault reaches."""

    requirement: str
    edition: str
    because: str


@dataclass(frozen=True)
class Matrix:
    """What a proof has shown."""

    faults: tuple[Record, ...]
    variants: tuple[Record, ...]
    exempt: tuple[Exempt, ...]
    problems: tuple[str, ...]
    """Sentences; the proof holds if there is none."""

    @property
    def score(self) -> Mapping[str, int]:
        """How many faults and variants there are, and how many are caught, or conform, wherever they were tried."""
        tried = {record.subject for record in self.faults}
        missed = {record.subject for record in self.faults if record.problems}
        worn = {variant for record in self.variants for variant in record.subject.split("+")}
        red = {variant for record in self.variants if record.problems for variant in record.subject.split("+")}
        return {
            "faults": len(all_faults()),
            "caught": len(tried - missed),
            "variants": len(all_variants()),
            "green": len(worn - red),
        }

    def document(self, made_by: Mapping[str, Any]) -> dict[str, Any]:
        """The matrix as JSON values."""
        return {
            "apiVersion": "externalmodel-conformance/v1",
            "kind": "KillMatrix",
            **made_by,
            "score": dict(self.score),
            "problems": list(self.problems),
            "exempt": [dataclasses.asdict(item) for item in self.exempt],
            "faults": [_row(record) for record in self.faults],
            "variants": [_row(record) for record in self.variants],
        }


def make(catalogue: Catalogue, records: Sequence[Record], *, partial: bool) -> Matrix:
    """The matrix. A partial proof is judged by what it has done, and not by what it has left out."""
    names = {variant.id for variant in all_variants()}
    variants = [record for record in records if set(record.subject.split("+")) <= names]
    faults = [record for record in records if record not in variants]
    exempt = exempted()
    problems = [f"{_words(record)}: {problem}" for record in records for problem in record.problems]
    if not partial:
        problems += _left_out(catalogue, faults, variants, exempt)
    return Matrix(tuple(faults), tuple(variants), tuple(exempt), tuple(problems))


def exempted() -> list[Exempt]:
    """The exceptions of exceptions.yaml."""
    rows = yaml.safe_load(EXCEPTIONS.read_text(encoding="utf-8"))
    return [Exempt(row["requirement"], edition, row["because"]) for row in rows for edition in row["editions"]]


def _left_out(
    catalogue: Catalogue, faults: Sequence[Record], variants: Sequence[Record], exempt: Sequence[Exempt]
) -> Iterator[str]:
    for fault in pairs.unlisted():
        yield f"{fault}: no file of tests/proof/faults says which requirement catches it"
    tried = {record.subject for record in faults}
    for kind in all_faults():
        if kind.id not in tried and kind.id not in pairs.unlisted():
            yield f"{kind.id}: no run has tried it"
    worn = {(variant, record.edition) for record in variants for variant in record.subject.split("+")}
    for variant in all_variants():
        for edition in variant.editions:
            if (variant.id, edition) not in worn:
                yield f"{variant.id}, edition {edition}: no run has tried it"
    judged = {(record.subject, record.edition, record.extent) for record in variants}
    for outfit in outfits.quick(catalogue):
        subject = ("+".join(outfit.variants), outfit.edition)
        if (*subject, outfits.WHOLE) not in judged and (*subject, outfit.extent) not in judged:
            yield f"{outfit.id}: no run has judged it by {outfit.extent}"
    yield from _unproved(catalogue, faults, exempt)


def _unproved(catalogue: Catalogue, faults: Sequence[Record], exempt: Sequence[Exempt]) -> Iterator[str]:
    proved = {(record.caught_by, record.edition) for record in faults if record.caught_by in record.failed}
    excused = {(item.requirement, item.edition) for item in exempt}
    for edition in catalogue.editions.values():
        for id_, holding in edition.holdings.items():
            if pairs.is_must(holding) and (id_, edition.name) not in proved | excused:
                yield f"{id_}, edition {edition.name}: no fault shows that this MUST can fail"
    for id_, name in sorted(excused & proved):
        yield f"{id_}, edition {name}: stands in {EXCEPTIONS.name}, and a fault reaches it"


def _words(record: Record) -> str:
    return f"{record.subject}, edition {record.edition}"


def _row(record: Record) -> dict[str, Any]:
    """Without what differs from run to run."""
    row = {
        "subject": record.subject,
        "edition": record.edition,
        "extent": record.extent,
        "verdict": record.verdict,
        "caughtBy": record.caught_by,
        "alongWith": dict(record.along_with),
        "failed": list(record.failed),
        "notTestable": list(record.unjudged),
        "problems": list(record.problems),
    }
    return {name: value for name, value in row.items() if value not in ("", {}, [])}
