"""Steps that judge the streams that clients receive."""

from __future__ import annotations

from pytest_bdd import then

from fixtures.judgements.streams import BreakOffVisible, EventsInTime, NoEventStream, StreamIdentical, UsageAtTheEnd
from fixtures.scenario import Scenario


@then("the clients receive the provider's stream byte for byte")
def stream_identical(scenario: Scenario) -> None:
    scenario.holds(StreamIdentical())


@then("the clients have the first event while the provider still holds the rest")
@then("the clients have each event while the provider still holds the next")
def events_in_time(scenario: Scenario) -> None:
    scenario.holds(EventsInTime(scenario.gates))


@then("the clients receive one event with usage before the end")
def usage_at_the_end(scenario: Scenario) -> None:
    scenario.holds(UsageAtTheEnd())


@then("the clients see that the stream has broken off")
def break_off_visible(scenario: Scenario) -> None:
    scenario.holds(BreakOffVisible())


@then("the answers are no event streams")
def no_event_stream(scenario: Scenario) -> None:
    scenario.still_holds(NoEventStream())
