"""Models that refer to their providers, what clients call them, and what legacy ones are migrated to."""

# ruff: noqa: D102 - a fault's docstring is the class's; the method's is the conforming one's

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import replace

from reference_gateway.behaviour.rules import JSON
from reference_gateway.faults.definitions import with_spec
from reference_gateway.faults.fault import REFERRING, SHIPPED, Fault
from reference_gateway.stores import Store
from reference_gateway.values import Auth, Credentials, Key, Model

# --- Definitions and statuses ---


class ProviderEndpointUnchecked(Fault):
    """Admits any text as an ExternalProvider's endpoint."""

    id, name, editions = "X118", "provider-endpoint-unchecked", REFERRING
    catches = "An ExternalProvider says where it is, by the name of a host."

    def definition(self, definition: JSON) -> JSON:
        return with_spec(
            super().definition(definition),
            "ExternalProvider",
            lambda spec: spec["properties"]["endpoint"].pop("pattern"),
        )


class ReferencesUncounted(Fault):
    """Admits an ExternalModel without references, and one with any number of them."""

    id, name, editions = "X119", "references-uncounted", REFERRING
    catches = "An ExternalModel refers to 1 to 64 providers."

    def definition(self, definition: JSON) -> JSON:
        def loosen(spec: JSON) -> None:
            references = spec["properties"].get("externalProviderRefs", {})
            references.pop("minItems", None)
            references.pop("maxItems", None)

        return with_spec(super().definition(definition), "ExternalModel", loosen)


class AuthTypeIgnored(Fault):
    """Sends the Secret's key to every provider, whatever proof it asks for."""

    id, name, editions = "X159", "auth-type-ignored", REFERRING
    catches = "A provider that asks for another proof is not sent the key."

    def knows_auth_type(self, name: str) -> bool:
        return True


class ReadyWithoutSecret(Fault):
    """Calls an ExternalProvider Ready although its Secret does not exist."""

    id, name, editions = "X100", "ready-without-secret", REFERRING
    catches = "The status of an ExternalProvider says whether its Secret exists."

    def phase_without_secret(self) -> str:
        return "Ready"


class ReadyWithoutProvider(Fault):
    """Calls an ExternalModel Ready although the ExternalProvider that it refers to does not exist."""

    id, name, editions = "X120", "ready-without-provider", REFERRING
    catches = "The status of an ExternalModel names a provider that is missing."

    def phase_without_provider(self) -> str:
        return "Ready"


# --- Hosts, paths and credentials ---


class MissingProviderReplaced(Fault):
    """Takes any other ExternalProvider of the namespace for one that does not exist."""

    id, name, editions = "X102", "missing-provider-replaced", REFERRING
    catches = "A model whose ExternalProvider does not exist is not served."

    def find_provider(self, providers: Mapping[Key, JSON], key: Key) -> JSON | None:
        others = (item for other, item in sorted(providers.items()) if other.namespace == key.namespace)
        return super().find_provider(providers, key) or next(others, None)


class ForeignProviderUsed(Fault):
    """Takes an ExternalProvider of the right name from any namespace if the model's own has none."""

    id, name, editions = "X264", "foreign-provider-used", REFERRING
    catches = "A reference reaches no ExternalProvider of another namespace."

    def find_provider(self, providers: Mapping[Key, JSON], key: Key) -> JSON | None:
        own = super().find_provider(providers, key)
        if own is not None:
            return own
        found = next((other for other in sorted(providers) if other.name == key.name), None)
        self.memory[key] = found
        return None if found is None else providers[found]

    def child(self, child: JSON, model: Key) -> JSON:
        whole = copy.deepcopy(super().child(child, model))
        for rule in whole["spec"].get("rules", ()):
            for backend in rule.get("backendRefs", ()):
                foreign = self.memory.get(Key(model.namespace, backend["name"]))
                backend["namespace"] = foreign.namespace if foreign else model.namespace
        return whole


class KeyOfAnotherProvider(Fault):
    """Chooses host and credential separately: one provider of a model gets the key of the next."""

    id, name, source, editions = "M33", "key-of-another-provider", "EAIG#2541", REFERRING
    catches = "Each provider gets its own credential."

    def whose_credential(self, model: Model, way: Model) -> Model:
        ways = model.ways
        return ways[(ways.index(way) + 1) % len(ways)] if way in ways else way


class FirstProviderOnly(Fault):
    """Sends everything to the first of a model's providers."""

    id, name, editions = "X107", "first-provider-only", REFERRING
    catches = "Of several providers each is asked."

    def choose_way(self, model: Model) -> Model:
        return model


class CredentialBorrowed(Fault):
    """Takes the credential of a model's other provider if one has none."""

    id, name, editions = "X106", "credential-borrowed", REFERRING
    catches = "A broken provider never borrows the credential of another."

    def find_credentials(self, store: Store[Credentials], model: Model) -> Credentials | None:
        right = super().find_credentials(store, model)
        if right is not None:
            self.memory.setdefault(model.key, {})[model.secret] = right
        known: dict[Key, Credentials] = self.memory.get(model.key, {})
        return right or next((each for secret, each in known.items() if secret != model.secret), None)


class OneBrokenAllBroken(Fault):
    """Serves a model no longer if one of several providers that it refers to is missing."""

    id, name, editions = "X108", "one-broken-all-broken", REFERRING
    catches = "A model is served by the providers that it has left."

    def keeps_other_ways(self) -> bool:
        return False


class ProviderPathIgnored(Fault):
    """Calls every provider at the usual path of its kind."""

    id, name, editions = "X104", "provider-path-ignored", REFERRING
    catches = "A provider is called at the path that the reference gives."

    def upstream_path(self, model: Model, path: str) -> str | None:
        return super().upstream_path(replace(model, path=None), path)


class PlaceholdersKept(Fault):
    """Calls the provider at a path whose placeholders are not filled."""

    id, name, editions = "X105", "placeholders-kept", REFERRING
    catches = "Placeholders in the path are filled."

    def path_at_provider(self, path: str, config: Mapping[str, str]) -> str:
        return path


class PlaceholdersUnchecked(Fault):
    """Serves a model although its path has a placeholder that nothing fills."""

    id, name, editions = "X101", "placeholders-unchecked", REFERRING
    catches = "A model whose path cannot be filled is not served."

    def serves_with_placeholders(self) -> bool:
        return True


class SecretRefChangeIgnored(Fault):
    """Keeps the first Secret that a model's provider has named."""

    id, name, editions = "X121", "secret-ref-change-ignored", REFERRING
    catches = "Another Secret comes into use when it is named."

    def effective_model(self, model: Model, former: Model | None) -> Model:
        right = super().effective_model(model, former)
        return right if former is None else replace(right, secret=former.secret)


class FirstModelTold(Fault):
    """Tells only the first model that refers to an ExternalProvider of its edits; any other keeps host and Secret."""

    id, name, editions = "X990", "first-model-told", REFERRING
    catches = "An edit of an ExternalProvider reaches every model that refers to it."

    def effective_model(self, model: Model, former: Model | None) -> Model:
        right = super().effective_model(model, former)
        first = self.memory.setdefault(Key(model.key.namespace, model.backend or model.key.name), model.key)
        if first == model.key or former is None or former.backend != model.backend:
            return right
        return replace(right, endpoint=former.endpoint, secret=former.secret)


class AuthHeaderNameIgnored(Fault):
    """Sends the credential as usual for the kind of provider, whatever header its config names."""

    id, name, editions = "X991", "auth-header-name-ignored", REFERRING
    catches = "A provider's config says in which header it wants the credential."

    def header_asked_for(self, auth: Auth) -> tuple[str | None, str | None]:
        return None, None


class AuthValuePrefixIgnored(Fault):
    """Sends the bare credential in the header that the provider's config names, whatever prefix that names."""

    id, name, editions = "X992", "auth-value-prefix-ignored", REFERRING
    catches = "A provider's config says what stands before the credential."

    def header_asked_for(self, auth: Auth) -> tuple[str | None, str | None]:
        header, _ = super().header_asked_for(auth)
        return header, None


class AuthOfReferenceIgnored(Fault):
    """Serves every model of a provider with the Secret that the provider names, whatever its reference names."""

    id, name, editions = "X993", "auth-of-reference-ignored", REFERRING
    catches = "A reference may name a Secret of its own."

    def auth_of_reference(self, ref: JSON) -> JSON | None:
        return None


class UsageNotAsked(Fault):
    """Leaves it to clients to ask for a stream's usage."""

    id, name, editions = "X109", "usage-not-asked", REFERRING
    catches = "The provider is asked for the usage of every stream."

    def asks_for_usage(self, body: JSON) -> bool:
        return False


# --- Names for clients ---


class FormerNamesKept(Fault):
    """Goes on answering to every name that a model has ever had."""

    id, name, source, editions = "M82", "former-names-kept", "code reading", SHIPPED
    catches = "A renamed model no longer answers to its former name."

    def goes_by(self, model: Model, body_model: str) -> bool:
        names: set[str] = self.memory.setdefault(model.key, set())
        names.add(model.body_model)
        return body_model in names


class NamesWithoutNamespace(Fault):
    """Resolves a model by its name alone: of several namespaces' models the last one gets the requests of all."""

    id, name, source, editions = "X110", "names-without-namespace", "behaviour study 3.8", REFERRING
    catches = "Models of one name in two namespaces are never taken for one another."

    def choose_model(self, model: Model, body_model: str, published: Sequence[Model]) -> Model | None:
        return next((each for each in reversed(published) if self.goes_by(each, body_model)), None)


class SharedPathUnknown(Fault):
    """Serves models at their own paths only."""

    id, name, source, editions = "X111", "shared-path-unknown", "behaviour study 3.8 (P35a)", REFERRING
    catches = "A path without namespace and model leads to the model that the body names."

    def is_shared_path(self, path: str) -> bool:
        return False


class UnknownNamesServed(Fault):
    """Takes some model for a name that none has, where the path names none either."""

    id, name, editions = "X112", "unknown-names-served", REFERRING
    catches = "A name that no model has leads nowhere."

    def choose_by_body(self, body_model: str, published: Sequence[Model]) -> Model | None:
        return super().choose_by_body(body_model, published) or next(iter(published), None)


# --- Migration ---


class NeverMigrates(Fault):
    """Has forgotten the legacy kind."""

    id, name, editions = "X116", "never-migrates", REFERRING
    catches = "A legacy ExternalModel is served."

    def migrates(self) -> bool:
        return False


class MigratedOnce(Fault):
    """Migrates a legacy object once, and looks at it no more."""

    id, name, editions = "X113", "migrated-once", REFERRING
    catches = "An edit of the legacy ExternalModel takes effect."

    def follows_legacy(self) -> bool:
        return False


class LegacySecretKept(Fault):
    """Takes up every edit of a legacy object but that of its Secret, which it has copied once."""

    id, name, editions = "X984", "legacy-secret-kept", REFERRING
    catches = "An edit of the legacy ExternalModel takes effect."

    def successor_spec(self, wanted: JSON, actual: JSON) -> JSON:
        spec = super().successor_spec(wanted, actual)
        return {**spec, "auth": actual["auth"]} if "auth" in spec else spec


class HandMadeOverwritten(Fault):
    """Overwrites whatever bears the name of a legacy object."""

    id, name, editions = "X114", "hand-made-overwritten", REFERRING
    catches = "Objects that an owner has made by hand are left alone."

    def may_overwrite(self, item: JSON, migrated: bool) -> bool:
        return True


class SuccessorsOrphaned(Fault):
    """Leaves behind what a legacy object was migrated to when that is deleted."""

    id, name, editions = "X115", "successors-orphaned", REFERRING
    catches = "Deleting the legacy ExternalModel ends its service."

    def is_owned(self, kind: str) -> bool:
        return super().is_owned(kind) and kind not in ("ExternalModel", "ExternalProvider")
