"""Every id that a report or a page shows can be explained, and what cannot is refused with what is near."""

from __future__ import annotations

import pytest

from fixtures.errors import ConfigurationError
from suite.explaining import explain


@pytest.mark.parametrize(
    ("identifier", "begins", "says"),
    [
        ("EM-CRED-005", "EM-CRED-005  ", "  conformance run --edition runbook --select EM-CRED-005"),
        ("@em-cred-005", "EM-CRED-005  ", "source     "),
        ("D2", "D2  the page and the shipped code disagree", "  the code   "),
        ("R-074", "R-074  a source, on which these requirements stand:", "  EM-CRED-010  "),
        ("S-ROT-01", "S-ROT-01  a source, on which these requirements stand:", "  EM-CRED-010  "),
        ("M12", "M12 key-cached-for-ever  ", "  conformance run --edition runbook --fault M12"),
        ("V01", "V01 ", "  conformance run --edition rhoai-3.5 --variant V01"),
    ],
)
def test_an_id_is_explained(identifier: str, begins: str, says: str) -> None:
    text = explain(identifier)

    assert text.startswith(begins)
    assert any(line.startswith(says) for line in text.splitlines())


def test_an_id_that_nobody_has_is_refused_with_what_is_near() -> None:
    with pytest.raises(ConfigurationError, match=r"unknown id 'EM-CRED-05' \(did you mean EM-CRED-0"):
        explain("EM-CRED-05")
    with pytest.raises(ConfigurationError, match=r"no edition takes a side in D5.*docs/contract.md.*D1, D2, D3, D4"):
        explain("D5")
    with pytest.raises(ConfigurationError, match="conformance list requirements"):
        explain("!")
