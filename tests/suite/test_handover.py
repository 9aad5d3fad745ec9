"""A worker takes up what the controller has planned, or nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from fixtures.catalogue import load
from fixtures.scenario import Ground
from fixtures.targets.target import GatewayAccess, KubernetesAccess, ProviderAccess, Target
from suite import plugin
from suite.handover import ground_to_json


def test_a_worker_refuses_a_contract_that_was_changed_meanwhile(pytestconfig: pytest.Config, tmp_path: Path) -> None:
    target = Target(
        "cluster",
        KubernetesAccess("kubeconfig"),
        GatewayAccess("http://127.0.0.1:9"),
        ProviderAccess("http://127.0.0.1:9", None, "provider.test"),
    )
    ground = Ground("run", "0123456789ab", target, load().edition("runbook"))
    handed: dict[str, Any] = {
        "ground": ground_to_json(ground),
        "directory": str(tmp_path),
        "profiles": [],
        "select": None,
        "rounds": 1,
        "keep": "never",
        "fingerprint": "another",
    }

    with pytest.raises(pytest.UsageError, match="was changed while the run began"):
        plugin._register_casework(pytestconfig, handed, "gw0")

    assert not (tmp_path / "events.ndjson").exists()
