"""Several runs as one report, and the runs that nothing can be said about together."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from reports.build import build
from reports.document import BrokenReportError, to_document, validate
from reports.events import EventLog, Outcome, RunFinished
from reports.merge import merge
from tests.reports.runs import acts, case, ended, finished, plan, requirement, run_started

PART = "only a part was judged (--select 'x')"


def shard(
    judged: dict[str, Outcome], rest: tuple[str, ...] = (), end: RunFinished | None = None, **start: Any
) -> EventLog:
    """A run that judges these requirements by one case each, and leaves out the rest as not selected."""
    rows = [requirement(id_) for id_ in judged] + [requirement(id_, not_applicable="not selected") for id_ in rest]
    cases = [case(f"{id_}/case") for id_ in judged]
    ends = [finished(f"{id_}/case", outcome) for id_, outcome in judged.items()]
    steps = [event for one in cases for event in acts(one.id)]
    changes = {"relaxations": (PART,)} if rest else {}
    return EventLog((run_started(**changes, **start), plan(rows, cases), *steps, *ends, end or ended()))


def test_shards_become_a_whole_that_is_relaxed_no_more() -> None:
    one = shard({"EM-A-001": "passed"}, ("EM-A-002",))
    two = shard({"EM-A-002": "passed"}, ("EM-A-001",))

    report = build(merge({"one": one, "two": two}))

    assert (report.verdict, report.exit_code) == ("conformant", 0)
    assert [(item.id, item.outcome) for item in report.requirements] == [("EM-A-001", "passed"), ("EM-A-002", "passed")]
    assert report.settings["merged"] == [one.events[0].run, two.events[0].run]  # type: ignore[union-attr]
    validate(to_document(report))


def test_what_no_shard_has_judged_stays_a_relaxation() -> None:
    logs = {
        "one": shard({"EM-A-001": "passed"}, ("EM-A-002", "EM-A-003")),
        "two": shard({"EM-A-002": "passed"}, ("EM-A-003",)),
    }

    report = build(merge(logs))

    assert report.verdict == "conformant with relaxations"
    assert report.relaxations == (PART,)


def test_whole_runs_become_rounds_and_the_worst_counts() -> None:
    runs = {
        "one": shard({"EM-A-001": "passed"}),
        "two": shard({"EM-A-001": "failed"}),
        "three": shard({"EM-A-001": "passed"}),
    }

    report = build(merge(runs))

    assert report.verdict == "nonconformant"
    assert report.repetition is not None
    assert report.repetition.sentence == "DISAGREEMENT over 3 rounds: EM-A-001 passed 2, failed 1."
    assert [one.id for one in report.requirements[0].cases] == ["EM-A-001/case", "EM-A-001/case#2", "EM-A-001/case#3"]


def test_merging_what_was_merged_gives_the_same_as_merging_all_at_once() -> None:
    a, b, c = (shard({"EM-A-001": "passed"}) for _ in range(3))

    stepwise = build(merge({"ab": merge({"a": a, "b": b}), "c": c}))

    assert stepwise.requirements == build(merge({"a": a, "b": b, "c": c})).requirements


def test_a_run_that_was_interrupted_leaves_the_whole_incomplete() -> None:
    runs = {"one": shard({"EM-A-001": "passed"}), "two": shard({"EM-A-002": "passed"}, end=ended("interrupted"))}

    report = build(merge(runs))

    assert (report.verdict, report.exit_code) == ("incomplete", 3)


@pytest.mark.parametrize(
    ("what", "changes"),
    [
        ("edition", {"edition": {"name": "rhoai-3.4", "title": ""}}),
        ("suite", {"suite": {"version": "0.2.0", "commit": "abc1234"}}),
        ("target", {"target": {"kind": "cluster", "gateway": {"url": "http://127.0.0.1:8080"}}}),
        ("target", {"settings": {"workers": 2, "faults": ["M06"], "variants": []}}),
        ("implementation", {"implementation": {"project": "another"}}),
        ("bounds", {"settings": {"faults": [], "variants": [], "bounds": {"streak": 2}}}),
    ],
)
def test_runs_of_different_things_are_refused(what: str, changes: dict[str, Any]) -> None:
    with pytest.raises(BrokenReportError, match=f"one and two cannot be merged: the {what} differs"):
        merge({"one": shard({"EM-A-001": "passed"}), "two": shard({"EM-A-001": "passed"}, **changes)})


def test_runs_of_different_contracts_and_runs_without_a_plan_are_refused() -> None:
    whole = shard({"EM-A-001": "passed"})
    made = dataclasses.replace(plan([requirement("EM-A-001")], []), fingerprint="e" * 64)
    other = EventLog((run_started(), made, ended()))

    with pytest.raises(BrokenReportError, match="the contract differs"):
        merge({"one": whole, "two": other})
    with pytest.raises(BrokenReportError, match="two has recorded no plan"):
        merge({"one": whole, "two": EventLog((run_started(), ended()))})


def test_the_port_of_an_embedded_gateway_makes_no_other_target() -> None:
    moved: dict[str, Any] = {"target": {"kind": "embedded", "gateway": {"url": "http://127.0.0.1:9090"}}}

    assert (
        build(merge({"one": shard({"EM-A-001": "passed"}), "two": shard({"EM-A-001": "passed"}, **moved)})).exit_code
        == 0
    )


def test_runs_that_deployed_a_provider_each_are_of_one_target_if_it_was_the_same_one() -> None:
    def run(of: str, image: str) -> EventLog:
        provider = {"namespace": f"emc-{of}-provider", "image": image}
        return shard({"EM-A-001": "passed"}, target={"kind": "cluster", "gateway": {}, "provider": provider})

    assert build(merge({"one": run("1f2a", "mock:1"), "two": run("5b3c", "mock:1")})).exit_code == 0
    with pytest.raises(BrokenReportError, match="the target differs"):
        merge({"one": run("1f2a", "mock:1"), "two": run("5b3c", "mock:2")})
