"""The kill matrix as a page of the docs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from reference_gateway.deviations import Deviation
from reference_gateway.faults import all_faults
from reference_gateway.variants import all_variants

HEAD = """# Kill matrix

What the suite was tried on and what it said, by version. Written by `{command}`, never by hand; what it means stands in
[trust.md](trust.md).

Suite {version}, commit {commit}, {made}: **{caught} of {faults} faults caught, {green} of {variants} lawful variants
conform.** Each line is `conformance run` against the reference gateway with a real Envoy. *narrow*: judged by what is
expected to fail; *whole*: by everything that holds in the edition. A lawful gateway is judged by each chapter in a run
of its own, whose verdict says "with relaxations" because a chapter is not everything.
"""
EARLIER = """Of {all} runs {new} were made from the sources of that commit. The others were made before, and nothing has
changed since of what they stand on: the fault or the variants, the requirements that judge them and their scenarios. By
commit: {commits}.
"""


def render(document: Mapping[str, Any]) -> str:
    """The page of a matrix."""
    made = {"command": document["command"], "made": document["made"], **document["suite"], **document["score"]}
    blocks = [
        HEAD.format(**made),
        *_earlier(document["runs"], made["commit"]),
        *_problems(document["problems"]),
        "## Faults\n",
        _table(
            ("fault", "what the gateway does", "edition", "extent", "caught by", "fails along with it"),
            _faults(document),
        ),
        "## Requirements\n\nBy which faults, in which editions, it is known that each can fail.\n",
        _table(("requirement", "faults"), _requirements(document["faults"])),
        *_exempt(document["exempt"]),
        "## Lawful variants\n",
        _table(("variants worn at once", "edition", "judged by", "verdict"), _variants(document["variants"])),
        "| variant | what the gateway does |\n|---|---|",
        "\n".join(f"| {variant.id} {variant.name} | {_cell(variant.description())} |" for variant in all_variants()),
    ]
    return "\n".join(blocks) + "\n"


def _earlier(runs: Mapping[str, Mapping[str, str]], commit: str) -> Iterator[str]:
    others = [f"{run['commit']} ({run['made']})" for run in runs.values() if run["commit"] != commit]
    if others:
        commits = ", ".join(f"{others.count(each)} of {each}" for each in sorted(set(others), key=others.count))
        yield EARLIER.format(all=len(runs), new=len(runs) - len(others), commits=commits)


def _problems(problems: Sequence[str]) -> Iterator[str]:
    if problems:
        yield "## Not proved\n"
        yield "\n".join(f"- {problem}" for problem in problems) + "\n"


def _faults(document: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    known: Mapping[str, type[Deviation]] = {fault.id: fault for fault in all_faults()}
    for row in document["faults"]:
        fault = known[row["subject"]]
        caught = row["caughtBy"] in row.get("failed", ())
        along = "; ".join(f"{id_}: {why}" for id_, why in row.get("alongWith", {}).items())
        yield (
            f"{fault.id} {fault.name}",
            fault.description(),
            row["edition"],
            row["extent"],
            row["caughtBy"] if caught else f"**not** {row['caughtBy']}",
            along,
        )


def _requirements(rows: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, ...]]:
    catchers: dict[str, dict[str, list[str]]] = {}
    for row in rows:
        if row["caughtBy"] in row.get("failed", ()):
            catchers.setdefault(row["caughtBy"], {}).setdefault(row["edition"], []).append(row["subject"])
    for id_, by_edition in sorted(catchers.items()):
        yield id_, "; ".join(f"{edition}: {', '.join(faults)}" for edition, faults in sorted(by_edition.items()))


def _exempt(rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    if rows:
        yield "### That no fault reaches\n"
        cells = ((row["requirement"], row["edition"], row["because"]) for row in rows)
        yield _table(("requirement", "edition", "why"), cells)


def _variants(rows: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, ...]]:
    worn: dict[tuple[str, str, str], list[str]] = {}
    for row in rows:
        worn.setdefault((row["subject"], row["edition"], row["verdict"]), []).append(row["extent"])
    for (subject, edition, verdict), extents in worn.items():
        yield subject.replace("+", ", "), edition, ", ".join(extents), verdict


def _table(names: Sequence[str], rows: Iterator[tuple[str, ...]]) -> str:
    lines = [f"| {' | '.join(names)} |", "|---" * len(names) + "|"]
    lines += [f"| {' | '.join(_cell(cell) for cell in row)} |" for row in rows]
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
