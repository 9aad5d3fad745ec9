"""The plan: which requirements this run judges, by which cases, and why it does not judge the others."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from fixtures.catalogue import FEATURES, Catalogue, Edition, Holding, Row
from fixtures.errors import ConfigurationError
from fixtures.targets.target import HOW_TO_HAVE
from reports.events import Case, Requirement
from reports.model import NOT_SELECTED
from suite.chapters import Chapter, ScenarioText
from suite.selection import LOOK_UP, Selection


@dataclass(frozen=True)
class Wanted:
    """What the user asked to have judged."""

    profiles: tuple[str, ...] = ()
    """Empty for all."""
    select: str | None = None
    """A tag expression over ids, levels, profiles and chapters; None for everything."""
    rounds: int = 1
    """How often each case is executed."""


@dataclass(frozen=True)
class Bound:
    """A case and the pytest item that executes it."""

    case: Case
    function_name: str
    values: tuple[str, ...]
    """Those of the example's row, in the order of its columns; empty for a plain scenario."""

    def in_round(self, number: int) -> Bound:
        """The same once more; the first round has the case's plain id, so that runs with and without others compare."""
        if number == 1:
            return self
        return replace(self, case=replace(self.case, id=f"{self.case.id}#{number}", round=number))


@dataclass(frozen=True)
class Plan:
    """What the run is going to judge."""

    requirements: tuple[Requirement, ...]
    bound: tuple[Bound, ...]
    fingerprint: str

    @property
    def cases(self) -> tuple[Case, ...]:
        """The cases in the order of the chapters."""
        return tuple(item.case for item in self.bound)

    def case_of(self, function_name: str, values: tuple[str, ...], number: int = 1) -> Case | None:
        """The planned case of a pytest item in a round; None if the run does not execute it."""
        return self._by_item.get((function_name, values, number))

    @functools.cached_property
    def _by_item(self) -> dict[tuple[str, tuple[str, ...], int], Case]:
        return {(item.function_name, item.values, item.case.round): item.case for item in self.bound}


def make(
    catalogue: Catalogue,
    edition: Edition,
    chapters: Sequence[Chapter],
    features: Collection[str],
    wanted: Wanted,
) -> Plan:
    """The plan of a run in one edition against a gateway that declares these features.

    Raises:
        ConfigurationError: a profile that does not exist, or an expression that selects nothing.
    """
    for profile in wanted.profiles:
        if profile not in catalogue.profiles:
            known = ", ".join(catalogue.profiles)
            raise ConfigurationError(f"unknown profile {profile!r}; there are: {known}")
    selected = Selection(wanted.select, catalogue, chapters)
    requirements: list[Requirement] = []
    bound: list[Bound] = []
    left_out: list[str] = []
    for chapter in chapters:
        for rule in chapter.rules:
            row = catalogue.by_id[rule.tags[0]]
            holding = edition.holdings[row.id]
            why_not = _why_not(row, holding, edition, chapter, features, wanted, selected)
            requirements.append(_requirement(row, holding, edition, chapter, why_not))
            if why_not is not None and _is_asked_for(row, holding, chapter, wanted, selected):
                left_out.append(f"{row.id}, say, is not judged: {why_not.rstrip('.')}; ")
            if why_not is None:
                bound += [item for scenario in rule.scenarios for item in bind(row.id, chapter, scenario)]
    if not bound:
        asked = f"--select {wanted.select!r}" if wanted.select else "this choice of profiles"
        raise ConfigurationError(
            f"{asked} selects no requirement that holds in edition {edition.name}; {''.join(left_out[:1])}{LOOK_UP}"
        )
    # Round by round, so that what differs between two executions of a case is as much as can be.
    repeated = tuple(item.in_round(number) for number in range(1, wanted.rounds + 1) for item in bound)
    return Plan(tuple(requirements), repeated, fingerprint())


def bind(requirement: str, chapter: Chapter, scenario: ScenarioText) -> list[Bound]:
    """The cases of a scenario: one, or one for each example. Their ids come from its words, not from its place."""
    base = f"{requirement}/{scenario.slug}"
    place = chapter.place
    if not scenario.rows:
        return [Bound(Case(base, requirement, scenario.name, place, scenario.line), scenario.function_name, ())]
    return [
        Bound(
            Case(
                f"{base}/{example.name}",
                requirement,
                scenario.name,
                place,
                example.line,
                ", ".join(example.values.values()),
            ),
            scenario.function_name,
            tuple(example.values.values()),
        )
        for example in scenario.rows
    ]


def fingerprint(directory: Path = FEATURES) -> str:
    """SHA-256 over everything that makes the contract: catalogue, editions and feature files."""
    digest = hashlib.sha256()
    for path in sorted([*directory.glob("*.feature"), *directory.glob("**/*.yaml")]):
        digest.update(path.relative_to(directory).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _why_not(
    row: Row,
    holding: Holding,
    edition: Edition,
    chapter: Chapter,
    features: Collection[str],
    wanted: Wanted,
    selected: Selection,
) -> str | None:
    if holding.excluded:
        return f"not in edition {edition.name}: {holding.excluded}"
    if wanted.profiles and row.profile not in wanted.profiles:
        return f"profile {row.profile} is judged where the target claims it or --profile asks for it"
    if holding.feature and holding.feature not in features:
        how = HOW_TO_HAVE.get(holding.feature)
        return f"the gateway does not declare the feature {holding.feature}{f' ({how})' if how else ''}"
    if not selected.takes(row, holding, chapter):
        return NOT_SELECTED
    return None


def _is_asked_for(row: Row, holding: Holding, chapter: Chapter, wanted: Wanted, selected: Selection) -> bool:
    """Whether the user means this one, be it judged or not; what is selected by itself is meant in any profile."""
    if wanted.select is None:
        return row.profile in wanted.profiles
    return selected.takes(row, holding, chapter)


def _requirement(
    row: Row, holding: Holding, edition: Edition, chapter: Chapter, not_applicable: str | None
) -> Requirement:
    notes = [
        f"{item.id}: the page says: {item.page} The shipped code: {item.code}"
        for item in edition.disagreements
        if row.id in item.requirements
    ]
    if holding.provisional:
        notes.append(f"provisional, so reported and not scored: {holding.provisional}")
    return Requirement(
        id=row.id,
        sentence=row.sentence,
        level=holding.level or "MUST",
        profile=row.profile,
        chapter=chapter.name,
        source=row.source,
        feature=holding.feature,
        provisional=holding.provisional is not None,
        not_applicable=not_applicable,
        note=" ".join(notes) or None,
        sweeps=row.sweeps,
    )
