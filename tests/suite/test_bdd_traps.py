"""The ways in which pytest-bdd misleads, each closed: one test a trap, in the order of the study (craft, section 4)."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest
from pytest_bdd.feature import get_feature

from fixtures.catalogue import load
from fixtures.errors import ConfigurationError
from reports import junit
from reports.build import build
from suite import chapters, options, selfcheck, vocabulary
from suite import plan as plans
from suite.chapters import ROOT, rendered
from suite.plan import Wanted
from tests.reports.runs import everything
from tests.suite import bad_words, small, vitro, words

pytest_plugins = ["pytester"]

SMALL = vocabulary.of_modules([words.__name__])
BAD = vocabulary.of_modules([bad_words.__name__])
SERVED = '\nScenario: served\n  Given a model "alpha"\n  Then it is refused as "refused"\n'
STEPS = sorted((ROOT / "steps").glob("*.py"))


def problems(directory: Path, scenarios: str, definitions: tuple[vocabulary.Definition, ...] = SMALL) -> str:
    read = small.read(directory, small.feature(small.rule(scenarios)))
    return "\n".join(selfcheck.problems_of(small.catalogue(), read, definitions))


def asked(pytester: pytest.Pytester, *arguments: str) -> options.Options:
    """What a run is asked for by these arguments of pytest."""
    return options.of(pytester.parseconfig("-p", "suite.plugin", *arguments))


def test_01_two_scenarios_of_one_name(tmp_path: Path) -> None:
    small.write(tmp_path, small.feature(small.rule(SERVED + SERVED)))

    assert len(get_feature(str(tmp_path), "10_small.feature").scenarios) == 1, "the trap is gone"
    assert "the scenario name 'served' is used twice; pytest-bdd would run only one" in problems(
        tmp_path, SERVED + SERVED
    )


def test_01_a_planned_case_that_pytest_does_not_collect(pytester: pytest.Pytester) -> None:
    vitro.project(pytester, "", "    Scenario: lost\n      Then nothing\n")
    pytester.makepyfile(test_features="def test_other(): pass")

    result = pytester.runpytest("test_features.py")

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*planned, but not collected by pytest: EM-FWD-001/lost"])


def test_02_an_async_step(tmp_path: Path, pytester: pytest.Pytester) -> None:
    found = problems(tmp_path, "\nScenario: vacuous\n  When nobody waits\n  And nobody iterates\n", BAD)
    assert "not_awaited: an async step would pass without having run" in found
    assert "not_iterated: an async step would pass without having run" in found

    vitro.project(
        pytester,
        """
        from pytest_bdd import then

        @then("it is awaited")
        async def awaited():
            assert False

        @then("it is iterated")
        async def iterated():
            assert False
            yield
        """,
        """
    Scenario: a coroutine
      Then it is awaited

    Scenario: an async generator
      Then it is iterated
""",
    )
    pytester.runpytest("test_features.py").assert_outcomes(failed=2)
    ends = vitro.results(pytester)
    assert {end.outcome for end in ends.values()} == {"harness-error"}
    assert "is async; pytest-bdd would not run it" in str(ends["a-coroutine"].cause)


def test_03_two_definitions_of_one_step(tmp_path: Path) -> None:
    found = problems(tmp_path, "\nScenario: ambiguous\n  Given a red model\n", BAD)

    assert 'the step "Given a red model" matches several definitions: "a {thing} model" (tests/suite/bad_' in found


def test_04_an_undefined_step(tmp_path: Path, pytester: pytest.Pytester) -> None:
    assert 'no definition of the step "Then it flies"' in problems(tmp_path, "\nScenario: new\n  Then it flies\n")

    with pytest.raises(ConfigurationError, match="--generate-missing has no place in a conformance run"):
        asked(pytester, "--generate-missing").check()


def test_04_the_self_check_sees_the_steps_that_pytest_bdd_runs() -> None:
    for chapter in chapters.read():
        feature = get_feature(str(chapter.path.parent), chapter.path.name)
        ours = [scenario for rule in chapter.rules for scenario in rule.scenarios]
        assert [scenario.name for scenario in ours] == list(feature.scenarios)
        for scenario in ours:
            template = feature.scenarios[scenario.name]
            contexts = [context for table in template.examples for context in table.as_contexts()]
            assert [dict(row.values) for row in scenario.rows] == contexts
            for values in contexts or [{}]:
                shown = [(step.type, step.name, step.line_number) for step in template.render(values).steps]
                assert shown == [
                    (step.keyword.lower(), rendered(step.text, values), step.line) for step in scenario.steps
                ]


def test_05_cucumber_json(pytester: pytest.Pytester) -> None:
    with pytest.raises(ConfigurationError, match="--cucumberjson has no place in a conformance run"):
        asked(pytester, "--cucumberjson=out.json").check()


def test_05_a_run_that_is_asked_for_it_starts_nothing(tmp_path: Path) -> None:
    out = tmp_path / "out.json"
    command = [sys.executable, "-m", "pytest", "features", f"--cucumberjson={out}", "--out", str(tmp_path / "run")]

    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)

    assert done.returncode == 2, done.stdout + done.stderr
    assert "--cucumberjson has no place in a conformance run" in done.stdout + done.stderr
    assert not (tmp_path / "run").exists()


WAYS_TO_FAIL = """
    from pytest_bdd import given, then

    from fixtures.errors import NotTestableError, RequirementNotMetError
    from reports.events import Finding

    @given("a step that passes")
    def passes():
        pass

    @then("the requirement is not met")
    def not_met():
        raise RequirementNotMetError(Finding("wrong", "expected 500, got 200"))

    @then("nobody can tell")
    def not_testable():
        raise NotTestableError("the provider does not answer")

    @then("the suite breaks")
    def breaks():
        raise KeyError("alpha")
"""
WAYS_TO_FAIL_FEATURE = """
    Scenario: not met
      Given a step that passes
      Then the requirement is not met

    Scenario: not testable
      Given a step that passes
      Then nobody can tell

    Scenario: broken
      Given a step that passes
      Then the suite breaks
"""


def test_06_a_failure_shows_its_line_in_the_feature(pytester: pytest.Pytester) -> None:
    vitro.project(pytester, WAYS_TO_FAIL, WAYS_TO_FAIL_FEATURE)

    result = pytester.runpytest("test_features.py")

    result.assert_outcomes(failed=3)
    result.stdout.fnmatch_lines(
        [
            "EM-FWD-001 failed: expected 500, got 200",
            "  scenario      20_small.feature:9  Then the requirement is not met",
            "EM-FWD-001 not-testable: the provider does not answer",
            "  scenario      20_small.feature:13  Then nobody can tell",
            "*KeyError: 'alpha'",
            "20_small.feature:17  Then the suite breaks",
        ]
    )
    ends = vitro.results(pytester)
    assert {case: (end.outcome, end.step, end.line) for case, end in ends.items()} == {
        "not-met": ("failed", "Then the requirement is not met", 9),
        "not-testable": ("not-testable", "Then nobody can tell", 13),
        "broken": ("harness-error", "Then the suite breaks", 17),
    }
    assert ends["not-met"].traceback is None
    assert "KeyError" in str(ends["broken"].traceback)


def test_07_junit_names_the_feature_and_its_line(pytester: pytest.Pytester) -> None:
    cases = junit.document(build(everything())).findall(".//testcase[@file]")
    assert cases
    for case in cases:
        assert re.fullmatch(r"features/\w+\.feature", case.attrib["file"])
        assert int(case.attrib["line"]) > 0
        assert case.find("properties/property[@name='requirement']") is not None

    with pytest.raises(ConfigurationError, match="--junitxml has no place in a conformance run"):
        asked(pytester, "--junitxml=out.xml").check()


def test_08_no_verdict_hangs_on_a_bare_assert() -> None:
    for path in STEPS:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            place = f"{path.name}:{getattr(node, 'lineno', 0)}"
            assert not isinstance(node, ast.Assert), f"{place}: steps judge by expectations, not by assert"
            if isinstance(node, ast.ImportFrom):
                assert all(alias.name != "*" for alias in node.names), f"{place}: a star import is not rewritten"
            if isinstance(node, ast.Attribute | ast.Name):
                word = node.attr if isinstance(node, ast.Attribute) else node.id
                assert word not in ("skip", "xfail", "importorskip"), f"{place}: a skip would read green"


def test_09_ids_of_cases_are_ours_and_hold_no_secret() -> None:
    catalogue = load()
    secret = re.compile(r"(?i)\bsk-|\bbearer\s|[0-9a-z+/_]{20,}")
    for edition in catalogue.editions.values():
        for case in plans.make(catalogue, edition, chapters.read(), edition.features, Wanted()).cases:
            assert re.fullmatch(r"EM-[A-Z]+-\d{3}(/[a-z0-9-]+){1,2}", case.id)
            assert case.id.startswith(f"{case.requirement}/")
            assert not secret.search(case.example or ""), f"{case.id}: a secret in an Examples table"


def test_10_unregistered_tags_and_tags_on_examples(tmp_path: Path, pytester: pytest.Pytester) -> None:
    outline = """
Scenario Outline: paint it <colour>
  When clients paint it <colour>
  Then it is refused as "refused"

  @EM-FWD-001
  Examples:
    | colour |
    | red    |
"""
    found = problems(tmp_path, "\n@slow" + SERVED + outline)
    assert "unknown tag @slow" in found
    assert "10_small.feature:17: tags on Examples" in found

    vitro.project(pytester, WAYS_TO_FAIL, "    Scenario: known\n      Given a step that passes\n")
    result = pytester.runpytest("test_features.py", "--strict-markers", "-W", "error")
    result.assert_outcomes(passed=1)


def test_11_marks_of_requirements_select(pytester: pytest.Pytester) -> None:
    assert all(re.fullmatch(r"[A-Z]+(-[A-Z]+)+-\d{3}", row.id) for row in load().rows)

    other = """
  @EM-FWD-002
  Rule: Each request of a client reaches the provider exactly once

    Scenario: the other
      Given a step that passes
"""
    vitro.project(pytester, WAYS_TO_FAIL, "    Scenario: the one\n      Given a step that passes\n" + other)
    pytester.runpytest("test_features.py", "-m", "EM-FWD-002").assert_outcomes(passed=1, deselected=1)
    assert set(vitro.results(pytester)) == {"the-other"}


def test_12_target_fixture_is_not_used(tmp_path: Path) -> None:
    assert all(definition.target_fixture is None for definition in vocabulary.read())

    found = problems(tmp_path, "\nScenario: replaced\n  Then the client is another\n", BAD)
    assert "replaced: target_fixture leaves what was made from the old value as it was" in found


def test_13_a_scenario_may_change_its_name_and_a_requirement_keeps_its_id(tmp_path: Path) -> None:
    def planned(name: str) -> plans.Plan:
        catalogue = small.catalogue()
        text = small.feature(small.rule(SERVED.replace("served", name)))
        return plans.make(catalogue, catalogue.edition("first"), small.read(tmp_path, text), (), Wanted())

    before, after = planned("served"), planned("answered")

    assert before.requirements == after.requirements
    assert [case.id for case in before.cases] == ["EM-FWD-001/served"]
    assert [case.id for case in after.cases] == ["EM-FWD-001/answered"]
    assert [case.requirement for case in after.cases] == ["EM-FWD-001"]


def test_14_each_worker_has_a_neighbour_of_its_own(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    scenarios = "".join(f"    Scenario: number {number}\n      Then the neighbour is there\n\n" for number in range(6))
    vitro.project(
        pytester,
        """
        from pytest_bdd import then

        @then("the neighbour is there")
        def there(neighbour):
            assert neighbour
        """,
        scenarios,
    )

    pytester.runpytest("test_features.py", "-n", "2", "--dist", "each").assert_outcomes(passed=12)

    workers = (pytester.path / vitro.NEIGHBOURS).read_text(encoding="utf-8").split()
    assert sorted(workers) == ["gw0", "gw1"]


@pytest.mark.parametrize("plugin", options.RETRYING_PLUGINS)
def test_15_plugins_that_repeat_failures(pytester: pytest.Pytester, plugin: str) -> None:
    config = pytester.parseconfig("-p", "suite.plugin")
    config.pluginmanager.register(pytester, plugin)

    with pytest.raises(ConfigurationError, match=f"the pytest plugin {plugin} repeats failures .* add -p no:{plugin}$"):
        options.of(config).check()


def test_15_the_suite_as_it_is_asks_for_nothing_foreign(pytester: pytest.Pytester) -> None:
    asked(pytester).check()
