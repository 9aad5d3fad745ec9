"""The models and Secrets about which the probes ask a gateway's behaviour."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from reference_gateway.behaviour import Behaviour
from reference_gateway.stores import Store
from reference_gateway.values import Credentials, Key, Model

SECRET = Key("ns", "s")
A = Model(Key("ns", "m"), "openai", "gpt-a", "a.test", SECRET)
B = Model(Key("ns", "other"), "openai", "gpt-b", "b.test", Key("ns", "s-b"))
MESSAGES = Model(Key("ns", "an"), "anthropic", "claude", "a.test", SECRET, api_format="messages")
AZURE = Model(Key("ns", "az"), "azure-openai", "gpt-a", "a.test", SECRET)
NAMESAKE = Model(Key("a", "m"), "openai", "gpt-c", "c.test", Key("a", "s"))
RENAMED = replace(A, target_model="gpt-n")
HOUSEMATE = Model(Key("ns", "house"), "openai", "gpt-d", "a.test", Key("ns", "s-d"))
TWIN = Model(Key("ns", "twin"), "openai", "gpt-a", "twin.test", Key("ns", "s-t"))
BROKEN = Model(Key("ns", "broken"), "openai", "gpt-e", "nowhere.invalid", Key("ns", "s-e"))
MODELS = {A.key: A, B.key: B}


def found(subject: Behaviour, *steps: Mapping[Key, Credentials]) -> list[Credentials | None]:
    """What is found for model A after each of several states of the Secrets."""
    outcome = []
    for state in steps:
        store: Store[Credentials] = Store()
        for key, credentials in state.items():
            store.put(key, credentials)
        outcome.append(subject.find_credentials(store, A))
    return outcome
