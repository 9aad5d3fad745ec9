"""Stopped, killed, run twice at once, run with a dead provider: nothing is left, and never a wrong verdict."""

from __future__ import annotations

import os
import random
import re
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.command.running import Command, outcomes, report, run

PART = "EM-CRED-001 or EM-CRED-005"
TWO_WORKERS = ("--workers", "2")
SOME = "EM-CRED-001 or EM-CRED-002 or EM-CRED-003 or EM-CRED-005 or EM-CRED-010"


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "run"


def interrupted(command: Command, out: Path) -> None:
    """Assert that it has ended as an interrupted run must."""
    ended = command.end()
    assert (ended.code, command.left()) == (3, []), ended.stdout + ended.stderr
    assert ended.stderr == ""
    assert "Incomplete: the run was interrupted" in ended.stdout
    assert report(out)["verdict"] == "incomplete"


@pytest.mark.parametrize(
    ("moment", "number"),
    [
        ("edition", signal.SIGINT),
        ("target", signal.SIGTERM),
        ("preflight  gateway", signal.SIGINT),
        ("judging", signal.SIGTERM),
        ("judging", signal.SIGHUP),
    ],
)
def test_a_signal_at_any_moment_ends_the_run_in_order(moment: str, number: signal.Signals, out: Path) -> None:
    delay = random.uniform(0, 2)  # noqa: S311 - any moment will do; it is printed for whoever looks into a failure
    print(f"{number.name} {delay:.2f} s after {moment!r}")  # noqa: T201
    command = Command("run", *TWO_WORKERS, "--out", out)
    command.until(moment)
    command.pause(delay)

    command.send(number)

    interrupted(command, out)


def test_workers_that_are_still_importing_end_in_order(out: Path) -> None:
    command = Command("run", "--out", out)
    command.until("judging")
    command.pause(0.3)

    command.send(signal.SIGTERM)

    interrupted(command, out)


def test_a_signal_before_anything_was_started_leaves_nothing(out: Path) -> None:
    command = Command("run", "--out", out)
    command.pause(0.4)  # while it imports; or, on a fast machine, a little later

    command.send(signal.SIGTERM)

    assert command.end().code in (3, -signal.SIGTERM)
    assert command.left() == []
    assert not out.exists() or report(out)["verdict"] == "incomplete"


def test_control_c_in_a_terminal_reaches_workers_too_and_impatience_changes_nothing(out: Path) -> None:
    command = Command("run", *TWO_WORKERS, "--out", out)
    command.until("judging")
    command.pause(2)

    for _ in range(3):
        command.press_control_c()
        command.pause(0.2)

    interrupted(command, out)


def test_a_run_without_workers_can_be_interrupted(out: Path) -> None:
    command = Command("run", "--workers", "1", "--out", out)
    command.until("judging")
    command.pause(1.5)

    command.send(signal.SIGINT)

    interrupted(command, out)


def test_a_signal_after_the_last_case_gives_the_verdict_or_says_interrupted(out: Path) -> None:
    command = Command("run", "--select", "EM-FWD-003", "--workers", "1", "--out", out)
    command.until("1/1 cases")

    command.send(signal.SIGTERM)

    ended = command.end()
    verdicts = {0: "conformant with relaxations", 3: "incomplete"}
    assert report(out)["verdict"] == verdicts[ended.code]
    assert command.left() == []


def test_kill_9_leaves_no_program(out: Path) -> None:
    command = Command("run", *TWO_WORKERS, "--out", out)
    command.until("judging")
    command.pause(1.5)

    command.send(signal.SIGKILL)

    assert command.end().code == -signal.SIGKILL
    assert command.left() == []
    assert not (out / "report.json").exists()


def test_two_runs_at_once_do_not_disturb_each_other(tmp_path: Path) -> None:
    commands = [Command("run", "--select", PART, *TWO_WORKERS, "--out", tmp_path / name) for name in "ab"]

    ended = [command.end() for command in commands]

    assert [one.code for one in ended] == [0, 0], ended[0].stdout + ended[1].stdout
    assert report(tmp_path / "a")["run"] != report(tmp_path / "b")["run"]


@pytest.mark.parametrize("program", ["-m mock_provider", "-m kubernetes_api"])
def test_surroundings_that_die_are_never_held_against_the_gateway(program: str, out: Path) -> None:
    command = Command("run", "--select", SOME, *TWO_WORKERS, "--out", out)
    command.until("judging")
    command.pause(random.uniform(0, 6))  # noqa: S311

    (pid,) = command.processes(program)
    os.kill(pid, signal.SIGKILL)

    ended = command.end()
    assert ended.code in (3, 4), ended.stdout
    assert report(out)["verdict"] == "incomplete"
    assert "failed" not in outcomes(out)
    assert command.left() == []


# On a cluster, which goes on when the run has ended

ON_A_CLUSTER = pytest.mark.xdist_group("on a cluster")
"""They stand on one target that stays up; in three workers of pytest-xdist it would be started three times."""


@pytest.fixture(scope="module")
def config() -> Iterator[str]:
    """The target.yaml of an embedded target that stays up."""
    command = Command("up", "--edition", "rhoai-3.4")
    line = command.until("#   conformance run")
    found = re.search(r"--config (\S+)", line)
    assert found is not None
    yield found[1]
    command.send(signal.SIGTERM)
    ended = command.end()
    assert (ended.code, ended.stderr, command.left()) == (0, "", [])
    assert not Path(found[1]).exists()


@ON_A_CLUSTER
def test_up_can_be_judged_as_a_cluster_whose_edition_is_detected(config: str, out: Path) -> None:
    ended = run("run", "--target", "cluster", "--config", config, "--select", PART, *TWO_WORKERS, "--out", out)

    assert ended.code == 0, ended.stdout + ended.stderr
    assert report(out)["edition"]["name"] == "rhoai-3.4"
    assert "rhoai-3.4" in ended.stdout.splitlines()[1]
    assert ", left" not in run("sweep", "--config", config).stdout


@ON_A_CLUSTER
def test_an_interrupted_run_leaves_no_namespace_on_a_cluster(config: str, out: Path) -> None:
    command = Command("run", "--target", "cluster", "--config", config, *TWO_WORKERS, "--out", out)
    command.until("judging")
    command.pause(4)
    command.send(signal.SIGTERM)

    interrupted(command, out)

    left = run("sweep", report(out)["run"], "--config", config).stdout
    assert ", left" not in left


@ON_A_CLUSTER
def test_what_a_killed_run_leaves_is_swept_and_nothing_else(config: str, out: Path) -> None:
    few = ("--select", "EM-CRED-003 or EM-CRED-005 or EM-CRED-008")
    command = Command(
        "run", "--target", "cluster", "--config", config, "--keep", "always", *few, *TWO_WORKERS, "--out", out
    )
    command.until("4/")  # cases have ended, and kept what they had made
    command.send(signal.SIGKILL)
    command.end()
    assert command.left() == []
    left = [line for line in run("sweep", "--config", config).stdout.splitlines() if "emc-" in line]
    (name,) = {line.split()[0] for line in left}
    for beside in ("MaaSAuthPolicy", "MaaSSubscription"):
        assert any(f"{beside} models-as-a-service/emc-" in line for line in left)

    swept = run("sweep", name, "--yes", "--config", config)

    assert swept.code == 0
    assert swept.stdout.count("deleted") == len(swept.stdout.splitlines())
    assert ", left" not in run("sweep", name, "--config", config).stdout
