"""Providers of other kinds: how they are asked, and what becomes of their answers."""

# ruff: noqa: D102 - a fault's docstring is the class's; the method's is the conforming one's

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from reference_gateway.behaviour.rules import JSON
from reference_gateway.faults.fault import REFERRING, SHIPPED, Fault
from reference_gateway.values import Header, Model

TRANSLATING = ("rhoai-3.4",)
OPENAI_PATH = "/v1/chat/completions"

# --- How they are asked ---


class AuthorizationBesideKey(Fault):
    """Sends the credential as a Bearer token to every provider, beside the header that the provider asks for."""

    id, name, source, editions = "M04", "authorization-beside-key", "IPP#97", TRANSLATING
    catches = "A credential travels in the header of its provider, and in no other."

    def injected_headers(self, model: Model, key: str) -> Sequence[Header]:
        right = super().injected_headers(model, key)
        if any(header.name == "authorization" for header in right):
            return right
        return (*right, Header("authorization", self.authorization_value(key)))


class VersionUntold(Fault):
    """Does not tell an Anthropic provider the version of its API."""

    id, name, editions = "X701", "version-untold", SHIPPED
    catches = "An Anthropic provider is told the version of its API."

    def provider_headers(self, model: Model) -> Sequence[Header]:
        return tuple(header for header in super().provider_headers(model) if header.name != "anthropic-version")


class AzureCalledAsOpenAI(Fault):
    """Calls an Azure provider at OpenAI's path."""

    id, name, editions = "X702", "azure-called-as-openai", TRANSLATING
    catches = "An Azure provider is called at its own path."

    def provider_path(self, model: Model) -> str | None:
        return "/v1/chat/completions" if model.provider == "azure-openai" else super().provider_path(model)


class AzurePathIgnored(Fault):
    """Calls an Azure provider at OpenAI's path, whatever path its owner has written."""

    id, name, editions = "X267", "azure-path-ignored", REFERRING
    catches = "An Azure provider is called at its own path."

    def upstream_path(self, model: Model, path: str) -> str | None:
        return OPENAI_PATH if model.provider == "azure-openai" else super().upstream_path(model, path)


class VertexPathIgnored(Fault):
    """Calls a Vertex provider at OpenAI's path, whatever path its owner has written."""

    id, name, editions = "X268", "vertex-path-ignored", REFERRING
    catches = "A Vertex provider is called at the path of the configured endpoint."

    def upstream_path(self, model: Model, path: str) -> str | None:
        return OPENAI_PATH if model.provider == "vertex-openai" else super().upstream_path(model, path)


class BedrockKeyBare(Fault):
    """Sends a Bedrock provider its credential bare, in api-key."""

    id, name, editions = "X703", "bedrock-key-bare", SHIPPED
    catches = "A Bedrock provider gets its credential as a Bearer token."

    def credential_header(self, model: Model) -> str:
        return "api-key" if model.provider == "bedrock-openai" else super().credential_header(model)


class VertexLocationLost(Fault):
    """Calls a Vertex provider in the location global, whatever was configured."""

    id, name, editions = "X704", "vertex-location-lost", TRANSLATING
    catches = "A Vertex provider is called at the path of the configured endpoint."

    def provider_path(self, model: Model) -> str | None:
        if model.provider != "vertex-openai" or self.vertex_openai is None:
            return super().provider_path(model)
        return replace(self.vertex_openai, location="global").path


class ProviderChangeIgnored(Fault):
    """Goes on with the provider that a model had when it was made."""

    id, name, editions = "X705", "provider-change-ignored", SHIPPED
    catches = "A changed provider takes effect."

    def effective_model(self, model: Model, former: Model | None) -> Model:
        right = super().effective_model(model, former)
        return right if former is None else replace(right, provider=former.provider)


class UnknownProviderIsOpenAI(Fault):
    """Takes every provider that it does not know for OpenAI."""

    id, name, editions = "X706", "unknown-provider-is-openai", TRANSLATING
    catches = "A model whose provider is unknown is refused."

    def provider_path(self, model: Model) -> str | None:
        return super().provider_path(model) or "/v1/chat/completions"


# --- What an Anthropic provider is asked ---


class DeveloperMessagesLost(Fault):
    """Takes system messages alone into the system text, and drops those of the developer."""

    id, name, editions = "X710", "developer-messages-lost", TRANSLATING
    catches = "Developer messages are part of the system text."

    def translated_request(self, model: Model, body: JSON) -> JSON | None:
        messages = body.get("messages")
        if not isinstance(messages, list):
            return super().translated_request(model, body)
        kept = [each for each in messages if not isinstance(each, dict) or each.get("role") != "developer"]
        return super().translated_request(model, {**body, "messages": kept})


class SmallDefaultLimit(Fault):
    """Limits the answers to clients that give no limit to 1024 tokens."""

    id, name, editions = "X711", "small-default-limit", TRANSLATING
    catches = "Without a limit of the client's, 4096 tokens are the limit."

    def translated_request(self, model: Model, body: JSON) -> JSON | None:
        limited = "max_tokens" in body or "max_completion_tokens" in body
        return super().translated_request(model, body if limited else {**body, "max_tokens": 1024})


class StopWordsLost(Fault):
    """Drops the stop words."""

    id, name, editions = "X712", "stop-words-lost", TRANSLATING
    catches = "Stop words reach the provider."

    def translated_request(self, model: Model, body: JSON) -> JSON | None:
        return super().translated_request(model, {name: value for name, value in body.items() if name != "stop"})


class SchemasLost(Fault):
    """Offers every tool with the schema of any object."""

    id, name, editions = "X713", "schemas-lost", TRANSLATING
    catches = "Tools reach the provider with their schemas."

    def translated_request(self, model: Model, body: JSON) -> JSON | None:
        translated = super().translated_request(model, body)
        if translated is None or "tools" not in translated:
            return translated
        tools = [{**tool, "input_schema": {"type": "object"}} for tool in translated["tools"]]
        return {**translated, "tools": tools}


class ForcedToolIsOptional(Fault):
    """Leaves it to the provider whether to call a tool where the client requires that it does."""

    id, name, editions = "X714", "forced-tool-is-optional", TRANSLATING
    catches = "The client's choice of a tool is the provider's."

    def translated_request(self, model: Model, body: JSON) -> JSON | None:
        return super().translated_request(
            model, {**body, "tool_choice": "auto"} if body.get("tool_choice") == "required" else body
        )


class ResultsSeparate(Fault):
    """Makes a message of its own of each result of a tool, so that two of a kind follow one another."""

    id, name, editions = "X715", "results-separate", TRANSLATING
    catches = "The results of tools follow their calls in one message."

    def translated_request(self, model: Model, body: JSON) -> JSON | None:
        translated = super().translated_request(model, body)
        if translated is None:
            return None
        separate = []
        for message in translated["messages"]:
            blocks = message["content"]
            results = isinstance(blocks, list) and all(block["type"] == "tool_result" for block in blocks)
            separate += [{**message, "content": [block]} for block in blocks] if results else [message]
        return {**translated, "messages": separate}


class ImagesLost(Fault):
    """Drops every image, those within the request included."""

    id, name, editions = "X716", "images-lost", TRANSLATING
    catches = "Images within a request reach the provider."

    def translated_request(self, model: Model, body: JSON) -> JSON | None:
        translated = super().translated_request(model, body)
        if translated is None:
            return None
        messages = [{**message, "content": _without_images(message["content"])} for message in translated["messages"]]
        return {**translated, "messages": messages}


class UnknownFieldsPassedOn(Fault):
    """Passes fields on to an Anthropic provider that it does not know."""

    id, name, editions = "X717", "unknown-fields-passed-on", TRANSLATING
    catches = "Fields that the provider does not know are left out."

    def translated_request(self, model: Model, body: JSON) -> JSON | None:
        translated = super().translated_request(model, body)
        known = ("stop", "max_completion_tokens", "tool_choice")
        rest = {name: value for name, value in body.items() if name not in known}
        return None if translated is None else {**rest, **translated}


class UnknownRoleIsUser(Fault):
    """Takes a message of an unknown role for the user's."""

    id, name, editions = "X718", "unknown-role-is-user", TRANSLATING
    catches = "Messages that have no counterpart are refused."

    def translated_request(self, model: Model, body: JSON) -> JSON | None:
        messages = body.get("messages")
        if not isinstance(messages, list):
            return super().translated_request(model, body)
        return super().translated_request(model, {**body, "messages": [_of_known_role(each) for each in messages]})


def _without_images(content: str | list[JSON]) -> str | list[JSON]:
    return content if isinstance(content, str) else [block for block in content if block["type"] != "image"]


def _of_known_role(message: JSON) -> JSON:
    known = ("system", "developer", "user", "assistant", "tool")
    return message if message.get("role") in known else {**message, "role": "user"}


# --- What becomes of their answers ---


class UsageLeftOut(Fault):
    """Leaves the usage out where an Anthropic answer has none."""

    id, name, editions = "X721", "usage-left-out", TRANSLATING
    catches = "A chat completion has a usage."

    def translated_answer(self, model: Model, document: JSON) -> JSON | None:
        right = super().translated_answer(model, document)
        if right is None or model.provider != "anthropic" or "usage" in document:
            return right
        return {name: value for name, value in right.items() if name != "usage"}


class CutAnswersLookWhole(Fault):
    """Says of an Anthropic answer that its limit has cut that it came to its end."""

    id, name, editions = "X722", "cut-answers-look-whole", TRANSLATING
    catches = "The client learns why an answer ended."

    def translated_answer(self, model: Model, document: JSON) -> JSON | None:
        if model.provider == "anthropic" and document.get("stop_reason") == "max_tokens":
            document = {**document, "stop_reason": "end_turn"}
        return super().translated_answer(model, document)


class ToolCallsLost(Fault):
    """Drops the calls of tools from an Anthropic answer."""

    id, name, editions = "X723", "tool-calls-lost", TRANSLATING
    catches = "The client receives the calls of tools."

    def translated_answer(self, model: Model, document: JSON) -> JSON | None:
        if model.provider == "anthropic" and isinstance(document.get("content"), list):
            blocks = [block for block in document["content"] if block.get("type") != "tool_use"]
            document = {**document, "content": blocks}
        return super().translated_answer(model, document)


class ErrorsUntranslated(Fault):
    """Passes an Anthropic error on in Anthropic's shape."""

    id, name, editions = "X724", "errors-untranslated", TRANSLATING
    catches = "An error reaches the client in OpenAI's shape."

    def translated_answer(self, model: Model, document: JSON) -> JSON | None:
        return None if document.get("type") == "error" else super().translated_answer(model, document)


class FilterResultsKept(Fault):
    """Passes on what an Azure provider's filters found."""

    id, name, editions = "X725", "filter-results-kept", TRANSLATING
    catches = "What the filters found does not reach the client."

    def translates_answers(self, model: Model) -> bool:
        return model.provider != "azure-openai" and super().translates_answers(model)


class TrafficTypeKept(Fault):
    """Passes on what a Vertex provider says of its traffic."""

    id, name, editions = "X726", "traffic-type-kept", TRANSLATING
    catches = "What a Vertex provider says of its traffic does not reach the client."

    def translates_answers(self, model: Model) -> bool:
        return model.provider != "vertex-openai" and super().translates_answers(model)
