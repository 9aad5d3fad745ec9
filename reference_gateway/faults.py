"""Broken gateways, each one deviation from the conforming one.

To add a fault: derive from Fault, give it an id, a name, the obligation that it breaks and where it is known from, say
in the docstring what the broken gateway does, and override the one decision of Behaviour that it gets wrong.
Nothing else has to be told of it.
Ids M.. are rows of the contract's list of faults; X.. are our own.
"""

# ruff: noqa: D102 - a fault's docstring is the class's; the method's is the conforming one's

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import ClassVar

from reference_gateway import answers
from reference_gateway.behaviour import JSON
from reference_gateway.deviations import Deviation
from reference_gateway.stores import ModelStore, Store
from reference_gateway.values import Answer, Credentials, Header, Key, Model, ModelRef, ResponseChanges

RUNBOOK = ("runbook",)
SHIPPED = ("rhoai-3.4",)


class Fault(Deviation):
    """A deviation that breaks an obligation."""

    catches: ClassVar[str]
    """The obligation that it breaks, in one sentence."""
    source: ClassVar[str] = "plausible"


def all_faults() -> list[type[Fault]]:
    """Every fault of this module, in the order of the module."""
    return Fault.__subclasses__()


# --- What is injected ---


class NeverInjects(Fault):
    """Forwards every request without a credential."""

    id, name, source = "M01", "never-injects", "IPP#153, MaaS#1295"
    catches = "The provider receives exactly the configured credential."

    def injected_headers(self, model: Model, key: str) -> Sequence[Header]:
        return ()


class ConstantKey(Fault):
    """Injects the same dummy key for every model."""

    id, name = "M02", "constant-key"
    catches = "The provider receives exactly the configured credential."

    def injected_headers(self, model: Model, key: str) -> Sequence[Header]:
        return super().injected_headers(model, "dummy")


class DoubledBearer(Fault):
    """Writes the scheme twice: `Bearer Bearer KEY`."""

    id, name = "M03", "doubled-bearer"
    catches = "The Authorization header is `Bearer ` and the credential, nothing more."

    def authorization_value(self, key: str) -> str:
        return f"Bearer {super().authorization_value(key)}"


class LowerCaseScheme(Fault):
    """Writes the scheme in lower case: `bearer KEY`."""

    id, name = "X01", "lower-case-scheme"
    catches = "The Authorization header is `Bearer ` and the credential, nothing more."

    def authorization_value(self, key: str) -> str:
        return f"bearer {key}"


class AlwaysAuthorization(Fault):
    """Sends Authorization whatever header the provider wants."""

    id, name, source = "M04", "always-authorization", "IPP#97"
    catches = "The credential goes in the header that the provider's kind wants."

    def injected_headers(self, model: Model, key: str) -> Sequence[Header]:
        return (Header("authorization", self.authorization_value(key)),)


class Base64Sent(Fault):
    """Sends the base64 text of the Secret instead of the value behind it."""

    id, name = "M21", "base64-sent"
    catches = "The provider receives exactly the configured credential."

    def decoded(self, raw: str) -> str:
        return raw


# --- Which Secret counts ---


class LabelIgnored(Fault):
    """Uses any Secret, labelled or not."""

    id, name = "M06", "label-ignored"
    catches = "A Secret without the label is not used."

    def is_managed(self, labels: Mapping[str, str]) -> bool:
        return True


class LabelPresenceSuffices(Fault):
    """Uses a Secret that bears the label with any value, `"false"` included."""

    id, name = "M07", "label-presence-suffices"
    catches = "The label's value counts, exactly."

    def is_managed(self, labels: Mapping[str, str]) -> bool:
        return self.edition.secret_label in labels


class LabelValueCaseIgnored(Fault):
    """Takes the label's value in any case, `"True"` included."""

    id, name = "X02", "label-value-case-ignored"
    catches = "The label's value counts, exactly."

    def is_managed(self, labels: Mapping[str, str]) -> bool:
        return labels.get(self.edition.secret_label, "").lower() == self.edition.secret_label_value


class LabelRemovalUnnoticed(Fault):
    """Goes on using a Secret whose label was taken away."""

    id, name, source = "M10", "label-removal-unnoticed", "IPP#49"
    catches = "Removing the label ends the Secret's use."

    def on_label_removed(self, store: Store[Credentials], secret: Key) -> None:
        pass


class LabelAdditionUnnoticed(Fault):
    """Never notices a label that is added to a Secret which was there without it."""

    id, name = "X03", "label-addition-unnoticed"
    catches = "Adding the label makes the Secret usable."

    def on_label_added(self, store: Store[Credentials], secret: Key, credentials: Credentials) -> None:
        pass


class KeyCachedForEver(Fault):
    """Keeps the first key that it used for a Secret, whatever becomes of the Secret."""

    id, name, source = "M12", "key-cached-for-ever", "EAIG#1313"
    catches = "A rotated key replaces the old one."

    def find_credentials(self, store: Store[Credentials], model: Model) -> Credentials | None:
        found: Credentials | None = self.memory.get(model.secret) or super().find_credentials(store, model)
        if found is not None:
            self.memory[model.secret] = found
        return found


class DeletedSecretStillUsed(Fault):
    """Goes on using the last known key of a deleted Secret."""

    id, name, source = "M16", "deleted-secret-still-used", "kgateway#12444"
    catches = "Deleting the Secret ends its use."

    def on_secret_deleted(self, store: Store[Credentials], secret: Key) -> None:
        pass


class OpenWithoutCredentials(Fault):
    """Forwards the request without a credential if the model has no usable Secret."""

    id, name, source = "M17", "open-without-credentials", "llm-router#13"
    catches = "Without a usable Secret nothing is forwarded."

    def answer_without_credentials(self, model: Model) -> Answer | None:
        return None


class ForeignSecretUsed(Fault):
    """Takes a Secret of the right name from any namespace if the model's own has no usable one."""

    id, name, source = "M22", "foreign-secret-used", "MaaS#612"
    catches = "Only a Secret of the model's own namespace is used."

    def find_credentials(self, store: Store[Credentials], model: Model) -> Credentials | None:
        namesakes = (each for key, each in sorted(store.view().items()) if key.name == model.secret.name)
        return super().find_credentials(store, model) or next(namesakes, None)


class SecretCreationUnnoticed(Fault):
    """Never looks again for a Secret that was missing when a request first asked for it."""

    id, name = "X04", "secret-creation-unnoticed"
    catches = "A Secret that is created later makes the model usable."

    def find_credentials(self, store: Store[Credentials], model: Model) -> Credentials | None:
        found = super().find_credentials(store, model)
        if found is None:
            self.memory[model.secret] = None
        return None if model.secret in self.memory else found


class AnyDataKeyAccepted(Fault):
    """Takes whatever value the Secret has if the data key is another than the edition's."""

    id, name = "X05", "any-data-key-accepted"
    catches = "Only the edition's data key holds the credential."

    def pick_value(self, credentials: Credentials) -> str | None:
        return super().pick_value(credentials) or next(iter(credentials.values()), None)


class EmptyValueInjected(Fault):
    """Forwards `Bearer ` with nothing behind it if the Secret's value is empty."""

    id, name = "X06", "empty-value-injected"
    catches = "Without a usable Secret nothing is forwarded."

    def is_usable(self, value: str) -> bool:
        return value == "" or super().is_usable(value)


class EmptiedSecretStillUsed(Fault):
    """Goes on using the last key of a Secret whose value was emptied or whose data was removed."""

    id, name = "X07", "emptied-secret-still-used"
    catches = "A Secret without a usable value is not used."

    def on_data_unusable(self, store: Store[Credentials], secret: Key) -> None:
        pass


class OpenWithoutField(Fault):
    """Forwards the request without a credential if the Secret lacks the data key."""

    id, name = "X08", "open-without-field"
    catches = "Without a usable Secret nothing is forwarded."

    def answer_without_field(self, model: Model) -> Answer | None:
        return None


# --- Publication and life of a model ---


class ServesWithoutModelRef(Fault):
    """Serves every ExternalModel, with a MaaSModelRef or without."""

    id, name, source = "X09", "serves-without-model-ref", "MaaS#856"
    catches = "Without a MaaSModelRef a model is not served."

    def is_published(self, model: Model, refs: Mapping[Key, ModelRef]) -> bool:
        return True


class ModelRefDeletionUnnoticed(Fault):
    """Goes on serving a model whose MaaSModelRef was deleted."""

    id, name = "X10", "model-ref-deletion-unnoticed"
    catches = "Deleting the MaaSModelRef ends the model's service."

    def on_model_ref_deleted(self, store: Store[ModelRef], ref: Key) -> None:
        pass


class ModelRefNameUnchecked(Fault):
    """Serves a model through a MaaSModelRef of another name."""

    id, name, editions = "X11", "model-ref-name-unchecked", RUNBOOK
    catches = "The MaaSModelRef must be named as the ExternalModel."

    def ref_name_matches(self, ref: ModelRef) -> bool:
        return True


class ModelRefCreatedByGateway(Fault):
    """Creates a MaaSModelRef for every ExternalModel by itself."""

    id, name = "X12", "model-ref-created-by-gateway"
    catches = "A MaaSModelRef is made by hand, never by the gateway."

    def objects_beside(self, model: Model) -> Sequence[JSON]:
        names = self.edition.model_ref
        target = {"kind": self.edition.external_model.kind, "name": model.key.name}
        metadata = {"namespace": model.key.namespace, "name": model.key.name}
        api_version = f"{names.group}/{names.version}"
        return ({"apiVersion": api_version, "kind": names.kind, "metadata": metadata, "spec": {"modelRef": target}},)


class EndpointChangeIgnored(Fault):
    """Keeps a model's first endpoint."""

    id, name, source = "M81", "endpoint-change-ignored", "MaaS#1435"
    catches = "A changed endpoint takes effect."

    def effective_model(self, model: Model, former: Model | None) -> Model:
        if former is None:
            return model
        return Model(**{**vars(model), "endpoint": former.endpoint, "port": former.port, "tls": former.tls})


class ModelDeletionUnnoticed(Fault):
    """Goes on serving a deleted ExternalModel, whose children stay behind."""

    id, name, source = "M77", "model-deletion-unnoticed", "MaaS cleanup tests"
    catches = "Deleting the ExternalModel ends its service."

    def on_external_model_deleted(self, store: ModelStore, model: Key) -> None:
        pass

    def is_owned(self, kind: str) -> bool:
        return False


class ChildrenOrphaned(Fault):
    """Leaves Service, ServiceEntry and DestinationRule behind when their ExternalModel is deleted."""

    id, name, editions = "M79", "children-orphaned", SHIPPED
    catches = "Deleting the ExternalModel deletes its children."

    def is_owned(self, kind: str) -> bool:
        return kind == "HTTPRoute"


class DanglingRefReady(Fault):
    """Calls a MaaSModelRef Ready although its ExternalModel does not exist."""

    id, name, editions = "M89", "dangling-ref-ready", SHIPPED
    catches = "A MaaSModelRef is Ready only if its model can be called."

    def phase_without_target(self) -> str:
        return "Ready"


# --- Paths and bodies ---


class BodyPicksCredential(Fault):
    """Serves a request at one model's path by the model that the body names, with that one's credential."""

    id, name, source = "M32", "body-picks-credential", "code reading"
    catches = "The path alone decides whose credential is used."

    def choose_model(self, model: Model, body_model: str, published: Sequence[Model]) -> Model | None:
        own = super().choose_model(model, body_model, published)
        return own or next((each for each in published if each.target_model == body_model), None)


class BodyModelUnchecked(Fault):
    """Forwards a request whose body names another model than the path's."""

    id, name, editions = "X13", "body-model-unchecked", SHIPPED
    catches = "A body model other than the target is refused."

    def choose_model(self, model: Model, body_model: str, published: Sequence[Model]) -> Model | None:
        return model


class PrefixMatch(Fault):
    """Serves `/ns/model-2` by `/ns/model`: any path that begins with a model's path will do."""

    id, name = "M35", "prefix-match"
    catches = "A path that no model has is not served."

    def resolve(self, path: str, models: Mapping[Key, Model]) -> Model | None:
        look_alikes = (model for key, model in sorted(models.items()) if path.startswith(f"/{key}"))
        return super().resolve(path, models) or next(look_alikes, None)


class FirstModelServesUnknownPaths(Fault):
    """Lets a path that no model has fall through to the first model, of the same namespace if it has one."""

    id, name = "M36", "first-model-serves-unknown-paths"
    catches = "A path that no model has is not served."

    def fallback_model(self, path: str, published: Sequence[Model]) -> Model | None:
        neighbours = [model for model in published if path.startswith(f"/{model.key.namespace}/")]
        return next(iter(neighbours or published), None)


class PrefixKept(Fault):
    """Forwards the path as the client sent it, with namespace and model name in front."""

    id, name, source = "M37", "prefix-kept", "MaaS#709"
    catches = "The provider is called at its own path."

    def upstream_path(self, model: Model, path: str) -> str | None:
        return super().upstream_path(model, path) and path


class VersionDoubled(Fault):
    """Calls the provider at `/v1/v1/chat/completions`."""

    id, name, source = "M38", "version-doubled", "modelplane#327"
    catches = "The provider is called at its own path."

    def upstream_path(self, model: Model, path: str) -> str | None:
        right = super().upstream_path(model, path)
        return right and f"/v1{right}"


class QueryKept(Fault):
    """Appends the client's query string to the provider's path."""

    id, name, source, editions = "M39", "query-kept", "applyPathOverride", SHIPPED
    catches = "The client's query does not reach the provider."

    def upstream_path(self, model: Model, path: str) -> str | None:
        right, (_, mark, query) = super().upstream_path(model, path), path.partition("?")
        return right and right + mark + query


class ResourceNameSentAsModel(Fault):
    """Writes the ExternalModel's name into the body's `model` where the target model belongs."""

    id, name, source = "M41", "resource-name-sent-as-model", "LLMKube#1398"
    catches = "The provider is asked for the target model."

    def upstream_body(self, model: Model, body: JSON) -> JSON | None:
        return {**body, "model": model.key.name}


class UnknownFieldsDropped(Fault):
    """Forwards only `model`, `messages` and `stream` of the body."""

    id, name, source = "M74", "unknown-fields-dropped", "IPP#185, IPP#186"
    catches = "The body reaches the provider unchanged."

    def upstream_body(self, model: Model, body: JSON) -> JSON | None:
        body = super().upstream_body(model, body) or body
        return {name: body[name] for name in ("model", "messages", "stream") if name in body}


class StreamDropped(Fault):
    """Forwards a streaming request without its `stream`."""

    id, name, source = "M68", "stream-dropped", "IPP#137"
    catches = "A streaming request is streamed."

    def upstream_body(self, model: Model, body: JSON) -> JSON | None:
        body = super().upstream_body(model, body) or body
        return {name: value for name, value in body.items() if name != "stream"}


class BodyReencoded(Fault):
    """Parses the body and writes it anew, with other spacing and all numbers as the parser understood them."""

    id, name, editions = "X14", "body-reencoded", SHIPPED
    catches = "The body reaches the provider unchanged."

    def upstream_body(self, model: Model, body: JSON) -> JSON | None:
        rounded: JSON = json.loads(json.dumps(super().upstream_body(model, body) or body), parse_int=float)
        return rounded


# --- Client headers ---


class ClientAuthorizationForwarded(Fault):
    """Never removes the client's Authorization: it reaches the provider beside the injected credential."""

    id, name, source = "M26", "client-authorization-forwarded", "MaaS#834, litellm#32202"
    catches = "The client's Authorization never reaches the provider."

    def is_client_secret(self, header: str) -> bool:
        return header != "authorization" and super().is_client_secret(header)


class ClientApiKeyForwarded(Fault):
    """Forwards the client's x-api-key to the provider."""

    id, name, source, editions = "M28", "client-api-key-forwarded", "nemo#1589", RUNBOOK
    catches = "No client credential reaches the provider."

    def is_client_secret(self, header: str) -> bool:
        return header != "x-api-key" and super().is_client_secret(header)


class ClientCookieForwarded(Fault):
    """Forwards the client's cookies to the provider."""

    id, name, editions = "X15", "client-cookie-forwarded", RUNBOOK
    catches = "No client credential reaches the provider."

    def is_client_secret(self, header: str) -> bool:
        return header != "cookie" and super().is_client_secret(header)


class ClientIdentityForwarded(Fault):
    """Forwards the client's x-maas-* headers to the provider."""

    id, name, source, editions = "M30", "client-identity-forwarded", "CVE-2026-14450", RUNBOOK
    catches = "No identity header of the client reaches the provider."

    def is_client_secret(self, header: str) -> bool:
        return not header.startswith("x-maas-") and super().is_client_secret(header)


# --- What comes back ---


class ProviderErrorsBecome200(Fault):
    """Answers 200, with the provider's error as body, whenever the provider answers with an error."""

    id, name = "M43", "provider-errors-become-200"
    catches = "The provider's status reaches the client."

    def response_changes(self, status: int, injected: Sequence[Header]) -> ResponseChanges:
        changes = super().response_changes(status, injected)
        return ResponseChanges(200, changes.headers) if status >= 400 else changes


class ProviderErrorsBecome500(Fault):
    """Answers 500 whenever the provider answers with an error."""

    id, name, source = "M44", "provider-errors-become-500", "litellm#38318"
    catches = "The provider's status reaches the client."

    def response_changes(self, status: int, injected: Sequence[Header]) -> ResponseChanges:
        changes = super().response_changes(status, injected)
        return ResponseChanges(500, changes.headers) if status >= 400 else changes


class PostsRetried(Fault):
    """Sends a request again, twice, if the provider answers 5xx."""

    id, name = "M46", "posts-retried"
    catches = "One request of the client is one request at the provider."

    def retry_on(self) -> str:
        return "5xx"


class WrongProviderNamed(Fault):
    """Names another provider than the model's in its error texts."""

    id, name, source = "M48", "wrong-provider-named", "cross-talk"
    catches = "The error names the model's provider."

    def provider_in_errors(self, model: Model) -> str:
        return "anthropic" if model.provider == "openai" else "openai"


class KeyInResponseHeader(Fault):
    """Shows the client the injected credential in a header of every answer that came from the provider."""

    id, name, source = "M50", "key-in-response-header", "bifrost#3954"
    catches = "No credential ever reaches the client."

    def response_changes(self, status: int, injected: Sequence[Header]) -> ResponseChanges:
        changes = super().response_changes(status, injected)
        leaked = (Header(f"x-upstream-{header.name}", header.value) for header in injected)
        return ResponseChanges(changes.status, (*changes.headers, *leaked))


class ContentTypeForced(Fault):
    """Calls every answer of the provider application/json, streams included."""

    id, name = "M67", "content-type-forced"
    catches = "The provider's answer reaches the client unchanged."

    def response_changes(self, status: int, injected: Sequence[Header]) -> ResponseChanges:
        changes = super().response_changes(status, injected)
        return ResponseChanges(changes.status, (*changes.headers, Header("content-type", "application/json")))


class StreamBuffered(Fault):
    """Holds a streamed answer back until the provider has finished it."""

    id, name, source, editions = "M60", "stream-buffered", "MaaS#1284", RUNBOOK
    catches = "A stream reaches the client while it is being made."

    def response_body_mode(self) -> str:
        return "BUFFERED"


class ErrorsAnswered200(Fault):
    """Answers 200 with the error's text where the gateway itself refuses."""

    id, name = "X16", "errors-answered-200"
    catches = "A refused request is answered with an error status."

    def own_answer(self, answer: Answer) -> Answer:
        right = super().own_answer(answer)
        return Answer(200, right.body, right.headers, right.reason)


class ErrorsWithoutText(Fault):
    """Answers every refusal with an empty body."""

    id, name = "X17", "errors-without-text"
    catches = "The error says that the provider's credentials were not found."

    def own_answer(self, answer: Answer) -> Answer:
        right = super().own_answer(answer)
        return Answer(right.status, "", right.headers, right.reason)


class SecretNamedInError(Fault):
    """Tells the client which Secret it did not find."""

    id, name, source = "X18", "secret-named-in-error", "S-HYG-01"
    editions = SHIPPED
    catches = "Error texts tell nothing about the cluster."

    def answer_without_credentials(self, model: Model) -> Answer | None:
        right = super().answer_without_credentials(model)
        return right and Answer(right.status, f"{right.body} (Secret {model.secret})", right.headers, right.reason)


class ProviderUnverified(Fault):
    """Does not verify the provider's certificate."""

    id, name = "M94", "provider-unverified"
    catches = "A credential is sent only to the provider that proves to be it."

    def verifies_provider(self) -> bool:
        return False


class EverythingRefused(Fault):
    """Refuses every request, with the text of missing credentials."""

    id, name = "X19", "everything-refused"
    catches = "A configured model answers."

    def find_credentials(self, store: Store[Credentials], model: Model) -> Credentials | None:
        return None


class MalformedBodyAnswered500(Fault):
    """Answers a body that is not JSON with 500 instead of 400."""

    id, name, source, editions = "M76", "malformed-body-answered-500", "IPP#144", SHIPPED
    catches = "A malformed body is the client's error."

    def own_answer(self, answer: Answer) -> Answer:
        right = super().own_answer(answer)
        if right.reason != answers.malformed_body("").reason:
            return right
        return Answer(500, right.body, right.headers, right.reason)
