"""report.json: a report as a document with a schema, and back."""

from __future__ import annotations

import dataclasses
import functools
import json
import types
import typing
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Union

import jsonschema

from reports.failure_text import requirement_text
from reports.model import Report, RequirementResult
from reports.places import EVENTS

API_VERSION = "externalmodel-conformance/v1"
KIND = "ConformanceReport"

_SCHEMA = Path(__file__).parent / "schemas" / "report.schema.json"


class BrokenReportError(Exception):
    """A file is not a report that this suite can read; the message is one sentence that says why and what to do."""


def to_document(report: Report) -> dict[str, Any]:
    """The report as plain JSON values, keys in camelCase, with what readers would otherwise have to derive."""
    document = {"apiVersion": API_VERSION, "kind": KIND, **_plain(report)}
    for item, requirement in zip(document["requirements"], report.requirements, strict=True):
        item.update(_derived(requirement))
    return document


def from_document(document: Mapping[str, Any]) -> Report:
    """The report of a document that holds to the schema.

    Raises:
        BrokenReportError: the document is not one; the message names the first place that is wrong.
    """
    error = jsonschema.exceptions.best_match(_validator().iter_errors(document))
    if error is not None:
        place = "/".join(str(part) for part in error.absolute_path) or "the document"
        raise BrokenReportError(f"not a {KIND} of {API_VERSION}: at {place}, {error.message[:200]}")
    return typing.cast("Report", _restored(Report, document))


def validate(document: Mapping[str, Any]) -> None:
    """Check a document against the schema.

    Raises:
        jsonschema.ValidationError: it does not hold to it.
    """
    _validator().validate(document)


def load(path: Path) -> Report:
    """The report of a report.json, or of a run's directory that holds one.

    Raises:
        BrokenReportError: there is none, or it cannot be read.
    """
    file = path / "report.json" if path.is_dir() else path
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise BrokenReportError(_why_there_is_none(file)) from None
    except OSError as error:
        raise BrokenReportError(f"{file} cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise BrokenReportError(f"{file} is not JSON ({error}); name a report.json that a run has written") from error
    try:
        return from_document(document)
    except BrokenReportError as error:
        raise BrokenReportError(f"{file} is {error}") from error


def _derived(requirement: RequirementResult) -> dict[str, Any]:
    first = requirement.first_problem
    return {
        "scored": requirement.scored,
        "seconds": round(sum(case.seconds for case in requirement.cases), 3),
        "settlingSeconds": round(sum(case.settling_seconds for case in requirement.cases), 3),
        "findings": [
            {"case": case.id, "code": finding.code, "summary": finding.summary}
            for case in requirement.cases
            for finding in case.findings
        ],
        "causes": list(requirement.causes),
        "notes": list(requirement.notes),
        "firstProblem": None
        if first is None
        else {
            "case": first.id,
            "feature": first.feature,
            "line": first.line if first.step_line is None else first.step_line,
            "step": first.step,
        },
        "text": requirement_text(requirement),
    }


def _why_there_is_none(file: Path) -> str:
    if (file.parent / EVENTS).exists():
        return (
            f"{file} does not exist: the run goes on, or was killed (out of memory?) and has no verdict; run it again"
        )
    return f"{file} does not exist; name a run's directory or its report.json"


@functools.cache
def _validator() -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(json.loads(_SCHEMA.read_text(encoding="utf-8")))


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {_camel(item.name): _plain(getattr(value, item.name)) for item in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    return value


def _restored(hint: Any, value: Any) -> Any:
    origin = typing.get_origin(hint)
    if origin in (Union, types.UnionType):
        inner = next(option for option in typing.get_args(hint) if option is not type(None))
        return None if value is None else _restored(inner, value)
    if origin is tuple:
        return tuple(_restored(typing.get_args(hint)[0], item) for item in value)
    if isinstance(hint, type) and dataclasses.is_dataclass(hint):
        hints = typing.get_type_hints(hint)
        names = [item.name for item in dataclasses.fields(hint) if _camel(item.name) in value]
        return hint(**{name: _restored(hints[name], value[_camel(name)]) for name in names})
    return value


def _camel(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(word.capitalize() for word in rest)
