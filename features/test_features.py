"""Binds every scenario of the feature files to pytest; nothing else is here, and nothing else belongs here."""

from __future__ import annotations

from pytest_bdd import scenario

from suite.chapters import read


def _bind() -> None:
    for chapter in read():
        for rule in chapter.rules:
            for text in rule.scenarios:
                globals()[text.function_name] = scenario(str(chapter.path), text.name)(lambda: None)


_bind()
