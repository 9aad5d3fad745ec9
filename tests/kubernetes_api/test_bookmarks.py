"""A bookmark never stands behind a change that its watch has still to deliver."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from types import SimpleNamespace
from typing import Any, cast

import pytest

from kubernetes_api.cluster import Cluster
from kubernetes_api.reads import Reader, WatchOptions
from kubernetes_api.resources import Resource
from kubernetes_api.store import Change, Watcher

ITEM = {"metadata": {"name": "a", "namespace": "n", "resourceVersion": "7"}}


def test_a_change_in_the_moment_in_which_a_watch_ends_is_not_skipped(monkeypatch: pytest.MonkeyPatch) -> None:
    watcher = Watcher()
    waits = 0

    async def wait_for(waiting: Awaitable[Any], seconds: float) -> Any:
        """Is too late once, and then a change has come."""
        nonlocal waits
        waits += 1
        if waits > 1:
            return await waiting
        cast("Any", waiting).close()
        watcher.pending.put_nowait(Change(7, ITEM, None))
        watcher.pending.put_nowait(None)
        raise TimeoutError

    monkeypatch.setattr(asyncio, "wait_for", wait_for)
    cluster = SimpleNamespace(store=SimpleNamespace(revision=7), present=lambda _, item: item)
    resource = SimpleNamespace(kind="Thing", api_version="v1")
    options = WatchOptions(revision=1, timeout=60, bookmarks=True, send_initial=False, mark_initial_end=False)

    async def watched() -> list[tuple[str, Any]]:
        changes = Reader(cast("Cluster", cluster))._changes(
            cast("Resource", resource), lambda _: True, watcher, options
        )
        return [event async for event in changes]

    assert asyncio.run(watched()) == [("ADDED", ITEM)]
