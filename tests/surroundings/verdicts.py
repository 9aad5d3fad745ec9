"""What a run may say when something around the gateway is broken, and what it may not."""

from __future__ import annotations

from tests.command.running import Ended, outcomes, report
from tests.surroundings.conftest import Surroundings


def judged(ended: Ended, surroundings: Surroundings) -> None:
    """Assert that the run came to the gateway's verdict all the same."""
    assert ended.code == 0, ended.stdout + ended.stderr
    assert outcomes(surroundings.out) == {"passed"}
    assert ended.command.left() == []


def blameless(ended: Ended, surroundings: Surroundings, cause: str) -> None:
    """Assert that the run says neither conformant nor nonconformant, and names the cause, once."""
    said = ended.stdout + ended.stderr
    assert ended.code in (3, 4), said
    document = report(surroundings.out)
    assert document["verdict"] == "incomplete"
    assert "failed" not in outcomes(surroundings.out)
    named = [item["text"] for item in document["causes"]] + [document["sentence"]]
    assert any(cause in text for text in named), said
    assert sum(cause in item["text"] for item in document["causes"]) <= 1, "the same cause is reported once"
    assert ended.command.left() == []
