"""No row of the contract study is dropped silently: the documentation shows where each one ends."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from fixtures.catalogue import FEATURES, load
from fixtures.errors import HarnessError
from suite import study

CATALOGUE = load()


def test_the_documentation_holds_the_table() -> None:
    text = (FEATURES.parent / "docs" / "coverage.md").read_text(encoding="utf-8")

    assert study.as_markdown(CATALOGUE) in text, "run `conformance list rows` and put its table into docs/coverage.md"


def test_the_study_has_its_rows() -> None:
    ids = study.row_ids()

    assert len(ids) == len(set(ids)) == 150 + 107
    assert (ids[0], ids[149], ids[150], ids[-1]) == ("R-001", "R-150", "S-INJ-01", "S-API-03")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("- {rows: [R-999], because: x}", "R-999 is no row of the study"),
        ("- {rows: [R-150], because: ''}", "each entry has rows and because"),
        ("- {rows: [R-150]}", "each entry has rows and because"),
        ("- {rows: [R-150, R-150], because: x}", "excludes R-150 twice"),
        ("rows: R-150", "is not a list"),
    ],
)
def test_a_broken_exclusion_is_refused(text: str, sentence: str, tmp_path: Path) -> None:
    (tmp_path / "excluded_rows.yaml").write_text(text, encoding="utf-8")

    with pytest.raises(HarnessError, match=re.escape(sentence)):
        study.rows(CATALOGUE, tmp_path)
