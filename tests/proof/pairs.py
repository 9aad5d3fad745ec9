"""What is to be proved: each fault in an edition, the requirement that catches it there, and what cannot but fail too.

faults/*.yaml, a file a topic, name for each fault (``fault``) the requirement that is there for it (``caughtBy``) and,
with the reason (``alongWith``), every other one that cannot but fail with it. ``editions`` defaults to runbook.
``whole`` marks the faults with the widest reach, which even the quick proof judges by a whole run. ``serves: nothing``
marks gateways that do nothing right: anything may fail, and nothing may pass but what silent.yaml lists with reasons.
``notIn`` names, with the reason, editions in which the fault exists and leads to something else. ``needs`` names a
program without which the requirement is not judged.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml

from fixtures.catalogue import Catalogue, Edition, Holding
from reference_gateway.faults import all_faults

Extent = Literal["narrow", "whole"]

FAULTS = Path(__file__).parent / "faults"
SILENT = Path(__file__).parent / "silent.yaml"


@dataclass(frozen=True)
class Pair:
    """A fault in an edition, and what must come of it."""

    fault: str
    edition: str
    caught_by: str
    along_with: Mapping[str, str]
    """Other requirements that fail -> why they cannot but fail."""
    extent: Extent
    """``narrow``: judged by what is expected to fail; ``whole``: by everything."""
    serves_nothing: bool = False
    not_in: Mapping[str, str] = field(default_factory=dict)
    """Edition -> why the requirement does not catch it there."""
    derived: bool = False
    """Not listed for this edition, but it proves a requirement there that nothing listed proves."""
    needs: str | None = None
    """A program without which nothing judges the requirement."""

    @property
    def id(self) -> str:
        """``M06-runbook``."""
        return f"{self.fault}-{self.edition}"

    @property
    def expected(self) -> frozenset[str]:
        """The requirements that may fail."""
        return frozenset({self.caught_by, *self.along_with})

    def is_scored(self, edition: Edition) -> bool:
        """Whether the verdict must be nonconformant; a SHOULD or a provisional requirement makes a warning of it."""
        return any(is_must(edition.holdings[id_]) for id_ in self.expected)


@cache
def listed() -> tuple[Pair, ...]:
    """The pairs of the files, in their order.

    Raises:
        ValueError: a row names what there is not; says which and where.
    """
    return tuple(pair for file in sorted(FAULTS.glob("*.yaml")) for pair in _of_file(file))


def derived(catalogue: Catalogue) -> Iterator[Pair]:
    """For each MUST of an edition that no listed pair proves there: a fault that it catches elsewhere and that exists.

    Judged by that requirement alone, because what fails along with it was explained for another edition.
    """
    proved = {(pair.edition, pair.caught_by) for pair in listed()}
    for edition in catalogue.editions.values():
        for id_, holding in edition.holdings.items():
            if is_must(holding) and (edition.name, id_) not in proved:
                fault = next(
                    (pair.fault for pair in listed() if pair.caught_by == id_ and _exists(pair, edition)), None
                )
                if fault is not None:
                    yield Pair(fault, edition.name, id_, {}, "narrow", derived=True)


def quick(catalogue: Catalogue) -> list[Pair]:
    """The quick proof: everything that is listed, and what every MUST of every edition needs besides."""
    return [*listed(), *derived(catalogue)]


def full(catalogue: Catalogue) -> list[Pair]:
    """The full proof: every fault, by a whole run in each edition in which it exists and its requirement holds."""
    pairs = {pair.id: pair for pair in reversed(listed())}
    for pair in listed():
        for edition in catalogue.editions.values():
            if _exists(pair, edition) and edition.holdings[pair.caught_by].level is not None:
                pairs.setdefault(f"{pair.fault}-{edition.name}", replace(pair, edition=edition.name))
    return [replace(pair, extent="whole") for _, pair in sorted(pairs.items())]


def is_must(holding: Holding) -> bool:
    """Whether a failure changes the verdict."""
    return holding.level == "MUST" and holding.provisional is None


@cache
def silent() -> Mapping[str, str]:
    """What a gateway that serves nothing rightly passes: requirement -> why."""
    found: dict[str, str] = yaml.safe_load(SILENT.read_text(encoding="utf-8")) or {}
    return found


def unlisted() -> list[str]:
    """Faults of the reference gateway for which no row says who catches them."""
    names = {pair.fault for pair in listed()}
    return [fault.id for fault in all_faults() if fault.id not in names]


def _exists(pair: Pair, edition: Edition) -> bool:
    return edition.name in _editions()[pair.fault] and edition.name not in pair.not_in


@cache
def _editions() -> Mapping[str, tuple[str, ...]]:
    return {fault.id: fault.editions for fault in all_faults()}


def _of_file(file: Path) -> Iterator[Pair]:
    rows: Iterable[Mapping[str, Any]] = yaml.safe_load(file.read_text(encoding="utf-8"))
    for row in rows:
        fault = row["fault"]
        for edition in row.get("editions", ["runbook"]):
            if edition not in _editions().get(fault, ()):
                raise ValueError(f"{file.name}: the fault {fault} does not exist in edition {edition}")
            extent: Extent = "whole" if row.get("whole", False) else "narrow"
            nothing = row.get("serves") == "nothing"
            yield Pair(
                fault,
                edition,
                row["caughtBy"],
                row.get("alongWith", {}),
                extent,
                nothing,
                row.get("notIn", {}),
                needs=row.get("needs"),
            )
