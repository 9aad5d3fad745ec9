"""How often a requirement agreed with itself, where a run has executed every case more than once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from math import comb

from reports.model import Agreement, CaseResult, Repetition, RequirementOutcome, RequirementResult
from reports.text import one_line

CONFIDENCE = 0.95


def of_rounds(outcomes: Sequence[RequirementOutcome]) -> Agreement:
    """The agreement of these outcomes, one a round: a round disagrees if it did not end as most of them did."""
    counts: Counter[str] = Counter(outcomes)
    agreed = max(counts.values(), default=0)
    return Agreement(len(outcomes), agreed, dict(counts), at_most(len(outcomes) - agreed, len(outcomes)))


def of_run(requirements: Iterable[RequirementResult]) -> Repetition | None:
    """The agreement of a whole run; None if nothing was executed more than once."""
    judged = [item for item in requirements if item.agreement is not None]
    rounds = max((item.agreement.rounds for item in judged if item.agreement), default=0)
    if not rounds:
        return None
    disagreeing = tuple(item.id for item in judged if item.agreement and item.agreement.disagrees)
    bound = at_most(0, rounds)
    if not disagreeing:
        text = (
            f"{rounds} rounds, and no requirement disagreed with itself: with {CONFIDENCE:.0%} confidence any one of "
            f"them does in at most {bound:.1%} of rounds."
        )
    else:
        named = "; ".join(_words(item) for item in judged if item.id in disagreeing)
        text = f"DISAGREEMENT over {rounds} rounds: {named}."
    return Repetition(rounds, disagreeing, bound, text)


def rounds_of(cases: Iterable[CaseResult]) -> list[tuple[CaseResult, ...]]:
    """The cases by round; only rounds that were executed whole, since half a round has no outcome."""
    rounds: dict[int, list[CaseResult]] = {}
    for case in cases:
        rounds.setdefault(case.round, []).append(case)
    return [tuple(members) for _, members in sorted(rounds.items()) if all(case.executed for case in members)]


def at_most(disagreements: int, rounds: int, confidence: float = CONFIDENCE) -> float:
    """The upper bound of Clopper and Pearson: the share of disagreements that is not larger, at this confidence.

    It is the share at which so few disagreements would be seen with a probability of only ``1 - confidence``. Without
    any it is near to ``3 / rounds``, the rule of three.
    """
    if disagreements >= rounds:
        return 1.0
    low, high = 0.0, 1.0
    while high - low > 1e-9:
        share = (low + high) / 2
        so_few = sum(
            comb(rounds, seen) * share**seen * (1 - share) ** (rounds - seen) for seen in range(disagreements + 1)
        )
        low, high = (share, high) if so_few > 1 - confidence else (low, share)
    return round(high, 6)


def _words(requirement: RequirementResult) -> str:
    agreement = requirement.agreement
    assert agreement is not None
    seen = ", ".join(f"{outcome.replace('-', ' ')} {count}" for outcome, count in agreement.outcomes.items())
    return one_line(f"{requirement.id} {seen}")
