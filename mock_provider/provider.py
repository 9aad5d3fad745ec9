"""The provider's state: what the control plane changes and the data plane lives by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from mock_provider.canaries import Canaries
from mock_provider.dialects import Dialect
from mock_provider.gates import GateKeeper
from mock_provider.identities import DialectName, Identity
from mock_provider.journal import Journal
from mock_provider.receipts import ReceiptMaker
from mock_provider.scripts import ScriptStore
from mock_provider.wire import ConnectionCounter

MAX_SCRIPTS = 20_000
MAX_GATES = 20_000


@dataclass
class Provider:
    """Everything that one process of the mock provider knows."""

    dialects: Mapping[DialectName, Dialect]
    receipts: ReceiptMaker
    journal: Journal
    identities: dict[str, Identity] = field(default_factory=dict)
    canaries: Canaries = field(default_factory=Canaries)
    scripts: ScriptStore = field(default_factory=lambda: ScriptStore(MAX_SCRIPTS))
    gates: GateKeeper = field(default_factory=lambda: GateKeeper(MAX_GATES))
    connections: ConnectionCounter = field(default_factory=ConnectionCounter)

    def dialect_of(self, identity: Identity | None) -> Dialect:
        """Return the dialect that a host speaks; a host that nobody knows is answered in OpenAI's."""
        return self.dialects[identity.dialect if identity else "openai"]
