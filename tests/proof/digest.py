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

    Those of an outfit do not tell of scenarios: all of them judge it, so that each change of one would cost whole runs.
    """
    if isinstance(asked, Outfit):
        return _digest(repr(asked), *(inspect.getsource(_deviations()[name]) for name in asked.variants))
    holdings = load().edition(asked.edition).holdings
    rules = [f"{holdings[id_]} {_rules()[id_]}" for id_ in sorted(asked.expected)]
    return _digest(repr(asked), rules, inspect.getsource(_deviations()[asked.fault]))


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
def _deviations() -> Mapping[str, type[Deviation]]:
    return {each.id: each for each in (*all_faults(), *all_variants())}
