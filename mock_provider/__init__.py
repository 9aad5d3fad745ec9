"""The mock OpenAI provider: a program of its own (python -m mock_provider)."""

from __future__ import annotations

__version__ = "0.1.0"
