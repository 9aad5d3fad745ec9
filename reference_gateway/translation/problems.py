"""What keeps a request from being translated."""

from __future__ import annotations


class UntranslatableError(Exception):
    """The client's messages have no counterpart; the text says which and why, in the shipped words."""
