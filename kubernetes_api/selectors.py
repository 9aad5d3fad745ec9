"""Label and field selectors, as `kubectl -l` and `--field-selector` write them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from kubernetes_api.status_errors import Json, bad_request

Matcher = Callable[[Json], bool]

_TERM = re.compile(
    r"\s*(!?)\s*([A-Za-z0-9][-A-Za-z0-9_./]*)\s*(?:(==|=|!=|>|<|\bnotin\b|\bin\b)\s*(\([^)]*\)|[^,]*))?\s*(?:,|$)"
)
_NAME = re.compile(r"^([a-z0-9]([-a-z0-9.]*[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$")
_VALUE = re.compile(r"^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$")


@dataclass(frozen=True)
class Requirement:
    """One term of a label selector: `operator` is one of in, notin, exists, absent, gt, lt."""

    key: str
    operator: str
    values: frozenset[str] = frozenset()

    def holds(self, labels: Mapping[str, str]) -> bool:
        """Say whether the labels meet this term."""
        value = labels.get(self.key)
        if self.operator == "exists":
            return value is not None
        if self.operator == "absent":
            return value is None
        if self.operator == "in":
            return value in self.values
        if self.operator == "notin":
            return value not in self.values
        bound = int(next(iter(self.values)))
        if value is None or not value.lstrip("-").isdigit():
            return False
        return int(value) > bound if self.operator == "gt" else int(value) < bound


def parse_label_selector(text: str) -> list[Requirement]:
    """Return the terms of a label selector; raise 400 if it is not one."""
    terms: list[Requirement] = []
    position = 0
    while position < len(text):
        match = _TERM.match(text, position)
        if match is None or match.end() == position:
            raise bad_request(f"unable to parse requirement: found '{text[position:]}', expected: label selector term")
        terms.append(_requirement(*(group or "" for group in match.groups())))
        position = match.end()
    return terms


def _requirement(negated: str, key: str, operator: str, operand: str) -> Requirement:
    if not _NAME.match(key):
        raise bad_request(
            f'unable to parse requirement: <nil>: Invalid value: "{key}": name part must consist of alphanumeric '
            "characters, '-', '_' or '.', and must start and end with an alphanumeric character"
        )
    if not operator:
        return Requirement(key, "absent" if negated else "exists")
    if negated:
        raise bad_request(f"unable to parse requirement: found '{operator}', expected: ',' or end of selector")
    if operator in ("in", "notin") and not re.fullmatch(r"\(.*\)", operand.strip()):
        raise bad_request("unable to parse requirement: found '', expected: ',', ')' or identifier")
    if operator in ("in", "notin"):
        values = [value.strip() for value in operand.strip().removeprefix("(").removesuffix(")").split(",")]
    else:
        values = [operand.strip()]
    for value in values:
        if not _VALUE.match(value):
            raise bad_request(
                f'unable to parse requirement: values[0][{key}]: Invalid value: "{value}": a valid label must be an '
                "empty string or consist of alphanumeric characters, '-', '_' or '.'"
            )
    word = {"=": "in", "==": "in", "!=": "notin", ">": "gt", "<": "lt"}.get(operator, operator)
    if word in ("gt", "lt") and not values[0].lstrip("-").isdigit():
        raise bad_request(
            f"unable to parse requirement: values[0][{key}]: Invalid value: \"{values[0]}\": for 'Gt', 'Lt' "
            "operators, the value must be an integer"
        )
    return Requirement(key, word, frozenset(values))


def parse_field_selector(text: str, read: Callable[[Json, str], str | None], known: frozenset[str]) -> list[Matcher]:
    """Return the terms of a field selector; `read` gets a field of an object, `known` names what may be asked for."""
    matchers: list[Matcher] = []
    for term in filter(None, text.split(",")):
        match = re.match(r"^([^=!]+)(==|=|!=)(.*)$", term)
        if match is None:
            raise bad_request(f"invalid selector: '{term}'; can't understand '{term}'")
        field, operator, wanted = match.groups()
        if field not in known:
            raise bad_request(f"field label not supported: {field}")
        matchers.append(_field_matcher(read, field, wanted, negated=operator == "!="))
    return matchers


def _field_matcher(read: Callable[[Json, str], str | None], field: str, wanted: str, *, negated: bool) -> Matcher:
    def holds(item: Json) -> bool:
        return ((read(item, field) or "") == wanted) != negated

    return holds


def read_dotted(item: Json, field: str) -> str | None:
    """Return the text of a field such as `involvedObject.name`; None if it is absent."""
    value: Any = item
    for name in field.split("."):
        if not isinstance(value, dict):
            return None
        value = value.get(name)
    if isinstance(value, bool):
        return "true" if value else "false"
    return None if value is None else str(value)


def matcher(labels: list[Requirement], fields: list[Matcher], namespace: str | None) -> Matcher:
    """Return a test of objects: in the namespace (None: any), and meeting every term."""

    def holds(item: Json) -> bool:
        metadata = item["metadata"]
        if namespace is not None and metadata.get("namespace") != namespace:
            return False
        own = metadata.get("labels") or {}
        return all(term.holds(own) for term in labels) and all(field(item) for field in fields)

    return holds
