"""Steps that judge the errors that clients receive, the provider's and the gateway's own."""

from __future__ import annotations

from pytest_bdd import then

from fixtures.judgements.gateway_errors import NamesItsKind, NothingOfTheCluster, PlainText
from fixtures.judgements.provider_errors import ProviderErrorRelayed, RefusedByProvider, ServerErrorOfGateway
from fixtures.judgements.relaying import HeaderRelayed
from fixtures.scenario import Scenario


@then("the clients receive the provider's status and body")
def error_relayed(scenario: Scenario) -> None:
    error = scenario.error
    scenario.holds(ProviderErrorRelayed(error.status, error.text, error.body_sha256))


@then("its media type")
def media_type_relayed(scenario: Scenario) -> None:
    scenario.still_holds(HeaderRelayed("content-type", dict(scenario.error.headers)["content-type"]))


@then("the clients receive the provider's own refusal of the key")
def key_refused_by_provider(scenario: Scenario) -> None:
    scenario.settles(RefusedByProvider(401))


@then("the clients receive a server error of the gateway")
def server_error(scenario: Scenario) -> None:
    scenario.holds(ServerErrorOfGateway(scenario.edition.answer("provider-unreachable").status))


@then('the answers read "inference error: Kind - words", with the status of the kind')
def error_names_its_kind(scenario: Scenario) -> None:
    scenario.holds(NamesItsKind())


@then("the answers are declared as plain text")
def error_is_plain_text(scenario: Scenario) -> None:
    scenario.holds(PlainText())


@then("the answers name neither its Secret nor its endpoint nor anything of the cluster")
def error_keeps_secrets(scenario: Scenario) -> None:
    model = scenario.subject
    scenario.holds(NothingOfTheCluster((("the name of its Secret", model.secret), ("its endpoint", model.endpoint))))
