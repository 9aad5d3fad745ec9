"""The decision about one caller: let in with a ticket, or refused.

Pure but for the clock and the counters: it reads the stores, asks the Behaviour and touches no network. The order of
the checks is that of the shipped policies (behaviour.md 6.1): key, policy, subscription, quota.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from reference_gateway.access.quota import Quota
from reference_gateway.access.stores import AccessStores
from reference_gateway.access.values import ClientKey, Ticket, User
from reference_gateway.behaviour import Behaviour
from reference_gateway.stores import Stores
from reference_gateway.values import Answer, Key, Model


class Gatekeeper:
    """Decides with the stores' newest state, each request anew; nothing is remembered between requests."""

    def __init__(
        self,
        behaviour: Behaviour,
        stores: Stores,
        access: AccessStores,
        quota: Quota,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._behaviour = behaviour
        self._stores = stores
        self._access = access
        self._quota = quota
        self._clock = clock

    def check(self, path: str, headers: Mapping[str, str]) -> Ticket | Answer | None:
        """A ticket for who may call, the answer for who may not, None where there is no model to guard."""
        model = self._behaviour.resolve(path, self._stores.models.view())
        if model is None:
            return None
        caller = self.caller(headers)
        if isinstance(caller, Answer):
            return caller
        return self._admitted(caller, model)

    def caller(self, headers: Mapping[str, str]) -> ClientKey | User | Answer:
        """Who calls: by a client key, or as somebody whom only a broken gateway lets in without."""
        token = self._behaviour.client_token(headers)
        if token is None:
            return self._behaviour.refuse_caller("no-key")
        if not self._behaviour.is_key(token):
            return self._behaviour.owner_of_unknown_token(token) or self._behaviour.refuse_caller("malformed-key")
        key = self._behaviour.find_key(self._access.keys, token)
        if key is None or self._behaviour.is_revoked(key) or self._behaviour.is_expired(key, self._clock()):
            return self._behaviour.refuse_caller("unknown-key")
        return key

    def _admitted(self, caller: ClientKey | User, model: Model) -> Ticket | Answer | None:
        refs = self.refs_of(model)
        policies = self._behaviour.policies_for(refs, self._access.policies.view())
        if not policies:
            return None if self._behaviour.admits_without_policy() else self._behaviour.refuse_caller("no-policy")
        if isinstance(caller, User):
            return None
        if not any(self._behaviour.admits(policy, caller.owner) for policy in policies):
            return self._behaviour.refuse_caller("caller-not-admitted")
        subscription = self._access.subscriptions.get(caller.subscription)
        if subscription is None or not self._behaviour.owns(subscription, caller.owner):
            return self._behaviour.refuse_caller("no-subscription")
        ref = self._behaviour.included_ref(subscription, refs)
        if ref is None:
            names = {"subscription": caller.subscription.name, "model": str(model.key)}
            return self._behaviour.refuse_caller("model-not-in-subscription", **names)
        ticket = Ticket(self._behaviour.counted_user(caller.owner), subscription.key, ref, model.key)
        return ticket if self._quota.check(ticket) else self._behaviour.refuse_caller("quota-exhausted")

    def refs_of(self, model: Model) -> list[Key]:
        """The MaaSModelRefs that publish a model."""
        refs = self._stores.refs.view()
        return [key for key in sorted(refs) if self._behaviour.ref_publishes(refs[key], model)]
