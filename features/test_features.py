"""Binds every scenario of the feature files to pytest; nothing else is here, and nothing else belongs here."""

from __future__ import annotations

from pathlib import Path

from pytest_bdd import scenario

from suite.chapters import read


def _bind() -> None:
    for chapter in read(Path(__file__).parent):
        for rule in chapter.rules:
            for text in rule.scenarios:
                globals()[text.function_name] = scenario(str(chapter.path), text.name)(lambda: None)


_bind()
