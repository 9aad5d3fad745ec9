"""Steps about parts of the gateway that go down and come back. Their scenarios run alone (@serial)."""

from __future__ import annotations

from collections.abc import Callable

from pytest_bdd import parsers, then, when

from fixtures.outages import Outages
from fixtures.scenario import SUBJECT, Scenario
from fixtures.targets.target import CONTROLLER, PROCESSOR
from fixtures.words import known

PART: dict[str, Callable[[str], object]] = {"part": known((PROCESSOR, CONTROLLER))}


@when(parsers.parse("the gateway's {part:w} is stopped"), converters=PART)
def part_stopped(outages: Outages, part: str) -> None:
    outages.stop(part)


@when(parsers.parse("the gateway's {part:w} is started again"), converters=PART)
def part_started(outages: Outages, part: str) -> None:
    outages.start(part)


@when(parsers.parse("the gateway's {part:w} is restarted"), converters=PART)
def part_restarted(outages: Outages, part: str) -> None:
    outages.restart(part)


@when(parsers.parse('the gateway\'s {part:w} is restarted while clients call "alpha"'), converters=PART)
def part_restarted_under_load(outages: Outages, part: str) -> None:
    outages.restart_until_served(part)


@when(parsers.parse('the ExternalModel of "{alias:w}" is deleted'))
def other_model_deleted(scenario: Scenario, alias: str) -> None:
    scenario.models[alias].delete_external_model()


@then('nothing was forwarded meanwhile without the credential of "alpha"')
def nothing_without_credential(outages: Outages) -> None:
    outages.had_nothing_without_credential()


@then(parsers.parse('after the {part:w} is started again, "alpha" works'), converters=PART)
def works_after_start(outages: Outages, scenario: Scenario, part: str) -> None:
    outages.start(part)
    scenario.works(SUBJECT, f"the model works after the {part} is started again")
