"""Steps that look for keys beside the answers to clients."""

from __future__ import annotations

from pytest_bdd import then

from fixtures.judgements.secrecy import CLIENT
from fixtures.secrecy import Secrecy


@then("no object in its namespace but its Secret shows a provider's key")
def none_in_objects(secrecy: Secrecy) -> None:
    secrecy.in_objects()


@then("no metric shows a provider's key")
def none_in_metrics(secrecy: Secrecy) -> None:
    secrecy.in_metrics()


@then("no log of the gateway shows a provider's key")
def none_in_logs(secrecy: Secrecy) -> None:
    secrecy.in_logs()


@then("no metric shows a client's key")
def no_clients_in_metrics(secrecy: Secrecy) -> None:
    secrecy.in_metrics(CLIENT)


@then("no log of the gateway shows a client's key")
def no_clients_in_logs(secrecy: Secrecy) -> None:
    secrecy.in_logs(CLIENT)
