"""Providers that are not OpenAI: each is asked in its own shape, and answers and refuses in it."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from tests.mock_provider.running import KEY, Running, chat

PATHS = {
    "anthropic": "/v1/messages",
    "azure-openai": "/openai/v1/chat/completions",
    "bedrock-openai": "/v1/chat/completions",
    "vertex-openai": "/v1/projects/mock/locations/global/endpoints/openapi/chat/completions",
}
HEADERS = {"anthropic": "x-api-key", "azure-openai": "api-key"}
VERSION = ("anthropic-version", "2023-06-01")
TOOL = {"name": "weather", "input_schema": {"type": "object"}}


def credential(dialect: str, key: str = KEY) -> tuple[str, str]:
    header = HEADERS.get(dialect)
    return (header, key) if header else ("authorization", f"Bearer {key}")


def ask(provider: Running, host: str, dialect: str, body: Any, *headers: tuple[str, str]) -> httpx.Response:
    url = f"http://{provider.ready['plain']}{PATHS[dialect]}"
    return provider.data.post(url, content=json.dumps(body), headers=[("host", host), *headers])


def messages(nonce: str, **changes: Any) -> dict[str, Any]:
    return {**chat(nonce), "max_tokens": 100, **changes}


def message(provider: Running, host: str, body: Any) -> httpx.Response:
    return ask(provider, host, "anthropic", body, credential("anthropic"), VERSION)


@pytest.mark.parametrize("dialect", PATHS)
def test_a_dialect_brings_its_path_and_its_header(provider: Running, host: str, nonce: str, dialect: str) -> None:
    provider.add_identity(host, dialect=dialect)
    kept = provider.control.get(f"/v1/identities/{host}").json()
    assert (kept["dialect"], kept["chatPath"]) == (dialect, PATHS[dialect])

    answer = ask(provider, host, dialect, messages(nonce), credential(dialect), VERSION)

    assert answer.status_code == 200, answer.text
    arrival = provider.only_arrival(nonce=nonce)
    assert arrival["verdict"] == "accepted"
    assert arrival["model"] == "model-a"
    assert f"[receipt:{arrival['answer']['receipt']}]" in answer.text
    assert answer.headers["x-mock-receipt"] == arrival["answer"]["receipt"]


@pytest.mark.parametrize("dialect", PATHS)
def test_a_wrong_key_is_refused_in_the_service_s_words(provider: Running, host: str, dialect: str) -> None:
    provider.add_identity(host, dialect=dialect)

    answer = ask(provider, host, dialect, messages("00" * 8), credential(dialect, "mockkey-wrong-1"), VERSION)

    assert answer.status_code == 401
    assert (
        answer.json()
        == {
            "anthropic": {"type": "error", "error": {"type": "authentication_error", "message": "invalid x-api-key"}},
            "azure-openai": {
                "error": {
                    "code": "401",
                    "message": "Access denied due to invalid subscription key or wrong API endpoint. Make sure to "
                    "provide a valid key for an active subscription and use a correct regional API endpoint for "
                    "your resource.",
                }
            },
            "bedrock-openai": {
                "error": {
                    "message": "Incorrect API key provided: ***************. You can find your API key at "
                    "https://platform.openai.com/account/api-keys.",
                    "type": "invalid_request_error",
                    "param": None,
                    "code": "invalid_api_key",
                }
            },
            "vertex-openai": [
                {
                    "error": {
                        "code": 401,
                        "message": "Request had invalid authentication credentials. Expected OAuth 2 access token, "
                        "login cookie or other valid authentication credential. See "
                        "https://developers.google.com/identity/sign-in/web/devconsole-project.",
                        "status": "UNAUTHENTICATED",
                    }
                }
            ],
        }[dialect]
    )
    assert provider.only_arrival(host=host)["verdict"] == "refused:credential"


def test_a_message_of_anthropic(provider: Running, host: str, nonce: str) -> None:
    provider.add_identity(host, dialect="anthropic")
    answer = message(provider, host, messages(nonce)).json()
    receipt = provider.only_arrival(nonce=nonce)["answer"]["receipt"]
    text = f"pong [nonce:{nonce}] [receipt:{receipt}]"
    assert answer == {
        "id": f"msg_{receipt}",
        "type": "message",
        "role": "assistant",
        "model": "model-a",
        "content": [{"type": "text", "text": text}],
        "stop_reason": "end_turn",
        "stop_sequence": None,
        "usage": {
            "input_tokens": -(-len(f"hello [nonce:{nonce}]") // 4),
            "cache_creation_input_tokens": 0,
            "cache_read_input_tokens": 0,
            "output_tokens": -(-len(text) // 4),
            "service_tier": "standard",
        },
    }


@pytest.mark.parametrize("choice", [{"type": "any"}, {"type": "tool", "name": "weather"}])
def test_a_forced_tool_of_anthropic(provider: Running, host: str, nonce: str, choice: dict[str, str]) -> None:
    provider.add_identity(host, dialect="anthropic")
    answer = message(provider, host, messages(nonce, tools=[TOOL], tool_choice=choice)).json()
    receipt = provider.only_arrival(nonce=nonce)["answer"]["receipt"]
    assert answer["stop_reason"] == "tool_use"
    assert answer["content"] == [
        {
            "type": "tool_use",
            "id": f"toolu_{receipt[:24]}",
            "name": "weather",
            "input": {"nonce": nonce, "receipt": receipt},
        }
    ]


@pytest.mark.parametrize("tool", [False, True])
def test_a_stream_of_anthropic(provider: Running, host: str, nonce: str, tool: bool) -> None:
    provider.add_identity(host, dialect="anthropic")
    forced: dict[str, Any] = {"tools": [TOOL], "tool_choice": {"type": "any"}} if tool else {}
    answer = message(provider, host, messages(nonce, stream=True, **forced))
    assert answer.headers["content-type"] == "text/event-stream; charset=utf-8"
    events = [event.split("\n") for event in answer.text.rstrip("\n").split("\n\n")]
    documents = [json.loads(data.removeprefix("data: ")) for _, data in events]
    assert [name for name, _ in events] == [f"event: {document['type']}" for document in documents]
    kinds = list(dict.fromkeys(document["type"] for document in documents))
    assert kinds == [
        "message_start",
        "content_block_start",
        "ping",
        "content_block_delta",
        "content_block_stop",
        "message_delta",
        "message_stop",
    ]
    texts = (document["delta"] for document in documents if document["type"] == "content_block_delta")
    whole = "".join(delta.get("text", delta.get("partial_json", "")) for delta in texts)
    assert provider.only_arrival(nonce=nonce)["answer"]["receipt"] in whole


def test_a_scripted_stream_of_anthropic_may_lack_its_end(provider: Running, host: str, nonce: str) -> None:
    provider.add_identity(host, dialect="anthropic")
    provider.script(nonce, {"stream": {"deltas": ["one ", "two"], "done": False}})
    text = message(provider, host, messages(nonce, stream=True)).text
    assert '"text":"one "' in text
    assert "message_stop" not in text


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"max_tokens": None}, "max_tokens: Field required"),
        ({"max_tokens": "100"}, "max_tokens: Input should be a valid integer"),
        ({"n": 1}, "n: Extra inputs are not permitted"),
        ({"messages": []}, "messages: at least one message is required"),
        ({"messages": ["hello"]}, "messages.0: Input should be a valid dictionary"),
        ({"messages": [{"role": "tool", "content": "x"}]}, "messages.0.role: Input should be 'user' or 'assistant'"),
        (
            {"messages": [{"role": "system", "content": "x"}]},
            'messages: Unexpected role "system". The Messages API accepts a top-level `system` parameter, not "system" '
            "as an input message role.",
        ),
        (
            {"messages": [{"role": "assistant", "content": "x", "tool_calls": []}]},
            "messages.0.tool_calls: Extra inputs are not permitted",
        ),
        ({"messages": [{"role": "user", "content": ""}]}, "messages.0: text content blocks must be non-empty"),
        ({"messages": [{"role": "user", "content": None}]}, "messages.0.content: Input should be a valid list"),
        (
            {"messages": [{"role": "user", "content": [{"type": "image_url"}]}]},
            "messages.0.content.0: Input tag 'image_url' does not match any of the expected tags",
        ),
        ({"tools": [{"type": "function", "function": {}}]}, "tools.0.custom.name: Field required"),
        ({"tool_choice": "auto"}, "tool_choice: Input should be a valid dictionary or object to extract fields from"),
    ],
)
def test_what_anthropic_refuses(provider: Running, host: str, nonce: str, changes: dict[str, Any], error: str) -> None:
    provider.add_identity(host, dialect="anthropic")
    body = {name: value for name, value in messages(nonce, **changes).items() if value is not None}

    answer = message(provider, host, body)

    assert answer.status_code == 400
    assert answer.json() == {"type": "error", "error": {"type": "invalid_request_error", "message": error}}
    assert provider.only_arrival(host=host)["verdict"] == "refused:json"


@pytest.mark.parametrize(
    ("headers", "error"),
    [
        ((), "anthropic-version: header is required"),
        ((("anthropic-version", "2019-01-01"),), 'anthropic-version: "2019-01-01" is not a valid version'),
        ((VERSION, VERSION), 'anthropic-version: "2023-06-01, 2023-06-01" is not a valid version'),
    ],
)
def test_anthropic_wants_its_version(
    provider: Running, host: str, nonce: str, headers: tuple[tuple[str, str], ...], error: str
) -> None:
    provider.add_identity(host, dialect="anthropic")
    answer = ask(provider, host, "anthropic", messages(nonce), credential("anthropic"), *headers)
    assert (answer.status_code, answer.json()["error"]["message"]) == (400, error)
    assert provider.only_arrival(host=host)["verdict"] == "refused:version"


@pytest.mark.parametrize(("status", "kind"), [(429, "rate_limit_error"), (529, "overloaded_error"), (418, "api_error")])
def test_anthropic_s_usual_errors(provider: Running, host: str, nonce: str, status: int, kind: str) -> None:
    provider.add_identity(host, dialect="anthropic")
    provider.script(nonce, {"status": status})
    answer = message(provider, host, messages(nonce))
    assert (answer.status_code, answer.json()["error"]["type"]) == (status, kind)


@pytest.mark.parametrize("stream", [False, True])
def test_azure_tells_what_its_filters_found(provider: Running, host: str, nonce: str, stream: bool) -> None:
    provider.add_identity(host, dialect="azure-openai")
    answer = ask(provider, host, "azure-openai", chat(nonce, stream=stream), credential("azure-openai"))
    if stream:
        lines = [line for line in answer.text.split("\n\n") if line and line != "data: [DONE]"]
        documents = [json.loads(line.removeprefix("data: ")) for line in lines]
        assert documents[0]["choices"] == []
        assert documents[0]["prompt_filter_results"][0]["prompt_index"] == 0
        assert all("content_filter_results" in document["choices"][0] for document in documents[1:])
    else:
        document = answer.json()
        assert document["prompt_filter_results"][0]["prompt_index"] == 0
        assert document["choices"][0]["content_filter_results"]["hate"] == {"filtered": False, "severity": "safe"}


@pytest.mark.parametrize("stream", [False, True])
def test_vertex_tells_what_traffic_it_was(provider: Running, host: str, nonce: str, stream: bool) -> None:
    provider.add_identity(host, dialect="vertex-openai")
    body = chat(nonce, stream=stream, stream_options={"include_usage": True})
    answer = ask(provider, host, "vertex-openai", body, credential("vertex-openai"))
    assert answer.text.count('"extra_properties":{"google":{"traffic_type":"ON_DEMAND"}}') == 1


def test_a_dialect_that_nobody_speaks_is_refused(provider: Running, host: str) -> None:
    document = {"models": [], "keys": [], "dialect": "esperanto"}
    answer = provider.control.put(f"/v1/identities/{host}", json=document)
    assert answer.status_code == 422
    assert answer.json()["error"].startswith("dialect must be one of openai, anthropic,")
