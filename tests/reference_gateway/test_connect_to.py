from __future__ import annotations

import pytest

from reference_gateway.data_plane.connect_to import connection_target, parse_connect_to
from reference_gateway.errors import UsageProblem


@pytest.mark.parametrize(
    ("rule", "host", "port", "target"),
    [
        (":443:127.0.0.1:8443", "alpha.test", 443, ("127.0.0.1", 8443)),
        (":443:127.0.0.1:8443", "alpha.test", 80, ("alpha.test", 80)),
        ("alpha.test::10.0.0.1:", "ALPHA.test", 8080, ("10.0.0.1", 8080)),
        ("alpha.test:443:10.0.0.1:1", "beta.test", 443, ("beta.test", 443)),
        ("::[::1]:99", "any.test", 1, ("::1", 99)),
        (":443::8443", "alpha.test", 443, ("alpha.test", 8443)),
    ],
)
def test_a_rule_sends_what_it_matches_elsewhere(rule: str, host: str, port: int, target: tuple[str, int]) -> None:
    assert connection_target([parse_connect_to(rule)], host, port) == target


def test_the_first_matching_rule_counts() -> None:
    rules = [parse_connect_to("a.test::10.0.0.1:1"), parse_connect_to("::10.0.0.2:2")]

    assert connection_target(rules, "a.test", 443) == ("10.0.0.1", 1)
    assert connection_target(rules, "b.test", 443) == ("10.0.0.2", 2)


@pytest.mark.parametrize("text", ["", "a", "a:b:c:d", ":443:127.0.0.1", ":443:127.0.0.1:70000", ":0:127.0.0.1:1"])
def test_another_form_is_refused(text: str) -> None:
    with pytest.raises(UsageProblem, match="HOST:PORT:ADDR:PORT"):
        parse_connect_to(text)
