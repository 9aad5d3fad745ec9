"""What came of a run of the proof, kept so that a proof can go on where it stopped, and be made in shards.

A record is valid for the sources that it was made from and for nothing else: they are part of its place.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.proof.outfits import Outfit
from tests.proof.pairs import Pair, silent
from tests.proof.runs import ROOT, Nursery, Outcome

NONCONFORMANT = 1
SHORT_SECONDS = "3"
"""The reference gateway takes milliseconds, and a fault makes the suite wait for the whole of its bound. What comes of
a run with this bound is accepted where it is what was expected; otherwise a run with the suite's own bounds decides."""
SOURCES = (
    "features",
    "fixtures",
    "kubernetes_api",
    "mock_provider",
    "reference_gateway",
    "reports",
    "steps",
    "suite",
    "tests/proof",
)
"""The rooms that decide what comes of a run."""
KINDS = ("*.py", "*.yaml", "*.feature", "*.j2", "*.schema.json")


@dataclass(frozen=True)
class Record:
    """One run of the proof."""

    subject: str
    """A fault's id, or the variants of an outfit: ``V01+V02``."""
    edition: str
    extent: str
    """``narrow`` or ``whole``; of an outfit what it was judged by."""
    verdict: str
    failed: tuple[str, ...]
    """Requirements that failed, or were not met where they are SHOULD or provisional."""
    unjudged: tuple[str, ...]
    """Requirements that could not be judged."""
    problems: tuple[str, ...]
    """Sentences about what is not as it must be; none if the run proves what it is there for."""
    seconds: float
    repeated: bool = False
    """Whether the short bound was not enough."""
    caught_by: str = ""
    along_with: Mapping[str, str] = field(default_factory=dict)
    derived: bool = False


def of_pair(pair: Pair, scored: bool, nursery: Nursery, evidence: Path) -> Record:
    """Run the suite against a fault, and judge what came of it."""
    began = time.monotonic()
    options = ("--edition", pair.edition, "--fault", pair.fault, *_extent(pair))
    with _scratch() as scratch:
        outcome = nursery.run(scratch / "short", *options, "--converge", SHORT_SECONDS)
        problems = _pair_problems(pair, scored, outcome)
        if repeated := bool(problems):
            outcome = nursery.run(scratch / "again", *options)
            problems = _pair_problems(pair, scored, outcome)
        if problems:
            _keep(scratch / "again", evidence)
    return Record(
        pair.fault,
        pair.edition,
        pair.extent,
        outcome.report["verdict"],
        *_outcomes(outcome),
        tuple(problems),
        time.monotonic() - began,
        repeated,
        pair.caught_by,
        {id_: pair.along_with[id_] for id_ in sorted(outcome.requirements("failed", "warning") & set(pair.along_with))},
        pair.derived,
    )


def of_outfit(outfit: Outfit, nursery: Nursery, evidence: Path) -> Record:
    """Run the suite against a lawful gateway, and judge what came of it."""
    began = time.monotonic()
    words = [word for variant in outfit.variants for word in ("--variant", variant)]
    # Replicas that lag have each look last longer: who wears them all waits more than it computes.
    extent = ["--workers", "3", "--select", outfit.select] if outfit.select else ["--workers", "16"]
    with _scratch() as scratch:
        outcome = nursery.run(scratch / "run", "--edition", outfit.edition, *words, *extent)
        wanted = "conformant with relaxations" if outfit.select else "conformant"
        problems = _red(outcome, wanted)
        if problems:
            _keep(scratch / "run", evidence)
    return Record(
        "+".join(outfit.variants),
        outfit.edition,
        outfit.extent,
        outcome.report["verdict"],
        *_outcomes(outcome),
        tuple(problems),
        time.monotonic() - began,
    )


def _extent(pair: Pair) -> list[str]:
    if pair.extent == "whole":
        return ["--workers", "6"]
    return ["--workers", "1", "--select", " or ".join(sorted(pair.expected))]


def _outcomes(outcome: Outcome) -> tuple[tuple[str, ...], tuple[str, ...]]:
    failed = outcome.requirements("failed", "warning")
    return tuple(sorted(failed)), tuple(sorted(outcome.requirements("not-testable", "harness-error")))


def _pair_problems(pair: Pair, scored: bool, outcome: Outcome) -> list[str]:
    failed = outcome.requirements("failed", "warning")
    problems = []
    if pair.caught_by not in failed:
        problems.append(f"{pair.caught_by} does not catch it ({_outcome_of(pair.caught_by, outcome)})")
    if pair.serves_nothing:
        for id_ in sorted(outcome.requirements("passed") - set(silent())):
            problems.append(f"{id_} passes, though the gateway does nothing right")
    else:
        for id_ in sorted(failed - pair.expected):
            problems.append(f"{id_} fails, too, and nobody says why")
    judged = outcome.requirements("passed", "not-testable")
    for id_ in sorted((set(pair.along_with) & judged) - failed):
        problems.append(f"{id_} is said to fail, too, and does not ({_outcome_of(id_, outcome)})")
    for id_ in sorted(outcome.requirements("harness-error")):
        problems.append(f"{id_} ends in an error of the suite")
    if scored and outcome.code != NONCONFORMANT and not problems:
        problems.append(f'the verdict is "{outcome.report["verdict"]}" with exit code {outcome.code}')
    return problems


def _red(outcome: Outcome, wanted: str) -> list[str]:
    if (outcome.report["verdict"], outcome.code) == (wanted, 0):
        return []
    return [outcome.report["sentence"]]


def _outcome_of(id_: str, outcome: Outcome) -> str:
    return next((str(item["outcome"]) for item in outcome.report["requirements"] if item["id"] == id_), "unknown")


@contextmanager
def _scratch() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="proof-") as name:
        yield Path(name)


def _keep(run: Path, evidence: Path) -> None:
    """What the run wrote, for whoever asks why it did not come out as it must."""
    shutil.rmtree(evidence, ignore_errors=True)
    shutil.copytree(run, evidence)
    shutil.copy(run.with_suffix(".console"), evidence / "console.txt")


class Store:
    """Records on disk, in a directory that belongs to the present sources."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory / fingerprint()[:12]

    def find(self, key: str) -> Record | None:
        """The record of that name, if the run was made from these sources."""
        path = self._path(key)
        if not path.is_file():
            return None
        values = json.loads(path.read_text(encoding="utf-8"))
        lists = {name: tuple(value) for name, value in values.items() if isinstance(value, list)}
        return Record(**{**values, **lists})

    def put(self, key: str, record: Record) -> None:
        """Keep a record; one that is written half is not there."""
        self.directory.mkdir(parents=True, exist_ok=True)
        path = self._path(key)
        half = path.with_suffix(".half")
        half.write_text(json.dumps(dataclasses.asdict(record), ensure_ascii=False, indent=1), encoding="utf-8")
        half.replace(path)

    def evidence(self, key: str) -> Path:
        """Where the files of a run go that did not come out as it must."""
        return self.directory / "evidence" / key

    def _path(self, key: str) -> Path:
        return self.directory / f"{key}.json"


def fingerprint() -> str:
    """SHA-256 over the sources that decide what comes of a run."""
    digest = hashlib.sha256()
    for room in SOURCES:
        for path in sorted(path for kind in KINDS for path in (ROOT / room).rglob(kind)):
            if "runs" not in path.parts:
                digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()
