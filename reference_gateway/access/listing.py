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
        return list(self._entries(caller))

    def _entries(self, caller: ClientKey | User) -> Iterator[dict[str, Any]]:
        owner = caller.owner if isinstance(caller, ClientKey) else caller
        subscriptions = self._subscriptions(caller)
        for ref in sorted(self._stores.refs.view()):
            model = self._model_of(ref)
            if model is None:
                continue
            including = [each for each in subscriptions if self._behaviour.included_ref(each, [ref]) is not None]
            policies = self._behaviour.policies_for([ref], self._access.policies.view())
            entitled = bool(including) and any(self._behaviour.admits(policy, owner) for policy in policies)
            status = (self._model_refs.get(ref) or {}).get("status") or {}
            if not self._behaviour.is_listed(ready=status.get("phase") == "Ready", entitled=entitled):
                continue
            self._count(owner, including, ref, model)
            yield {
                "id": self._behaviour.listed_id(ref, model),
                "object": "model",
                "created": 0,
                "owned_by": str(ref),
                "kind": self._behaviour.edition.external_model.kind,
                "url": status.get("endpoint"),
                "ready": status.get("phase") == "Ready",
                "subscriptions": [{"name": each.key.name} for each in including],
            }

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

    def _count(self, owner: User, including: list[Subscription], ref: Key, model: Model) -> None:
        tokens = self._behaviour.tokens_of_listing()
        for subscription in including if tokens else ():
            name = self._behaviour.counted_user(owner)
            self._quota.charge(Ticket(name, subscription.key, ref, model.key), tokens)
