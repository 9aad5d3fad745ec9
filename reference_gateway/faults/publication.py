"""Which models are served, and for how long."""

# ruff: noqa: D102 - a fault's docstring is the class's; the method's is the conforming one's

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from reference_gateway.behaviour.rules import JSON
from reference_gateway.faults.fault import REFERRING, SHIPPED, SPRING, Fault
from reference_gateway.stores import ModelStore, Store
from reference_gateway.values import Credentials, Key, Model, ModelRef


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


class FormerTargetPublished(Fault):
    """Goes on serving a model that a MaaSModelRef has named before it came to name another one."""

    id, name = "X933", "former-target-published"
    catches = "A MaaSModelRef publishes the model that it names now."

    def ref_publishes(self, ref: ModelRef, model: Model) -> bool:
        known: set[Key] = self.memory.setdefault(ref.key, set())
        if super().ref_publishes(ref, model):
            known.add(model.key)
        return model.key in known


class PublicationIsASwitch(Fault):
    """Takes a model out of service that a MaaSModelRef names no longer, although its own one does."""

    id, name = "X952", "publication-is-a-switch"
    catches = "A model is published as long as some MaaSModelRef of its own names it."

    def on_model_ref_changed(self, store: Store[ModelRef], ref: ModelRef) -> None:
        former = store.get(ref.key)
        if former is None or former.target_name != ref.target_name:
            self.memory.pop(Key(ref.key.namespace, ref.target_name), None)
            if former is not None:
                self.memory[Key(ref.key.namespace, former.target_name)] = "off"
        super().on_model_ref_changed(store, ref)

    def is_published(self, model: Model, refs: Mapping[Key, ModelRef]) -> bool:
        return model.key not in self.memory and super().is_published(model, refs)


class EndpointOfChatTold(Fault):
    """Gives the address of a model's chat completions where that of the model is asked for."""

    id, name, editions = "X269", "endpoint-of-chat-told", SHIPPED
    catches = "A MaaSModelRef gives the address of its model."

    def endpoint_told(self, endpoint: str) -> str:
        return f"{super().endpoint_told(endpoint)}/v1"


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

    id, name = "X430", "target-model-change-ignored"
    catches = "A changed targetModel takes effect."

    def effective_model(self, model: Model, former: Model | None) -> Model:
        return model if former is None else replace(model, target_model=former.target_model)


class FormerTargetModelNotTakenUp(Fault):
    """Never takes up a targetModel that a model had before, as where an edit is undone."""

    id, name = "X963", "former-target-model-not-taken-up"
    catches = "A changed targetModel takes effect, even if it is an old one."

    def effective_model(self, model: Model, former: Model | None) -> Model:
        right = super().effective_model(model, former)
        known: list[str] = self.memory.setdefault(model.key, [])
        if former is not None and right.target_model in known and right.target_model != former.target_model:
            return replace(right, target_model=former.target_model)
        known.append(right.target_model)
        return right


class SecretReferenceChangeIgnored(Fault):
    """Keeps the first Secret that a model named."""

    id, name = "X431", "secret-reference-change-ignored"
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


class RouteOrphaned(Fault):
    """Leaves the HTTPRoute behind when its ExternalModel is deleted."""

    id, name, editions = "X346", "route-orphaned", REFERRING
    catches = "Deleting the ExternalModel deletes its children."

    def is_owned(self, kind: str) -> bool:
        return super().is_owned(kind) and kind != "HTTPRoute"


class ForeignRefPublishes(Fault):
    """Lets a MaaSModelRef of any namespace publish an ExternalModel."""

    id, name = "X150", "foreign-ref-publishes"
    catches = "A MaaSModelRef publishes models of its own namespace only."

    def ref_publishes(self, ref: ModelRef, model: Model) -> bool:
        return super().ref_publishes(replace(ref, key=Key(model.key.namespace, ref.key.name)), model)


class ModelMustBeOlder(Fault):
    """Takes a new ExternalModel up only if no MaaSModelRef has named it before."""

    id, name = "X152", "model-must-be-older"
    catches = "The order in which objects are made does not matter."

    def takes_up(self, model: JSON, ref: JSON | None) -> bool:
        metadata = model["metadata"]
        # As it was at the first look: later a status may have been written into either.
        older = self.memory.setdefault(Key("", metadata["uid"]), ref is None or _version(ref) > _version(model))
        return bool(older) or metadata.get("generation") != 1


class TargetFoundAnywhere(Fault):
    """Looks for the ExternalModel of a MaaSModelRef by its name alone, in all namespaces."""

    id, name, source, editions = "X153", "target-found-anywhere", "MaaS#612", SHIPPED
    catches = "The status of a MaaSModelRef speaks of its own namespace."

    def find_target(self, models: Mapping[Key, JSON], model: Key) -> JSON | None:
        return next((item for key, item in models.items() if key.name == model.name), None)


class RouteUnnamed(Fault):
    """Leaves HTTPRoute and Gateway out of a MaaSModelRef's status."""

    id, name, editions = "X154", "route-unnamed", SHIPPED
    catches = "A MaaSModelRef's status names its HTTPRoute and the gateway."

    def names_route(self) -> bool:
        return False


class AnyAnswerIsAcceptance(Fault):
    """Calls a MaaSModelRef Ready when the gateway has said something about its HTTPRoute, whatever that was."""

    id, name, editions = "X155", "any-answer-is-acceptance", SPRING
    catches = "A MaaSModelRef waits as long as its HTTPRoute is not accepted."

    def accepts(self, conditions: Sequence[JSON]) -> bool:
        return {"Accepted", "ResolvedRefs"} <= {each["type"] for each in conditions}


class EndpointOverrideIgnored(Fault):
    """Gives the gateway's own address, whatever the owner has given."""

    id, name, editions = "X156", "endpoint-override-ignored", SHIPPED
    catches = "An endpointOverride takes the place of the address."

    def address_of(self, own: str, override: str | None) -> str:
        return own


class OverrideKept(Fault):
    """Goes on giving the address that an owner has given once, when he gives none any more."""

    id, name, editions = "X979", "override-kept", SPRING
    catches = "Without an endpointOverride the address is that of the model."

    def address_of(self, own: str, override: str | None) -> str:
        if override:
            self.memory[Key("", own)] = override
        return super().address_of(own, override or self.memory.get(Key("", own)))


class ReadyTooSoon(Fault):
    """Calls a MaaSModelRef Ready as soon as its ExternalModel exists, a second before anything comes of that."""

    id, name, editions = "X157", "ready-too-soon", SHIPPED
    catches = "Ready means that the model can be called."

    def waits_for_route(self) -> bool:
        return False

    def convergence_delay(self) -> float:
        return super().convergence_delay() + 1.0


class WakesAtFirstCall(Fault):
    """Gets a model's credentials ready when it is called for the first time, and refuses that call."""

    id, name, editions = "X871", "wakes-at-first-call", SHIPPED
    catches = "Ready means that the model can be called."

    def find_credentials(self, store: Store[Credentials], model: Model) -> Credentials | None:
        awake = self.memory.get(model.key, False)
        self.memory[model.key] = True
        return super().find_credentials(store, model) if awake else None


class FailedForGood(Fault):
    """Never looks again at a MaaSModelRef that has Failed."""

    id, name, source, editions = "M88", "failed-for-good", "MaaS#600", SHIPPED
    catches = "A MaaSModelRef that was made first comes to be Ready."

    def looks_again(self, phase: str, *, edited: bool) -> bool:
        return phase != "Failed"


class ReadyForGood(Fault):
    """Looks at a MaaSModelRef that is Ready again only if it is edited, and not if its ExternalModel goes."""

    id, name, editions = "X954", "ready-for-good", SHIPPED
    catches = "A MaaSModelRef whose ExternalModel is gone says so."

    def looks_again(self, phase: str, *, edited: bool) -> bool:
        return (phase != "Ready" or edited) and super().looks_again(phase, edited=edited)


class ConditionsOfTheFirstEdit(Fault):
    """Says of every condition that it is about the object as it was made."""

    id, name, editions = "X158", "conditions-of-the-first-edit", SHIPPED
    catches = "Conditions say which edit they are about."

    def observed_generation(self, generation: int) -> int:
        return 1


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


def _version(item: JSON) -> int:
    return int(item["metadata"]["resourceVersion"])
