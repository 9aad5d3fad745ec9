"""Every decision that a gateway can get wrong, each as one small method with its conforming body, by topic.

The rest of the program is plumbing that asks a Behaviour. A fault or a variant overrides a method of one topic and is
put in front of this class (see faults/ and variants.py); nothing else in the program knows that faults exist.
"""

from __future__ import annotations

from reference_gateway.behaviour.access import AccessRules
from reference_gateway.behaviour.children import ChildRules
from reference_gateway.behaviour.credentials import CredentialRules
from reference_gateway.behaviour.data_plane import DataPlaneRules
from reference_gateway.behaviour.definitions import DefinitionRules
from reference_gateway.behaviour.isolation import IsolationRules
from reference_gateway.behaviour.metering import MeteringRules
from reference_gateway.behaviour.outages import OutageRules
from reference_gateway.behaviour.providers import ProviderRules
from reference_gateway.behaviour.publication import PublicationRules
from reference_gateway.behaviour.requests import RequestRules
from reference_gateway.behaviour.resolution import ResolutionRules
from reference_gateway.behaviour.responses import ResponseRules
from reference_gateway.behaviour.times import TimeRules
from reference_gateway.behaviour.translation import TranslationRules


class Behaviour(
    DefinitionRules,
    ChildRules,
    AccessRules,
    CredentialRules,
    PublicationRules,
    ProviderRules,
    ResolutionRules,
    IsolationRules,
    RequestRules,
    ResponseRules,
    DataPlaneRules,
    MeteringRules,
    TimeRules,
    OutageRules,
    TranslationRules,
):
    """The conforming gateway."""
