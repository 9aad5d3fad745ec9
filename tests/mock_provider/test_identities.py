"""Each host knows its own keys, models and path, and is strict about them."""

from __future__ import annotations

import json
import ssl
from typing import Any

import httpx
import pytest

from tests.mock_provider.running import KEY, Running, chat

PATH = "/v1/chat/completions"


def ask(provider: Running, host: str, *headers: tuple[str, str], path: str = PATH, body: Any = None) -> httpx.Response:
    content = json.dumps(chat() if body is None else body)
    url = f"http://{provider.ready['plain']}{path}"
    return provider.data.post(url, content=content, headers=[("host", host), *headers])


def verdict(provider: Running, host: str) -> str:
    text: str = provider.only_arrival(host=host)["verdict"]
    return text


def test_hosts_do_not_know_each_other_s_keys_and_models(provider: Running, host: str, nonce: str) -> None:
    other = f"other-{host}"
    other_key = {"name": f"{other}.key", "value": "mockkey-of-the-other-host"}
    provider.add_identity(other, models=["model-b"], keys=[other_key])
    assert provider.post(other, chat(), key=KEY).status_code == 401
    assert provider.post(other, chat(), key=other_key["value"]).status_code == 404
    assert provider.post(other, chat(nonce, model="model-b"), key=other_key["value"]).status_code == 200
    assert provider.post(host, chat(model="model-b")).status_code == 404
    assert provider.post(host, chat()).status_code == 200
    seen = provider.wait(host=other, min=3)["arrivals"]
    assert [a["verdict"] for a in seen] == ["refused:credential", "refused:model", "accepted"]
    assert [a["hostSequence"] for a in seen] == [1, 2, 3]
    assert seen[0]["credentials"][0]["canary"] is not None


@pytest.mark.parametrize(
    "values",
    [
        [f"bearer {KEY}"],
        [f"Bearer  {KEY}"],
        [f"Bearer Bearer {KEY}"],
        [KEY],
        [f"Bearer {KEY}x"],
        [f"Bearer {KEY[:-1]}"],
        ["Bearer"],
        [f"Bearer {KEY}", f"Bearer {KEY}"],
        [f"Bearer {KEY}, Bearer {KEY}"],
    ],
)
def test_anything_but_one_exact_bearer_is_refused(provider: Running, host: str, values: list[str]) -> None:
    answer = ask(provider, host, *[("authorization", value) for value in values])
    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "invalid_api_key"
    assert verdict(provider, host) == "refused:credential"


@pytest.mark.parametrize(
    ("value", "scheme", "well_formed"),
    [
        (f"Bearer {KEY}", "Bearer", True),
        (f"bearer {KEY}", "bearer", False),
        (f"Bearer  {KEY}", "Bearer", False),
        (f"Bearer Bearer {KEY}", "Bearer Bearer", False),
        (KEY, None, False),
    ],
)
def test_the_journal_says_in_what_form_the_key_came(
    provider: Running, host: str, value: str, scheme: str | None, well_formed: bool
) -> None:
    provider.add_identity(host, keys=[{"name": f"{host}.key", "value": KEY}])
    ask(provider, host, ("authorization", value))
    (credential,) = provider.only_arrival(host=host)["credentials"]
    assert credential.pop("fingerprint").startswith("sha256:")
    assert credential == {
        "header": "authorization",
        "scheme": scheme,
        "canary": f"{host}.key",
        "wellFormed": well_formed,
    }


def test_a_wrong_key_comes_back_masked_in_the_edge_s_framing(provider: Running, host: str) -> None:
    answer = ask(provider, host, ("authorization", "Bearer mockkey-wrong-0123456789-wxyz"))
    receipt = answer.headers["x-mock-receipt"]
    stars = "*" * (len("mockkey-wrong-0123456789-wxyz") - 12)
    error = {
        "message": f"Incorrect API key provided: mockkey-{stars}wxyz. "
        "You can find your API key at https://platform.openai.com/account/api-keys.",
        "type": "invalid_request_error",
        "param": None,
        "code": "invalid_api_key",
    }
    assert answer.text == json.dumps({"error": error}, indent=4) + "\n"
    assert [(name, value) for name, value in answer.headers.items() if name != "date"] == [
        ("content-length", str(len(answer.content))),
        ("content-type", "application/json; charset=utf-8"),
        ("vary", "Origin"),
        ("x-request-id", f"req_{receipt}"),
        ("x-mock-receipt", receipt),
    ]


def test_no_key_is_another_refusal_than_a_wrong_one(provider: Running, host: str) -> None:
    error = ask(provider, host).json()["error"]
    assert error["message"].startswith("You didn't provide an API key.")
    assert error["code"] is None


@pytest.mark.parametrize(("header", "path"), [("api-key", "/openai/v1/chat/completions"), ("x-api-key", PATH)])
def test_other_credential_headers_and_paths(provider: Running, host: str, header: str, path: str) -> None:
    provider.add_identity(host, credentialHeader=header, chatPath=path)
    assert ask(provider, host, (header, KEY), path=path).status_code == 200
    assert ask(provider, host, ("authorization", f"Bearer {KEY}"), path=path).status_code == 401
    assert ask(provider, host, (header, f"Bearer {KEY}"), path=path).status_code == 401


@pytest.mark.parametrize("path", ["/v1/chat/completions/", "//v1/chat/completions", "/v1/chat%2Fcompletions", "/v1"])
def test_the_path_must_be_exact(provider: Running, host: str, path: str) -> None:
    answer = ask(provider, host, ("authorization", f"Bearer {KEY}"), path=path)
    assert answer.status_code == 404
    assert answer.json()["error"]["message"] == f"Invalid URL (POST {path})"
    assert verdict(provider, host) == "refused:path"


def test_an_unknown_host_is_refused_and_kept(provider: Running, nonce: str) -> None:
    host = f"unknown-{nonce}.example"
    before = provider.control.get("/v1/arrivals", params={"limit": 0}).json()["quarantined"]
    answer = provider.post(host, chat())
    assert answer.status_code == 421
    assert answer.json()["error"]["code"] == "unknown_host"
    arrival = provider.only_arrival(host=host)
    assert (arrival["verdict"], arrival["identity"]) == ("refused:host", None)
    assert KEY not in json.dumps(arrival)
    assert provider.control.get("/v1/arrivals", params={"limit": 0}).json()["quarantined"] > before


@pytest.mark.parametrize(
    ("body", "verdict_text", "status", "code"),
    [
        (["no object"], "refused:json", 400, None),
        ({"messages": [{}]}, "refused:model", 400, None),
        ({"model": "model-a"}, "refused:json", 400, "missing_required_parameter"),
        ({"model": "model-a", "messages": []}, "refused:json", 400, "empty_array"),
        ({"model": "\ud800", "messages": [{}]}, "refused:model", 404, "model_not_found"),
    ],
)
def test_bodies_that_the_provider_refuses(
    provider: Running, host: str, body: Any, verdict_text: str, status: int, code: str | None
) -> None:
    answer = ask(provider, host, ("authorization", f"Bearer {KEY}"), body=body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    assert verdict(provider, host) == verdict_text


def test_a_lenient_identity_answers_and_says_what_it_would_have_refused(provider: Running, host: str) -> None:
    provider.add_identity(host, strict=False)
    answer = ask(provider, host, body=chat(model="model-x"))
    assert answer.status_code == 200
    assert answer.json()["model"] == "model-x"
    arrival = provider.only_arrival(host=host)
    assert arrival["verdict"] == "accepted"
    assert arrival["wouldRefuse"] == ["credential", "model"]


def test_rotation_takes_the_old_key_away_but_still_recognises_it(provider: Running, host: str) -> None:
    old, new = {"name": "old", "value": f"mockkey-old-{host}"}, {"name": "new", "value": f"mockkey-new-{host}"}
    provider.add_identity(host, keys=[old])
    assert provider.post(host, chat(), key=old["value"]).status_code == 200
    provider.add_identity(host, keys=[old, new])
    assert provider.post(host, chat(), key=old["value"]).status_code == 200
    provider.add_identity(host, keys=[new])
    assert provider.post(host, chat(), key=old["value"]).status_code == 401
    assert provider.post(host, chat(), key=new["value"]).status_code == 200
    seen = provider.wait(host=host, min=4)["arrivals"]
    assert [a["credentials"][0]["canary"] for a in seen] == ["old", "old", "old", "new"]


def test_a_key_with_something_added_is_not_that_key(provider: Running, host: str) -> None:
    ask(provider, host, ("authorization", f"Bearer {KEY}x"))
    arrival = provider.only_arrival(host=host)
    assert arrival["credentials"][0]["canary"] is None
    assert [hit["where"] for hit in arrival["canaries"]] == ["header:authorization"]
    assert KEY not in json.dumps(arrival)


def test_identities_are_read_back_without_values_and_deleted(provider: Running, host: str) -> None:
    found = provider.control.get(f"/v1/identities/{host}")
    assert found.json()["chatPath"] == PATH
    assert list(found.json()["keys"][0]) == ["name", "fingerprint"]
    assert KEY not in found.text
    assert provider.control.delete(f"/v1/identities/{host}").status_code == 204
    assert provider.control.get(f"/v1/identities/{host}").status_code == 404
    assert provider.post(host, chat()).status_code == 421


def test_hosts_below_a_domain_are_shown_its_certificate(provider: Running) -> None:
    with provider.connect("tls.example") as connection:
        assert isinstance(connection, ssl.SSLSocket)

    for name in ("host.other.example", "Host.Other.Example"):
        with pytest.raises(ssl.SSLCertVerificationError, match=r"unable to get local issuer"):
            provider.connect(name)
    with pytest.raises(ssl.SSLCertVerificationError, match="Hostname mismatch"):
        provider.connect("notother.example")
