"""The official SDK, with strict validation, takes every answer for OpenAI's."""

from __future__ import annotations

import base64
import hashlib
import hmac
import struct
from collections.abc import Iterator
from typing import Any

import openai
import pytest
from openai import OpenAI

from tests.mock_provider.conftest import RECEIPT_SECRET
from tests.mock_provider.running import KEY, PATIENCE_SECONDS, Running, chat

WEATHER: Any = {"type": "function", "function": {"name": "weather", "parameters": {"type": "object", "properties": {}}}}


def client(provider: Running, host: str, key: str = KEY) -> OpenAI:
    return OpenAI(
        base_url=f"http://{provider.ready['plain']}/v1",
        api_key=key,
        max_retries=0,
        timeout=PATIENCE_SECONDS,
        default_headers={"Host": host},
        _strict_response_validation=True,
    )


@pytest.fixture
def sdk(provider: Running, host: str) -> Iterator[OpenAI]:
    with client(provider, host) as sdk:
        yield sdk


def test_chat_completion(provider: Running, host: str, nonce: str, sdk: OpenAI) -> None:
    answer = sdk.chat.completions.create(
        model="model-a", messages=[{"role": "user", "content": f"twelve bytes [nonce:{nonce}]"}]
    )
    arrival = provider.only_arrival(nonce=nonce)
    receipt = arrival["answer"]["receipt"]
    assert answer.id == f"chatcmpl-{receipt}"
    assert answer.model == "model-a"
    assert answer.choices[0].message.content == f"pong [nonce:{nonce}] [receipt:{receipt}]"
    assert answer.choices[0].finish_reason == "stop"
    assert answer.usage is not None
    sent, received = len(f"twelve bytes [nonce:{nonce}]"), len(f"pong [nonce:{nonce}] [receipt:{receipt}]")
    assert answer.usage.prompt_tokens == -(-sent // 4)
    assert answer.usage.completion_tokens == -(-received // 4)
    assert answer.usage.total_tokens == answer.usage.prompt_tokens + answer.usage.completion_tokens
    assert arrival["verdict"] == "accepted"
    assert arrival["host"] == host


def test_the_receipt_can_be_verified_offline(provider: Running, host: str, nonce: str, sdk: OpenAI) -> None:
    answer = sdk.chat.completions.with_raw_response.create(
        model="model-a", messages=[{"role": "user", "content": f"[nonce:{nonce}]"}]
    )
    arrival = provider.only_arrival(nonce=nonce)
    message = f"{arrival['sequence']}|{host}|{nonce}|{arrival['bodySha256']}"
    digest = hmac.new(RECEIPT_SECRET.encode(), message.encode(), hashlib.sha256).hexdigest()
    receipt = f"{arrival['sequence']:06x}{digest[:23]}"
    assert answer.headers["x-mock-receipt"] == receipt
    assert answer.parse().id == f"chatcmpl-{receipt}"


@pytest.mark.parametrize("include_usage", [True, False])
def test_chat_stream(provider: Running, nonce: str, sdk: OpenAI, include_usage: bool) -> None:
    chunks = list(
        sdk.chat.completions.create(
            model="model-a",
            messages=[{"role": "user", "content": f"[nonce:{nonce}]"}],
            stream=True,
            stream_options={"include_usage": include_usage},
        )
    )
    receipt = provider.only_arrival(nonce=nonce)["answer"]["receipt"]
    texts = [chunk.choices[0].delta.content for chunk in chunks if chunk.choices and chunk.choices[0].delta.content]
    assert {chunk.id for chunk in chunks} == {f"chatcmpl-{receipt}"}
    assert len(texts) > 1
    assert "".join(texts) == f"pong [nonce:{nonce}] [receipt:{receipt}]"
    assert [c.choices[0].finish_reason for c in chunks if c.choices][-1] == "stop"
    assert ("usage" in chunks[0].model_fields_set) == include_usage
    assert (chunks[-1].choices == []) == include_usage
    assert (chunks[-1].usage is not None) == include_usage


def test_stream_is_what_the_service_sends_byte_for_byte(provider: Running, host: str, nonce: str) -> None:
    answer = provider.post(host, chat(nonce, stream=True, stream_options={"include_obfuscation": False}))
    assert answer.headers["content-type"] == "text/event-stream; charset=utf-8"
    receipt, created = answer.headers["x-mock-receipt"], provider.only_arrival(nonce=nonce)["receivedAt"]
    head = (
        f'data: {{"id":"chatcmpl-{receipt}","object":"chat.completion.chunk","created":{int(created)},'
        '"model":"model-a","service_tier":"default","system_fingerprint":null,"choices":[{"index":0,"delta":'
    )
    tails = [
        '{"role":"assistant","content":"","refusal":null},"finish_reason":null}]}',
        '{"content":"pong"},"finish_reason":null}]}',
        f'{{"content":" [nonce:{nonce}]"}},"finish_reason":null}}]}}',
        f'{{"content":" [receipt:{receipt}]"}},"finish_reason":null}}]}}',
        '{},"finish_reason":"stop"}]}',
    ]
    assert answer.text == "".join(f"{head}{tail}\n\n" for tail in tails) + "data: [DONE]\n\n"


@pytest.mark.parametrize("choice", ["required", {"type": "function", "function": {"name": "weather"}}])
@pytest.mark.parametrize("streamed", [False, True])
def test_forced_tools_are_called(provider: Running, nonce: str, sdk: OpenAI, choice: object, streamed: bool) -> None:
    asked: dict[str, Any] = {
        "model": "model-a",
        "messages": [{"role": "user", "content": f"[nonce:{nonce}]"}],
        "tools": [WEATHER],
        "tool_choice": choice,
    }
    if streamed:
        chunks = list(sdk.chat.completions.create(**asked, stream=True))
        calls = [c.choices[0].delta.tool_calls[0] for c in chunks if c.choices[0].delta.tool_calls]
        name, arguments = calls[0].function.name, "".join(call.function.arguments for call in calls)
        finish = chunks[-1].choices[0].finish_reason
    else:
        answer = sdk.chat.completions.create(**asked)
        call = answer.choices[0].message.tool_calls[0]
        name, arguments, finish = call.function.name, call.function.arguments, answer.choices[0].finish_reason
        assert answer.choices[0].message.content is None
    receipt = provider.only_arrival(nonce=nonce)["answer"]["receipt"]
    assert (name, finish) == ("weather", "tool_calls")
    assert arguments == f'{{"nonce": "{nonce}", "receipt": "{receipt}"}}'


def test_tools_that_are_not_forced_are_answered_in_words(nonce: str, sdk: OpenAI) -> None:
    answer = sdk.chat.completions.create(
        model="model-a",
        messages=[{"role": "user", "content": f"[nonce:{nonce}]"}],
        tools=[WEATHER],
        tool_choice="auto",
    )
    assert answer.choices[0].finish_reason == "stop"


def test_models(provider: Running, host: str, sdk: OpenAI) -> None:
    provider.add_identity(host, models=["model-a", "org/model b"])
    assert [model.id for model in sdk.models.list()] == ["model-a", "org/model b"]
    assert sdk.models.retrieve("org/model b").id == "org/model b"
    with pytest.raises(openai.NotFoundError):
        sdk.models.retrieve("model-x")


def test_embeddings_in_both_encodings_are_the_same_numbers(sdk: OpenAI) -> None:
    inputs = ["one", "two"]
    floats = sdk.embeddings.create(model="model-a", input=inputs, encoding_format="float", dimensions=5)
    assert [item.index for item in floats.data] == [0, 1]
    assert floats.data[0].embedding != floats.data[1].embedding
    assert floats.usage.prompt_tokens == floats.usage.total_tokens == 2
    raw = sdk.embeddings.with_raw_response.create(model="model-a", input=inputs, encoding_format="base64", dimensions=5)
    packed = raw.http_response.json()["data"][0]["embedding"]
    assert list(struct.unpack("<5f", base64.b64decode(packed))) == floats.data[0].embedding


@pytest.mark.parametrize(
    ("key", "model", "expected", "code"),
    [
        ("mockkey-of-someone-else", "model-a", openai.AuthenticationError, "invalid_api_key"),
        (KEY, "model-x", openai.NotFoundError, "model_not_found"),
    ],
)
def test_refusals_are_the_sdk_s_own_errors(
    provider: Running, host: str, key: str, model: str, expected: type[openai.APIStatusError], code: str
) -> None:
    with client(provider, host, key) as sdk, pytest.raises(expected) as caught:
        sdk.chat.completions.create(model=model, messages=[{"role": "user", "content": "hello"}])
    assert caught.value.code == code
    assert caught.value.type == "invalid_request_error"


@pytest.mark.parametrize(
    ("status", "expected"),
    [(429, openai.RateLimitError), (500, openai.InternalServerError), (503, openai.InternalServerError)],
)
def test_scripted_failures_are_the_sdk_s_own_errors(
    provider: Running, nonce: str, sdk: OpenAI, status: int, expected: type[openai.APIStatusError]
) -> None:
    provider.script(nonce, {"status": status})
    with pytest.raises(expected) as caught:
        sdk.chat.completions.create(model="model-a", messages=[{"role": "user", "content": f"[nonce:{nonce}]"}])
    assert caught.value.status_code == status
    assert caught.value.request_id == f"req_{provider.only_arrival(nonce=nonce)['answer']['receipt']}"
