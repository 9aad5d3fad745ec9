"""Steps about what is counted, and how it is shown."""

from __future__ import annotations

from pytest_bdd import parsers, then, when

from fixtures.judgements.monitoring import CallsCounted, CountersNamed, LimitadorUp, LimitedCallsCounted, NoVllmSeries
from fixtures.judgements.monitors import DashboardComplete, LeadsToLimitador, NamespaceIsMonitored
from fixtures.monitoring import WISH_FOR_USAGE, Monitoring, usage, without_usage
from fixtures.scenario import SUBJECT, Scenario


@when(parsers.parse('clients call "{alias:w}" {number:d} times'))
def calls_made(monitoring: Monitoring, scenario: Scenario, alias: str, number: int) -> None:
    monitoring.makes_calls(alias, number, scenario.request(alias))


@when(
    parsers.parse(
        'clients call "{alias:w}" {number:d} times, and its provider declares {tokens:d} tokens in all for each'
    )
)
def calls_made_with_usage(monitoring: Monitoring, scenario: Scenario, alias: str, number: int, tokens: int) -> None:
    monitoring.makes_calls(alias, number, scenario.request(alias, answers=(usage(tokens),)))


@when(
    parsers.parse(
        'clients stream from "{alias:w}" {number:d} times, and its provider declares {tokens:d} tokens in all for each'
    )
)
def streams_made(monitoring: Monitoring, scenario: Scenario, alias: str, number: int, tokens: int) -> None:
    streamed = scenario.request(alias, stream=True, content=WISH_FOR_USAGE, answers=(usage(tokens),))
    monitoring.makes_calls(alias, number, streamed)


@when(parsers.parse('clients call "{alias:w}" {number:d} times, and are answered with {status:d} each time'))
def refused_calls_made(monitoring: Monitoring, scenario: Scenario, alias: str, number: int, status: int) -> None:
    monitoring.makes_refused_calls(alias, number, status, scenario.request(alias))


@when("its provider answers without usage")
def usage_left_out(scenario: Scenario) -> None:
    scenario.scripted = (without_usage(),)


@then(parsers.parse('Limitador counts them as authorized calls of "{alias:w}"'))
def calls_counted(monitoring: Monitoring, alias: str) -> None:
    monitoring.counts(CallsCounted(alias))


@then(parsers.parse('Limitador counts them as limited calls of "{alias:w}"'))
def limited_calls_counted(monitoring: Monitoring, alias: str) -> None:
    monitoring.counts(LimitedCallsCounted(alias))


@then(parsers.parse("Limitador counts {tokens:d} tokens for each of them"))
def tokens_counted(monitoring: Monitoring, tokens: int) -> None:
    monitoring.counts_tokens(SUBJECT, tokens)


@then(parsers.parse('the tokens of "{alias:w}" are counted again'))
def tokens_counted_again(monitoring: Monitoring, alias: str) -> None:
    monitoring.counts_tokens_again(alias)


@then(parsers.parse('further calls to "{alias:w}" add no tokens'))
def no_tokens_of_calls(monitoring: Monitoring, scenario: Scenario, alias: str) -> None:
    monitoring.counts_no_tokens(alias, scenario.request(alias))


@then(parsers.parse('none of these calls adds tokens in the namespace of "{alias:w}"'))
def no_tokens_of_these(monitoring: Monitoring, scenario: Scenario, alias: str) -> None:
    monitoring.counts_no_tokens(alias, scenario.planned or scenario.request(alias))


@then("Limitador shows the counters authorized_calls and authorized_hits, without any suffix")
def counters_named(monitoring: Monitoring) -> None:
    monitoring.shows(CountersNamed(("authorized_calls", "authorized_hits")))


@then("Limitador shows limitador_up as 1")
def limitador_up(monitoring: Monitoring) -> None:
    monitoring.shows(LimitadorUp())


@then("Limitador shows no series of vLLM")
def no_vllm(monitoring: Monitoring) -> None:
    monitoring.shows(NoVllmSeries())


@then("the namespace of Limitador bears the label of the cluster's monitoring")
def namespace_monitored(monitoring: Monitoring, scenario: Scenario) -> None:
    scenario.judging.objects_settle(NamespaceIsMonitored(), monitoring.namespace)


@then("the ServiceMonitor leads to a port of Limitador's Service")
def monitor_leads(monitoring: Monitoring, scenario: Scenario) -> None:
    scenario.judging.objects_settle(LeadsToLimitador(), monitoring.service_monitor)


@then('the dashboard "MaaS External Models" has a panel for each of Limitador\'s metrics')
def dashboard_complete(monitoring: Monitoring, scenario: Scenario) -> None:
    scenario.judging.objects_settle(DashboardComplete(), monitoring.dashboard)


@then("Prometheus finds Limitador up")
def limitador_scraped(monitoring: Monitoring) -> None:
    monitoring.is_scraped()


@then(parsers.parse('the panel "{title}" comes to show "{alias:w}"'))
def panel_shows(monitoring: Monitoring, title: str, alias: str) -> None:
    monitoring.panel_shows(title, alias)


@then(parsers.parse('the panel "{title}" comes to show that Limitador is up'))
def panel_shows_up(monitoring: Monitoring, title: str) -> None:
    monitoring.panel_shows_one(title)
