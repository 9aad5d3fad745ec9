"""What reaches the provider: paths, bodies, and the client's headers."""

# ruff: noqa: D102 - a fault's docstring is the class's; the method's is the conforming one's

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from reference_gateway.behaviour.rules import JSON
from reference_gateway.faults.fault import RUNBOOK, SHIPPED, SPRING, Fault
from reference_gateway.values import Key, Model

STRIPPING = ("runbook", "rhoai-3.5")
"""Where no x-api-key of a client reaches the provider; 3.4 is known to pass it on."""

# --- Paths and bodies ---


class BodyPicksCredential(Fault):
    """Serves a request at one model's path by the model that the body names, with that one's credential."""

    id, name, source = "M32", "body-picks-credential", "code reading"
    catches = "The path alone decides whose credential is used."

    def choose_model(self, model: Model, body_model: str, published: Sequence[Model]) -> Model | None:
        own = super().choose_model(model, body_model, published)
        return own or next((each for each in published if self.goes_by(each, body_model)), None)


class BodyModelUnchecked(Fault):
    """Forwards a request whose body names another model than the path's."""

    id, name, editions = "X13", "body-model-unchecked", SPRING
    catches = "A body model other than the target is refused."

    def choose_model(self, model: Model, body_model: str, published: Sequence[Model]) -> Model | None:
        return model


class BodyModelByPrefix(Fault):
    """Takes every name that begins with the targetModel for it, such as that of a dearer model of the family."""

    id, name, editions = "X914", "body-model-by-prefix", SPRING
    catches = "A body whose model is not the ExternalModel's targetModel is refused."

    def goes_by(self, model: Model, body_model: str) -> bool:
        return body_model.startswith(model.body_model)


class BodyModelBehindSlash(Fault):
    """Takes `vendor/NAME` for NAME, as gateways do that choose a vendor by what stands before the slash."""

    id, name, source, editions = "X926", "body-model-behind-slash", "LiteLLM's names of models", SPRING
    catches = "A body whose model is not the ExternalModel's targetModel is refused."

    def goes_by(self, model: Model, body_model: str) -> bool:
        return body_model.rpartition("/")[2] == model.body_model.rpartition("/")[2]


class BodyModelInAnyCase(Fault):
    """Takes the targetModel in other letters for it, and passes them on."""

    id, name, editions = "X939", "body-model-in-any-case", SPRING
    catches = "A body whose model is not the ExternalModel's targetModel is refused."

    def goes_by(self, model: Model, body_model: str) -> bool:
        return body_model.lower() == model.body_model.lower()


class FirstOfTwoModelsCounts(Fault):
    """Goes by the first of two models in a body, and passes on both: the provider goes by the last."""

    id, name, editions = "X927", "first-of-two-models-counts", SPRING
    catches = "A body whose model is not the ExternalModel's targetModel is refused."

    def body_read(self, body: bytes, told: str | None) -> bytes:
        try:
            return json.dumps(json.loads(body, object_pairs_hook=lambda members: dict(reversed(members)))).encode()
        except ValueError:
            return super().body_read(body, told)


class RestOfBodyUnread(Fault):
    """Reads the first JSON document of a body, as decoders of streams do, and passes on what stands behind it, too."""

    id, name, editions = "X956", "rest-of-body-unread", SHIPPED
    catches = "A body that is not JSON is refused."

    def body_read(self, body: bytes, told: str | None) -> bytes:
        text = super().body_read(body, told).decode(errors="replace").lstrip()
        try:
            _, end = json.JSONDecoder().raw_decode(text)
        except ValueError:
            return body
        return text[:end].encode()


class EndpointContained(Fault):
    """Takes each path that has `/chat/completions` in it for a chat completion."""

    id, name, editions = "X928", "endpoint-contained", SHIPPED
    catches = "What is no chat completion is refused."

    def is_chat_endpoint(self, path: str) -> bool:
        return "/chat/completions" in path.partition("?")[0]


class EndpointInQuery(Fault):
    """Takes for a chat completion what ends in `/chat/completions`, be it in the query."""

    id, name, editions = "X929", "endpoint-in-query", SHIPPED
    catches = "What is no chat completion is refused."

    def is_chat_endpoint(self, path: str) -> bool:
        return super().is_chat_endpoint(path) or path.endswith("/chat/completions")


class PathParametersDropped(Fault):
    """Serves `/ns/model;x` by `/ns/model`, as servers do that look for parameters in a path."""

    id, name = "X930", "path-parameters-dropped"
    catches = "A path that no model has is not served."

    def resolve(self, path: str, models: Mapping[Key, Model]) -> Model | None:
        plain = "/".join(segment.partition(";")[0] for segment in path.split("/"))
        return super().resolve(path, models) or super().resolve(plain, models)


class NamespaceInAnyCase(Fault):
    """Finds the namespace of a path in any case."""

    id, name = "X931", "namespace-in-any-case"
    catches = "A path that no model has is not served."

    def resolve(self, path: str, models: Mapping[Key, Model]) -> Model | None:
        _, namespace, *rest = [*path.split("/"), ""]
        return super().resolve(path, models) or super().resolve("/".join(["", namespace.lower(), *rest]), models)


class PrefixMatch(Fault):
    """Serves `/ns/model-2` by `/ns/model`: any path that begins with a model's path will do."""

    id, name = "M35", "prefix-match"
    catches = "A path that no model has is not served."

    def resolve(self, path: str, models: Mapping[Key, Model]) -> Model | None:
        look_alikes = (model for key, model in sorted(models.items()) if path.startswith(f"/{key}"))
        return super().resolve(path, models) or next(look_alikes, None)


class NamespaceInAnyLength(Fault):
    """Serves `/ns-2/model` by `/ns/model`: a path whose namespace begins with a model's will do."""

    id, name = "X905", "namespace-in-any-length"
    catches = "A path that no model has is not served."

    def resolve(self, path: str, models: Mapping[Key, Model]) -> Model | None:
        _, namespace, name, *_ = [*path.split("/"), "", ""]
        namesakes = (key for key in sorted(models) if key.name == name and namespace.startswith(key.namespace))
        return super().resolve(path, models) or models.get(next(namesakes, Key("", "")))


class PathFoundAnywhere(Fault):
    """Serves `/api/ns/model` by `/ns/model`: a model's path counts wherever it stands, as without an anchor."""

    id, name = "X906", "path-found-anywhere"
    catches = "A path that no model has is not served."

    def resolve(self, path: str, models: Mapping[Key, Model]) -> Model | None:
        whole = path.partition("?")[0]
        inside = (model for key, model in sorted(models.items()) if f"/{key}/" in whole)
        return super().resolve(path, models) or next(inside, None)


class SlashLeadsToFirstModel(Fault):
    """Takes a path that ends in a slash for the first model of its namespace, in the order of their names."""

    id, name, editions = "X889", "slash-leads-to-first-model", SPRING
    catches = "A slash behind a path leads to the same model."

    def resolve(self, path: str, models: Mapping[Key, Model]) -> Model | None:
        meant = super().resolve(path, models)
        if meant is None or not path.endswith("/"):
            return meant
        return min((model for model in models.values() if model.key.namespace == meant.key.namespace), key=name_of)


def name_of(model: Model) -> str:
    """By what models are put in order."""
    return model.key.name


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

    id, name, source, editions = "M39", "query-kept", "applyPathOverride", SPRING
    catches = "The client's query does not reach the provider."

    def upstream_path(self, model: Model, path: str) -> str | None:
        right, (_, mark, query) = super().upstream_path(model, path), path.partition("?")
        return right and right + mark + query


class ResourceNameSentAsModel(Fault):
    """Writes the ExternalModel's name into the body's `model` where the target model belongs."""

    id, name, source = "M41", "resource-name-sent-as-model", "LLMKube#1398"
    catches = "The provider is asked for the target model."

    def upstream_model(self, model: Model) -> str:
        return model.key.name


class TargetModelMadeAName(Fault):
    """Writes the target model with hyphens in place of what a Kubernetes name cannot have."""

    id, name = "X932", "target-model-made-a-name"
    catches = "The provider is asked for the target model."

    def upstream_model(self, model: Model) -> str:
        return re.sub("[/:]", "-", super().upstream_model(model))


class UnknownFieldsDropped(Fault):
    """Forwards only `model`, `messages` and `stream` of the body."""

    id, name, source = "M74", "unknown-fields-dropped", "IPP#185, IPP#186"
    catches = "The body reaches the provider unchanged."

    def upstream_body(self, model: Model, body: JSON) -> JSON | None:
        body = super().upstream_body(model, body) or body
        return {name: body[name] for name in ("model", "messages", "stream") if name in body}


class NamesInLowerCase(Fault):
    """Reads the body's names without regard to their case, and writes them in lower case."""

    id, name = "X890", "names-in-lower-case"
    catches = "The provider receives the body that the client sent."

    def upstream_body(self, model: Model, body: JSON) -> JSON | None:
        written = super().upstream_body(model, body) or body
        lower: JSON = lower_names(written)
        return None if lower == body else lower


def lower_names(value: Any) -> Any:
    """A JSON value whose objects have no capital in a name."""
    if isinstance(value, dict):
        return {name.lower(): lower_names(each) for name, each in value.items()}
    return [lower_names(each) for each in value] if isinstance(value, list) else value


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

    id, name, source, editions = "M28", "client-api-key-forwarded", "nemo#1589", STRIPPING
    catches = "No client credential reaches the provider."

    def is_client_secret(self, header: str) -> bool:
        return header != "x-api-key" and super().is_client_secret(header)


class ClientCookieForwarded(Fault):
    """Forwards the client's cookies to the provider."""

    id, name, editions = "X15", "client-cookie-forwarded", RUNBOOK
    catches = "No client credential reaches the provider."

    def is_client_secret(self, header: str) -> bool:
        return header != "cookie" and super().is_client_secret(header)
