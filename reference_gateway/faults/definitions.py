"""What the API server admits, and what becomes of it there."""

# ruff: noqa: D102 - a fault's docstring is the class's; the method's is the conforming one's

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from reference_gateway.behaviour.rules import JSON
from reference_gateway.faults.fault import REFERRING, SHIPPED, SPRING, WHOLE, Fault
from reference_gateway.values import Key


class ForeignNamespaceHonoured(Fault):
    """Takes the Secret from any namespace that a credentialRef names."""

    id, name = "M25", "foreign-namespace-honoured"
    catches = "A credentialRef reaches no Secret of another namespace."

    def definition(self, definition: JSON) -> JSON:
        kind = "ExternalProvider" if self.edition.name in REFERRING else "ExternalModel"
        return with_spec(super().definition(definition), kind, _admit_namespace)

    def secret_of(self, model: Key, reference: JSON) -> Key:
        right = super().secret_of(model, reference)
        return Key(reference.get("namespace") or right.namespace, right.name)


class NamespaceBeforeNameHonoured(Fault):
    """Takes what stands before a slash in the name of a Secret for its namespace."""

    id, name, editions = "X904", "namespace-before-name-honoured", WHOLE
    catches = "A credentialRef reaches no Secret of another namespace."

    def secret_of(self, model: Key, reference: JSON) -> Key:
        right = super().secret_of(model, reference)
        namespace, _, name = right.name.rpartition("/")
        return Key(namespace or right.namespace, name)


class SpecRewritten(Fault):
    """Writes the targetModel back into the ExternalModel in lower case."""

    id, name = "X201", "spec-rewritten"
    catches = "What an owner writes stays as it was written."

    def spec_of_owner(self, spec: JSON) -> JSON:
        right = super().spec_of_owner(spec)
        if "targetModel" in right:
            return {**right, "targetModel": right["targetModel"].lower()}
        refs = [{**ref, "targetModel": ref["targetModel"].lower()} for ref in right["externalProviderRefs"]]
        return {**right, "externalProviderRefs": refs}


class CredentialRefOptional(Fault):
    """Admits an ExternalModel without credentialRef."""

    id, name, editions = "X202", "credential-ref-optional", SPRING
    catches = "An ExternalModel that lacks a required field is refused."

    def definition(self, definition: JSON) -> JSON:
        return with_spec(super().definition(definition), "ExternalModel", lambda spec: spec["required"].pop())


class EndpointUnchecked(Fault):
    """Admits any text as an endpoint."""

    id, name, editions = "X203", "endpoint-unchecked", SPRING
    catches = "An endpoint is the name of a host and nothing else."

    def definition(self, definition: JSON) -> JSON:
        return with_spec(
            super().definition(definition), "ExternalModel", lambda spec: spec["properties"]["endpoint"].pop("pattern")
        )


class ProviderEnum(Fault):
    """Admits only the providers that it knows."""

    id, name, editions = "X204", "provider-enum", SPRING
    catches = "Any word is a provider."
    source = "the enum that the product had until c01dc5b2"

    def definition(self, definition: JSON) -> JSON:
        known = ["openai", "anthropic", "azure-openai", "vertex", "bedrock-openai"]
        return with_spec(
            super().definition(definition),
            "ExternalModel",
            lambda spec: spec["properties"]["provider"].update(enum=known),
        )


class TargetModelOfNameCharacters(Fault):
    """Admits a targetModel only if it could be the name of a Kubernetes object."""

    id, name, editions = "X205", "target-model-of-name-characters", SPRING
    catches = "Any text is a targetModel."

    def definition(self, definition: JSON) -> JSON:
        pattern = "^[a-zA-Z0-9]([a-zA-Z0-9.-]*[a-zA-Z0-9])?$|^$"
        return with_spec(
            super().definition(definition),
            "ExternalModel",
            lambda spec: spec["properties"]["targetModel"].update(pattern=pattern),
        )


class RefKindUnchecked(Fault):
    """Admits a MaaSModelRef to any kind."""

    id, name, editions = "X206", "ref-kind-unchecked", SHIPPED
    catches = "A MaaSModelRef refers to an ExternalModel or an LLMInferenceService."

    def definition(self, definition: JSON) -> JSON:
        return with_spec(
            super().definition(definition),
            "MaaSModelRef",
            lambda spec: spec["properties"]["modelRef"]["properties"]["kind"].pop("enum"),
        )


class NoColumns(Fault):
    """Prints names and ages only."""

    id, name, editions = "X207", "no-columns", SHIPPED
    catches = "A table of ExternalModels shows the edition's columns."

    def definition(self, definition: JSON) -> JSON:
        right = copy.deepcopy(super().definition(definition))
        right["spec"]["versions"][0].pop("additionalPrinterColumns", None)
        return right


class LongNamesCut(Fault):
    """Makes the route's path of the first 40 characters of a model's name."""

    id, name = "X208", "long-names-cut"
    catches = "A model with a long name is served."

    def child(self, child: JSON, model: Key) -> JSON:
        whole = super().child(child, model)
        for rule in whole["spec"]["rules"] if whole["kind"] == "HTTPRoute" else ():
            for match in rule["matches"]:
                if "path" in match:
                    match["path"]["value"] = self.route_prefix(Key(model.namespace, model.name[:40]))
        return whole


class PolicyForNobody(Fault):
    """Admits a MaaSAuthPolicy that names neither a user nor a group."""

    id, name, editions = "X550", "policy-for-nobody", SHIPPED
    catches = "A MaaSAuthPolicy says who may call what."

    def definition(self, definition: JSON) -> JSON:
        return with_spec(
            super().definition(definition),
            "MaaSAuthPolicy",
            lambda spec: spec["properties"]["subjects"].pop("x-kubernetes-validations"),
        )


class PolicyForNoModel(Fault):
    """Admits a MaaSAuthPolicy whose list of models is empty."""

    id, name, editions = "X551", "policy-for-no-model", SHIPPED
    catches = "A MaaSAuthPolicy says who may call what."

    def definition(self, definition: JSON) -> JSON:
        return with_spec(
            super().definition(definition),
            "MaaSAuthPolicy",
            lambda spec: spec["properties"]["modelRefs"].pop("minItems"),
        )


class PolicyForUsersAlone(Fault):
    """Refuses a MaaSAuthPolicy that admits groups and names no user."""

    id, name, editions = "X552", "policy-for-users-alone", SHIPPED
    catches = "A MaaSAuthPolicy says who may call what: users, groups or both."

    def definition(self, definition: JSON) -> JSON:
        rule = {"rule": "has(self.users) && size(self.users) > 0", "message": "no users"}
        return with_spec(
            super().definition(definition),
            "MaaSAuthPolicy",
            lambda spec: spec["properties"]["subjects"]["x-kubernetes-validations"].append(rule),
        )


class SubscriptionWithoutBudget(Fault):
    """Admits a MaaSSubscription with an empty list of budgets."""

    id, name, editions = "X553", "subscription-without-budget", SHIPPED
    catches = "A MaaSSubscription has a budget for each of its models."

    def definition(self, definition: JSON) -> JSON:
        return with_budgets(super().definition(definition), lambda budgets: budgets.pop("minItems"))


class BudgetOfNothing(Fault):
    """Admits a budget of no tokens at all."""

    id, name, editions = "X554", "budget-of-nothing", SHIPPED
    catches = "A budget is a number of tokens from 1 on."

    def definition(self, definition: JSON) -> JSON:
        return with_budgets(
            super().definition(definition), lambda budgets: budgets["items"]["properties"]["limit"].pop("minimum")
        )


class BudgetWithoutEnd(Fault):
    """Admits a budget of any size."""

    id, name, editions = "X555", "budget-without-end", SHIPPED
    catches = "A budget is at most a thousand million tokens."

    def definition(self, definition: JSON) -> JSON:
        return with_budgets(
            super().definition(definition), lambda budgets: budgets["items"]["properties"]["limit"].pop("maximum")
        )


class WindowUnchecked(Fault):
    """Admits any two to five characters as a window of time."""

    id, name, editions = "X556", "window-unchecked", SHIPPED
    catches = "A window of time is a number of seconds, minutes or hours."

    def definition(self, definition: JSON) -> JSON:
        return with_budgets(
            super().definition(definition), lambda budgets: budgets["items"]["properties"]["window"].pop("pattern")
        )


def with_spec(definition: JSON, kind: str, change: Callable[[Any], object]) -> JSON:
    """A copy of the definition whose schema of the spec is changed, if it is the kind's."""
    if definition["spec"]["names"]["kind"] != kind:
        return definition
    changed = copy.deepcopy(definition)
    change(changed["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]["spec"])
    return changed


def _admit_namespace(spec: Any) -> None:
    owner, reference = ("auth", "secretRef") if "auth" in spec["properties"] else (None, "credentialRef")
    place = spec if owner is None else spec["properties"][owner]
    place["properties"][reference]["properties"]["namespace"] = {"type": "string"}


def with_budgets(definition: JSON, change: Callable[[Any], object]) -> JSON:
    """A copy of the definition whose schema of a subscription's budgets is changed, if it is the kind's."""
    return with_spec(
        definition,
        "MaaSSubscription",
        lambda spec: change(spec["properties"]["modelRefs"]["items"]["properties"]["tokenRateLimits"]),
    )
