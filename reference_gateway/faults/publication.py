"""Which models are served, and for how long."""

# ruff: noqa: D102 - a fault's docstring is the class's; the method's is the conforming one's

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from reference_gateway.behaviour.rules import JSON
from reference_gateway.faults.fault import REFERRING, SHIPPED, Fault
from reference_gateway.stores import ModelStore, Store
from reference_gateway.values import Key, Model, ModelRef

SHIPPED_34 = ("rhoai-3.4",)


class ServesWithoutModelRef(Fault):
    """Serves every ExternalModel, with a MaaSModelRef or without."""

    id, name, source = "X09", "serves-without-model-ref", "MaaS#856"
    catches = "Without a MaaSModelRef a model is not served."

    def is_published(self, model: Model, refs: Mapping[Key, ModelRef]) -> bool:
        return True


class ModelRefDeletionUnnoticed(Fault):
    """Goes on serving a model whose MaaSModelRef was deleted."""

    id, name = "X10", "model-ref-deletion-unnoticed"
    catches = "Deleting the MaaSModelRef ends the model's service."

    def on_model_ref_deleted(self, store: Store[ModelRef], ref: Key) -> None:
        pass


class ModelRefCreatedByGateway(Fault):
    """Creates a MaaSModelRef for every ExternalModel by itself."""

    id, name = "X12", "model-ref-created-by-gateway"
    catches = "A MaaSModelRef is made by hand, never by the gateway."

    def objects_beside(self, model: Model) -> Sequence[JSON]:
        names = self.edition.model_ref
        target = {"kind": self.edition.external_model.kind, "name": model.key.name}
        metadata = {"namespace": model.key.namespace, "name": model.key.name}
        api_version = f"{names.group}/{names.version}"
        return ({"apiVersion": api_version, "kind": names.kind, "metadata": metadata, "spec": {"modelRef": target}},)


class EndpointChangeIgnored(Fault):
    """Keeps a model's first endpoint."""

    id, name, source = "M81", "endpoint-change-ignored", "MaaS#1435"
    catches = "A changed endpoint takes effect."

    def effective_model(self, model: Model, former: Model | None) -> Model:
        if former is None:
            return model
        return replace(model, endpoint=former.endpoint, port=former.port, tls=former.tls)


class TargetModelChangeIgnored(Fault):
    """Keeps a model's first targetModel."""

    id, name, editions = "X430", "target-model-change-ignored", SHIPPED_34
    catches = "A changed targetModel takes effect."

    def effective_model(self, model: Model, former: Model | None) -> Model:
        return model if former is None else replace(model, target_model=former.target_model)


class SecretReferenceChangeIgnored(Fault):
    """Keeps the first Secret that a model named."""

    id, name, editions = "X431", "secret-reference-change-ignored", SHIPPED_34
    catches = "A changed reference to a Secret takes effect."

    def effective_model(self, model: Model, former: Model | None) -> Model:
        return model if former is None else replace(model, secret=former.secret)


class ModelDeletionUnnoticed(Fault):
    """Goes on serving a deleted ExternalModel, whose children stay behind."""

    id, name, source = "M77", "model-deletion-unnoticed", "MaaS cleanup tests"
    catches = "Deleting the ExternalModel ends its service."

    def on_external_model_deleted(self, store: ModelStore, model: Key) -> None:
        pass

    def is_owned(self, kind: str) -> bool:
        return False


class ChildrenOrphaned(Fault):
    """Leaves Service, ServiceEntry and DestinationRule behind when their ExternalModel is deleted."""

    id, name, editions = "M79", "children-orphaned", SHIPPED
    catches = "Deleting the ExternalModel deletes its children."

    def is_owned(self, kind: str) -> bool:
        return kind == "HTTPRoute"


class DanglingRefReady(Fault):
    """Calls a MaaSModelRef Ready although its ExternalModel does not exist."""

    id, name, editions = "M89", "dangling-ref-ready", SHIPPED
    catches = "A MaaSModelRef is Ready only if its model can be called."

    def phase_without_target(self) -> str:
        return "Ready"


class ReadyWithoutGovernance(Fault):
    """Calls a MaaSModelRef Ready that no policy and no subscription names."""

    id, name, editions = "X557", "ready-without-governance", REFERRING
    catches = "A MaaSModelRef is not Ready before a policy and a subscription name it."

    def is_governed(self, *, by_policy: bool, by_subscription: bool) -> bool:
        return True


class HalfAPairSuffices(Fault):
    """Calls a MaaSModelRef Ready that a policy names, with a subscription or without."""

    id, name, editions = "X558", "half-a-pair-suffices", REFERRING
    catches = "A MaaSModelRef is not Ready before a policy and a subscription name it."

    def is_governed(self, *, by_policy: bool, by_subscription: bool) -> bool:
        return by_policy


class GovernanceNeverFound(Fault):
    """Waits for ever for a policy and a subscription that are there."""

    id, name, editions = "X559", "governance-never-found", REFERRING
    catches = "A MaaSModelRef whose ExternalModel is served reports Ready."

    def is_governed(self, *, by_policy: bool, by_subscription: bool) -> bool:
        return False
