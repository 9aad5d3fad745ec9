"""What ``--select`` takes: a tag expression over ids, id prefixes, levels, profiles and chapters."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from cucumber_tag_expressions import parse
from cucumber_tag_expressions.parser import TagExpressionError

from fixtures.catalogue import Catalogue, Holding, Row
from fixtures.errors import ConfigurationError
from fixtures.near import did_you_mean
from reports.model import LEVELS
from suite.chapters import Chapter, slug

LOOK_UP = "`conformance list requirements --format json` shows ids, levels, profiles and chapters to select by"
_OPERATORS = {"and", "or", "not"}
_WORD = re.compile(r"[^\s()]+")


class Selection:
    """The requirements that an expression takes; all of them without one."""

    def __init__(self, expression: str | None, catalogue: Catalogue, chapters: Sequence[Chapter]) -> None:
        """Read the expression.

        Raises:
            ConfigurationError: it is none, or holds a word that no requirement of any edition bears.
        """
        self._parsed = None
        if expression is None:
            return
        if not expression.strip():
            raise ConfigurationError(
                '--select is empty; leave it out to judge everything, or write for example "EM-CRED-004"'
            )
        plain = expression.replace("@", "")
        try:
            self._parsed = parse(plain)
        except TagExpressionError as error:
            raise ConfigurationError(
                f"--select {expression!r} is not a tag expression ({' '.join(str(error).split())}); "
                'write for example "EM-CRED-004", "credentials and not EM-CRED-010" or "EM-CRED or EM-HDR"'
            ) from error
        # Beside a word that takes something, a misspelt one would only make the run smaller, and nobody would notice.
        known = _known(catalogue, chapters)
        for word in _WORD.findall(plain):
            if word not in _OPERATORS | known:
                raise ConfigurationError(
                    f"--select {expression!r}: {word!r} selects no requirement in any edition"
                    f"{did_you_mean(word, known)}; {LOOK_UP}"
                )

    def takes(self, row: Row, holding: Holding, chapter: Chapter) -> bool:
        """Whether it takes this requirement of an edition."""
        words = {*_of_row(row), *_of_chapter(chapter), *_of_level(str(holding.level))}
        return self._parsed is None or self._parsed.evaluate(list(words))


def _known(catalogue: Catalogue, chapters: Iterable[Chapter]) -> set[str]:
    rows = (word for row in catalogue.rows for word in _of_row(row))
    levels = (word for level in LEVELS for word in _of_level(level))
    return {*rows, *levels, *(word for chapter in chapters for word in _of_chapter(chapter)), *catalogue.profiles}


def _of_row(row: Row) -> tuple[str, ...]:
    return row.id, row.id.rpartition("-")[0], row.profile


def _of_level(level: str) -> tuple[str, ...]:
    return level, level.lower()


def _of_chapter(chapter: Chapter) -> tuple[str, ...]:
    return slug(chapter.name), chapter.path.stem
