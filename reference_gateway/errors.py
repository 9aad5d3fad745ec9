"""The errors that end the program with a sentence instead of a traceback."""

from __future__ import annotations


class UsageProblem(Exception):  # noqa: N818 - it is the user's, not the program's
    """The start cannot go on for a reason that the caller can mend; the text says what is wrong and what to do."""


class GatewayFailure(Exception):  # noqa: N818 - reads as what it is
    """The gateway was running and lost a part that it cannot run without."""
