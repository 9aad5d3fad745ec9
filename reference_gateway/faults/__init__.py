"""Broken gateways, each one deviation from the conforming one.

To add a fault: derive from Fault in the module that it belongs to, give it an id, a name, the obligation that it
breaks and where it is known from, say in the docstring what the broken gateway does, and override the one decision of
Behaviour that it gets wrong. Nothing else has to be told of it.
Ids M.. are rows of the contract's list of faults; X.. are our own.
"""

from __future__ import annotations

from reference_gateway.faults import (
    authorization,
    children,
    client_keys,
    coincidences,
    credentials,
    definitions,
    errors,
    forgetfulness,
    forwarding,
    isolation,
    listing,
    metering,
    outages,
    providers,
    publication,
    quota,
    reasons,
    requests,
    responses,
    secrecy,
    secret_values,
    streams,
    translation,
)
from reference_gateway.faults.fault import Fault

MODULES = (
    definitions,
    credentials,
    secret_values,
    children,
    publication,
    client_keys,
    authorization,
    quota,
    listing,
    forgetfulness,
    requests,
    forwarding,
    metering,
    isolation,
    coincidences,
    responses,
    errors,
    reasons,
    streams,
    secrecy,
    outages,
    translation,
    providers,
)


def all_faults() -> list[type[Fault]]:
    """Every fault, module by module and in the order in which each module tells them."""
    return [fault for module in MODULES for fault in Fault.__subclasses__() if fault.__module__ == module.__name__]
