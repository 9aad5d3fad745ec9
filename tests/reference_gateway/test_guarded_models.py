"""Who is let in to which model, by the path or by the body, and by which proof."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace

import pytest

from reference_gateway.access.gatekeeper import Gatekeeper
from reference_gateway.access.quota import Quota
from reference_gateway.access.stores import AccessStores
from reference_gateway.access.values import Policy, RateLimit, Subscription, Ticket, User
from reference_gateway.behaviour import Behaviour
from reference_gateway.limitador.counters import Limitador
from reference_gateway.stores import Stores
from reference_gateway.values import Answer, Key, Model, ModelRef
from tests.reference_gateway.conftest import behaviour

SUBSCRIPTION = Key("models-as-a-service", "own")
ANN = User("ann")
MINE = Model(Key("ns", "m"), "openai", "gpt", "a.provider.test", Key("ns", "s"), client_model="m")
THEIRS = replace(MINE, key=Key("other", "t"), client_model="t")
OWN_PATH, OTHERS_PATH, SHARED, NOWHERE = "/ns/m/v1/x", "/other/t/v1/x", "/v1/chat/completions", "/x/y/z"
SPRING, SUMMER = "rhoai-3.4", "rhoai-3.5"


class Gate:
    """A gatekeeper, and the key of somebody who may call one of two models."""

    def __init__(self, rules: Behaviour, mine: Model = MINE) -> None:
        stores = Stores()
        for model in (mine, THEIRS):
            stores.models.want(model)
            stores.refs.put(model.key, ModelRef(model.key, "ExternalModel", model.key.name))
        stores.models.programmed(mine.destinations | THEIRS.destinations)
        assert rules.edition.access is not None
        access = AccessStores(rules.edition.access)
        access.policies.put(SUBSCRIPTION, Policy(SUBSCRIPTION, frozenset({mine.key}), frozenset({"ann"}), frozenset()))
        limits = {mine.key: (RateLimit(1000, "1h"),)}
        subscription = Subscription(SUBSCRIPTION, limits, frozenset({"ann"}), frozenset(), 0)
        access.subscriptions.put(SUBSCRIPTION, subscription)
        self.keeper = Gatekeeper(rules, stores, access, Quota(rules, access, Limitador(rules)), lambda: 0.0)
        _, self.key = access.keys.mint(ANN, SUBSCRIPTION, "k", "", 0.0, 60.0)

    def asked(self, path: str, headers: Mapping[str, str], model: str = "") -> int | Key | None:
        """The status of a refusal, or the model to which a ticket was given; None for a request that nobody guards."""
        found = self.keeper.check(path, headers, json.dumps({"model": model}).encode() if model else b"")
        return found.model if isinstance(found, Ticket) else found.status if isinstance(found, Answer) else None

    def bearing(self, path: str, model: str = "") -> int | Key | None:
        return self.asked(path, {"authorization": f"Bearer {self.key}"}, model)


@pytest.mark.parametrize("edition", [SPRING, SUMMER])
def test_a_key_opens_the_models_of_its_policy_and_no_others(edition: str) -> None:
    gate = Gate(behaviour(edition))

    assert gate.bearing(OWN_PATH) == MINE.key
    assert gate.bearing(OTHERS_PATH) == 403
    assert gate.asked(OWN_PATH, {}) == 401


def test_the_body_says_which_model_a_path_without_one_means() -> None:
    gate = Gate(behaviour(SUMMER))

    assert gate.bearing(SHARED, "m") == MINE.key
    assert gate.bearing(SHARED, "t") == 403
    assert gate.asked(SHARED, {}, "m") == 401


@pytest.mark.parametrize(("edition", "status"), [(SPRING, None), (SUMMER, 401)])
def test_one_check_for_the_gateway_asks_for_a_key_where_no_model_is_too(edition: str, status: int | None) -> None:
    gate = Gate(behaviour(edition))

    assert gate.asked(NOWHERE, {}) == status
    assert gate.bearing(NOWHERE) is None


@pytest.mark.parametrize(
    ("edition", "api_format", "opened"),
    [(SUMMER, "messages", MINE.key), (SUMMER, "openai-chat", 401), (SPRING, "messages", 401)],
)
def test_x_api_key_counts_beside_a_model_of_the_format_messages(
    edition: str, api_format: str, opened: int | Key
) -> None:
    gate = Gate(behaviour(edition), replace(MINE, api_format=api_format))

    assert gate.asked(OWN_PATH, {"x-api-key": gate.key}) == opened
    assert gate.asked(OWN_PATH, {"x-api-key": "sk-oai-made_up"}) in (401, 403)


def test_identity_headers_are_passed_over_or_lawfully_refused() -> None:
    claiming = {"x-maas-username": "root"}

    for variants, opened in (((), MINE.key), (("V30",), 403)):
        gate = Gate(behaviour(SUMMER, variants=variants))
        assert gate.asked(OWN_PATH, {"authorization": f"Bearer {gate.key}", **claiming}) == opened
