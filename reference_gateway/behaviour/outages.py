"""What becomes of requests and changes while a part of the gateway is down, and after its start."""

from __future__ import annotations

from reference_gateway.behaviour.rules import Rules
from reference_gateway.stores import ModelStore, Store
from reference_gateway.values import Credentials


class OutageRules(Rules):
    """What becomes of requests and changes while a part of the gateway is down, and after its start."""

    # The processor

    def forwards_without_processor(self) -> bool:
        """Whether a request goes on to the provider of its path while no processor can give it a credential."""
        return False

    def status_without_processor(self) -> int:
        """What clients get while the processor is down."""
        return 500

    def on_processor_stopped(self, credentials: Store[Credentials]) -> None:
        """The processor ends, and what it had in memory with it."""
        credentials.clear()

    def on_processor_started(self) -> None:
        """The processor begins to answer."""

    def reads_secrets_on_start(self) -> bool:
        """Whether a processor that starts reads the Secrets that are there; else it waits for their next change."""
        return True

    def hears_of_models_again(self) -> bool:
        """Whether a processor that starts is told of the models that are there; else only of those that change."""
        return True

    def seconds_until_secrets_are_read(self) -> float:
        """How long after its first answer a processor begins to read Secrets; the plain one reads before it answers."""
        return 0.0

    # The controller

    def on_controller_stopped(self, models: ModelStore) -> None:
        """The controller ends; the processor goes on serving the models that it was told of."""

    def takes_up_on_start(self, *, changed: bool) -> bool:
        """Whether a controller that starts takes up an object that is there; changed: since the controller's end."""
        return True

    def notices_deletions_on_start(self) -> bool:
        """Whether a controller that starts finds out what has been deleted since its end."""
        return True

    # Both

    def replicas(self) -> int:
        """Of how many replicas a part is made."""
        return 1

    def seconds_to_start(self) -> float:
        """How long a part takes from the wish for it until it works."""
        return 0.0

    def seconds_to_stop(self) -> float:
        """How long a part goes on working when it is wished for no longer."""
        return 0.0
