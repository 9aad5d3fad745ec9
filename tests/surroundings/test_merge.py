"""A run beside which something broke, merged with one beside which nothing did: still nobody's fault, named once."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tests.command.running import report, run
from tests.surroundings.conftest import Surroundings
from tests.surroundings.doubles import Fault, Proxy
from tests.surroundings.verdicts import blameless, judged

CAUSE = "the provider's control API answers 500"


def test_a_broken_run_leaves_the_whole_incomplete(surroundings: Surroundings, control: Proxy, tmp_path: Path) -> None:
    whole, broken = (replace(surroundings, directory=tmp_path / name) for name in ("whole", "broken"))
    for one in (whole, broken):
        one.directory.mkdir()
    judged(whole.run(select="EM-CRED-001"), whole)
    command = broken.start()
    command.until("judging")
    control.rule = lambda asked: Fault(status=500)
    blameless(command.end(), broken, CAUSE)

    ended = run("report", "merge", whole.out, broken.out, "--out", tmp_path / "merged")

    assert ended.code == 3, ended.stdout + ended.stderr
    merged = report(tmp_path / "merged")
    assert merged["verdict"] == "incomplete"
    assert [item["text"] for item in merged["causes"] if CAUSE in item["text"]] == [
        item["text"] for item in report(broken.out)["causes"] if CAUSE in item["text"]
    ]
    outcomes = {item["id"]: item["outcome"] for item in merged["requirements"]}
    assert {outcomes["EM-CRED-001"], outcomes["EM-CRED-005"]} == {"not-testable"}
