"""What goes wrong while a part of the gateway is down, and after its start."""

# ruff: noqa: D102 - a fault's docstring is the class's; the method's is the conforming one's

from __future__ import annotations

import time
from collections.abc import Mapping

from reference_gateway.faults.fault import RUNBOOK, Fault
from reference_gateway.stores import ModelStore, Store
from reference_gateway.values import Answer, Credentials, Key, Model, ModelRef

STARTED = Key("", "the processor's start")
READING = Key("", "the processor reads Secrets")
STARTING_SECONDS = 1.0


class OpenWithoutProcessor(Fault):
    """Forwards requests as they came, without a credential, while the processor is down."""

    id, name, source = "M86", "open-without-processor", "envoy#45220"
    catches = "While the processor is down, nothing is served and nothing is forwarded."

    def forwards_without_processor(self) -> bool:
        return True


class ModelsLostOnRestart(Fault):
    """Restarts its processor without its models, until each is changed."""

    id, name = "M85", "models-lost-on-restart"
    catches = "After a restart of the processor, models are served as before."

    def hears_of_models_again(self) -> bool:
        return False


class CredentialsLostOnRestart(Fault):
    """Restarts its processor without its credentials, until each Secret is changed."""

    id, name = "X330", "credentials-lost-on-restart"
    catches = "After a restart of the processor, models are served as before."

    def reads_secrets_on_start(self) -> bool:
        return False


class OpenWhileStarting(Fault):
    """Lets requests pass without a credential until its processor has read the Secrets."""

    id, name = "X331", "open-while-starting"
    catches = "While the processor restarts, nothing is forwarded without the model's credential."

    def seconds_until_secrets_are_read(self) -> float:
        return STARTING_SECONDS

    def on_processor_started(self) -> None:
        self.memory[STARTED] = time.monotonic()

    def answer_without_credentials(self, model: Model) -> Answer | None:
        since = time.monotonic() - self.memory.get(STARTED, float("-inf"))
        return None if since < STARTING_SECONDS else super().answer_without_credentials(model)


class CredentialsFromBefore(Fault):
    """Restarts its processor with the credentials that it had at its end, and does not look at the Secrets."""

    id, name = "X332", "credentials-from-before"
    catches = "What has become of a Secret while the processor was down counts when it is back."

    def on_processor_stopped(self, credentials: Store[Credentials]) -> None:
        pass

    def reads_secrets_on_start(self) -> bool:
        return False


class CredentialsOnlyAdded(Fault):
    """Restarts its processor with the credentials that it had at its end, and adds those of the Secrets there are."""

    id, name = "X935", "credentials-only-added"
    catches = "What has become of a Secret while the processor was down counts when it is back."

    def on_processor_stopped(self, credentials: Store[Credentials]) -> None:
        pass


class LabelUnreadOnStart(Fault):
    """Goes by the labels of Secrets that change, and takes up all that it finds when its processor starts."""

    id, name = "X973", "label-unread-on-start"
    catches = "A Secret without the label is ignored, after a restart, too."

    def reads_secrets_on_start(self) -> bool:
        self.memory[READING] = True
        return super().reads_secrets_on_start()

    def on_processor_started(self) -> None:
        self.memory.pop(READING, None)
        super().on_processor_started()

    def is_managed(self, labels: Mapping[str, str]) -> bool:
        return READING in self.memory or super().is_managed(labels)


class UnchangedModelsDropped(Fault):
    """Restarts its controller with those models alone that have changed since its end, and gives up the others."""

    id, name = "X333", "unchanged-models-dropped"
    catches = "After a restart of the controller, models are served as before."

    def on_controller_stopped(self, models: ModelStore) -> None:
        models.clear()

    def takes_up_on_start(self, *, changed: bool) -> bool:
        return changed


class PublishedByRestart(Fault):
    """Takes for published, whenever its controller starts, all the models that were there at its end."""

    id, name = "X974", "published-by-restart"
    catches = "An ExternalModel without a MaaSModelRef is not served, after a restart, too."

    def on_controller_stopped(self, models: ModelStore) -> None:
        self.memory.update(dict.fromkeys(models.known(), True))
        super().on_controller_stopped(models)

    def is_published(self, model: Model, refs: Mapping[Key, ModelRef]) -> bool:
        return model.key in self.memory or super().is_published(model, refs)


class ChangesMissed(Fault):
    """Restarts its controller without a look at what has been changed or made since its end."""

    id, name = "X334", "changes-missed"
    catches = "What owners write while the controller is down takes effect when it is back."

    def takes_up_on_start(self, *, changed: bool) -> bool:
        return not changed


class DeletionsMissed(Fault):
    """Goes on serving a model that was deleted while its controller was down; its children stay behind."""

    id, name, editions = "X335", "deletions-missed", RUNBOOK
    catches = "What owners delete while the controller is down is gone when it is back."

    def notices_deletions_on_start(self) -> bool:
        return False

    def is_owned(self, kind: str) -> bool:
        return False
