"""The same cause once, with everything that it blocks: one dead provider is one line, not forty."""

from __future__ import annotations

from collections.abc import Iterable

from reports.model import Cause, RequirementResult


def causes(requirements: Iterable[RequirementResult]) -> tuple[Cause, ...]:
    """Why requirements could not be judged: errors of the suite first, then by the number of requirements blocked."""
    blocked: dict[tuple[str, str], dict[str, int]] = {}
    for requirement in requirements:
        for case in requirement.cases:
            if case.outcome in ("not-testable", "harness-error"):
                counts = blocked.setdefault((case.outcome, case.cause or ""), {})
                counts[requirement.id] = counts.get(requirement.id, 0) + 1
        if requirement.outcome == "not-testable" and not requirement.cases:
            blocked.setdefault(("not-testable", requirement.reason or ""), {})[requirement.id] = 0
    found = [
        Cause(
            text=text,
            outcome="harness-error" if outcome == "harness-error" else "not-testable",
            requirements=tuple(counts),
            cases=sum(counts.values()),
        )
        for (outcome, text), counts in blocked.items()
    ]
    return tuple(sorted(found, key=lambda cause: (cause.outcome != "harness-error", -len(cause.requirements))))
