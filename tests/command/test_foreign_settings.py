"""What a user has set, installed or left of tests of their own: a run knows nothing of it."""

from __future__ import annotations

import getpass
import os
from pathlib import Path

import pytest

from tests.command.running import outcomes, run

REFUSED = ("--select", "EM-XXX-999")
"""As far as to the refusal of this, pytest has read all that it was told."""


@pytest.fixture
def installed(tmp_path: Path) -> str:
    """A directory for PYTHONPATH with a pytest plugin that announces itself as an installed package does."""
    (tmp_path / "foreign_plugin.py").write_text("raise RuntimeError('the foreign plugin was imported')\n")
    about = tmp_path / "foreign_plugin-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: foreign-plugin\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text("[pytest11]\nforeign = foreign_plugin\n")
    return os.pathsep.join((str(tmp_path), *filter(None, [os.environ.get("PYTHONPATH")])))


def test_a_plugin_that_is_installed_is_not_loaded(installed: str) -> None:
    run("run", *REFUSED, environment={"PYTHONPATH": installed}).refused("selects no requirement")


@pytest.mark.parametrize("variable", ["PYTEST_ADDOPTS", "PYTEST_PLUGINS"])
def test_what_the_environment_tells_pytest_is_not_heard(variable: str) -> None:
    run("run", *REFUSED, environment={variable: "no_such_thing"}).refused("selects no requirement")


def test_directories_of_their_tests_stay(tmp_path: Path) -> None:
    theirs = [tmp_path / f"pytest-of-{getpass.getuser()}" / f"pytest-{number}" for number in range(6)]
    for directory in theirs:
        directory.mkdir(mode=0o700, parents=True)
    out = tmp_path / "out"
    ended = run("run", "--select", "EM-CRED-001", "--workers", "2", "--out", out, environment={"TMPDIR": str(tmp_path)})
    assert (ended.code, outcomes(out)) == (0, {"passed"}), ended.stdout + ended.stderr
    assert [directory for directory in theirs if not directory.exists()] == []
