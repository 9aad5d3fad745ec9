"""`conformance explain`: what an id stands for: a requirement, a source, a disagreement, a fault or a variant."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from fixtures.catalogue import Catalogue, Disagreement, Row, load
from fixtures.errors import ConfigurationError
from fixtures.near import did_you_mean
from suite import chapters
from suite.chapters import Chapter, RuleText, ScenarioText
from suite.listing import rows_of, word

_SOURCE = re.compile(r"\b[RS]-[A-Z0-9-]+")
"""A row of what gateways do, or a situation: R-074, S-ROT-01."""

_DISAGREEMENT = re.compile(r"D[1-9]")
"""The study's disagreements; each edition lists those in which it takes a side."""


def explain(identifier: str) -> str:
    """The explanation as text.

    Raises:
        ConfigurationError: there is no such id; says which are near.
    """
    catalogue = load()
    wanted = identifier.strip().removeprefix("@").upper()
    if wanted in catalogue.by_id:
        return "\n".join(_requirement(catalogue, catalogue.by_id[wanted]))
    disagreements = _disagreements(catalogue)
    if wanted in disagreements:
        return "\n".join(_disagreement(catalogue, wanted, disagreements[wanted]))
    standing_on = [row for row in catalogue.rows if wanted in _SOURCE.findall(row.source)]
    if standing_on:
        said = (f"  {row.id}  {row.sentence}" for row in standing_on)
        return "\n".join([f"{wanted}  a source, on which these requirements stand:", *said])
    deviations = {str(row["id"]): (what, row) for what in ("faults", "variants") for row in rows_of(what)}
    if wanted in deviations:
        return "\n".join(_deviation(*deviations[wanted]))
    if _DISAGREEMENT.fullmatch(wanted):
        raise ConfigurationError(
            f"no edition takes a side in {wanted}; docs/contract.md says what it is about and what became of it, and "
            f"{', '.join(disagreements)} can be explained"
        )
    known = {*catalogue.by_id, *disagreements, *deviations}
    hint = did_you_mean(wanted, known) or "; `conformance list requirements` shows those of the contract"
    raise ConfigurationError(f"unknown id {identifier!r}{hint}")


def _deviation(what: str, row: Mapping[str, Any]) -> list[str]:
    """A fault, or a lawful variant."""
    lines = [f"{row['id']} {row['name']}  {row['description']}"]
    lines += [f"{name:<10} {row[name]}" for name in ("catches", "source") if row.get(name)]
    option = f"--{what.removesuffix('s')}"
    return [
        *lines,
        "",
        "run it",
        *(f"  conformance run --edition {one} {option} {row['id']}" for one in row["editions"]),
    ]


def _requirement(catalogue: Catalogue, row: Row) -> list[str]:
    lines = [f"{row.id}  {row.sentence}", "", f"profile    {row.profile}", f"source     {row.source}"]
    for edition in catalogue.editions.values():
        holding = edition.holdings[row.id]
        said = f"does not ask for it: {holding.excluded}" if holding.excluded else word(holding)
        lines.append(f"edition    {edition.name}: {said}")
    for id_, said_in in _disagreements(catalogue).items():
        if any(row.id in item.requirements for item in said_in.values()):
            lines += ["", *_disagreement(catalogue, id_, said_in)]
    for chapter in chapters.read():
        for rule in chapter.rules:
            if row.id in rule.tags:
                lines += [line for scenario in rule.scenarios for line in ("", *_scenario(chapter, rule, scenario))]
    editions = [item.name for item in catalogue.editions.values() if not item.holdings[row.id].excluded]
    return [*lines, "", "run it alone", *(f"  conformance run --edition {name} --select {row.id}" for name in editions)]


def _scenario(chapter: Chapter, rule: RuleText, scenario: ScenarioText) -> Sequence[str]:
    """The scenario as it is written, up to where the next thing begins."""
    text = chapter.path.read_text(encoding="utf-8").splitlines()[scenario.line - 1 :]
    end = next(
        (at for at, line in enumerate(text) if at and line.lstrip().startswith(("Scenario", "Rule:", "@"))), len(text)
    )
    written = [line.removeprefix("  ") for line in "\n".join(text[:end]).rstrip().splitlines()]
    return [f"{chapter.place}:{scenario.line}", *written]


def _disagreements(catalogue: Catalogue) -> dict[str, dict[str, Disagreement]]:
    """By id, then by edition."""
    found: dict[str, dict[str, Disagreement]] = {}
    for edition in catalogue.editions.values():
        for item in edition.disagreements:
            found.setdefault(item.id, {})[edition.name] = item
    return dict(sorted(found.items(), key=lambda item: int(item[0][1:])))


def _disagreement(catalogue: Catalogue, id_: str, said_in: dict[str, Disagreement]) -> list[str]:
    lines = [f"{id_}  the page and the shipped code disagree"]
    said: dict[tuple[str, str], list[str]] = {}
    for edition, item in said_in.items():
        said.setdefault((item.page, item.code), []).append(edition)
    for (page, code), editions in said.items():
        lines += [f"  the page   {page}", f"  the code   {code}", f"  told in    edition {', '.join(editions)}"]
    ids = dict.fromkeys(id_ for item in said_in.values() for id_ in item.requirements)
    return [*lines, f"  concerns   {', '.join(ids)}"]
