"""What the proof makes of its runs, without making any."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from fixtures.catalogue import Catalogue, load
from reference_gateway.faults import all_faults
from reference_gateway.variants import all_variants
from suite import chapters
from tests.proof import __main__ as command
from tests.proof import digest, matrix, outfits, page, pairs, published
from tests.proof.__main__ import tasks
from tests.proof.pairs import Pair
from tests.proof.published import Made
from tests.proof.records import Record, Store, of_pair
from tests.proof.runs import Nursery, Outcome

CAUGHT = Record("M06", "runbook", "narrow", "nonconformant", ("EM-CRED-002",), (), (), 4.0, False, "EM-CRED-002")
GREEN = Record("V01+V02", "runbook", "whole", "conformant", (), (), (), 60.0)
PAIR = Pair("M06", "runbook", "EM-CRED-002", {"EM-CRED-003": "it ignores the label"}, "narrow")


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load()


class Told(Nursery):
    """A nursery whose runs come out as told, one after the other."""

    def __init__(self, *outcomes: Outcome) -> None:
        self.told = list(outcomes)
        self.arguments: list[tuple[str, ...]] = []

    def run(self, directory: Path, *arguments: str) -> Outcome:
        directory.mkdir()
        directory.with_suffix(".console").write_text("what the user saw", encoding="utf-8")
        self.arguments.append(arguments)
        return self.told.pop(0)


def came_of(verdict: str = "nonconformant", code: int = 1, **outcomes: str) -> Outcome:
    requirements = [{"id": id_.replace("_", "-"), "outcome": outcome} for id_, outcome in outcomes.items()]
    return Outcome(code, {"verdict": verdict, "sentence": "…", "requirements": requirements}, "")


AS_EXPECTED = came_of(EM_CRED_002="failed", EM_CRED_003="failed")


def problems(tmp_path: Path, *outcomes: Outcome) -> tuple[str, ...]:
    return of_pair(PAIR, True, Told(*outcomes), tmp_path / "evidence").problems


def test_a_fault_that_is_caught_as_expected_needs_one_short_run(tmp_path: Path) -> None:
    told = Told(AS_EXPECTED)

    record = of_pair(PAIR, True, told, tmp_path / "evidence")

    assert (record.problems, record.repeated, record.failed) == ((), False, ("EM-CRED-002", "EM-CRED-003"))
    assert record.along_with == {"EM-CRED-003": "it ignores the label"}
    assert told.arguments[0][-2:] == ("--converge", "3")
    assert "EM-CRED-002 or EM-CRED-003" in told.arguments[0]


def test_a_run_with_the_suites_own_bounds_decides_where_the_short_one_came_out_otherwise(tmp_path: Path) -> None:
    told = Told(came_of("incomplete", 3, EM_CRED_002="not-testable", EM_CRED_003="failed"), AS_EXPECTED)

    record = of_pair(PAIR, True, told, tmp_path / "evidence")

    assert (record.problems, record.repeated) == ((), True)
    assert "--converge" not in told.arguments[1]


@pytest.mark.parametrize(
    ("outcome", "problem"),
    [
        (came_of(EM_CRED_002="passed", EM_CRED_003="failed"), "EM-CRED-002 does not catch it (passed)"),
        (
            came_of("incomplete", 3, EM_CRED_002="not-testable", EM_CRED_003="failed"),
            "EM-CRED-002 does not catch it (not-testable)",
        ),
        (
            came_of(EM_CRED_002="failed", EM_CRED_003="failed", EM_FWD_001="failed"),
            "EM-FWD-001 fails, too, and nobody says why",
        ),
        (
            came_of(EM_CRED_002="failed", EM_CRED_003="passed"),
            "EM-CRED-003 is said to fail, too, and does not (passed)",
        ),
        (
            came_of(EM_CRED_002="failed", EM_CRED_003="failed", EM_FWD_001="harness-error"),
            "EM-FWD-001 ends in an error of the suite",
        ),
        (
            came_of("incomplete", 3, EM_CRED_002="failed", EM_CRED_003="failed"),
            'the verdict is "incomplete" with exit code 3',
        ),
    ],
)
def test_what_proves_nothing(tmp_path: Path, outcome: Outcome, problem: str) -> None:
    assert problems(tmp_path, outcome, outcome) == (problem,)
    assert (tmp_path / "evidence" / "console.txt").read_text(encoding="utf-8") == "what the user saw"


def test_a_shard_is_judged_by_what_it_has_done(catalogue: Catalogue) -> None:
    found = matrix.make(catalogue, [CAUGHT, GREEN], partial=True)

    assert found.problems == ()
    assert (found.score["caught"], found.score["green"]) == (1, 2)
    assert (found.score["faults"], found.score["variants"]) == (len(all_faults()), len(all_variants()))


def test_a_whole_proof_names_what_nobody_has_tried_and_what_nobody_has_proved(catalogue: Catalogue) -> None:
    found = matrix.make(catalogue, [CAUGHT, GREEN], partial=False).problems

    assert "M01: no run has tried it" in found
    assert "V03, edition rhoai-3.4: no run has tried it" in found
    assert "V02, edition runbook: no run has tried it" not in found
    assert "EM-CRED-001, edition runbook: no fault shows that this MUST can fail" in found
    assert "EM-CRED-002, edition runbook: no fault shows that this MUST can fail" not in found
    assert "EM-CRED-002, edition rhoai-3.4: no fault shows that this MUST can fail" in found


def test_a_fault_that_is_missed_somewhere_is_not_counted_as_caught(catalogue: Catalogue) -> None:
    missed = dataclasses.replace(CAUGHT, edition="rhoai-3.4", failed=(), problems=("EM-CRED-002 does not catch it",))

    found = matrix.make(catalogue, [CAUGHT, missed], partial=True)

    assert found.score["caught"] == 0
    assert found.problems == ("M06, edition rhoai-3.4: EM-CRED-002 does not catch it",)


def test_the_page_shows_every_run(catalogue: Catalogue) -> None:
    made_by = {"suite": {"version": "0.1.0", "commit": "abc"}, "made": "2026-11-25", "command": "./prove --quick"}

    runs = {"one": Made("1f", "abc", "2026-11-25"), "other": Made("2f", "0de", "2026-11-20")}
    text = page.render(published.document(matrix.make(catalogue, [CAUGHT, GREEN], partial=True), runs, made_by))

    assert "1 of " in text
    assert "Of 2 runs 1 were made from the sources of that commit." in text
    assert "By\ncommit: 1 of 0de (2026-11-20).\n" in text
    assert "| M06 label-ignored |" in text
    assert "| EM-CRED-002 | runbook: M06 |" in text
    assert "| V01, V02 | runbook | whole | conformant |" in text


def test_every_variant_is_worn_in_every_edition_that_has_it(catalogue: Catalogue) -> None:
    for made in (outfits.quick(catalogue), outfits.full(catalogue)):
        worn = {(variant, outfit.edition) for outfit in made for variant in outfit.variants}
        assert worn == {(variant.id, edition) for variant in all_variants() for edition in variant.editions}


def test_each_chapter_judges_what_is_worn_together_in_its_edition(catalogue: Catalogue) -> None:
    for edition in catalogue.editions.values():
        judged = {outfit.select for outfit in outfits.quick(catalogue) if outfit.edition == edition.name}
        holding = {id_ for id_, holding in edition.holdings.items() if holding.level is not None}
        of = {chapters.slug(one.name): {rule.tags[0] for rule in one.rules} for one in chapters.read()}
        assert {id_ for name, ids in of.items() if name in judged for id_ in ids} >= holding


def test_a_whole_proof_names_the_chapter_by_which_nobody_has_judged(catalogue: Catalogue) -> None:
    outfit, left_out, *others = outfits.quick(catalogue)
    made = [
        Record("+".join(one.variants), one.edition, one.extent, "conformant with relaxations", (), (), (), 1.0)
        for one in (outfit, *others)
    ]

    found = [problem for problem in matrix.make(catalogue, made, partial=False).problems if problem.startswith("V")]

    assert found == [f"{left_out.id}: no run has judged it by {left_out.extent}"]


def test_a_scenario_that_changes_has_its_chapter_judge_what_is_lawful_again(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = [outfit for outfit in outfits.quick(catalogue) if outfit.edition == "runbook"]
    before = {outfit: digest.of(outfit) for outfit in wanted}
    rules = {**digest._rules(), "EM-STR-001": "another"}
    monkeypatch.setattr(digest, "_rules", lambda: rules)

    assert [outfit.select for outfit in wanted if digest.of(outfit) != before[outfit]] == ["streaming"]


def test_rows_name_what_holds_in_their_edition(catalogue: Catalogue) -> None:
    for pair in pairs.listed():
        holdings = catalogue.edition(pair.edition).holdings
        wrong = [id_ for id_ in pair.expected if id_ not in holdings or holdings[id_].level is None]
        assert not wrong, f"{pair.id} names {wrong}, which the edition does not hold"


@pytest.mark.parametrize("extent", ["quick", "full"])
def test_no_two_runs_share_a_name(catalogue: Catalogue, extent: str) -> None:
    keys = [task.key for task in tasks(catalogue, extent)]

    assert len(set(keys)) == len(keys)


def test_a_record_is_found_again_by_the_same_sources_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Store(tmp_path).put("one", CAUGHT)

    assert Store(tmp_path).find("one") == CAUGHT
    assert Store(tmp_path).find("other") is None
    monkeypatch.setattr("tests.proof.records.fingerprint", lambda: "0" * 64)
    assert Store(tmp_path).find("one") is None


def publish(path: Path, wanted: list[command.Task], wrong: command.Task | None = None) -> None:
    """A proof of the tasks as if it had been published there; one of them may have come out otherwise."""
    records = [
        dataclasses.replace(of_task(task), problems=("nobody catches it",)) if task is wrong else of_task(task)
        for task in wanted
    ]
    runs = {task.key: Made(digest.of(task.asked), "0de", "2026-11-20") for task in wanted}
    facts = {"suite": {"version": "0.1.0", "commit": "0de"}, "made": "2026-11-20", "command": "./prove --quick"}
    found = matrix.make(load(), records, partial=True)
    path.write_text(json.dumps(published.document(found, runs, facts)), encoding="utf-8")


def of_task(task: command.Task) -> Record:
    """What comes of it if all is well."""
    asked = task.asked
    if isinstance(asked, Pair):
        failed, extent = (asked.caught_by,), asked.extent
        return Record(asked.fault, asked.edition, extent, "nonconformant", failed, (), (), 0.0, False, asked.caught_by)
    return Record("+".join(asked.variants), asked.edition, asked.extent, "conformant", (), (), (), 0.0)


def test_a_rotation_tries_what_has_changed_and_everything_else_within_its_days(
    catalogue: Catalogue, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wanted = tasks(catalogue, "quick")[:20]
    publish(tmp_path / "matrix.json", wanted)
    before = published.read(tmp_path / "matrix.json")
    standing = {task.key: of_task(task) for task in wanted[1:]}
    days = [command._rotated(wanted, standing, before, 4, day * command.DAY_SECONDS) for day in range(4)]
    for made in days:
        assert wanted[0] in made
        assert len(made) < 20
    seen = [task for made in days for task in made]

    assert {task.key for task in seen} == {task.key for task in wanted}
    whole = sum(task.wide for task in wanted[1:])
    assert whole > 1
    assert max(sum(task.wide for task in day) for day in days) <= 1 + 1 + (whole - 1) // 4
    assert "1 changed since the proof of 2026-11-20; of the other 19, part 1 of 4" in capsys.readouterr().out


def test_a_rotation_without_a_published_proof_says_so(
    catalogue: Catalogue, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = published.read(tmp_path / "none.json")

    assert 0 < len(command._rotated(tasks(catalogue, "quick")[:20], {}, before, 4, 0.0)) < 20
    assert "no proof has been published" in capsys.readouterr().out


def test_a_published_run_stands_until_something_changes_that_it_stands_on(catalogue: Catalogue, tmp_path: Path) -> None:
    wanted = [task for task in tasks(catalogue, "quick") if task.asked.edition == "runbook"]
    wrong = wanted[3]
    publish(tmp_path / "matrix.json", wanted, wrong)

    before = published.read(tmp_path / "matrix.json")

    for task in wanted:
        record = before.standing(task.key, digest.of(task.asked), task.asked)
        assert record == (None if task is wrong else of_task(task))
        assert before.standing(task.key, "another", task.asked) is None


def test_what_has_changed_is_made_and_what_has_not_is_published_again(
    catalogue: Catalogue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = tasks(catalogue, "quick")
    publish(tmp_path / "matrix.json", wanted[1:])
    asked: list[command.Task] = []

    def prove(_: Catalogue, missing: list[command.Task], *__: object, **___: object) -> dict[str, Record]:
        asked.extend(missing)
        return {task.key: of_task(task) for task in missing}

    for name, path in (("KEPT", "kept"), ("MATRIX", "matrix.json"), ("PAGE", "page.md")):
        monkeypatch.setattr(command, name, tmp_path / path)
    monkeypatch.setattr(command, "_prove", prove)

    ended = CliRunner().invoke(command.main, ["--changed", "--publish"])

    assert ended.exit_code == command.PROVED, ended.output
    assert f"1 of {len(wanted)} runs have changed since the proof of 2026-11-20" in ended.output
    assert [task.key for task in asked] == [wanted[0].key]
    runs = json.loads((tmp_path / "matrix.json").read_text(encoding="utf-8"))["runs"]
    assert runs.keys() == {task.key for task in wanted}
    assert [key for key, run in runs.items() if run["commit"] != "0de"] == [wanted[0].key]
    assert f"{len(wanted) - 1} of 0de (2026-11-20)" in (tmp_path / "page.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("options", [["--only", "M06"], ["--shard", "1/4"], ["--rotate", "4"]])
def test_a_part_is_not_published(options: list[str]) -> None:
    ended = CliRunner().invoke(command.main, [*options, "--publish"])

    assert ended.exit_code == 2
    assert "leave out --only, --shard and --rotate" in ended.output


@pytest.mark.parametrize(("options", "code"), [(["--rotate", "4"], command.PROVED), (["--shard", "1/4"], command.PART)])
def test_a_part_is_what_is_run(
    options: list[str], code: int, catalogue: Catalogue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[command.Task] = []

    def prove(_: Catalogue, wanted: list[command.Task], *__: object, **___: object) -> dict[str, Record]:
        asked.extend(wanted)
        return {}

    monkeypatch.setattr(command, "KEPT", tmp_path / "kept")
    monkeypatch.setattr(command, "MATRIX", tmp_path / "none.json")
    monkeypatch.setattr(command, "_prove", prove)

    ended = CliRunner().invoke(command.main, options)

    assert ended.exit_code == code, ended.output
    assert 0 < len(asked) < len(tasks(catalogue, "quick")) // 2
