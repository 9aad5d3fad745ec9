"""The error that ends this program with exit code 2."""

from __future__ import annotations


class UsageError(Exception):
    """Something that the caller has to put right; the message is one sentence."""
