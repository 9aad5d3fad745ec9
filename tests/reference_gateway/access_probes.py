"""What a gateway decides about who calls: keys, policies, subscriptions, limits and the list of models."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from typing import Any

from reference_gateway.access.keys import KeyStore
from reference_gateway.access.values import ClientKey, Policy, RateLimit, Subscription, Ticket, User
from reference_gateway.behaviour import Behaviour
from reference_gateway.limitador.counters import Counter, Limit
from reference_gateway.stores import Store
from reference_gateway.values import Key, ModelRef
from tests.reference_gateway.samples import MESSAGES, SECRET, A, B, found

PAIRS = ((False, False), (True, False), (False, True), (True, True))
ADA, BEN = User("ada"), User("ben")
SUBSCRIPTION = Subscription(Key("maas", "sub"), {A.key: ()}, frozenset({"ada"}), frozenset(), 0)
POLICY = Policy(Key("maas", "pol"), frozenset({A.key}), frozenset({"ada"}), frozenset())
REF_ELSEWHERE = Key("elsewhere", "m")
REFUSALS = ("no-key", "malformed-key", "unknown-key", "caller-not-admitted", "model-not-in-subscription")
LIMIT = Limit("100-1m", 100, 60.0)
TICKET = Ticket("ada", SUBSCRIPTION.key, A.key, A.key)
COUNTER = Counter("ns/m", "maas/sub@ns/m", "ada", "ns/m", (LIMIT,))


def minted(subject: Behaviour, count: int = 1) -> tuple[KeyStore, list[ClientKey], list[str]]:
    """A store, and some keys of one owner in it with their values, minted one after the other."""
    store = KeyStore("sk-oai-")
    made = [store.mint(ADA, SUBSCRIPTION.key, "name", "", 0.0, 100.0) for _ in range(count)]
    for key, value in made:
        subject.on_key_minted(key, value)
    return store, [key for key, _ in made], [value for _, value in made]


def known_by(subject: Behaviour, change: Callable[[str], str]) -> bool:
    """Whether a key is found by its value, changed."""
    store, _, values = minted(subject)
    return subject.find_key(store, change(values[0])) is not None


def revoked(subject: Behaviour, count: int) -> bool:
    """Whether the first of some keys, all revoked but for it, counts as revoked; the only one if there is one."""
    store, keys, _ = minted(subject, count)
    subject.on_keys_revoked(store, keys if count == 1 else [])
    return subject.is_revoked(store.of(ADA)[0])


def owner_of_provider_key(subject: Behaviour) -> User | None:
    found(subject, {SECRET: {"k": "KEY"}})
    return subject.owner_of_unknown_token("KEY")


def open_to_all(subject: Behaviour, *, named_before: bool) -> bool:
    """Whether a model that no policy names is open."""
    if named_before:
        subject.policies_for([A.key], {POLICY.key: POLICY})
    return not subject.policies_for([A.key], {}) and subject.admits_without_policy()


def subjects_after_change(subject: Behaviour) -> frozenset[str]:
    store: Store[Policy] = Store()
    subject.on_policy_changed(store, POLICY)
    subject.on_policy_changed(store, replace(POLICY, users=frozenset({"ben"})))
    return store.view()[POLICY.key].users


def models_after_change(subject: Behaviour) -> frozenset[Key]:
    store: Store[Policy] = Store()
    subject.on_policy_changed(store, POLICY)
    subject.on_policy_changed(store, replace(POLICY, models=frozenset({B.key})))
    return store.view()[POLICY.key].models


def subscriptions_after_deletion(subject: Behaviour) -> Mapping[Key, Subscription]:
    store: Store[Subscription] = Store()
    subject.on_subscription_changed(store, SUBSCRIPTION)
    subject.on_subscription_deleted(store, SUBSCRIPTION.key)
    return store.view()


def keys_of_others(subject: Behaviour) -> int:
    """How many keys somebody is shown who has none."""
    return len(subject.keys_found(minted(subject)[0], BEN))


def shown_later(subject: Behaviour) -> Collection[str]:
    _, keys, _ = minted(subject)
    return subject.shown_later(keys[0]).keys()


ACCESS_PROBES: dict[str, Callable[[Behaviour], Any]] = {
    "token of nobody": lambda b: b.client_token({}),
    "token in x-api-key": lambda b: b.client_token({"x-api-key": "k"}),
    "token": lambda b: b.client_token({"authorization": "Bearer k"}),
    "unknown key": lambda b: b.owner_of_unknown_token("sk-oai-x"),
    "key of another make": lambda b: b.owner_of_unknown_token("sk-proj-x"),
    "cluster token": lambda b: b.owner_of_unknown_token("sha256~x"),
    "token nobody": lambda b: b.owner_of_unknown_token("nobody"),
    "provider's key": owner_of_provider_key,
    "key found": lambda b: known_by(b, lambda value: value),
    "key with another secret": lambda b: known_by(b, lambda value: value[:-1] + "x"),
    "key with more behind it": lambda b: known_by(b, lambda value: value + "0"),
    "key in capitals": lambda b: known_by(b, str.upper),
    "cluster token at the list": lambda b: b.client_token({"authorization": "Bearer x", ":path": "/a?/v1/models"}),
    "token of a named one": lambda b: b.client_token({"x-maas-username": "ada"}),
    "unguarded": lambda b: [b.guards(*one) for one in (("POST", "/a"), ("OPTIONS", "/a"), ("POST", "//a"))],
    "unguarded by its query": lambda b: b.guards("POST", "/a?x=/v1/models"),
    "meant by a header": lambda b: b.key_meant(minted(b)[1][0], {"x-maas-subscription": "other"}).subscription,
    "follower on a connection": lambda b: (b.decided_on("c", TICKET), b.decided_on("c", None))[1],
    "another user on a connection": lambda b: [b.decided_on("c", replace(TICKET, user=one)) for one in ("ada", "ben")],
    "revoked": lambda b: revoked(b, 1),
    "beside another": lambda b: revoked(b, 2),
    "expired": lambda b: b.is_expired(minted(b)[1][0], 100.0),
    "lifetime": lambda b: b.lifetime(5.0),
    "first of two checked": lambda b: json.loads(b.body_checked(b'{"model":"a","model":"b"}'))["model"],
    "body shown": lambda b: (b.body_shown(), b.refusal_for_body(b"no JSON")),
    "remembered": lambda b: b.decision_seconds(),
    "minted with": lambda b: b.minted_status(),
    "shown later": shown_later,
    "unknown field": lambda b: b.refuses_field("expiresInDays"),
    "found by a stranger": keys_of_others,
    "managed by a stranger": lambda b: b.may_manage(BEN, minted(b)[1][0]),
    "managed by a key": lambda b: b.manages_keys(minted(b)[1][0]),
    "headers refused": lambda b: b.refusal_for_headers({"x-maas-username": "root"}),
    "token beside": lambda b: b.token_beside({"x-api-key": "sk-oai-x"}, [MESSAGES]),
    "governed": lambda b: [b.is_governed(by_policy=one, by_subscription=other) for one, other in PAIRS],
    "refusals": lambda b: [b.refuse_caller(why).status for why in REFUSALS],
    "words of refusals": lambda b: [b.refuse_caller(why).body for why in REFUSALS],
    "open though once named": lambda b: open_to_all(b, named_before=True),
    "open when new": lambda b: open_to_all(b, named_before=False),
    "open without ref": lambda b: not b.policies_for([], {}) and b.admits_without_policy(),
    "admits a stranger": lambda b: b.admits(POLICY, BEN),
    "policies of a model": lambda b: len(b.policies_for([A.key], {POLICY.key: POLICY, REF_ELSEWHERE: POLICY})),
    "policy of a namesake": lambda b: len(b.policies_for([REF_ELSEWHERE], {POLICY.key: POLICY})),
    "policy changed": subjects_after_change,
    "policy without a model": models_after_change,
    "owned by a stranger": lambda b: b.owns(SUBSCRIPTION, BEN),
    "included": lambda b: b.included_ref(SUBSCRIPTION, [A.key]),
    "included besides": lambda b: b.included_ref(SUBSCRIPTION, [B.key]),
    "included by a namesake": lambda b: b.included_ref(SUBSCRIPTION, [REF_ELSEWHERE]),
    "subscription deleted": subscriptions_after_deletion,
    "free by its query": lambda b: b.draws_on_budget("/ns/m/v1/chat/completions?x=/v1/models"),
    "limits in force": lambda b: b.limits_in_force([RateLimit(100, "1m"), RateLimit(9, "1h")]),
    "enforces": lambda b: b.enforces_limits(),
    "window": lambda b: b.window_seconds(LIMIT),
    "budget": lambda b: b.budget_of(COUNTER),
    "counted user": lambda b: b.counted_user(ADA),
    "tokens of a refusal": lambda b: b.tokens_of_refusal(),
    "tokens of a listing": lambda b: b.tokens_of_listing(),
    "limited calls": lambda b: b.limited_calls_per_request(),
    "listing limited": lambda b: b.limits_listing(),
    "listed": lambda b: b.is_listed(A.key, ready=True, entitled=True),
    "listed for a stranger": lambda b: b.is_listed(A.key, ready=True, entitled=False),
    "listed before": lambda b: [b.is_listed(A.key, ready=ready, entitled=True) for ready in (True, False)][1],
    "listed unready": lambda b: b.is_listed(A.key, ready=False, entitled=True),
    "listed as": lambda b: b.listed_id(A.key, ModelRef(A.key, "ExternalModel", "m")),
    "listed as ready": lambda b: b.listed_ready(ready=False),
    "listed times": lambda b: b.listed_times(),
    "listed url": lambda b: b.listed_url("https://gateway.test/ns/m"),
}
