"""The decision about one caller: let in with a ticket, or refused.

Pure but for the clock and the counters: it reads the stores, asks the Behaviour and touches no network. The order of
the checks is that of the shipped policies (behaviour.md 6.1): key, policy, subscription, quota. All but the last may be
remembered for a while, as the shipped product does; the conforming gateway decides each request anew.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from reference_gateway.access.quota import Quota
from reference_gateway.access.stores import AccessStores
from reference_gateway.access.values import ClientKey, Ticket, User
from reference_gateway.behaviour import Behaviour
from reference_gateway.processor.decision import json_object
from reference_gateway.stores import Stores
from reference_gateway.values import Answer, Key, Model


class Gatekeeper:
    """Decides with the stores' newest state."""

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
        self._remembered: dict[tuple[str | None, Key], tuple[float, Ticket | Answer | None]] = {}
        """Token and model -> until when a decision holds, and the decision."""

    def check(self, path: str, headers: Mapping[str, str], body: bytes = b"") -> Ticket | Answer | None:
        """A ticket for who may call, the answer for who may not, None where there is no model to guard.

        ``body`` is as much of it as the Behaviour wants to see, which is nothing where every path names its model.
        """
        model = self._guarded(path, body)
        if model is None:
            return self._refusal_of_stranger(headers)
        if refusal := self._behaviour.refusal_for_headers(headers) or self._behaviour.refusal_for_body(body):
            return refusal
        if not self._behaviour.guards(headers.get(":method", ""), path):
            return None
        decided = self._decided(headers, model)
        if not isinstance(decided, Ticket) or not self._behaviour.draws_on_budget(path) or self._quota.check(decided):
            return decided
        return self._behaviour.refuse_caller("quota-exhausted")

    def _guarded(self, path: str, body: bytes) -> Model | None:
        """The model that a request is about, found as the processor will find it."""
        models = self._stores.models.view()
        if not self._behaviour.is_shared_path(path):
            return self._behaviour.resolve(path, models)
        parsed = json_object(self._behaviour.body_checked(body))
        name = None if isinstance(parsed, Answer) else self._behaviour.named_model(parsed, None)
        published = self._behaviour.published(models, self._stores.refs.view())
        return None if name is None else self._behaviour.choose_by_body(name, published)

    def _refusal_of_stranger(self, headers: Mapping[str, str]) -> Answer | None:
        """The answer to who shows no good key where no model is; None where nobody is asked for one there."""
        caller = self.caller(headers) if self._behaviour.guards_everything() else None
        return caller if isinstance(caller, Answer) else None

    def _token(self, headers: Mapping[str, str]) -> str | None:
        models = self._stores.models.view().values()
        return self._behaviour.client_token(headers) or self._behaviour.token_beside(headers, models)

    def _decided(self, headers: Mapping[str, str], model: Model) -> Ticket | Answer | None:
        """All of the decision but the quota, which is never remembered."""
        asked, now = (self._token(headers), model.key), self._clock()
        until, decided = self._remembered.get(asked, (0.0, None))
        if now < until:
            return decided
        caller = self.caller(headers)
        decided = caller if isinstance(caller, Answer) else self._admitted(caller, model)
        if seconds := self._behaviour.decision_seconds():
            self._remembered[asked] = (now + seconds, decided)
        return decided

    def caller(self, headers: Mapping[str, str]) -> ClientKey | User | Answer:
        """Who calls: by a client key, or as somebody whom only a broken gateway lets in without."""
        token = self._token(headers)
        if token is None:
            return self._behaviour.refuse_caller("no-key")
        is_key = self._behaviour.is_key(token)
        key = self._behaviour.find_key(self._access.keys, token) if is_key else None
        if key is None:
            why = "unknown-key" if is_key else "malformed-key"
            return self._behaviour.owner_of_unknown_token(token) or self._behaviour.refuse_caller(why)
        if self._behaviour.is_revoked(key) or self._behaviour.is_expired(key, self._clock()):
            return self._behaviour.refuse_caller("unknown-key")
        return self._behaviour.key_meant(key, headers)

    def _admitted(self, caller: ClientKey | User, model: Model) -> Ticket | Answer | None:
        refs = self.refs_of(model)
        policies = self._behaviour.policies_for(refs, self._access.policies.view())
        if not policies:
            return None if self._behaviour.admits_without_policy() else self._behaviour.refuse_caller("no-policy")
        if isinstance(caller, User):
            return None
        if not any(self._behaviour.admits(policy, caller.owner) for policy in policies):
            self._charge_refusal(caller, refs, model)
            return self._behaviour.refuse_caller("caller-not-admitted")
        subscription = self._access.subscriptions.get(caller.subscription)
        if subscription is None or not self._behaviour.owns(subscription, caller.owner):
            return self._behaviour.refuse_caller("no-subscription")
        ref = self._behaviour.included_ref(subscription, refs)
        if ref is None:
            names = {"subscription": caller.subscription.name, "model": str(model.key)}
            return self._behaviour.refuse_caller("model-not-in-subscription", **names)
        return Ticket(self._behaviour.counted_user(caller.owner), subscription.key, ref, model.key)

    def _charge_refusal(self, caller: ClientKey, refs: list[Key], model: Model) -> None:
        if tokens := self._behaviour.tokens_of_refusal():
            user = self._behaviour.counted_user(caller.owner)
            self._quota.charge(Ticket(user, caller.subscription, refs[0], model.key), tokens)

    def refs_of(self, model: Model) -> list[Key]:
        """The MaaSModelRefs that publish a model."""
        refs = self._stores.refs.view()
        return [key for key in sorted(refs) if self._behaviour.ref_publishes(refs[key], model)]
