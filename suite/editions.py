"""Which edition a run judges by: the one that was asked for, or the one that a cluster shows itself to be.

Detection looks from outside only (behaviour.md 10.3): at the kinds that the API server serves, then at the words in
which the gateway refuses a model without a Secret, then at whether a model that an edition's text describes is served.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from fixtures.catalogue import Catalogue, Edition
from fixtures.errors import ConfigurationError
from fixtures.kube import Kube


@dataclass(frozen=True)
class Chosen:
    """An edition, and on what evidence it was chosen; None where it was asked for by name."""

    edition: Edition
    evidence: str | None


@dataclass(frozen=True)
class Refusal:
    """How a gateway refused a model without a Secret."""

    seen: str
    """What clients got: ``500 "inference error: …"``."""
    worded_by: tuple[Edition, ...]
    """The editions whose words these are."""


class EditionTrials(Protocol):
    """What is tried on the gateway where the kinds leave several editions."""

    def refusal(self, written: Edition, candidates: Sequence[Edition]) -> Refusal:
        """Deploy a model without a Secret as one edition writes it; whose words are the answer?"""

    def is_served(self, edition: Edition) -> bool:
        """Deploy a plain model as the edition writes it, and see whether its provider serves it."""


def detect(catalogue: Catalogue, kube: Kube, trials: EditionTrials) -> Chosen:
    """The edition that the cluster shows itself to be.

    Raises:
        ConfigurationError: what can be seen fits none or several; says what was seen and what to do.
    """
    # The edition with the most kinds first: a newer one may go on serving the kinds of an older one.
    fitting = sorted(_served(catalogue, kube), key=lambda edition: (-len(edition.kinds), edition.name))
    if not fitting:
        lacking = "; ".join(f"{_missing(edition, kube)} ({edition.name})" for edition in catalogue.editions.values())
        raise _undecided(catalogue, f"the API server does not serve {lacking}")
    if len(fitting) == 1:
        return Chosen(fitting[0], f"the API server serves {_kinds(fitting[0])}, as only edition {fitting[0].name} asks")
    kinds = f"the API server serves the kinds of {_names(fitting)}"
    refusal = trials.refusal(fitting[0], fitting)
    words = f"a model without a Secret is answered with {refusal.seen}"
    if len(refusal.worded_by) == 1:
        return Chosen(refusal.worded_by[0], f"{kinds}; {words}, as only edition {refusal.worded_by[0].name} words it")
    serving = [edition for edition in refusal.worded_by or fitting if trials.is_served(edition)]
    if len(serving) == 1:
        return Chosen(
            serving[0], f"{kinds}; {words}; a plain model is served if it is made as edition {serving[0].name} says"
        )
    raise _undecided(
        catalogue, f"{kinds}; {words}; plain models are served if they are made as {_names(serving) or 'none'} says"
    )


def _served(catalogue: Catalogue, kube: Kube) -> list[Edition]:
    return [edition for edition in catalogue.editions.values() if all(kube.serves(kind) for kind in edition.kinds)]


def _missing(edition: Edition, kube: Kube) -> str:
    return ", ".join(f"{kind.kind} in {kind.api_version}" for kind in edition.kinds if not kube.serves(kind))


def _undecided(catalogue: Catalogue, seen: str) -> ConfigurationError:
    return ConfigurationError(
        f"the edition cannot be detected: {seen}; give --edition with one of: {', '.join(catalogue.editions)}"
    )


def _kinds(edition: Edition) -> str:
    *most, last = [f"{kind.kind} in {kind.api_version}" for kind in edition.kinds]
    return f"{', '.join(most)} and {last}"


def _names(editions: Sequence[Edition]) -> str:
    return " and ".join(edition.name for edition in editions)
