"""Gateways that let in whom they should not, keep out whom they should let in, or charge for what costs nothing."""

# ruff: noqa: D102 - a fault's docstring is the class's; the method's is the conforming one's

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from urllib.parse import urlsplit

from reference_gateway import answers
from reference_gateway.access.keys import KeyStore
from reference_gateway.access.values import ClientKey, Policy, RateLimit, Subscription, Ticket, User
from reference_gateway.faults.fault import REFERRING, SHIPPED, SPRING, Fault
from reference_gateway.limitador.counters import Counter, Limit
from reference_gateway.stores import Store
from reference_gateway.values import Answer, Credentials, Key, Model, ModelRef

SOMEBODY = User("somebody")
"""As whom a broken gateway lets in what is no client key."""

# Keys


class RefusalsSwapped(Fault):
    """Answers 403 to who shows no proof, and 401 to who may not."""

    id, name, source, editions = "M52", "refusals-swapped", "doc contradiction", SHIPPED
    catches = "401 asks for a proof, 403 refuses the one that was given."

    def refuse_caller(self, why: str, **values: str) -> Answer:
        right = super().refuse_caller(why, **values)
        return replace(right, status={401: 403, 403: 401}.get(right.status, right.status))


class AnyPrefixedKey(Fault):
    """Takes for a key whatever begins with sk-."""

    id, name, editions = "M54", "any-prefixed-key", SHIPPED
    catches = "A key that nobody has minted is refused."

    def owner_of_unknown_token(self, token: str) -> User | None:
        return SOMEBODY if token.startswith("sk-") else super().owner_of_unknown_token(token)


class KeyMayGoOn(Fault):
    """Takes for a key whatever begins with one."""

    id, name, editions = "X884", "key-may-go-on", SHIPPED
    catches = "A key that nobody has minted is refused."

    def find_key(self, keys: KeyStore, token: str) -> ClientKey | None:
        return super().find_key(keys, token) or super().find_key(keys, token[:-1])


class KeyInAnyCase(Fault):
    """Takes a key in capitals for the same key, as a table of keys does whose comparison does not tell them apart."""

    id, name, editions = "X915", "key-in-any-case", SHIPPED
    catches = "A key that nobody has minted is refused."

    def find_key(self, keys: KeyStore, token: str) -> ClientKey | None:
        return super().find_key(keys, token) or super().find_key(keys, token.lower())


class OddPathsUnguarded(Fault):
    """Asks for a key at a path as it is written, and serves it without the second slash in front."""

    id, name, source, editions = "X916", "odd-paths-unguarded", "behaviour.md 3.2 (the bypass hazard)", SHIPPED
    catches = "Who shows no key is refused, at whatever path that leads to a model."

    def resolve(self, path: str, models: Mapping[Key, Model]) -> Model | None:
        return super().resolve("/" + path.lstrip("/"), models)

    def guards(self, method: str, path: str) -> bool:
        return not path.startswith("//") and super().guards(method, path)


class ListsQueryOpens(Fault):
    """Asks for no key where path and query end in that of the list of models."""

    id, name, editions = "X917", "lists-query-opens", SHIPPED
    catches = "Who shows no key is refused, whatever stands in the query."

    def guards(self, method: str, path: str) -> bool:
        return not path.endswith("/v1/models") and super().guards(method, path)


class PreflightsServed(Fault):
    """Asks for no key by OPTIONS, as browsers need it for their preflights, and serves what has a body."""

    id, name, editions = "X918", "preflights-served", SHIPPED
    catches = "Who shows no key is refused, whatever the method."

    def guards(self, method: str, path: str) -> bool:
        return method != "OPTIONS" and super().guards(method, path)

    def infers(self, method: str) -> bool:
        return method == "OPTIONS" or super().infers(method)


class NameBelieved(Fault):
    """Lets in who shows nothing, but says in a header of the gateway's own who it is."""

    id, name, source, editions = "X919", "name-believed", "CVE-2026-14450", SHIPPED
    catches = "A client's word on who it is opens nothing."

    def client_token(self, headers: Mapping[str, str]) -> str | None:
        named = "named" if "x-maas-username" in headers else None
        return super().client_token(headers) or named

    def owner_of_unknown_token(self, token: str) -> User | None:
        return SOMEBODY if token == "named" else super().owner_of_unknown_token(token)  # noqa: S105 - a word


class ConnectionLetIn(Fault):
    """Asks the first request over a connection who calls, and lets in with it all that follow."""

    id, name, editions = "X881", "connection-let-in", SHIPPED
    catches = "A key counts for the request that shows it."

    def decided_on(self, connection: str, decided: Ticket | Answer | None) -> Ticket | Answer | None:
        key = Key("connection", connection)
        if isinstance(decided, Ticket):
            self.memory[key] = decided
        let_in: Ticket | None = self.memory.get(key)
        return decided if let_in is None else let_in


class ForeignMakeAccepted(Fault):
    """Takes keys of another make, which begin with sk-proj-, for its own."""

    id, name, editions = "X500", "foreign-make-accepted", SHIPPED
    catches = "What does not look like a client key is refused."

    def owner_of_unknown_token(self, token: str) -> User | None:
        return SOMEBODY if token.startswith("sk-proj-") else super().owner_of_unknown_token(token)


class SecretPartIgnored(Fault):
    """Knows a key by its id, and does not look at the secret behind it."""

    id, name, editions = "X501", "secret-part-ignored", SHIPPED
    catches = "A key that nobody has minted is refused."

    def find_key(self, keys: KeyStore, token: str) -> ClientKey | None:
        return keys.get(token.partition("_")[0].rpartition("-")[2])


class NobodyLetIn(Fault):
    """Lets in who shows nothing at all."""

    id, name, editions = "X502", "nobody-let-in", SHIPPED
    catches = "Who shows no key is refused."

    def client_token(self, headers: Mapping[str, str]) -> str | None:
        return super().client_token(headers) or "nobody"

    def owner_of_unknown_token(self, token: str) -> User | None:
        return SOMEBODY if token == "nobody" else super().owner_of_unknown_token(token)  # noqa: S105 - a word


class ProviderKeyAccepted(Fault):
    """Lets in who shows a provider's key."""

    id, name, editions = "X503", "provider-key-accepted", SHIPPED
    catches = "A provider's key is no client key."

    def find_credentials(self, store: Store[Credentials], model: Model) -> Credentials | None:
        found = super().find_credentials(store, model)
        self.memory.setdefault(model.key, set()).update((found or {}).values())
        return found

    def owner_of_unknown_token(self, token: str) -> User | None:
        known = any(token in values for values in self.memory.values())
        return SOMEBODY if known else super().owner_of_unknown_token(token)


class ClusterTokenAccepted(Fault):
    """Lets in who shows a token of the cluster."""

    id, name, editions = "X504", "cluster-token-accepted", SPRING
    catches = "A token of the cluster is no client key."

    def owner_of_unknown_token(self, token: str) -> User | None:
        of_cluster = token.startswith("sha256~") or token.count(".") == 2
        return SOMEBODY if of_cluster else super().owner_of_unknown_token(token)


class ClusterTokenForListsQuery(Fault):
    """Lets in who shows a token of the cluster where path and query end in that of the list of models."""

    id, name, editions = "X920", "cluster-token-for-lists-query", SPRING
    catches = "A token of the cluster is no client key, whatever stands in the query."

    def client_token(self, headers: Mapping[str, str]) -> str | None:
        token = super().client_token(headers)
        lists = headers.get(":path", "").endswith("/v1/models")
        return f"list {token}" if lists and token is not None and not self.is_key(token) else token

    def owner_of_unknown_token(self, token: str) -> User | None:
        return SOMEBODY if token.startswith("list ") else super().owner_of_unknown_token(token)


class RevocationIgnored(Fault):
    """Says that a key is revoked, and goes on taking it."""

    id, name, editions = "X505", "revocation-ignored", SHIPPED
    catches = "A revoked key is refused."

    def is_revoked(self, key: ClientKey) -> bool:
        return False


class LifetimeIgnored(Fault):
    """Gives every key 90 days."""

    id, name, editions = "X506", "lifetime-ignored", SHIPPED
    catches = "A key lives as long as was asked for."

    def lifetime(self, asked: float) -> float:
        return 90 * 86400.0


class ExpiryIgnored(Fault):
    """Goes on taking keys whose time is over."""

    id, name, editions = "X507", "expiry-ignored", SHIPPED
    catches = "An expired key is refused."

    def is_expired(self, key: ClientKey, now: float) -> bool:
        return False


class KeyInAnyHeader(Fault):
    """Takes a key out of x-api-key, too."""

    id, name, editions = "X508", "key-in-any-header", SPRING
    catches = "A key counts in the Authorization alone."

    def client_token(self, headers: Mapping[str, str]) -> str | None:
        return super().client_token(headers) or headers.get("x-api-key")


class BodyBeforeCaller(Fault):
    """Complains about a malformed body before it asks who calls."""

    id, name, editions = "X509", "body-before-caller", SPRING
    catches = "Who calls is asked first."

    def body_shown(self) -> int:
        return 1 << 20

    def refusal_for_body(self, body: bytes) -> Answer | None:
        try:
            json.loads(body or b"{}")
        except ValueError:
            return answers.malformed_body("invalid character")
        return None


class OneKeyAtATime(Fault):
    """Ends a subscription's former keys when it mints a new one."""

    id, name, editions = "X510", "one-key-at-a-time", SHIPPED
    catches = "Each key is good, beside others."

    def on_key_minted(self, key: ClientKey, value: str) -> None:
        super().on_key_minted(key, value)
        self.memory[key.subscription] = key.id

    def is_revoked(self, key: ClientKey) -> bool:
        return self.memory.get(key.subscription, key.id) != key.id or super().is_revoked(key)


# Minting


class MintedWith200(Fault):
    """Answers 200 when it has minted a key."""

    id, name, editions = "X511", "minted-with-200", SHIPPED
    catches = "A new key is answered with 201."

    def minted_status(self) -> int:
        return 200


class KeyShownAgain(Fault):
    """Shows a key's value whenever its owner asks for the key."""

    id, name, editions = "X512", "key-shown-again", SHIPPED
    catches = "A key's value is shown once."

    def on_key_minted(self, key: ClientKey, value: str) -> None:
        super().on_key_minted(key, value)
        self.memory[Key("minted", key.id)] = value

    def shown_later(self, key: ClientKey) -> Mapping[str, str]:
        return {**super().shown_later(key), "key": self.memory[Key("minted", key.id)]}


class UnknownFieldRefused(Fault):
    """Refuses a wish for a key that has a field which it does not know."""

    id, name, editions = "X513", "unknown-field-refused", SHIPPED
    catches = "Unknown fields are passed over."

    def refuses_field(self, name: str) -> bool:
        return True


class AnybodyRevokes(Fault):
    """Lets everybody see and revoke everybody's keys."""

    id, name, editions = "X514", "anybody-revokes", SHIPPED
    catches = "A key is its owner's alone."

    def may_manage(self, user: User, key: ClientKey) -> bool:
        return True


class KeysMintKeys(Fault):
    """Lets who has a key mint others with it."""

    id, name, editions = "X515", "keys-mint-keys", SHIPPED
    catches = "A client key mints no keys."

    def manages_keys(self, key: ClientKey) -> User | None:
        return key.owner


# Policies and subscriptions


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


class AnySubscriptionSuffices(Fault):
    """Takes any subscription for one that includes the model."""

    id, name, source, editions = "M56", "any-subscription-suffices", "MaaS#1209", SHIPPED
    catches = "A subscription opens the models that it includes, and no others."

    def included_ref(self, subscription: Subscription, refs: Iterable[Key]) -> Key | None:
        wanted = list(refs)
        return super().included_ref(subscription, wanted) or next(iter(wanted), None)


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


# Quota


class QuotaNotEnforced(Fault):
    """Counts what is spent, and refuses nobody."""

    id, name, editions = "X530", "quota-not-enforced", SHIPPED
    catches = "Who has spent the budget is refused."

    def enforces_limits(self) -> bool:
        return False


class ListingsQueryIsFree(Fault):
    """Asks for no budget where path and query end in that of the list of models."""

    id, name, source, editions = "X913", "listings-query-is-free", "behaviour.md 6.1 (the limit's predicate)", SHIPPED
    catches = "No query string takes a call out of the budget."

    def draws_on_budget(self, path: str) -> bool:
        return not path.endswith("/v1/models")


class FirstBudgetAlone(Fault):
    """Enforces the first of a subscription's budgets for a model, and not the others."""

    id, name, editions = "X923", "first-budget-alone", SHIPPED
    catches = "Who has spent one of several budgets is refused."

    def limits_in_force(self, limits: Sequence[RateLimit]) -> Sequence[RateLimit]:
        return super().limits_in_force(limits)[:1]


class QuotaNeverRecovers(Fault):
    """Never begins a new window."""

    id, name, editions = "X531", "quota-never-recovers", SHIPPED
    catches = "A budget is whole again when its window is over."

    def window_seconds(self, limit: Limit) -> float:
        return 365 * 86400.0


class OneBudgetForAllModels(Fault):
    """Has one budget for all models of a subscription."""

    id, name, editions = "X532", "one-budget-for-all-models", SHIPPED
    catches = "Each model has a budget of its own."

    def budget_of(self, counter: Counter) -> Counter:
        own = super().budget_of(counter)
        return replace(own, namespace="", model="", subscription=own.subscription.partition("@")[0])


class OneBudgetForAllUsers(Fault):
    """Has one budget for all who share a subscription."""

    id, name, editions = "X533", "one-budget-for-all-users", SHIPPED
    catches = "Each user has a budget of his own."

    def counted_user(self, user: User) -> str:
        return "all"


class RefusalsPaidFor(Fault):
    """Takes a token for each call that it refuses."""

    id, name, editions = "X534", "refusals-paid-for", SHIPPED
    catches = "A call that is not served costs nothing."

    def tokens_of_refusal(self) -> int:
        return 1


class LimitedCallsNotCounted(Fault):
    """Does not count whom it refuses because a budget is spent."""

    id, name, editions = "X535", "limited-calls-not-counted", SHIPPED
    catches = "A refusal for want of budget is counted as a limited call."

    def limited_calls_per_request(self) -> int:
        return 0


# Listing


class ListedForAll(Fault):
    """Lists every model that is there to everybody."""

    id, name, editions = "M91", "listed-for-all", SHIPPED
    catches = "Nobody is shown a model that he may not call."

    def is_listed(self, *, ready: bool, entitled: bool) -> bool:
        return ready


class ListedByTarget(Fault):
    """Lists a model by a name that no object of its owner bears."""

    id, name, editions = "X540", "listed-by-target", SHIPPED
    catches = "A model is listed under its name for clients."

    def listed_id(self, ref: Key, published: ModelRef) -> str:
        return f"external/{super().listed_id(ref, published)}"


class ListedTwice(Fault):
    """Lists each model twice."""

    id, name, editions = "X541", "listed-twice", SHIPPED
    catches = "A model is listed once."

    def listed_times(self) -> int:
        return 2


class ListedWithoutModel(Fault):
    """Lists as ready whatever was published, served or not."""

    id, name, editions = "X542", "listed-without-model", SHIPPED
    catches = "What cannot be called is not listed as ready."

    def is_listed(self, *, ready: bool, entitled: bool) -> bool:
        return entitled

    def listed_ready(self, *, ready: bool) -> bool:
        return True


class ListedUrlDead(Fault):
    """Lists addresses at which nothing is."""

    id, name, editions = "X543", "listed-url-dead", SHIPPED
    catches = "A model can be called at the address that the list shows."

    def listed_url(self, endpoint: str | None) -> str | None:
        right = super().listed_url(endpoint)
        return None if right is None else f"https://{right.partition('//')[2].partition('/')[0]}/not/here"


class ListedUrlOfCluster(Fault):
    """Lists addresses by which the gateway is known within the cluster alone."""

    id, name, editions = "X896", "listed-url-of-cluster", SHIPPED
    catches = "The list shows the address that the MaaSModelRef's status gives."

    def listed_url(self, endpoint: str | None) -> str | None:
        right = super().listed_url(endpoint)
        cluster = "maas-default-gateway.openshift-ingress.svc"
        return None if right is None else urlsplit(right)._replace(scheme="https", netloc=cluster).geturl()


class ListingCosts(Fault):
    """Takes a token for each look at the list."""

    id, name, editions = "X544", "listing-costs", SHIPPED
    catches = "A look at the list costs nothing."

    def tokens_of_listing(self) -> int:
        return 1


class ListingLimited(Fault):
    """Refuses the list to who has spent a budget."""

    id, name, editions = "X545", "listing-limited", SHIPPED
    catches = "The list is there for who has spent the budget."

    def limits_listing(self) -> bool:
        return True


class MessagesKeyIgnored(Fault):
    """Takes a key in Authorization alone, from clients of the format messages, too."""

    id, name, editions = "X560", "messages-key-ignored", REFERRING
    catches = "Beside a model of the format messages a client may show its key in x-api-key."

    def token_beside(self, headers: Mapping[str, str], models: Iterable[Model]) -> str | None:
        return None


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
