"""Who may call, and what it is counted as (behaviour.md section 6)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from reference_gateway import answers
from reference_gateway.access.keys import KeyStore
from reference_gateway.access.values import ClientKey, Policy, RateLimit, Subscription, Ticket, User
from reference_gateway.behaviour.rules import LONGEST_BODY, Rules
from reference_gateway.stores import Store
from reference_gateway.values import Answer, Key, Model, ModelRef

BEARER = "bearer "
MESSAGES = "messages"


class AccessRules(Rules):
    """Who may call, and what it is counted as (behaviour.md section 6)."""

    # Keys

    def client_token(self, headers: Mapping[str, str]) -> str | None:
        """What a client shows to be let in; header names are in lower case."""
        value = headers.get("authorization", "")
        return value[len(BEARER) :].strip() if value.lower().startswith(BEARER) else None

    def token_beside(self, headers: Mapping[str, str], models: Iterable[Model]) -> str | None:
        """What a client shows elsewhere than in Authorization: clients of the format `messages` know no other way."""
        header = self.edition.access.messages_key_header if self.edition.access else None
        speak = any(way.api_format == MESSAGES for model in models for way in model.ways)
        return headers.get(header) if header is not None and speak else None

    def is_key(self, token: str) -> bool:
        """Whether this can be a client key at all: a token of the cluster, or a provider's key, is none."""
        prefix = self.edition.access.key_prefix if self.edition.access else ""
        return token.startswith(prefix) and len(token) > len(prefix)

    def find_key(self, keys: KeyStore, token: str) -> ClientKey | None:
        """The key that a client shows."""
        return keys.find(token)

    def is_revoked(self, key: ClientKey) -> bool:
        """Whether a key was revoked."""
        return key.revoked

    def is_expired(self, key: ClientKey, now: float) -> bool:
        """Whether a key's time is over."""
        return now >= key.expires

    def owner_of_unknown_token(self, token: str) -> User | None:
        """Somebody who is let in with what is no client key, or none that was ever minted: nobody."""
        return None

    def guards_everything(self) -> bool:
        """Whether whoever shows no key is refused where no model is, too."""
        return self.edition.access is not None and self.edition.access.guards_everything

    def guards(self, method: str, path: str) -> bool:
        """Whether who asks a model by this method, at this path and its query, is asked for a key: whoever it is."""
        return True

    def key_meant(self, key: ClientKey, headers: Mapping[str, str]) -> ClientKey:
        """As what a key counts in a request with these headers: as what it was minted for, whatever they say."""
        return key

    def body_shown(self) -> int:
        """How many bytes of a body the check of who calls looks at: none, so that it comes first.

        Where the path may leave open which model is meant, it needs the body to know whom to ask.
        """
        return LONGEST_BODY if self.edition.shared_path else 0

    def body_checked(self, body: bytes) -> bytes:
        """A body as the check of who calls reads it: as it is, and as the processor reads it."""
        return body

    def decided_on(self, connection: str, decided: Ticket | Answer | None) -> Ticket | Answer | None:
        """What becomes of a request over a connection: what was decided about it, whatever came before it there."""
        return decided

    def refusal_for_headers(self, headers: Mapping[str, str]) -> Answer | None:
        """What a request is refused with for its headers, whoever sends it: nothing."""
        return None

    def refusal_for_body(self, body: bytes) -> Answer | None:
        """What a body is refused with before anybody is asked who calls: nothing."""
        return None

    def decision_seconds(self) -> float:
        """How long a decision about a caller is remembered: not at all."""
        return 0.0

    # Policies

    def on_policy_changed(self, store: Store[Policy], policy: Policy) -> None:
        """A MaaSAuthPolicy was made or changed."""
        store.put(policy.key, policy)

    def on_policy_deleted(self, store: Store[Policy], policy: Key) -> None:
        """A MaaSAuthPolicy is gone."""
        store.drop(policy)

    def policies_for(self, refs: Iterable[Key], policies: Mapping[Key, Policy]) -> Sequence[Policy]:
        """The policies of a model that these MaaSModelRefs publish."""
        wanted = frozenset(refs)
        return [policy for policy in policies.values() if wanted & policy.models]

    def admits(self, policy: Policy, user: User) -> bool:
        """Whether a policy names a user, or a group of his."""
        return user.name in policy.users or not policy.groups.isdisjoint(user.groups)

    def admits_without_policy(self) -> bool:
        """Whether a model that no policy names is open to all."""
        return False

    # Subscriptions

    def on_subscription_changed(self, store: Store[Subscription], subscription: Subscription) -> None:
        """A MaaSSubscription was made or changed."""
        store.put(subscription.key, subscription)

    def on_subscription_deleted(self, store: Store[Subscription], subscription: Key) -> None:
        """A MaaSSubscription is gone."""
        store.drop(subscription)

    def owns(self, subscription: Subscription, user: User) -> bool:
        """Whether a subscription is a user's, or that of a group of his."""
        return user.name in subscription.users or not subscription.groups.isdisjoint(user.groups)

    def included_ref(self, subscription: Subscription, refs: Iterable[Key]) -> Key | None:
        """The MaaSModelRef, of those that publish a model, by which a subscription includes it."""
        return next((ref for ref in refs if ref in subscription.limits), None)

    # Quota

    def tokens_of_listing(self) -> int:
        """The tokens that a look at the list of models costs."""
        return 0

    def tokens_of_refusal(self) -> int:
        """The tokens that a request costs which is not let in."""
        return 0

    def counted_user(self, user: User) -> str:
        """Under whose name tokens are counted."""
        return user.name

    def counted_model(self, ref: Key) -> str:
        """Under which model tokens are counted."""
        return str(ref)

    def draws_on_budget(self, path: str) -> bool:
        """Whether a request at this path, which may have a query behind it, needs something left of its budget."""
        return True

    def limits_in_force(self, limits: Sequence[RateLimit]) -> Sequence[RateLimit]:
        """The budgets that a request draws on, of those that a subscription has for its model: all of them."""
        return limits

    def enforces_limits(self) -> bool:
        """Whether who has spent the budget is refused."""
        return True

    # Listing

    def is_listed(self, ref: Key, *, ready: bool, entitled: bool) -> bool:
        """Whether the model that a MaaSModelRef publishes is shown in the list of models."""
        return ready and entitled

    def listed_id(self, ref: Key, published: ModelRef) -> str:
        """The name under which a model is listed."""
        return ref.name

    def listed_ready(self, *, ready: bool) -> bool:
        """Whether the list says of a model that it can be called."""
        return ready

    def listed_url(self, endpoint: str | None) -> str | None:
        """The address under which a model is listed: that of its MaaSModelRef's status."""
        return endpoint

    def listed_times(self) -> int:
        """How often a model is listed."""
        return 1

    def limits_listing(self) -> bool:
        """Whether who has spent a budget is refused the list, too."""
        return False

    # Minting

    def lifetime(self, asked: float) -> float:
        """How many seconds a key lives for which a client has asked so many."""
        return asked

    def refuses_field(self, name: str) -> bool:
        """Whether a wish for a key is refused because of a field that nobody knows."""
        return False

    def minted_status(self) -> int:
        """The status of the answer that holds a new key."""
        return 201

    def may_manage(self, user: User, key: ClientKey) -> bool:
        """Whether a user may see and revoke a key: only his own."""
        return key.owner.name == user.name

    def keys_found(self, store: KeyStore, user: User) -> Sequence[ClientKey]:
        """The keys that are shown to a user who asks for all: his own."""
        return store.of(user)

    def on_key_minted(self, key: ClientKey, value: str) -> None:
        """A key was minted; its value is kept nowhere."""

    def shown_later(self, key: ClientKey) -> Mapping[str, str]:
        """What is shown of a key's value when its owner asks for the key later: nothing."""
        return {}

    def on_keys_revoked(self, store: KeyStore, keys: Sequence[ClientKey]) -> None:
        """Keys were revoked."""
        store.revoke(keys)

    def manages_keys(self, key: ClientKey) -> User | None:
        """As whom a client key may mint and revoke keys: as nobody."""
        return None

    # Answers

    def refuse_caller(self, why: str, **values: str) -> Answer:
        """What a caller gets who is not let in; `why` is the edition's name for it."""
        return answers.access_refused(self.edition, why, **values)
