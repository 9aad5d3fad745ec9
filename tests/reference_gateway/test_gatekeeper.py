"""Who is let in, in which order that is decided, and what is remembered of it."""

from __future__ import annotations

from reference_gateway.access.gatekeeper import Gatekeeper
from reference_gateway.access.quota import Quota
from reference_gateway.access.stores import AccessStores
from reference_gateway.access.values import Policy, RateLimit, Subscription, Ticket, User
from reference_gateway.behaviour import Behaviour
from reference_gateway.limitador.counters import Limitador
from reference_gateway.stores import Stores
from reference_gateway.values import Answer, Key, Model, ModelRef
from tests.reference_gateway.conftest import behaviour

REF = Key("ns", "m")
MODEL = Model(REF, "openai", "gpt-a", "a.test", Key("ns", "s"))
PATH = "/ns/m/v1/chat/completions"
SUBSCRIPTION = Key("models-as-a-service", "sub")


class Gate:
    """A gatekeeper with one model that ada may call, up to 10 tokens a minute; the clock is ours."""

    def __init__(self, rules: Behaviour) -> None:
        assert rules.edition.access is not None
        self.now = 1000.0
        self.stores = Stores()
        self.access = AccessStores(rules.edition.access)
        self.stores.models.want(MODEL)
        self.stores.models.programmed(frozenset({MODEL.destination}))
        self.stores.refs.put(REF, ModelRef(REF, "ExternalModel", "m"))
        self.quota = Quota(rules, self.access, Limitador(rules, lambda: self.now))
        self.keeper = Gatekeeper(rules, self.stores, self.access, self.quota, lambda: self.now)
        self.admit("ada")
        limits = {REF: (RateLimit(10, "1m"),)}
        own = Subscription(SUBSCRIPTION, limits, frozenset({"ada", "ben"}), frozenset(), 0)
        self.access.subscriptions.put(SUBSCRIPTION, own)

    def admit(self, *users: str) -> None:
        policy = Key("models-as-a-service", "policy")
        self.access.policies.put(policy, Policy(policy, frozenset({REF}), frozenset(users), frozenset()))

    def key_of(self, user: str, seconds: float = 100.0) -> str:
        _, value = self.access.keys.mint(User(user), SUBSCRIPTION, "key", "", self.now, self.now + seconds)
        return value

    def found(self, shown: str | None) -> str | Ticket:
        """The reason why somebody is refused, or his ticket."""
        headers = {} if shown is None else {"authorization": f"Bearer {shown}"}
        found = self.keeper.check(PATH, headers)
        assert found is not None
        return found.reason if isinstance(found, Answer) else found


def test_proof_comes_first_then_policy_subscription_and_quota(shipped: Behaviour) -> None:
    gate = Gate(shipped)
    adas, bens = gate.key_of("ada"), gate.key_of("ben")

    assert [gate.found(shown) for shown in (None, "word", "sk-oai-x")] == ["no_key", "malformed_key", "unknown_key"]
    assert gate.found(bens) == "caller_not_admitted"
    ticket = gate.found(adas)
    assert ticket == Ticket("ada", SUBSCRIPTION, REF, REF)
    gate.quota.charge(ticket, 10)
    assert gate.found(adas) == "quota_exhausted"
    gate.access.subscriptions.drop(SUBSCRIPTION)
    assert gate.found(adas) == "no_subscription"
    gate.access.policies.drop(Key("models-as-a-service", "policy"))
    assert gate.found(adas) == "no_policy"


def test_a_budget_is_whole_again_after_its_window_and_each_user_has_one(shipped: Behaviour) -> None:
    gate = Gate(shipped)
    gate.admit("ada", "ben")
    adas, bens = gate.key_of("ada"), gate.key_of("ben")
    ticket = gate.found(adas)
    assert isinstance(ticket, Ticket)
    gate.quota.charge(ticket, 10)

    assert (gate.found(adas), isinstance(gate.found(bens), Ticket)) == ("quota_exhausted", True)
    gate.now += 60.0
    assert gate.found(adas) == ticket


def test_a_key_ends_with_its_time(shipped: Behaviour) -> None:
    gate = Gate(shipped)
    key = gate.key_of("ada", seconds=5.0)

    assert isinstance(gate.found(key), Ticket)
    gate.now += 5.0
    assert gate.found(key) == "unknown_key"


def test_decisions_are_made_anew_unless_a_variant_remembers_them() -> None:
    for variants, at_once in (((), "caller_not_admitted"), (("V21",), None)):
        gate = Gate(behaviour("rhoai-3.4", variants=variants))
        key = gate.key_of("ada")
        ticket = gate.found(key)
        gate.admit("ben")

        assert gate.found(key) == (at_once or ticket)
        gate.now += 2.0
        assert gate.found(key) == "caller_not_admitted"


def test_the_quota_is_never_remembered() -> None:
    gate = Gate(behaviour("rhoai-3.4", variants=("V21",)))
    key = gate.key_of("ada")
    ticket = gate.found(key)
    assert isinstance(ticket, Ticket)
    gate.quota.charge(ticket, 10)

    assert gate.found(key) == "quota_exhausted"
