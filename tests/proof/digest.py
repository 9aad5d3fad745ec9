"""Whether what a run of the proof stands on has changed: its fault or variants, its requirements, their scenarios."""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Iterable, Mapping
from functools import cache

from fixtures.catalogue import load
from reference_gateway.deviations import Deviation
from reference_gateway.faults import all_faults
from reference_gateway.variants import all_variants
from suite import chapters
from tests.proof.outfits import Outfit
from tests.proof.pairs import Pair


def of(asked: Pair | Outfit) -> str:
    """Sixteen digits that differ where the fault, a variant, what is asked for or a scenario that judges it differs.

    Of what judges an outfit only a chapter's scenarios are told: each change of one would cost whole runs otherwise.
    """
    if isinstance(asked, Outfit):
        judged, worn = _in_chapter(asked.select, asked.edition), asked.variants
    else:
        judged, worn = asked.expected, (asked.fault,)
    holdings = load().edition(asked.edition).holdings
    rules = [f"{holdings[id_]} {_rules()[id_]}" for id_ in sorted(judged)]
    return _digest(repr(asked), rules, *map(_source, worn))


def _in_chapter(name: str | None, edition: str) -> frozenset[str]:
    """The requirements of the chapter of that name that the edition has; none if there is no such chapter."""
    found = {
        rule.tags[0] for chapter in chapters.read() if chapters.slug(chapter.name) == name for rule in chapter.rules
    }
    return frozenset(found & set(load().edition(edition).holdings))


def _digest(*parts: object) -> str:
    return hashlib.sha256("\0".join(map(str, parts)).encode()).hexdigest()[:16]


@cache
def _rules() -> Mapping[str, str]:
    """Requirement -> its rule as it is written, without the lines at which it stands."""
    return {
        rule.tags[0]: " ".join([rule.sentence, *(_words(step.text for step in one.steps) for one in rule.scenarios)])
        + str([[row.values for row in one.rows] for one in rule.scenarios])
        for chapter in chapters.read()
        for rule in chapter.rules
    }


def _words(texts: Iterable[str]) -> str:
    return " ".join(texts)


@cache
def _source(name: str) -> str:
    return inspect.getsource(_deviations()[name])


@cache
def _deviations() -> Mapping[str, type[Deviation]]:
    return {each.id: each for each in (*all_faults(), *all_variants())}
