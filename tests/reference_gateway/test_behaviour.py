"""The conforming decisions, each at its edges."""

from __future__ import annotations

import base64

import pytest

from reference_gateway.behaviour import Behaviour
from reference_gateway.values import Header, Key, Model, ModelRef

LABEL = "inference.networking.k8s.io/bbr-managed"
MODEL = Model(Key("ns", "m"), "openai", "gpt-4o", "a.provider.test", Key("ns", "s"))
OTHER = Model(Key("ns", "m-2"), "openai", "gpt-5", "b.provider.test", Key("ns", "s2"))
MODELS = {model.key: model for model in (MODEL, OTHER)}


def encoded(**values: str) -> dict[str, str]:
    return {name: base64.b64encode(value.encode()).decode() for name, value in values.items()}


@pytest.mark.parametrize("value", ["false", "True", "TRUE", "", "1", " true", "yes"])
def test_only_the_exact_label_value_counts(runbook: Behaviour, value: str) -> None:
    assert runbook.is_managed({LABEL: "true", "other": "x"})
    assert not runbook.is_managed({LABEL: value})


def test_another_label_does_not_count(runbook: Behaviour) -> None:
    assert not runbook.is_managed({})
    assert not runbook.is_managed({"inference.llm-d.ai/ipp-managed": "true"})


def test_data_is_decoded_verbatim(runbook: Behaviour) -> None:
    assert runbook.usable_data(encoded(a="Bearer? no: =+/ ü", b="x")) == {"a": "Bearer? no: =+/ ü", "b": "x"}


@pytest.mark.parametrize("data", [{}, encoded(a=""), encoded(a="key", unrelated=""), {"a": "not base64!"}])
def test_unusable_data_invalidates_the_whole_secret(runbook: Behaviour, data: dict[str, str]) -> None:
    assert runbook.usable_data(data) is None


@pytest.mark.parametrize("value", ["key\n", "key\r\nx-evil: 1", "\x00", "\tkey"])
def test_a_value_that_no_header_may_carry_is_not_usable(runbook: Behaviour, value: str) -> None:
    assert runbook.usable_data(encoded(**{runbook.edition.secret_data_key: value})) is None


def test_a_value_beside_the_credential_may_be_any_that_is_not_empty(runbook: Behaviour) -> None:
    fields = {runbook.edition.secret_data_key: "key", "bundle": "of\nlines\n"}

    assert runbook.usable_data(encoded(**fields)) == fields


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/ns/m/v1/chat/completions", "m"),
        ("/ns/m-2/v1/chat/completions", "m-2"),
        ("/ns/m/v1/chat/completions?a=/ns/m-2", "m"),
        ("/ns/m/", "m"),
    ],
)
def test_a_path_resolves_by_its_first_two_segments(runbook: Behaviour, path: str, name: str) -> None:
    assert runbook.resolve(path, MODELS) == MODELS[Key("ns", name)]


@pytest.mark.parametrize(
    "path",
    [
        "/ns/m",
        "/ns/m-3/v1/chat/completions",
        "/ns/mm/v1/chat/completions",
        "/ns/M/v1/chat/completions",
        "/n/m/v1/chat/completions",
        "//ns/m/v1/chat/completions",
        "/ns//m/v1/chat/completions",
        "/x/ns/m/v1/chat/completions",
        "/ns%2Fm/v1/chat/completions",
        "/v1/chat/completions",
        "/?/ns/m/v1/chat/completions",
        "*",
        "",
    ],
)
def test_other_paths_resolve_to_nothing(runbook: Behaviour, path: str) -> None:
    assert runbook.resolve(path, MODELS) is None


def test_a_reference_publishes_in_its_own_namespace_and_kind_only(runbook: Behaviour, shipped: Behaviour) -> None:
    for behaviour in (runbook, shipped):
        assert behaviour.ref_publishes(ModelRef(Key("ns", "m"), "ExternalModel", "m"), MODEL)
        assert not behaviour.ref_publishes(ModelRef(Key("other", "m"), "ExternalModel", "m"), MODEL)
        assert not behaviour.ref_publishes(ModelRef(Key("ns", "m"), "LLMInferenceService", "m"), MODEL)
        assert not behaviour.ref_publishes(ModelRef(Key("ns", "m"), "ExternalModel", "m-2"), MODEL)


def test_another_name_of_the_reference_is_refused_where_the_edition_says_so(
    runbook: Behaviour, shipped: Behaviour
) -> None:
    ref = ModelRef(Key("ns", "another"), "ExternalModel", "m")

    assert not runbook.ref_publishes(ref, MODEL)
    assert shipped.ref_publishes(ref, MODEL)


@pytest.mark.parametrize(
    ("provider", "path", "header"),
    [
        ("openai", "/v1/chat/completions", Header("authorization", "Bearer KEY")),
        ("bedrock-openai", "/v1/chat/completions", Header("authorization", "Bearer KEY")),
        ("azure-openai", "/openai/v1/chat/completions", Header("api-key", "KEY")),
    ],
)
def test_each_provider_has_its_path_and_header(runbook: Behaviour, provider: str, path: str, header: Header) -> None:
    model = Model(MODEL.key, provider, "gpt", "a.provider.test", MODEL.secret)

    assert runbook.upstream_path(model, "/ns/m/v1/chat/completions?q=1") == path
    assert list(runbook.injected_headers(model, "KEY")) == [header]


@pytest.mark.parametrize(
    "name",
    ["authorization", "x-api-key", "api-key", "x-goog-api-key", "cookie", "proxy-authorization", "x-maas-username"],
)
def test_client_secrets_do_not_pass(runbook: Behaviour, name: str) -> None:
    assert runbook.is_client_secret(name)


@pytest.mark.parametrize("name", ["content-type", "accept", "openai-beta", "x-request-id", "user-agent"])
def test_harmless_headers_pass(runbook: Behaviour, name: str) -> None:
    assert not runbook.is_client_secret(name)


def test_a_header_does_not_show_its_value() -> None:
    assert "KEY" not in repr(Header("authorization", "Bearer KEY"))
