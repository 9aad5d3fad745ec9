"""Gateways that take for a client's key what is none, refuse what is one, or mint and end keys wrongly."""

# ruff: noqa: D102 - a fault's docstring is the class's; the method's is the conforming one's

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from reference_gateway import answers
from reference_gateway.access.keys import KeyStore
from reference_gateway.access.values import ClientKey, Ticket, User
from reference_gateway.faults.fault import REFERRING, SHIPPED, SPRING, Fault
from reference_gateway.stores import Store
from reference_gateway.values import Answer, Credentials, Key, Model

SOMEBODY = User("somebody")
"""As whom a broken gateway lets in what is no client key."""


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


class MessagesKeyIgnored(Fault):
    """Takes a key in Authorization alone, from clients of the format messages, too."""

    id, name, editions = "X560", "messages-key-ignored", REFERRING
    catches = "Beside a model of the format messages a client may show its key in x-api-key."

    def token_beside(self, headers: Mapping[str, str], models: Iterable[Model]) -> str | None:
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


# --- Minting, and what an owner does with a key ---


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


class EverybodysKeysFound(Fault):
    """Shows everybody's keys to whoever asks for all of them."""

    id, name, editions = "X981", "everybodys-keys-found", SHIPPED
    catches = "A key is its owner's alone."

    def on_key_minted(self, key: ClientKey, value: str) -> None:
        self.memory[Key("", key.id)] = key
        super().on_key_minted(key, value)

    def keys_found(self, store: KeyStore, user: User) -> Sequence[ClientKey]:
        return list(self.memory.values())


class KeysMintKeys(Fault):
    """Lets who has a key mint others with it."""

    id, name, editions = "X515", "keys-mint-keys", SHIPPED
    catches = "A client key mints no keys."

    def manages_keys(self, key: ClientKey) -> User | None:
        return key.owner
