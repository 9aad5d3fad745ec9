"""Models and their publication (behaviour.md 2.1, 2.3, 2.6, 2.7)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from reference_gateway.behaviour.rules import JSON, Rules
from reference_gateway.stores import ModelStore, Store
from reference_gateway.values import Key, Model, ModelRef

CLOSED_LABEL = "reference-gateway.example/closed"
"""What a namespace bears from which the gateway's listener admits no routes."""


class PublicationRules(Rules):
    """Models and their publication (behaviour.md 2.1, 2.3, 2.6, 2.7)."""

    def effective_model(self, model: Model, former: Model | None) -> Model:
        """What is served of an ExternalModel that was read anew; former is what was served before."""
        return model

    def on_external_model_deleted(self, store: ModelStore, model: Key) -> None:
        """An ExternalModel is gone."""
        store.drop(model)

    def is_owned(self, kind: str) -> bool:
        """Whether a child of this kind names its ExternalModel as owner, so that it is collected with it."""
        return True

    def admits_namespace(self, labels: Mapping[str, str]) -> bool:
        """Whether the gateway's listener takes on routes of a namespace with these labels."""
        return CLOSED_LABEL not in labels

    def objects_beside(self, model: Model) -> Sequence[JSON]:
        """Objects that are created beside a model's children; a MaaSModelRef is made by hand and never here."""
        return ()

    def ref_publishes(self, ref: ModelRef, model: Model) -> bool:
        """Whether this reference publishes this model: same namespace, its target, the edition's rule on the name."""
        return (
            ref.key.namespace == model.key.namespace
            and ref.target_kind == self.edition.external_model.kind
            and ref.target_name == model.key.name
            and self.ref_name_matches(ref)
        )

    def ref_name_matches(self, ref: ModelRef) -> bool:
        """Whether the reference is named as the edition demands."""
        return ref.key.name == ref.target_name or not self.edition.ref_name_must_equal

    def is_published(self, model: Model, refs: Mapping[Key, ModelRef]) -> bool:
        """Whether the model may be served."""
        return not self.edition.ref_required or any(self.ref_publishes(ref, model) for ref in refs.values())

    def on_model_ref_changed(self, store: Store[ModelRef], ref: ModelRef) -> None:
        """A MaaSModelRef was made or changed."""
        store.put(ref.key, ref)

    def published(self, models: Mapping[Key, Model], refs: Mapping[Key, ModelRef]) -> list[Model]:
        """The models that may be served, in the order of their keys."""
        return [models[key] for key in sorted(models) if self.is_published(models[key], refs)]

    def is_governed(self, *, by_policy: bool, by_subscription: bool) -> bool:
        """Whether a MaaSModelRef may be Ready that a policy names, and a subscription, or not."""
        needed = self.edition.access is not None and self.edition.access.governance_pairing
        return (by_policy and by_subscription) or not needed

    def on_model_ref_deleted(self, store: Store[ModelRef], ref: Key) -> None:
        """A MaaSModelRef is gone."""
        store.drop(ref)

    def ref_finalizer(self) -> str | None:
        """The finalizer by which MaaSModelRefs are held; None where they are not held."""
        return self.edition.ref_finalizer

    def releases_without_target(self) -> bool:
        """Whether a MaaSModelRef that is being deleted is let go although its ExternalModel is gone already."""
        return True

    def find_target(self, models: Mapping[Key, JSON], model: Key) -> JSON | None:
        """The ExternalModel that a MaaSModelRef of this namespace names: always one of the same namespace."""
        return models.get(model)

    def accepts(self, conditions: Sequence[JSON]) -> bool:
        """Whether an HTTPRoute with these conditions is served: a Ready that is not yet served would be a lie."""
        return {"Accepted", "ResolvedRefs"} <= {each["type"] for each in conditions if each["status"] == "True"}

    def waits_for_route(self) -> bool:
        """Whether a MaaSModelRef is Ready only when its HTTPRoute is served."""
        return True

    def names_route(self) -> bool:
        """Whether the status names the HTTPRoute and the Gateway."""
        return True

    def address_of(self, own: str, override: str | None) -> str:
        """The address in the status of a MaaSModelRef, whose owner may have given another."""
        return override or own

    def looks_again(self, phase: str, *, edited: bool) -> bool:
        """Whether a MaaSModelRef whose phase is this is looked at again, ``edited`` or because something else is."""
        return True

    def observed_generation(self, generation: int) -> int:
        """Of which generation of the object a condition says that it speaks."""
        return generation

    def takes_up(self, model: JSON, ref: JSON | None) -> bool:
        """Whether an ExternalModel is taken up, whatever MaaSModelRef of its name there is already."""
        return True

    def endpoint_told(self, endpoint: str) -> str:
        """The address of a served model as a MaaSModelRef's status gives it."""
        return endpoint

    def phase_without_target(self) -> str:
        """The status phase of a MaaSModelRef whose ExternalModel does not exist."""
        return "Failed"

    def extra_labels(self) -> Mapping[str, str]:
        """Labels that children bear beside the product's own."""
        return {}

    def extra_conditions(self) -> Sequence[tuple[str, str, str]]:
        """Conditions in a MaaSModelRef's status beside Ready: type, reason, message; all of them True."""
        return ()
