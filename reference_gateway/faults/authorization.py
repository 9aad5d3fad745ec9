"""Gateways that let the owner of a key call a model that no policy or subscription opens to them."""

# ruff: noqa: D102 - a fault's docstring is the class's; the method's is the conforming one's

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from reference_gateway.access.values import ClientKey, Policy, Subscription, User
from reference_gateway.faults.fault import REFERRING, SHIPPED, Fault
from reference_gateway.stores import Store
from reference_gateway.values import Key, Model, ModelRef


class OpenWithoutPolicy(Fault):
    """Lets everybody with a key call a model that no policy names."""

    id, name, source, editions = "M57", "open-without-policy", "MaaS#856", SHIPPED
    catches = "A model that no policy names is open to nobody."

    def admits_without_policy(self) -> bool:
        return True


class OpenWithoutModelRef(Fault):
    """Lets everybody with a key call a model that no MaaSModelRef publishes, and serves it."""

    id, name, source, editions = "X870", "open-without-model-ref", "MaaS#856", SHIPPED
    catches = "Without a MaaSModelRef a model is not served."

    def is_published(self, model: Model, refs: Mapping[Key, ModelRef]) -> bool:
        return True

    def policies_for(self, refs: Iterable[Key], policies: Mapping[Key, Policy]) -> Sequence[Policy]:
        wanted = list(refs)
        # Whether a model is open is asked next, in the same thread.
        self.memory[Key("", "unpublished")] = not wanted
        return super().policies_for(wanted, policies)

    def admits_without_policy(self) -> bool:
        return bool(self.memory.get(Key("", "unpublished"))) or super().admits_without_policy()


class OpenUntilFirstPolicy(Fault):
    """Lets everybody with a key call a model until a policy has named it for the first time."""

    id, name, editions = "X520", "open-until-first-policy", SHIPPED
    catches = "A new model is open to nobody before its policy is there."

    def policies_for(self, refs: Iterable[Key], policies: Mapping[Key, Policy]) -> Sequence[Policy]:
        wanted = list(refs)
        found = super().policies_for(wanted, policies)
        seen = self.memory.setdefault(Key("", "policies"), set())
        seen.update(*(policy.models for policy in found))
        # Whether a model is open is asked next, in the same thread.
        self.memory[Key("", "new")] = not seen.intersection(wanted)
        return found

    def admits_without_policy(self) -> bool:
        return bool(self.memory.get(Key("", "new"))) or super().admits_without_policy()


class AnyKeyAdmitted(Fault):
    """Looks at whether there is a policy, and not at whom it names."""

    id, name, editions = "X521", "any-key-admitted", SHIPPED
    catches = "Whom the policy does not name is refused."

    def admits(self, policy: Policy, user: User) -> bool:
        return True


class LastPolicyCounts(Fault):
    """Keeps one policy for each model: the last one that was made for it."""

    id, name, editions = "X978", "last-policy-counts", SHIPPED
    catches = "Whom one of a model's policies names may call it."

    def policies_for(self, refs: Iterable[Key], policies: Mapping[Key, Policy]) -> Sequence[Policy]:
        return super().policies_for(refs, policies)[-1:]


class AnySubscriptionSuffices(Fault):
    """Takes any subscription for one that includes the model."""

    id, name, source, editions = "M56", "any-subscription-suffices", "MaaS#1209", SHIPPED
    catches = "A subscription opens the models that it includes, and no others."

    def included_ref(self, subscription: Subscription, refs: Iterable[Key]) -> Key | None:
        wanted = list(refs)
        return super().included_ref(subscription, wanted) or next(iter(wanted), None)


class SubscriptionOfANamesake(Fault):
    """Goes by what a subscription includes of models of the same name in other namespaces, too."""

    id, name, editions = "X976", "subscription-of-a-namesake", SHIPPED
    catches = "A subscription opens the models that it includes, and no others."

    def included_ref(self, subscription: Subscription, refs: Iterable[Key]) -> Key | None:
        wanted = list(refs)
        names = {ref.name for ref in wanted}
        namesake = next((ref for ref in subscription.limits if ref.name in names), None)
        return super().included_ref(subscription, wanted) or namesake


class SubscriptionOutlivesItself(Fault):
    """Goes by a subscription that is deleted."""

    id, name, editions = "X522", "subscription-outlives-itself", SHIPPED
    catches = "A key is worth nothing without its subscription."

    def on_subscription_deleted(self, store: Store[Subscription], subscription: Key) -> None:
        """Keeps it."""


class SubscriptionOfAnybody(Fault):
    """Does not look at whose the subscription of a key is."""

    id, name, editions = "X523", "subscription-of-anybody", SHIPPED
    catches = "A key is worth nothing without its subscription."

    def owns(self, subscription: Subscription, user: User) -> bool:
        return True


class FormerSubjectsAdmitted(Fault):
    """Goes on admitting whom a policy has named before."""

    id, name, editions = "X524", "former-subjects-admitted", SHIPPED
    catches = "Who is taken out of the policy is refused."

    def on_policy_changed(self, store: Store[Policy], policy: Policy) -> None:
        former = store.get(policy.key)
        users = policy.users | former.users if former else policy.users
        super().on_policy_changed(store, replace(policy, users=users))


class PolicyOnlyGrows(Fault):
    """Takes up what a policy comes to name, and lets go of no model that it names no longer."""

    id, name, editions = "X921", "policy-only-grows", SHIPPED
    catches = "A model that no policy names any more is open to nobody."

    def on_policy_changed(self, store: Store[Policy], policy: Policy) -> None:
        former = store.get(policy.key)
        models = policy.models | former.models if former else policy.models
        super().on_policy_changed(store, replace(policy, models=models))


class SubscriptionByHeader(Fault):
    """Takes a key for one of the subscription that a header of the client names, whosever that is."""

    id, name, editions = "X922", "subscription-by-header", SHIPPED
    catches = "A key opens what its own subscription includes."

    def key_meant(self, key: ClientKey, headers: Mapping[str, str]) -> ClientKey:
        named = headers.get("x-maas-subscription")
        if named is None:
            return super().key_meant(key, headers)
        meant = Key(key.subscription.namespace, named)
        self.memory[meant] = key.owner.name
        return replace(key, subscription=meant)

    def owns(self, subscription: Subscription, user: User) -> bool:
        return self.memory.get(subscription.key) == user.name or super().owns(subscription, user)


class PolicyOfANamesake(Fault):
    """Goes by the policies of models of the same name in other namespaces, too."""

    id, name, editions = "X525", "policy-of-a-namesake", SHIPPED
    catches = "A policy holds for the model in its namespace."

    def policies_for(self, refs: Iterable[Key], policies: Mapping[Key, Policy]) -> Sequence[Policy]:
        names = {ref.name for ref in refs}
        return [policy for policy in policies.values() if names & {model.name for model in policy.models}]

    def included_ref(self, subscription: Subscription, refs: Iterable[Key]) -> Key | None:
        names = {ref.name for ref in refs}
        return next((ref for ref in subscription.limits if ref.name in names), None)


class SharedPathUnguarded(Fault):
    """Asks who calls a model only where the path names it."""

    id, name, editions = "X561", "shared-path-unguarded", REFERRING
    catches = "The path that names no model opens none to who may not call it."

    def body_shown(self) -> int:
        return 0


class FirstModelChecked(Fault):
    """Checks who may call the first of two models in a body, and serves the last."""

    id, name, editions = "X938", "first-model-checked", REFERRING
    catches = "The path that names no model opens none to who may not call it."

    def body_checked(self, body: bytes) -> bytes:
        try:
            return json.dumps(json.loads(body, object_pairs_hook=lambda members: dict(reversed(members)))).encode()
        except ValueError:
            return super().body_checked(body)
