"""Lawful gateways: which variants one gateway wears at once, so that every one is worn in every edition that has it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from fixtures.catalogue import Catalogue, Edition
from reference_gateway.variants import all_variants
from suite import chapters

APART = Path(__file__).parent / "outfits.yaml"
WHOLE = "whole"


@dataclass(frozen=True)
class Outfit:
    """Variants that go together, in an edition; a gateway that wears them conforms."""

    edition: str
    variants: tuple[str, ...]
    select: str | None
    """What is judged, such as a chapter; None for everything."""

    @property
    def id(self) -> str:
        """``V01+V02-runbook``."""
        return f"{'+'.join(self.variants)}-{self.edition}"

    @property
    def extent(self) -> str:
        """``whole``, or what is selected."""
        return self.select or WHOLE


def quick(catalogue: Catalogue) -> list[Outfit]:
    """As many variants at once as go together, judged by each chapter by itself: a whole run of them takes minutes."""
    return [
        Outfit(edition.name, worn, select)
        for edition in catalogue.editions.values()
        for worn in _worn_at_once(edition.name)
        for select in (_matters(worn) or _chapters(edition))
    ]


def full(catalogue: Catalogue) -> list[Outfit]:
    """Each variant by itself as well, judged by everything."""
    single = [
        Outfit(edition, (variant.id,), None)
        for edition in catalogue.editions
        for variant in all_variants()
        if edition in variant.editions
    ]
    together = [
        Outfit(edition, worn, None)
        for edition in catalogue.editions
        for worn in _worn_at_once(edition)
        if len(worn) > 1
    ]
    return [*together, *single]


def _worn_at_once(edition: str) -> list[tuple[str, ...]]:
    """Each variant goes into the first outfit in which nothing clashes with it."""
    outfits: list[list[str]] = []
    for variant in all_variants():
        if edition in variant.editions:
            free = (worn for worn in outfits if not _clash(variant.id, worn))
            outfit = next(free, None)
            if outfit is None:
                outfits.append(outfit := [])
            outfit.append(variant.id)
    return [tuple(worn) for worn in outfits]


def _chapters(edition: Edition) -> tuple[str, ...]:
    """The chapters of which something holds in the edition, as ``--select`` takes them."""
    holding = {id_ for id_, holding in edition.holdings.items() if holding.level is not None}
    return tuple(
        chapters.slug(chapter.name)
        for chapter in chapters.read()
        if any(rule.tags[0] in holding for rule in chapter.rules)
    )


def _matters(worn: tuple[str, ...]) -> tuple[str, ...]:
    """What has to be judged where a variant is worn for itself; empty for everything."""
    found = _rows().get(worn[0], {}).get("matters") if len(worn) == 1 else None
    return (found,) if found else ()


def _clash(variant: str, worn: Iterable[str]) -> bool:
    return any(other in _apart(variant) or variant in _apart(other) for other in worn)


def _apart(variant: str) -> list[str]:
    found: list[str] = _rows().get(variant, {}).get("apart", [])
    return found


@cache
def _rows() -> Mapping[str, Mapping[str, Any]]:
    return {row["variant"]: row for row in yaml.safe_load(APART.read_text(encoding="utf-8"))}
