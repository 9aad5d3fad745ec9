"""What an Envoy is sent, and when: a conversation without one."""

from __future__ import annotations

from envoy.service.discovery.v3.discovery_pb2 import DiscoveryRequest  # type: ignore[import-untyped]

from reference_gateway.data_plane.discovery import CLUSTERS, ROUTES, Conversation, Snapshot


class Talk:
    """A conversation with an Envoy that has subscribed to everything."""

    def __init__(self) -> None:
        self.programmed: list[int] = []
        self.conversation = Conversation(lambda snapshot: self.programmed.append(snapshot.version))
        self.newest = snapshot(1)
        for kind in (CLUSTERS, ROUTES):
            self.conversation.heard(DiscoveryRequest(type_url=kind))

    def due(self) -> list[tuple[str, str]]:
        return [(item.type_url, item.version_info) for item in self.conversation.due(self.newest)]

    def answers(self, kind: str, version: int, refusal: str = "") -> list[tuple[str, str]]:
        request = DiscoveryRequest(type_url=kind, response_nonce=str(version))
        if refusal:
            request.error_detail.message = refusal
        self.conversation.heard(request)
        return self.due()


def snapshot(version: int) -> Snapshot:
    return Snapshot(version, frozenset(), {CLUSTERS: [], ROUTES: []})


def test_routes_follow_clusters_and_count_when_they_are_acknowledged() -> None:
    talk = Talk()

    assert talk.due() == [(CLUSTERS, "1")]
    assert talk.answers(CLUSTERS, 1) == [(ROUTES, "1")]
    assert talk.programmed == []
    assert talk.answers(ROUTES, 1) == []
    assert talk.programmed == [1]


def test_an_envoy_that_is_slower_than_changes_come_is_sent_routes_all_the_same() -> None:
    talk = Talk()
    assert talk.due() == [(CLUSTERS, "1")]
    for version in (2, 3, 4):
        talk.newest = snapshot(version)
        assert talk.due() == []

    assert talk.answers(CLUSTERS, 1) == [(ROUTES, "1")]
    talk.newest = snapshot(5)
    assert talk.answers(ROUTES, 1) == [(CLUSTERS, "5")]
    assert talk.programmed == [1]


def test_routes_that_envoy_refuses_do_not_count_and_hold_nothing_up() -> None:
    talk = Talk()
    talk.due()
    talk.answers(CLUSTERS, 1)
    talk.newest = snapshot(2)

    assert talk.answers(ROUTES, 1, "no such cluster") == [(CLUSTERS, "2")]
    assert talk.programmed == []


def test_an_answer_to_something_else_changes_nothing() -> None:
    talk = Talk()
    talk.due()

    assert talk.answers(CLUSTERS, 7) == []
    assert talk.answers(ROUTES, 1) == []
    assert talk.answers(CLUSTERS, 1) == [(ROUTES, "1")]
