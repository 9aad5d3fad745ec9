"""The values of which a report is made. Every writer reads them; `document` turns them into report.json and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from reports.events import Finding, Json, Level, Outcome

RequirementOutcome = Literal["passed", "failed", "warning", "not-applicable", "not-testable", "harness-error"]
VerdictWord = Literal["conformant", "conformant with relaxations", "nonconformant", "incomplete"]
EndingReason = Literal["completed", "interrupted", "harness-error", "not-started", "missing"]

REQUIREMENT_OUTCOMES: tuple[RequirementOutcome, ...] = (
    "harness-error",
    "failed",
    "not-testable",
    "warning",
    "passed",
    "not-applicable",
)
"""All outcomes of a requirement in the order in which a reader wants to meet them."""
LEVELS: tuple[Level, ...] = ("MUST", "SHOULD", "MAY")
NOT_SELECTED = "not selected"
"""Why a requirement is not judged that the user has not asked for; another shard may have it."""


@dataclass(frozen=True)
class Agreement:
    """How often a requirement ended in the same way, over the rounds of a run that executed every case repeatedly."""

    rounds: int
    agreed: int
    """Rounds that ended as most of them did."""
    outcomes: Mapping[str, int]
    """How many rounds had which outcome."""
    disagreement_at_most: float
    """The share of rounds that disagree is not larger than this, with 95 % confidence (Clopper and Pearson)."""

    @property
    def disagrees(self) -> bool:
        """Whether not all rounds ended in the same way."""
        return self.agreed < self.rounds


@dataclass(frozen=True)
class Repetition:
    """What a run that executed every case repeatedly says about its own steadiness."""

    rounds: int
    disagreeing: tuple[str, ...]
    """Requirements of which not all rounds ended in the same way."""
    disagreement_at_most: float
    """What so many rounds without any disagreement would prove of one requirement, with 95 % confidence."""
    sentence: str


@dataclass(frozen=True)
class CaseResult:
    """What became of one planned case; ``not-testable`` with a cause if it was never finished."""

    id: str
    requirement: str
    scenario: str
    feature: str
    line: int
    example: str | None
    outcome: Outcome
    seconds: float
    settling_seconds: float
    executed: bool
    step: str | None = None
    step_line: int | None = None
    findings: tuple[Finding, ...] = ()
    cause: str | None = None
    traceback: str | None = None
    notes: tuple[str, ...] = ()
    evidence: str | None = None
    """Path of its evidence below the run's directory; None for a case that passed."""
    round: int = 1


@dataclass(frozen=True)
class RequirementResult:
    """What became of one requirement, with the cases that say so."""

    id: str
    sentence: str
    level: Level
    profile: str
    chapter: str
    source: str
    feature: str | None
    provisional: bool
    outcome: RequirementOutcome
    reason: str | None
    """Why it is not applicable, or why it has no case; else None."""
    note: str | None
    cases: tuple[CaseResult, ...]
    reproduce: str
    """The command that judges this requirement alone, with the settings of this run."""
    agreement: Agreement | None = None
    """None unless the run executed its cases more than once."""

    @property
    def scored(self) -> bool:
        """Whether its outcome can change the verdict."""
        return self.outcome != "not-applicable" and self.level != "MAY" and not self.provisional

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The findings of all its cases, in order."""
        return tuple(finding for case in self.cases for finding in case.findings)

    @property
    def causes(self) -> tuple[str, ...]:
        """Why cases of it could not be judged, each cause once."""
        return tuple(dict.fromkeys(case.cause for case in self.cases if case.cause))

    @property
    def notes(self) -> tuple[str, ...]:
        """What its cases saw where the contract leaves a choice, each once."""
        return tuple(dict.fromkeys(note for case in self.cases for note in case.notes))

    @property
    def first_problem(self) -> CaseResult | None:
        """The first of its worst cases, None if all passed."""
        for outcome in ("harness-error", "failed", "not-testable"):
            for case in self.cases:
                if case.outcome == outcome:
                    return case
        return None


@dataclass(frozen=True)
class Cause:
    """One reason why something could not be judged, with everything that it blocks."""

    text: str
    outcome: Literal["not-testable", "harness-error"]
    requirements: tuple[str, ...]
    cases: int


@dataclass(frozen=True)
class HarnessError:
    """An error of the suite outside of any case, e.g. of a report writer."""

    where: str
    message: str
    traceback: str


@dataclass(frozen=True)
class PreflightLine:
    """One line of the preflight."""

    check: str
    outcome: Literal["passed", "failed"]
    detail: str
    advice: str


@dataclass(frozen=True)
class SlowCase:
    """A case that took long."""

    case: str
    seconds: float
    settling_seconds: float


@dataclass(frozen=True)
class Timing:
    """Where the time went. Cases run in parallel, so their sum exceeds the wall time."""

    started_at: str
    """ISO 8601 in UTC; empty if the run recorded no start."""
    wall_seconds: float
    cases_seconds: float
    settling_seconds: float
    settling_share: float
    """Part of the cases' time that was spent on settling, 0 to 1."""
    slowest: tuple[SlowCase, ...]


@dataclass(frozen=True)
class Plan:
    """What the run had set out to do, and how what it did differs from that."""

    fingerprint: str
    """Empty if the run recorded no plan."""
    planned: int
    executed: int
    not_executed: tuple[str, ...] = ()
    """Planned cases that did not finish."""
    contradictions: tuple[str, ...] = ()
    """Sentences: cases that finished unplanned or twice. With any of them the run cannot be judged."""
    unreadable_lines: int = 0


@dataclass(frozen=True)
class Ending:
    """How the run ended; ``missing`` if it did not say."""

    reason: EndingReason
    detail: str = ""


@dataclass(frozen=True)
class Report:
    """A whole run, judged."""

    run: str
    verdict: VerdictWord
    exit_code: int
    sentence: str
    """The verdict, what it rests on and what it does not cover, in one sentence for a release manager."""
    edition: Mapping[str, Json]
    target: Mapping[str, Json]
    implementation: Mapping[str, str]
    suite: Mapping[str, str]
    settings: Mapping[str, Json]
    relaxations: tuple[str, ...]
    not_covered: tuple[str, ...]
    """``profile access (12 requirements)``; what a reader might take for judged and is not."""
    timing: Timing
    summary: Mapping[str, Mapping[str, int]]
    """Number of requirements by level and outcome."""
    plan: Plan
    ending: Ending
    causes: tuple[Cause, ...]
    harness_errors: tuple[HarnessError, ...]
    preflight: tuple[PreflightLine, ...]
    excluded: Mapping[str, str]
    requirements: tuple[RequirementResult, ...]
    proof: Mapping[str, Json] = field(default_factory=dict)
    """How the suite did when it was tried on faults and lawful variants; see ``RunStarted``."""
    repetition: Repetition | None = None
    """None unless the run executed its cases more than once."""

    def with_outcome(self, *outcomes: RequirementOutcome) -> tuple[RequirementResult, ...]:
        """The requirements that ended so, in the catalogue's order."""
        return tuple(requirement for requirement in self.requirements if requirement.outcome in outcomes)
