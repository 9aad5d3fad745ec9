"""`sweep --target kind` finds what runs have made and left on this machine, and removes what it is told to."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from fixtures.errors import ConfigurationError
from fixtures.targets.kind.holding import held
from suite import sweeping_kind
from suite.options import KIND, Options
from suite.sweeping import Found
from tests.kind.programs import Programs

RUN, OTHER = "20261126-110000-1f2a", "20261126-113000-77c0"


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Programs:
    found = Programs(tmp_path)
    monkeypatch.setenv("PATH", f"{found.folder}:/usr/bin:/bin")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return found


@pytest.fixture(autouse=True)
def looked_into(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str | None, bool]]:
    """Looks at what is left on a cluster: which run's, and whether it is deleted; nothing ever is there."""
    looks: list[tuple[str | None, bool]] = []

    def look(target: object, run: str | None, say: object, *, delete: bool) -> Found:
        looks.append((run, delete))
        return Found(0, whole=True)

    monkeypatch.setattr(sweeping_kind, "on_cluster", look)
    return looks


def swept(run: str | None = None, config: Path | None = None, *, delete: bool = False) -> list[str]:
    said: list[str] = []
    assert sweeping_kind.sweep(Options(KIND, config), run, said.append, delete=delete) == 0
    return said


def without_age(line: str) -> str:
    """How old something is depends on the day on which this is read."""
    begin, _, rest = line.rpartition("  ")
    return f"{begin}, {rest.split(' old, ')[1]}"


def test_clusters_that_runs_have_left_are_listed_and_those_of_others_are_not(
    programs: Programs, looked_into: list[tuple[str | None, bool]]
) -> None:
    programs.there_is("conformance-nightly", "rhoai-3.4", RUN)
    programs.there_is("mine", "own", OTHER)
    programs.there_is("somebodys", None)

    *lines, advice = swept()

    assert list(map(without_age, lines)) == [
        f"{RUN}  cluster conformance-nightly of kind, made for edition rhoai-3.4, left",
        f"{OTHER}  cluster mine of kind, made for somebody's own gateway, left",
    ]
    assert advice.startswith("`conformance sweep RUN --yes` deletes those of one run")
    assert looked_into == [(None, False)] * 2
    assert len(programs.clusters) == 3


def test_the_cluster_of_one_run_goes_as_a_whole_and_others_are_looked_into(
    programs: Programs, looked_into: list[tuple[str | None, bool]]
) -> None:
    programs.there_is("kept", "rhoai-3.4", OTHER)
    programs.there_is("left", "rhoai-3.4", RUN)

    (line,) = swept(RUN, delete=True)

    assert without_age(line) == f"{RUN}  cluster left of kind, made for edition rhoai-3.4, deleted"
    assert programs.clusters == ["kept"]
    assert looked_into == [(RUN, True)]


def test_a_cluster_that_a_run_is_at_work_on_says_so_and_stays(programs: Programs) -> None:
    programs.there_is("busy", "rhoai-3.4", RUN)

    with held("busy"):
        assert without_age(swept(RUN)[0]).endswith(", a run is at work on it")
        with pytest.raises(ConfigurationError, match="a run is at work on the cluster busy; wait until it has ended"):
            swept(RUN, delete=True)

    assert programs.clusters == ["busy"]


def test_one_that_does_not_answer_is_named_and_can_go(
    programs: Programs, looked_into: list[tuple[str | None, bool]]
) -> None:
    programs.there_is("half", "rhoai-3.4", RUN)
    programs.answer("kind export kubeconfig", 1, "ERROR: could not find any control plane nodes")

    lines = swept()

    assert without_age(lines[0]) == f"{RUN}  cluster half of kind, made for edition rhoai-3.4, left"
    assert lines[1].startswith("what runs have left on half is not known: `kind export`, which uses the cluster half")
    assert looked_into == []
    swept(RUN, delete=True)
    assert programs.clusters == []


def test_a_kind_yaml_says_which_cluster_is_meant(programs: Programs, tmp_path: Path) -> None:
    programs.there_is("mine", "rhoai-3.4", RUN)
    programs.there_is("other", "rhoai-3.4", OTHER)
    config = tmp_path / "kind.yaml"
    config.write_text("cluster: mine\n", encoding="utf-8")

    assert [line.split()[2] for line in swept(config=config)[:-1]] == ["mine"]


def test_nothing_left_is_said(programs: Programs) -> None:
    assert swept() == ["nothing bears the labels of a run"]
    assert swept(RUN) == [f"nothing bears the labels of run {RUN}"]


def test_who_deletes_names_a_run(programs: Programs) -> None:
    with pytest.raises(ConfigurationError, match="--yes undoes what one run has left; say which"):
        swept(delete=True)


def test_a_missing_program_is_named(programs: Programs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fixtures.targets.kind.cluster.installed", lambda names: frozenset({"docker"}))

    with pytest.raises(ConfigurationError, match="needs the program kind, and there is none"):
        swept()
