"""The list of models that somebody may use, made from objects alone: no provider is asked (behaviour.md 6.3)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from reference_gateway.access.quota import Quota
from reference_gateway.access.stores import AccessStores
from reference_gateway.access.values import ClientKey, Subscription, Ticket, User
from reference_gateway.behaviour import Behaviour
from reference_gateway.informer import Informer
from reference_gateway.stores import Stores
from reference_gateway.values import Key, Model


class Listing:
    """Reads the references' status, and the stores."""

    def __init__(
        self, behaviour: Behaviour, stores: Stores, access: AccessStores, quota: Quota, model_refs: Informer
    ) -> None:
        self._behaviour = behaviour
        self._stores = stores
        self._access = access
        self._quota = quota
        self._model_refs = model_refs

    def models(self, caller: ClientKey | User) -> list[dict[str, Any]]:
        """The models that a caller may use, each once, in the order of their references."""
        return [entry for entry in self._entries(caller) for _ in range(self._behaviour.listed_times())]

    def is_limited(self, caller: ClientKey | User) -> bool:
        """Whether the list is refused because a budget is spent."""
        if not self._behaviour.limits_listing():
            return False
        tickets = [ticket for ref in self._stores.refs.view() for ticket in self._tickets(caller, ref)]
        return not all(self._quota.check(ticket) for ticket in tickets)

    def _entries(self, caller: ClientKey | User) -> Iterator[dict[str, Any]]:
        owner = _owner(caller)
        for ref, published in sorted(self._stores.refs.view().items()):
            including = self._including(caller, ref)
            policies = self._behaviour.policies_for([ref], self._access.policies.view())
            entitled = bool(including) and any(self._behaviour.admits(policy, owner) for policy in policies)
            status = (self._model_refs.get(ref) or {}).get("status") or {}
            ready = status.get("phase") == "Ready"
            if not self._behaviour.is_listed(ref, ready=ready, entitled=entitled):
                continue
            self._charge(caller, ref)
            yield {
                "id": self._behaviour.listed_id(ref, published),
                "object": "model",
                "created": 0,
                "owned_by": str(ref),
                "kind": self._behaviour.edition.external_model.kind,
                "url": self._behaviour.listed_url(status.get("endpoint")),
                "ready": self._behaviour.listed_ready(ready=ready),
                "subscriptions": [{"name": each.key.name} for each in including],
            }

    def _including(self, caller: ClientKey | User, ref: Key) -> list[Subscription]:
        """The caller's subscriptions that include a model."""
        own = self._subscriptions(caller)
        return [each for each in own if self._behaviour.included_ref(each, [ref]) is not None]

    def _subscriptions(self, caller: ClientKey | User) -> list[Subscription]:
        known = self._access.subscriptions.view()
        if isinstance(caller, ClientKey):
            bound = known.get(caller.subscription)
            return [] if bound is None or not self._behaviour.owns(bound, caller.owner) else [bound]
        return [each for each in known.values() if self._behaviour.owns(each, caller)]

    def _model_of(self, ref: Key) -> Model | None:
        published = self._stores.refs.get(ref)
        models = self._stores.models.view().values()
        if published is None:
            return None
        return next((model for model in models if self._behaviour.ref_publishes(published, model)), None)

    def _charge(self, caller: ClientKey | User, ref: Key) -> None:
        if tokens := self._behaviour.tokens_of_listing():
            for ticket in self._tickets(caller, ref):
                self._quota.charge(ticket, tokens)

    def _tickets(self, caller: ClientKey | User, ref: Key) -> list[Ticket]:
        """What a call of a model would be counted by."""
        model, user = self._model_of(ref), self._behaviour.counted_user(_owner(caller))
        if model is None:
            return []
        return [Ticket(user, each.key, ref, model.key) for each in self._including(caller, ref)]


def _owner(caller: ClientKey | User) -> User:
    return caller.owner if isinstance(caller, ClientKey) else caller
