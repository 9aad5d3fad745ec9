"""Steps that judge what the provider receives."""

from __future__ import annotations

from pytest_bdd import parsers, then

from fixtures.judgements.credentials import ExactCredential, KeysAtHome, NeverAt, NothingOf
from fixtures.judgements.forwarding import (
    BodySeen,
    HeaderSeen,
    HostSeen,
    LengthTold,
    MethodAndTypeSeen,
    NoHeaderOf,
    NoQuerySeen,
    PathSeen,
    RoutingHeaderTrue,
)
from fixtures.judgements.isolation import NoCookieSeen
from fixtures.judgements.provider_errors import RedirectNotFollowed
from fixtures.judgements.providers import UsageAskedFor
from fixtures.judgements.refusal import ReachesNoProvider
from fixtures.judgements.service import AnsweredByProvider, ArrivesOnce, ServedAnew
from fixtures.judgements.streams import HangUpSeen, StreamingAskedFor
from fixtures.scenario import Scenario


@then("none of them reaches a provider")
def none_arrives(scenario: Scenario) -> None:
    scenario.still_holds(ReachesNoProvider("the requests"))


@then(parsers.parse('the provider of "{alias:w}" sees each request exactly once'))
def arrives_once(scenario: Scenario, alias: str) -> None:
    once = ArrivesOnce(scenario.models[alias].facts)
    scenario.holds(once)
    scenario.still_holds(once)


@then(parsers.parse('the provider of "{alias:w}" sees each of them, and each has an answer of its own'))
def served_anew(scenario: Scenario, alias: str) -> None:
    scenario.holds_for_all_drawn(ServedAnew(scenario.models[alias].facts))


@then("no request brings the provider a cookie")
def no_cookie_seen(scenario: Scenario) -> None:
    scenario.holds(NoCookieSeen())


@then(parsers.parse('only the provider of "{alias:w}" sees the requests'))
def only_at(scenario: Scenario, alias: str) -> None:
    not_followed = RedirectNotFollowed(scenario.models[alias].facts)
    scenario.holds(not_followed)
    scenario.still_holds(not_followed)


@then(parsers.parse('the provider of "{alias:w}" sees that its client has gone'))
def hang_up_seen(scenario: Scenario, alias: str) -> None:
    scenario.holds(HangUpSeen(scenario.models[alias].facts))


@then("the provider sees what they say about streaming")
def streaming_asked_for(scenario: Scenario) -> None:
    scenario.settles(StreamingAskedFor())


@then(parsers.parse('the provider sees the path "{path}"'))
def path_seen(scenario: Scenario, path: str) -> None:
    scenario.settles(PathSeen(path))


@then(parsers.parse('the provider sees the method {method:w} and the media type "{media_type}"'))
def method_and_type_seen(scenario: Scenario, method: str, media_type: str) -> None:
    scenario.holds(MethodAndTypeSeen(method, media_type))


@then(parsers.parse('the provider sees the header "{name}: {value}"'))
def header_seen(scenario: Scenario, name: str, value: str) -> None:
    scenario.holds(HeaderSeen(name, value))


@then(parsers.parse('the provider sees no header that begins with "{prefix}"'))
def no_header_of(scenario: Scenario, prefix: str) -> None:
    scenario.holds(NoHeaderOf(prefix))


@then("the provider sees no query string")
def no_query_seen(scenario: Scenario) -> None:
    scenario.settles(NoQuerySeen())


@then(parsers.parse('the provider sees the endpoint of "{alias:w}" as its host'))
def host_seen(scenario: Scenario, alias: str) -> None:
    scenario.settles(HostSeen(scenario.models[alias].facts))


@then("the provider is asked for the stream's usage")
def usage_asked(scenario: Scenario) -> None:
    scenario.holds(UsageAskedFor())


@then("the provider receives the body unchanged")
def body_seen(scenario: Scenario) -> None:
    edition = scenario.edition
    target = scenario.subject.target_model
    scenario.settles(BodySeen(identical=edition.body_identical, target_model=target, stream_usage=edition.stream_usage))


@then("the provider is told the length of the body")
def length_told(scenario: Scenario) -> None:
    scenario.settles(LengthTold())


@then(parsers.parse('the provider receives exactly the credential of "{alias:w}"'))
def exact_credential(scenario: Scenario, alias: str) -> None:
    scenario.settles(ExactCredential(scenario.models[alias].facts))


@then("the old credential does not come back")
@then("the old endpoint does not come back")
def old_one_gone(scenario: Scenario) -> None:
    scenario.holds(AnsweredByProvider(scenario.subject.facts, with_credential=True))


@then("nothing that the provider receives contains the clients' key")
def client_key_removed(scenario: Scenario) -> None:
    scenario.holds(NothingOf(scenario.client_key.name, "the client's key", must_arrive=True))


@then("nothing that any provider may receive of them contains the clients' key")
def client_key_removed_everywhere(scenario: Scenario) -> None:
    scenario.holds(NothingOf(scenario.client_key.name, "the client's key", must_arrive=False))


@then("nothing that the provider receives contains their secret")
def client_secret_removed(scenario: Scenario) -> None:
    scenario.holds(NothingOf(scenario.canary("secret").name, "the client's secret", must_arrive=True))


@then("nothing that any provider may receive of them contains their secret")
def client_secret_removed_everywhere(scenario: Scenario) -> None:
    scenario.holds(NothingOf(scenario.canary("secret").name, "the client's secret", must_arrive=False))


@then("each credential meets its own endpoint only")
def keys_at_home(scenario: Scenario) -> None:
    scenario.holds(KeysAtHome(tuple(model.facts for model in scenario.models.values())))


@then("no provider sees them")
def nothing_arrives(scenario: Scenario) -> None:
    scenario.holds(ReachesNoProvider("the requests"))


@then("no provider sees the forged header")
def routing_header_true(scenario: Scenario) -> None:
    scenario.holds(RoutingHeaderTrue((scenario.subject.body_model, scenario.subject.target_model)))


@then(parsers.parse('the provider of "{alias:w}" receives nothing'))
def never_at(scenario: Scenario, alias: str) -> None:
    scenario.holds(NeverAt(scenario.models[alias].facts))


@then(parsers.parse('no provider receives the credential of "{alias:w}"'))
def credential_nowhere(scenario: Scenario, alias: str) -> None:
    withheld = NothingOf(scenario.models[alias].credential.name, f"the credential of {alias}", must_arrive=False)
    scenario.holds(withheld)
    scenario.still_holds(withheld)
