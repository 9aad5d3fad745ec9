"""`conformance list`: requirements, scenarios, faults, variants and editions as rows, for people and for programs."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Mapping, Sequence
from typing import Any, cast

from fixtures.catalogue import FEATURES, Catalogue, Edition, Holding, load
from fixtures.errors import HarnessError
from fixtures.targets import images
from suite import chapters
from suite import plan as plans
from suite.plan import Wanted

Row = Mapping[str, Any]
_NARROWEST = 30
_ONLY_IN_JSON = ("source", "catches", "chapter")


def rows_of(what: str, edition: str | None = None) -> Sequence[Row]:
    """The rows; with an edition only those that hold in it.

    Raises:
        ConfigurationError: there is no such edition.
    """
    if what == "images":
        return [
            {
                "name": item.name,
                "kind": item.kind,
                "pinned by": item.pinned,
                "needed": item.needed,
                "reference": item.reference,
            }
            for item in images.load().values()
        ]
    catalogue = load()
    if edition is not None:
        catalogue.edition(edition)
    if what == "requirements":
        return _requirements(catalogue, edition)
    if what == "scenarios":
        return _scenarios(catalogue, edition)
    if what == "editions":
        return [_edition(item) for item in catalogue.editions.values() if edition in (None, item.name)]
    return [row for row in _deviations(what) if edition is None or edition in row["editions"]]


def as_json(rows: Sequence[Row]) -> str:
    """The rows as a JSON array."""
    return json.dumps(rows, indent=2, ensure_ascii=False)


def as_table(rows: Sequence[Row]) -> str:
    """The rows as lines with aligned columns; the last column takes what the terminal has left, and wraps."""
    if not rows:
        return "none"
    flat = [_flat(row) for row in rows]
    shown = [list(row.values()) for row in flat]
    names = [name.upper() for name in flat[0]]
    widths = [max(len(line[at]) for line in [names, *shown]) for at in range(len(names) - 1)]
    before = sum(widths) + 2 * len(widths)
    last = max(_NARROWEST, shutil.get_terminal_size((140, 24)).columns - before)
    lines = []
    for line in [names, *shown]:
        head = "".join(f"{cell:<{width}}  " for cell, width in zip(line[:-1], widths, strict=True))
        body = textwrap.wrap(line[-1], last, break_long_words=False, break_on_hyphens=False) or [""]
        lines += [(head + body[0]).rstrip(), *(" " * before + more for more in body[1:])]
    return "\n".join(lines)


def _requirements(catalogue: Catalogue, edition: str | None) -> Sequence[Row]:
    editions = [item for item in catalogue.editions.values() if edition in (None, item.name)]
    chapter = {tag: chapters.slug(text.name) for text in chapters.read() for rule in text.rules for tag in rule.tags}
    return [
        {
            "id": row.id,
            "chapter": chapter[row.id],
            "levels": {item.name: word(item.holdings[row.id]) for item in editions},
            "profile": row.profile,
            "source": row.source,
            "sentence": row.sentence,
        }
        for row in catalogue.rows
        if edition is None or not editions[0].holdings[row.id].excluded
    ]


def word(holding: Holding) -> str:
    """What an edition makes of a requirement in one word: its level, or a dash."""
    return "–" if holding.excluded else f"{holding.level}{f' ({holding.feature})' if holding.feature else ''}"


def _scenarios(catalogue: Catalogue, edition: str | None) -> Sequence[Row]:
    texts = chapters.read()
    editions = [item for item in catalogue.editions.values() if edition in (None, item.name)]
    cases = {
        case.id: case for item in editions for case in plans.make(catalogue, item, texts, item.features, Wanted()).cases
    }
    order = {row.id: at for at, row in enumerate(catalogue.rows)}
    return [
        {"case": case.id, "place": f"{case.feature}:{case.line}"}
        for case in sorted(cases.values(), key=lambda case: (order[case.requirement], case.line))
    ]


def _edition(edition: Edition) -> Row:
    levels = [holding.level for holding in edition.holdings.values()]
    return {
        "name": edition.name,
        "levels": {level: levels.count(level) for level in ("MUST", "SHOULD", "MAY")},
        "title": edition.title,
    }


def _deviations(what: str) -> Sequence[Row]:
    """Faults or variants, told by the reference gateway itself: the suite shares no code with it."""
    done = subprocess.run(
        [sys.executable, "-m", "reference_gateway", what, "--format", "json"],
        cwd=FEATURES.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise HarnessError(f"the reference gateway does not list its {what}: {done.stderr.strip()}")
    first = ("id", "name", "editions", "source", "catches", "description")
    rows = cast("Sequence[Row]", json.loads(done.stdout))
    return [{name: row[name] for name in first if name in row} for row in rows]


def _flat(row: Row) -> dict[str, str]:
    """The row as cells: a mapping becomes columns of its own; what makes a line too long is left to JSON."""
    cells: dict[str, str] = {}
    for name, value in row.items():
        if isinstance(value, Mapping):
            cells |= {key: str(one) for key, one in value.items()}
        elif name not in _ONLY_IN_JSON:
            cells[name] = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return cells
