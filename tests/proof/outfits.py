"""Lawful gateways: which variants one gateway wears at once, so that every one is worn in every edition that has it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from fixtures.catalogue import Catalogue
from reference_gateway.variants import all_variants

APART = Path(__file__).parent / "outfits.yaml"


@dataclass(frozen=True)
class Outfit:
    """Variants that go together, in an edition; a gateway that wears them conforms."""

    edition: str
    variants: tuple[str, ...]
    select: str | None
    """What is judged; None for everything."""

    @property
    def id(self) -> str:
        """``V01+V02-runbook``."""
        return f"{'+'.join(self.variants)}-{self.edition}"


def quick(catalogue: Catalogue) -> list[Outfit]:
    """As many variants at once as go together."""
    return [outfit for edition in catalogue.editions for outfit in _outfits(edition)]


def full(catalogue: Catalogue) -> list[Outfit]:
    """Each variant by itself as well, judged by everything."""
    single = [
        Outfit(edition, (variant.id,), None)
        for edition in catalogue.editions
        for variant in all_variants()
        if edition in variant.editions
    ]
    together = [outfit for outfit in quick(catalogue) if len(outfit.variants) > 1]
    return [*together, *single]


def _outfits(edition: str) -> Iterator[Outfit]:
    """Each variant goes into the first outfit in which nothing clashes with it."""
    outfits: list[list[str]] = []
    for variant in all_variants():
        if edition in variant.editions:
            free = (worn for worn in outfits if not _clash(variant.id, worn))
            outfit = next(free, None)
            if outfit is None:
                outfits.append(outfit := [])
            outfit.append(variant.id)
    for worn in outfits:
        alone = _rows().get(worn[0], {}) if len(worn) == 1 else {}
        yield Outfit(edition, tuple(worn), alone.get("matters"))


def _clash(variant: str, worn: Iterable[str]) -> bool:
    return any(other in _apart(variant) or variant in _apart(other) for other in worn)


def _apart(variant: str) -> list[str]:
    found: list[str] = _rows().get(variant, {}).get("apart", [])
    return found


@cache
def _rows() -> Mapping[str, Mapping[str, Any]]:
    return {row["variant"]: row for row in yaml.safe_load(APART.read_text(encoding="utf-8"))}
