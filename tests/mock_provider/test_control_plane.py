"""Bad input to the control API: one sentence, never a value."""

from __future__ import annotations

from typing import Any

import pytest

from tests.mock_provider.running import KEY, Running

IDENTITY: dict[str, Any] = {"models": ["m"], "keys": []}


@pytest.mark.parametrize(
    ("path", "document", "sentence"),
    [
        ("/v1/identities/a", {"models": ["m"]}, "the body lacks keys"),
        ("/v1/identities/a", {**IDENTITY, "key": KEY}, "the body has a field that is not known"),
        ("/v1/identities/a", {**IDENTITY, "strict": KEY}, "strict must be of type boolean"),
        (
            "/v1/identities/a",
            {**IDENTITY, "credentialHeader": "cookie"},
            "credentialHeader must be one of authorization, x-api-key, api-key",
        ),
        (
            "/v1/identities/a",
            {**IDENTITY, "keys": [{"name": "k", "value": "short"}]},
            "keys[0].value must have at least 8 characters",
        ),
        ("/v1/scripts/0123456789abcdef", {"answers": []}, "answers breaks the rule minItems 1"),
        (
            "/v1/scripts/0123456789abcdef",
            {"answers": [{"body": "x", "chunks": []}]},
            "answers[0] must not have both body and chunks",
        ),
        (
            "/v1/scripts/0123456789abcdef",
            {"answers": [{}, {"bodyBase64": "?"}]},
            "answers[1].bodyBase64 is not valid base64",
        ),
        (
            "/v1/scripts/0123456789abcdef",
            {"answers": [{"fault": {"kind": "explode"}}]},
            "answers[0].fault.kind must be one of reset, close, stall, slow",
        ),
        ("/v1/scripts/UPPER", {"answers": [{}]}, "a nonce is 8 to 64 characters of 0-9 and a-f"),
    ],
)
def test_a_wrong_document_is_refused_in_one_sentence(
    provider: Running, path: str, document: dict[str, Any], sentence: str
) -> None:
    answer = provider.control.put(path, json=document)
    assert (answer.status_code, answer.json()) == (422, {"error": sentence})


def test_a_body_that_is_not_json(provider: Running) -> None:
    answer = provider.control.put("/v1/identities/a", content=b"{")
    assert (answer.status_code, answer.json()) == (422, {"error": "the body is not JSON"})


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("since=-1", "since must be a whole number from 0 to 9223372036854775808"),
        ("hosts=a", "the query has unknown parameters: hosts"),
        ("limit=all", "limit must be a whole number from 0 to 100000"),
    ],
)
def test_a_wrong_query_is_refused_in_one_sentence(provider: Running, query: str, sentence: str) -> None:
    answer = provider.control.get(f"/v1/arrivals?{query}")
    assert (answer.status_code, answer.json()) == (422, {"error": sentence})


@pytest.mark.parametrize(
    ("method", "path", "sentence"),
    [
        ("GET", "/v1/identities/nobody.example", "there is no identity for host nobody.example"),
        ("DELETE", "/v1/identities/nobody.example", "there is no identity for host nobody.example"),
        ("PUT", "/v1/identities/nobody.example/script", "there is no identity for host nobody.example"),
        ("DELETE", "/v1/scripts/0123456789abcdee", "there is no script for 0123456789abcdee"),
        ("GET", "/v1/nothing", "Not Found"),
    ],
)
def test_what_is_not_there(provider: Running, method: str, path: str, sentence: str) -> None:
    answer = provider.control.request(method, path)
    assert (answer.status_code, answer.json()) == (404, {"error": sentence})
