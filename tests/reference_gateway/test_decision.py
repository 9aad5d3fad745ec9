"""What the gateway answers by itself, in the shipped order and with the exact texts."""

from __future__ import annotations

import json
from typing import Any

import pytest

from reference_gateway.behaviour import Behaviour
from reference_gateway.processor.decision import Decider, Forward
from reference_gateway.stores import Stores
from reference_gateway.values import Answer, Header, Key, Model, ModelRef
from tests.reference_gateway.conftest import behaviour

PATH = "/ns/m/v1/chat/completions"
MODEL = Model(Key("ns", "m"), "openai", "gpt", "a.provider.test", Key("ns", "s"))
OTHER = Model(Key("ns", "o"), "mystery", "else", "b.provider.test", Key("ns", "s"))
BODY: dict[str, Any] = {"model": "gpt", "messages": [{"role": "user", "content": "hello"}]}


def stores_for(behaviour: Behaviour, *, key: str | None = "KEY", data_key: str | None = None) -> Stores:
    stores = Stores()
    for model in (MODEL, OTHER):
        stores.models.want(model)
        stores.refs.put(model.key, ModelRef(model.key, "ExternalModel", model.key.name))
    stores.models.programmed(frozenset({MODEL.destination, OTHER.destination}))
    if key is not None:
        stores.credentials.put(MODEL.secret, {data_key or behaviour.edition.secret_data_key: key})
    return stores


def decided(behaviour: Behaviour, stores: Stores, path: str = PATH, body: object = BODY) -> Answer | Forward:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Decider(behaviour, stores).decide(path, ["content-type", "authorization", "cookie"], raw)


@pytest.mark.parametrize("edition", ["runbook", "rhoai-3.4"])
def test_a_good_request_goes_on_with_its_own_key_and_nothing_of_the_clients(edition: str) -> None:
    conforming = behaviour(edition)

    assert decided(conforming, stores_for(conforming)) == Forward(
        model=MODEL,
        path="/v1/chat/completions",
        removed=("authorization", "cookie"),
        injected=(Header("authorization", "Bearer KEY"),),
        sent_to=MODEL,
        body=None,
    )


@pytest.mark.parametrize("edition", ["runbook", "rhoai-3.4"])
def test_missing_credentials_have_the_exact_text(edition: str) -> None:
    conforming = behaviour(edition)
    answer = decided(conforming, stores_for(conforming, key=None))

    assert isinstance(answer, Answer)
    assert (answer.status, answer.body) == (500, "inference error: Internal - provider 'openai' credentials not found")


@pytest.mark.parametrize(
    ("edition", "body"),
    [
        (
            "runbook",
            "inference error: Internal - failed to generate auth headers for provider 'openai': "
            "credentials missing required field OPENAI_API_KEY",
        ),
        (
            "rhoai-3.4",
            "inference error: Internal - failed to generate auth headers for provider 'openai': "
            "credentials missing required field api-key",
        ),
    ],
)
def test_another_data_key_has_the_editions_text(edition: str, body: str) -> None:
    conforming = behaviour(edition)
    answer = decided(conforming, stores_for(conforming, data_key="password"))

    assert isinstance(answer, Answer)
    assert (answer.status, answer.body) == (500, body)


@pytest.mark.parametrize(
    ("path", "body", "status", "text"),
    [
        (PATH, b"[]", 400, "inference error: BadRequest - failed to parse request body: "),
        (PATH, b"{", 400, "inference error: BadRequest - failed to parse request body: "),
        (PATH, b"", 400, "failed to parse request body: unexpected end of JSON input"),
        (PATH, b"\xff", 400, "inference error: BadRequest - failed to parse request body: "),
        (PATH, b"[" * 100_000, 400, "inference error: BadRequest - failed to parse request body: "),
        (
            "/ns/m/v1/embeddings",
            BODY,
            400,
            "inference error: BadRequest - only /chat/completions input type is supported",
        ),
        (PATH, {"messages": [1]}, 400, "inference error: BadRequest - model field is required"),
        (PATH, {**BODY, "model": ""}, 400, "inference error: BadRequest - model field is required"),
        (PATH, {**BODY, "model": 5}, 400, "inference error: BadRequest - model field is required"),
        (
            PATH,
            {**BODY, "model": "{bodyModel} else"},
            404,
            "inference error: NotFound - model in request body '{bodyModel} else' doesn't match ExternalModel",
        ),
        (PATH, {"model": "gpt"}, 400, "inference error: BadRequest - messages field is required and must not be empty"),
        (PATH, {**BODY, "messages": []}, 400, "inference error: BadRequest - messages field is required"),
        (PATH, {**BODY, "messages": "hi"}, 400, "inference error: BadRequest - messages field is required"),
        ("/ns/o/v1/chat/completions", {**BODY, "model": "else"}, 500, ""),
        ("/ns/x/v1/chat/completions", b"not json", 404, ""),
    ],
)
@pytest.mark.parametrize("key", ["KEY", None], ids=["with a key", "without a key"])
@pytest.mark.parametrize("edition", ["runbook", "rhoai-3.4"])
def test_each_check_comes_before_the_credentials(
    edition: str, key: str | None, path: str, body: object, status: int, text: str
) -> None:
    conforming = behaviour(edition)
    answer = decided(conforming, stores_for(conforming, key=key), path, body)

    assert isinstance(answer, Answer)
    assert answer.status == status
    assert text in answer.body
    assert bool(text) == bool(answer.body)


def test_an_unpublished_model_is_not_found_or_denied_by_edition(runbook: Behaviour, shipped: Behaviour) -> None:
    for conforming, status, body in ((runbook, 404, ""), (shipped, 403, "Access denied")):
        stores = stores_for(conforming)
        stores.refs.drop(MODEL.key)
        answer = decided(conforming, stores)

        assert isinstance(answer, Answer)
        assert (answer.status, answer.body) == (status, body)
        assert (Header("x-ext-auth-reason", "unauthorized") in answer.headers) == (status == 403)


def test_a_request_without_a_body_ends_at_once(runbook: Behaviour) -> None:
    decider = Decider(runbook, stores_for(runbook))
    answer = decider.admit("/ns/m/v1/models", can_infer=False)

    assert isinstance(answer, Answer)
    assert answer.status == 404
