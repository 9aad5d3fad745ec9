from __future__ import annotations

from dataclasses import replace

from reference_gateway.stores import Lateness, ModelStore, Store, Stores
from reference_gateway.values import Key, Model

OLD = Model(Key("ns", "m"), "openai", "gpt", "old.test", Key("ns", "old-secret"))
NEW = replace(OLD, endpoint="new.test", secret=Key("ns", "new-secret"))


def test_a_view_does_not_change_under_its_reader() -> None:
    store: Store[int] = Store()
    store.put(Key("a", "b"), 1)
    view = store.view()
    store.put(Key("a", "b"), 2)
    store.drop(Key("a", "b"))

    assert view == {Key("a", "b"): 1}
    assert store.get(Key("a", "b")) is None


def test_a_model_is_served_only_when_envoy_routes_it() -> None:
    models = ModelStore()
    models.want(OLD)
    assert models.view() == {}

    models.programmed(frozenset({OLD.destination}))
    assert models.view() == {OLD.key: OLD}


def test_a_changed_model_is_served_whole_in_its_old_form_until_envoy_routes_the_new_one() -> None:
    models = ModelStore()
    models.want(OLD)
    models.programmed(frozenset({OLD.destination}))
    models.want(NEW)
    assert models.view() == {OLD.key: OLD}

    models.programmed(frozenset({NEW.destination}))
    assert models.view() == {OLD.key: NEW}


def test_neither_form_is_served_when_envoy_routes_neither() -> None:
    models = ModelStore()
    models.want(OLD)
    models.programmed(frozenset({OLD.destination}))
    models.want(NEW)
    models.programmed(frozenset())

    assert models.view() == {}


def test_a_dropped_model_is_gone_at_once_and_leaves_no_memory() -> None:
    models = ModelStore()
    models.want(OLD)
    models.programmed(frozenset({OLD.destination}))
    models.drop(OLD.key)
    assert models.view() == {}

    models.want(NEW)
    assert models.view() == {}


def test_a_late_replica_knows_of_a_change_a_while_after_it_was_made() -> None:
    store: Store[int] = Store()
    now = 100.0
    late: Lateness[int] = Lateness(0.5, lambda: now)
    store.follow(late.hear)
    store.put(Key("a", "b"), 1)
    now = 100.2
    store.put(Key("a", "b"), 2)

    def value_at(moment: float) -> int | None:
        nonlocal now
        now = moment
        return late.view().get(Key("a", "b"))

    assert [value_at(moment) for moment in (100.4, 100.5, 100.6, 100.7)] == [None, 1, 1, 2]


def test_a_late_replica_that_nobody_has_asked_knows_all_the_same() -> None:
    store: Store[int] = Store()
    now = 100.0
    late: Lateness[int] = Lateness(0.5, lambda: now)
    store.follow(late.hear)
    store.put(Key("a", "b"), 1)
    now = 101.0
    assert late.view() == {Key("a", "b"): 1}


def test_late_stores_follow_what_they_are_late_for() -> None:
    stores = Stores()
    late = stores.known_after(0.0)
    stores.credentials.put(Key("ns", "s"), {"k": "v"})

    assert late.credentials.get(Key("ns", "s")) == {"k": "v"}
    assert late.models.view() == {}
