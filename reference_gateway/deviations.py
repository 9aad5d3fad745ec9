"""What faults and variants have in common, and how they are put in front of the conforming behaviour."""

from __future__ import annotations

import difflib
import inspect
from collections.abc import Iterable, Sequence
from typing import ClassVar, TypeVar

from reference_gateway.behaviour import Behaviour
from reference_gateway.behaviour.data_plane import RESPONSE_IN_PIECES
from reference_gateway.edition import Edition
from reference_gateway.errors import UsageProblem

ALL_EDITIONS: tuple[str, ...] = ("runbook", "rhoai-3.4", "rhoai-3.5")


class Deviation(Behaviour):
    """One named difference from the conforming gateway; its docstring says which."""

    id: ClassVar[str]
    name: ClassVar[str]
    editions: ClassVar[tuple[str, ...]] = ALL_EDITIONS
    """In which editions it can be switched on."""

    @classmethod
    def description(cls) -> str:
        """The docstring on one line."""
        return " ".join(inspect.cleandoc(cls.__doc__ or "").split())


class OfPieces(Deviation):
    """One in `response_pieces`, for which Envoy has to hand the answer's body over, piece by piece."""

    def response_body_mode(self) -> str:
        """How Envoy hands the answer's body to the processor."""
        return RESPONSE_IN_PIECES


D = TypeVar("D", bound=Deviation)


def chosen(wanted: Iterable[str], known: Sequence[type[D]], noun: str, edition: Edition) -> list[type[D]]:
    """The deviations with these names or ids, each once; an unknown or unlawful one raises UsageProblem."""
    found: list[type[D]] = []
    for text in wanted:
        deviation = next((each for each in known if text.lower() in (each.name, each.id.lower())), None)
        if deviation is None:
            names = {one.lower(): one for each in known for one in (each.name, each.id)}
            near = [names[one] for one in difflib.get_close_matches(text.lower(), names)]
            meant = f" (did you mean {' or '.join(near)}?)" if near else ""
            raise UsageProblem(f"There is no {noun} '{text}'{meant}; `conformance list {noun}s` shows them.")
        if edition.name not in deviation.editions:
            raise UsageProblem(
                f"The {noun} '{deviation.name}' means nothing in the edition {edition.name}; "
                f"it does in {', '.join(deviation.editions)}."
            )
        if deviation not in found:
            found.append(deviation)
    return found


def composed(edition: Edition, deviations: Sequence[type[Deviation]]) -> Behaviour:
    """The conforming behaviour with deviations in front of it, the first one nearest to the caller."""
    behaviour: Behaviour = type("Composed", (*deviations, Behaviour), {})(edition)
    return behaviour
