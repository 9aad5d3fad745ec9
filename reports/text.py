"""Text that came from a gateway, made harmless and short enough for a line of a report."""

from __future__ import annotations

import unicodedata


def one_line(text: str, longest: int | None = None) -> str:
    r"""The text on one line: control characters, line breaks and halves of characters written as escapes (``\n``).

    A gateway's answer can thereby neither break a report's layout nor steer the reader's terminal. Cut to ``longest``
    characters, if given, with an ellipsis.
    """
    plain = "".join(_escaped(character) for character in text)
    if longest is not None and len(plain) > longest:
        return plain[: longest - 1] + "…"
    return plain


def lines(text: str) -> list[str]:
    """The lines of a text of ours, e.g. a traceback, each made harmless."""
    return [one_line(line) for line in text.splitlines()]


def seconds(value: float) -> str:
    """``0.42 s``, ``4.2 s``, ``42 s`` or ``3 min 20 s``: as exact as a reader can use."""
    if value >= 120:
        return f"{int(value) // 60} min {int(value) % 60} s"
    if value >= 10:
        return f"{value:.0f} s"
    return f"{value:.1f} s" if value >= 1 else f"{value:.2f} s"


def _escaped(character: str) -> str:
    if unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp") or character in _DIRECTION_MARKS:
        return character.encode("unicode_escape").decode("ascii")
    return character


_DIRECTION_MARKS = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
