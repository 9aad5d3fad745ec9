"""The translators: what goes to another provider's API and what comes back, as pure functions."""

from __future__ import annotations

from typing import Any

import pytest

from reference_gateway.behaviour import Behaviour
from reference_gateway.errors import UsageProblem
from reference_gateway.processor.translation import is_translated, translated
from reference_gateway.translation import anthropic, azure_openai, vertex_openai
from reference_gateway.translation.problems import UntranslatableError
from reference_gateway.translation.vertex_openai import VertexEndpoint, parse_vertex_endpoint
from reference_gateway.values import Key, Model
from tests.reference_gateway.conftest import edition_named

USER = {"role": "user", "content": "ping"}
PIXEL = "data:image/png;base64,aGk="


def model_of(provider: str) -> Model:
    return Model(Key("ns", "m"), provider, "target", "a.test", Key("ns", "s"))


def asked(*messages: Any, **fields: Any) -> dict[str, Any]:
    return anthropic.request({"model": "m", "messages": list(messages), **fields})


def test_the_least_that_a_request_becomes() -> None:
    assert asked(USER) == {"model": "m", "messages": [USER], "max_tokens": 4096}


@pytest.mark.parametrize(
    ("fields", "limit"),
    [
        ({"max_tokens": 7}, 7),
        ({"max_completion_tokens": 9, "max_tokens": 7}, 9),
        ({"max_completion_tokens": None}, 4096),
    ],
)
def test_the_limit(fields: dict[str, Any], limit: int) -> None:
    assert asked(USER, **fields)["max_tokens"] == limit


def test_system_and_developer_messages() -> None:
    parts = [{"type": "text", "text": "two"}, {"type": "image_url", "image_url": {"url": PIXEL}}]
    body = asked({"role": "system", "content": "one"}, USER, {"role": "developer", "content": parts})
    assert (body["system"], body["messages"]) == ("one\ntwo", [USER])


def test_a_conversation_with_tools() -> None:
    call = {"id": "c1", "type": "function", "function": {"name": "weather", "arguments": '{"place": "Rome"}'}}
    broken = {"id": "c2", "type": "function", "function": {"name": "weather", "arguments": "{"}}
    said: dict[str, Any] = {"role": "assistant", "content": "One moment.", "tool_calls": [call, broken]}
    results = [{"role": "tool", "tool_call_id": number, "content": "warm"} for number in ("c1", "c2")]
    assert asked(USER, said, *results, USER)["messages"] == [
        USER,
        {
            "role": "assistant",
            "content": [
                {"type": "text", "text": "One moment."},
                {"type": "tool_use", "id": "c1", "name": "weather", "input": {"place": "Rome"}},
                {"type": "tool_use", "id": "c2", "name": "weather", "input": {}},
            ],
        },
        {
            "role": "user",
            "content": [
                {"type": "tool_result", "tool_use_id": "c1", "content": "warm"},
                {"type": "tool_result", "tool_use_id": "c2", "content": "warm"},
            ],
        },
        USER,
    ]


def test_a_call_without_words() -> None:
    call = {"id": "c1", "function": {"name": "now"}}
    (said,) = asked({"role": "assistant", "content": None, "tool_calls": [call]})["messages"]
    assert said["content"] == [{"type": "tool_use", "id": "c1", "name": "now", "input": {}}]


def test_images() -> None:
    urls = (PIXEL, "https://example.com/cat.png", "data:image/png,raw")
    parts = [{"type": "image_url", "image_url": {"url": url}} for url in urls]
    (message,) = asked({"role": "user", "content": [{"type": "text", "text": "ping"}, *parts, "odd"]})["messages"]
    assert message["content"] == [
        {"type": "text", "text": "ping"},
        {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "aGk="}},
    ]


def test_tools() -> None:
    full = {"name": "weather", "description": "d", "parameters": {"type": "object", "properties": {}}}
    body = asked(USER, tools=[{"type": "function", "function": full}, {"function": {"name": "now"}}, {"type": "odd"}])
    assert body["tools"] == [
        {"name": "weather", "description": "d", "input_schema": {"type": "object", "properties": {}}},
        {"name": "now", "input_schema": {"type": "object"}},
    ]


@pytest.mark.parametrize(
    ("choice", "translation"),
    [
        ("auto", {"type": "auto"}),
        ("required", {"type": "any"}),
        ({"type": "function", "function": {"name": "f"}}, {"type": "tool", "name": "f"}),
        ("none", None),
        ("odd", None),
    ],
)
def test_tool_choices(choice: Any, translation: Any) -> None:
    assert asked(USER, tool_choice=choice).get("tool_choice") == translation


def test_what_travels_on_and_what_does_not() -> None:
    body = asked(USER, temperature=0.1, top_p=0.2, stream=True, stop="a", n=2, user="u", seed=1, logprobs=True)
    least = asked(USER)
    assert {name: value for name, value in body.items() if name not in least} == {
        "temperature": 0.1,
        "top_p": 0.2,
        "stream": True,
        "stop_sequences": ["a"],
    }
    assert asked(USER, stop=["a", "b"])["stop_sequences"] == ["a", "b"]


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ({}, "failed to extract messages: messages field is required"),
        ({"messages": "x"}, "failed to extract messages: messages must be an array"),
        ({"messages": [USER, "x"]}, "failed to extract messages: message at index 1 is not an object"),
        ({"messages": [{"role": "odd"}]}, "message at index 0 has unknown role 'odd'"),
        (
            {"messages": [USER, {"role": "tool", "content": "x"}]},
            "message at index 1: tool message missing required 'tool_call_id' field",
        ),
        ({"messages": [{"role": "system", "content": "x"}]}, "at least one non-system message is required"),
    ],
)
def test_messages_without_counterpart(body: dict[str, Any], problem: str) -> None:
    with pytest.raises(UntranslatableError) as raised:
        anthropic.request(body)
    assert str(raised.value) == problem


@pytest.mark.parametrize(
    ("reason", "finish"),
    [("end_turn", "stop"), ("stop_sequence", "stop"), ("max_tokens", "length"), ("tool_use", "tool_calls")],
)
def test_an_answer(reason: str, finish: str) -> None:
    blocks = [
        {"type": "text", "text": "po"},
        {"type": "text", "text": "ng"},
        {"type": "tool_use", "id": "t1", "name": "weather", "input": {"place": "Rome"}},
    ]
    usage = {"input_tokens": 3, "output_tokens": 4, "cache_read_input_tokens": 9}
    message = {"type": "message", "id": "msg_1", "content": blocks, "stop_reason": reason, "usage": usage}
    call = {"id": "t1", "type": "function", "function": {"name": "weather", "arguments": '{"place":"Rome"}'}}
    assert anthropic.answer(message, "target", 7) == {
        "id": "msg_1",
        "object": "chat.completion",
        "created": 7,
        "model": "target",
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": "pong", "tool_calls": [call]},
                "finish_reason": finish,
            }
        ],
        "usage": {"prompt_tokens": 3, "completion_tokens": 4, "total_tokens": 7},
    }


def test_an_answer_without_usage_or_of_another_kind() -> None:
    completion = anthropic.answer({"type": "message", "id": "msg_1", "content": []}, "target", 7)
    assert completion is not None
    assert completion["usage"] == {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}
    assert anthropic.answer({"type": "ping"}, "target", 7) is None


def test_an_error() -> None:
    error = {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}
    assert anthropic.answer(error, "target", 7) == {
        "error": {"message": "Overloaded", "type": "overloaded_error", "param": None, "code": "overloaded_error"}
    }


def test_what_other_providers_add_is_taken_away() -> None:
    choice = {"index": 0, "content_filter_results": {}, "message": {}}
    azure = {"id": "x", "choices": [choice, "odd"], "prompt_filter_results": []}
    assert azure_openai.answer(azure) == {"id": "x", "choices": [{"index": 0, "message": {}}, "odd"]}
    assert azure_openai.answer({"error": {}}) == {"error": {}}
    usage = {"total_tokens": 1, "extra_properties": {"google": {}}}
    assert vertex_openai.answer({"id": "x", "usage": usage}) == {"id": "x", "usage": {"total_tokens": 1}}
    assert vertex_openai.answer({"usage": None}) == {"usage": None}


def test_a_vertex_endpoint() -> None:
    path = "/v1/projects/p/locations/l/endpoints/e/chat/completions"
    assert parse_vertex_endpoint("p/l/e").path == path
    with pytest.raises(UsageProblem, match="PROJECT/LOCATION/ENDPOINT"):
        parse_vertex_endpoint("p//e")
    behaviour = Behaviour(edition_named("rhoai-3.4"))
    assert behaviour.provider_path(model_of("vertex-openai")) is None
    behaviour.vertex_openai = VertexEndpoint("p", "l", "e")
    assert behaviour.provider_path(model_of("vertex-openai")) == path


@pytest.mark.parametrize(
    ("edition", "provider", "kind", "whole"),
    [
        ("rhoai-3.4", "anthropic", "application/json", True),
        ("rhoai-3.4", "azure-openai", "application/json; charset=utf-8", True),
        ("rhoai-3.4", "vertex-openai", "application/json", True),
        ("rhoai-3.4", "anthropic", "text/event-stream", False),
        ("rhoai-3.4", "openai", "application/json", False),
        ("rhoai-3.4", "bedrock-openai", "application/json", False),
        ("rhoai-3.5", "anthropic", "application/json", False),
    ],
)
def test_only_what_is_translated_is_read_whole(edition: str, provider: str, kind: str, whole: bool) -> None:
    behaviour = Behaviour(edition_named(edition))
    assert is_translated(behaviour, model_of(provider), [(":status", "200"), ("content-type", kind)]) is whole


@pytest.mark.parametrize("body", [b"not JSON", b"[]", b'{"type": "ping"}'])
def test_an_answer_that_is_no_message_stays_as_it_is(body: bytes) -> None:
    assert translated(Behaviour(edition_named("rhoai-3.4")), model_of("anthropic"), body) is None
