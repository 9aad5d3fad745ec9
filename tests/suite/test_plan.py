"""Which requirements a run judges, by which cases, and why it does not judge the others."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from fixtures.catalogue import Catalogue, Holding, load
from fixtures.errors import ConfigurationError
from suite import chapters, plan
from suite.chapters import ROOT
from suite.plan import Plan, Wanted
from tests.suite import small

HOLDINGS: Mapping[str, Holding] = {
    "EM-FWD-001": Holding("MUST", None, None),
    "EM-FWD-002": Holding("SHOULD", None, None),
    "EM-FWD-003": Holding("MUST", "teapot", None),
    "EM-FWD-004": Holding(None, None, "The page is silent."),
}


def contract() -> Catalogue:
    rows = [small.row(id_, f"Sentence of {id_}", "more" if id_ == "EM-FWD-002" else "core") for id_ in HOLDINGS]
    return small.catalogue(*rows, editions=(small.edition(holdings=HOLDINGS),))


def make(directory: Path, wanted: Wanted | None = None, features: tuple[str, ...] = ()) -> Plan:
    """The plan for four rules of one scenario each."""
    catalogue = contract()
    rules = [
        small.rule(f"Scenario: scenario of {row.id}\n  Then nothing\n", f"@{row.id}", row.sentence)
        for row in catalogue.rows
    ]
    read = small.read(directory, small.feature(*rules))
    return plan.make(catalogue, catalogue.edition("first"), read, features, wanted or Wanted())


def planned(made: Plan) -> list[str]:
    return [case.requirement for case in made.cases]


def test_every_row_is_in_the_plan_with_the_reason_why_it_is_not_judged(tmp_path: Path) -> None:
    made = make(tmp_path)

    assert planned(made) == ["EM-FWD-001", "EM-FWD-002"]
    assert {item.id: item.not_applicable for item in made.requirements} == {
        "EM-FWD-001": None,
        "EM-FWD-002": None,
        "EM-FWD-003": "the gateway does not declare the feature teapot",
        "EM-FWD-004": "not in edition first: The page is silent.",
    }


def test_a_declared_feature_is_judged(tmp_path: Path) -> None:
    assert planned(make(tmp_path, features=("teapot",))) == ["EM-FWD-001", "EM-FWD-002", "EM-FWD-003"]


def test_a_profile_is_judged_alone(tmp_path: Path) -> None:
    made = make(tmp_path, Wanted(profiles=("more",)), ("teapot",))

    assert planned(made) == ["EM-FWD-002"]
    assert (
        made.requirements[0].not_applicable
        == "profile core is judged where the target claims it or --profile asks for it"
    )


@pytest.mark.parametrize(
    ("expression", "ids"),
    [
        ("EM-FWD-001", ["EM-FWD-001"]),
        ("@EM-FWD-001", ["EM-FWD-001"]),
        ("EM-FWD", ["EM-FWD-001", "EM-FWD-002"]),
        ("MUST", ["EM-FWD-001"]),
        ("should", ["EM-FWD-002"]),
        ("core", ["EM-FWD-001"]),
        ("small", ["EM-FWD-001", "EM-FWD-002"]),
        ("10_small", ["EM-FWD-001", "EM-FWD-002"]),
        ("EM-FWD-001 or EM-FWD-002", ["EM-FWD-001", "EM-FWD-002"]),
        ("small and not (EM-FWD-001 or EM-FWD-003)", ["EM-FWD-002"]),
    ],
)
def test_an_expression_selects_by_id_chapter_level_and_profile(tmp_path: Path, expression: str, ids: list[str]) -> None:
    made = make(tmp_path, Wanted(select=expression))

    assert planned(made) == ids
    rest = [item for item in made.requirements if item.id not in ids]
    assert all(item.not_applicable for item in rest)
    assert len(made.requirements) == 4


@pytest.mark.parametrize("expression", ["EM-FWD-001 and", "(EM-FWD-001", "not", "EM-FWD-001 EM-FWD-002"])
def test_what_is_no_expression_is_refused_with_an_example(tmp_path: Path, expression: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        make(tmp_path, Wanted(select=expression))

    text = str(caught.value)
    assert text.startswith(f"--select {expression!r} is not a tag expression (")
    assert text.endswith('write for example "EM-CRED-004", "credentials and not EM-CRED-010" or "EM-CRED or EM-HDR"')
    assert "\n" not in text


@pytest.mark.parametrize(
    ("wanted", "what", "because"),
    [
        (Wanted(select="EM-FWD-003"), "--select 'EM-FWD-003'", "EM-FWD-003, say, is not judged: the gateway does not"),
        (Wanted(select="EM-FWD-004"), "--select 'EM-FWD-004'", "EM-FWD-004, say, is not judged: not in edition first"),
        (Wanted(select="more", profiles=("core",)), "--select 'more'", "EM-FWD-002, say, is not judged: profile more "),
        (Wanted(select="must and should"), "--select 'must and should'", "`conformance list requirements"),
    ],
)
def test_a_selection_of_nothing_is_refused_with_the_reason(
    tmp_path: Path, wanted: Wanted, what: str, because: str
) -> None:
    with pytest.raises(ConfigurationError) as caught:
        make(tmp_path, wanted)

    assert str(caught.value).startswith(f"{what} selects no requirement that holds in edition first; {because}")
    assert "`conformance list requirements --format json`" in str(caught.value)


@pytest.mark.parametrize(
    ("expression", "word", "near"),
    [
        ("EM-FWD-001 or EM-FWD-02", "EM-FWD-02", "EM-FWD-002"),
        ("small and not em-fwd-001", "em-fwd-001", "EM-FWD-001"),
        ("(10_smal) or must", "10_smal", "10_small"),
    ],
)
def test_a_misspelt_word_is_refused_beside_others_too(tmp_path: Path, expression: str, word: str, near: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        make(tmp_path, Wanted(select=expression))

    assert str(caught.value).startswith(f"--select {expression!r}: {word!r} selects no requirement in any edition (did")
    assert near in str(caught.value)


def test_an_unknown_profile_is_refused_with_those_that_there_are(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"^unknown profile 'cor'; there are: core, more$"):
        make(tmp_path, Wanted(profiles=("cor",)))


def test_each_example_is_a_case_with_a_row_of_its_own(tmp_path: Path) -> None:
    outline = """
Scenario Outline: the label is <label>, says <who>
  Then nothing

  Examples: one
    | label  | who   |
    | "True" | Alice |
  Examples: two
    | label | who |
    | ""    | Bob |
"""
    catalogue = small.catalogue()
    read = small.read(tmp_path, small.feature(small.rule(outline)))
    made = plan.make(catalogue, catalogue.edition("first"), read, (), Wanted())

    assert [(item.case.id, item.case.example, item.case.line, item.values) for item in made.bound] == [
        ("EM-FWD-001/the-label-is-says/true-alice", '"True", Alice', 12, ('"True"', "Alice")),
        ("EM-FWD-001/the-label-is-says/empty-bob", '"", Bob', 15, ('""', "Bob")),
    ]
    function = made.bound[0].function_name
    assert made.case_of(function, made.bound[1].values) == made.bound[1].case
    assert made.case_of(function, ('""', "Alice")) is None
    assert made.case_of(function, ()) is None
    assert made.case_of("test_other", made.bound[0].values) is None


def test_every_case_is_planned_for_every_round_the_first_under_its_plain_id(tmp_path: Path) -> None:
    catalogue = small.catalogue()
    read = small.read(tmp_path, small.feature(small.rule("Scenario: served\n  Then nothing")))
    once = plan.make(catalogue, catalogue.edition("first"), read, (), Wanted())

    thrice = plan.make(catalogue, catalogue.edition("first"), read, (), Wanted(rounds=3))

    (case,) = once.cases
    assert [(item.id, item.round) for item in thrice.cases] == [(case.id, 1), (f"{case.id}#2", 2), (f"{case.id}#3", 3)]
    assert thrice.case_of(thrice.bound[0].function_name, (), 2) == thrice.cases[1]
    assert thrice.fingerprint == once.fingerprint


def test_ids_of_cases_do_not_depend_on_what_stands_before_them(tmp_path: Path) -> None:
    catalogue = small.catalogue()
    one = "Scenario: one\n  Then nothing\n\n"
    two = "Scenario: two\n  Then nothing\n\n"

    def ids(scenarios: str) -> dict[str, int]:
        read = small.read(tmp_path, small.feature(small.rule(scenarios)))
        made = plan.make(catalogue, catalogue.edition("first"), read, (), Wanted())
        return {case.id: case.line for case in made.cases}

    assert ids(one + two).keys() == ids(two + one).keys() == {"EM-FWD-001/one", "EM-FWD-001/two"}
    assert ids(one + two) != ids(two + one)


@pytest.mark.parametrize("name", sorted(load().editions))
def test_the_real_plans(name: str) -> None:
    catalogue = load()
    edition = catalogue.edition(name)
    made = plan.make(catalogue, edition, chapters.read(), edition.features, Wanted())

    ids = [case.id for case in made.cases]
    assert len(ids) == len(set(ids))
    assert [item.id for item in made.requirements] == [row.id for row in catalogue.rows]
    judged = {item.id for item in made.requirements if item.not_applicable is None}
    assert judged == {case.requirement for case in made.cases}
    assert judged == {id_ for id_, holding in edition.holdings.items() if holding.level}
    assert all((ROOT / case.feature).is_file() for case in made.cases)


def test_the_disagreements_of_the_sources_stand_beside_their_requirement() -> None:
    catalogue = load()
    made = plan.make(catalogue, catalogue.edition("runbook"), chapters.read(), (), Wanted())

    (row,) = [item for item in made.requirements if item.id == "EM-CRED-008"]
    assert row.note is not None
    assert row.note.startswith("D2: the page says: The Secret's data key is OPENAI_API_KEY. The shipped code: ")


def test_the_fingerprint_follows_whatever_makes_the_contract(tmp_path: Path) -> None:
    (tmp_path / "editions").mkdir()
    feature = small.write(tmp_path, "Feature: one\n")
    edition = tmp_path / "editions" / "first.yaml"
    edition.write_text("name: first\n", encoding="utf-8")
    first = plan.fingerprint(tmp_path)
    assert plan.fingerprint(tmp_path) == first

    edition.write_text("name: second\n", encoding="utf-8")
    second = plan.fingerprint(tmp_path)
    feature.rename(tmp_path / "20_small.feature")
    third = plan.fingerprint(tmp_path)
    (tmp_path / "notes.txt").write_text("no part of the contract", encoding="utf-8")

    assert len({first, second, third}) == 3
    assert plan.fingerprint(tmp_path) == third
