"""Rules of object metadata: names, labels, annotations, finalizers, owner references."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from kubernetes_api.resources import CRD_KEY, NAMESPACES, Resource
from kubernetes_api.status_errors import FieldError, Json

_SUBDOMAIN = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
_LABEL = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?")
_DNS1035 = re.compile(r"[a-z]([-a-z0-9]*[a-z0-9])?")
_QUALIFIED = re.compile(r"([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]")

_SUBDOMAIN_RULE = (
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must "
    "start and end "
    "with an alphanumeric character (e.g. 'example.com', regex used for validation is "
    "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
)
_LABEL_RULE = (
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and "
    "end with an "
    "alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is "
    "'[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
)
_DNS1035_RULE = (
    "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic "
    "character, and end "
    "with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is "
    "'[a-z]([-a-z0-9]*[a-z0-9])?')"
)
_QUALIFIED_RULE = (
    "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an "
    "alphanumeric character "
    "(e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is "
    "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
)
_VALUE_RULE = (
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must "
    "start and end with "
    "an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is "
    "'(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"
)

NameRule = Callable[[str], list[str]]


def subdomain(name: str) -> list[str]:
    """Return what keeps a name from being a DNS subdomain."""
    return _broken(name, _SUBDOMAIN, _SUBDOMAIN_RULE, 253)


def label(name: str) -> list[str]:
    """Return what keeps a name from being a DNS label."""
    return _broken(name, _LABEL, _LABEL_RULE, 63)


def dns1035_label(name: str) -> list[str]:
    """Return what keeps a name from being a Service's."""
    return _broken(name, _DNS1035, _DNS1035_RULE, 63)


def _broken(name: str, pattern: re.Pattern[str], rule: str, limit: int) -> list[str]:
    problems = [f"must be no more than {limit} bytes"] if len(name) > limit else []
    return problems if pattern.fullmatch(name) else [*problems, rule]


def name_rule(resource: Resource) -> NameRule:
    """Return the rule for the names of a resource."""
    if resource.key == NAMESPACES:
        return label
    if resource.key == ("", "services"):
        return dns1035_label
    return subdomain


def metadata_errors(resource: Resource, item: Json) -> list[FieldError]:
    """Return what is wrong with the metadata of a new object."""
    metadata = item["metadata"]
    errors: list[FieldError] = []
    name = metadata.get("name", "")
    if not name:
        errors.append(FieldError("FieldValueRequired", "metadata.name", detail="name or generateName is required"))
    elif resource.key != CRD_KEY:
        errors += [FieldError("FieldValueInvalid", "metadata.name", name, why) for why in name_rule(resource)(name)]
    return [*errors, *changeable_metadata_errors(metadata)]


def changeable_metadata_errors(metadata: Mapping[str, Any]) -> list[FieldError]:
    """Return what is wrong with labels, annotations, owner references and finalizers."""
    return [
        *_label_errors(metadata.get("labels") or {}),
        *_annotation_errors(metadata.get("annotations") or {}),
        *_owner_errors(metadata.get("ownerReferences") or []),
        *_finalizer_errors(metadata.get("finalizers") or []),
    ]


def _key_problems(key: str) -> list[str]:
    prefix, slash, name = key.rpartition("/")
    if slash and not prefix:
        return ["prefix part must be non-empty"]
    if "/" in prefix:
        return ["a valid label key must consist of at most one '/'"]
    problems = [f"prefix part {why}" for why in subdomain(prefix)] if prefix else []
    if not name:
        return [*problems, "name part must be non-empty"]
    if len(name) > 63:
        problems.append("name part must be no more than 63 bytes")
    return problems if _QUALIFIED.fullmatch(name) else [*problems, _QUALIFIED_RULE]


def _label_errors(labels: Mapping[str, str]) -> Iterator[FieldError]:
    for key, value in labels.items():
        for why in _key_problems(key):
            yield FieldError("FieldValueInvalid", "metadata.labels", key, why)
        if len(value) > 63:
            yield FieldError("FieldValueInvalid", "metadata.labels", value, "must be no more than 63 bytes")
        elif value and not _QUALIFIED.fullmatch(value):
            yield FieldError("FieldValueInvalid", "metadata.labels", value, _VALUE_RULE)


def _annotation_errors(annotations: Mapping[str, str]) -> Iterator[FieldError]:
    for key in annotations:
        for why in _key_problems(key.lower()):
            yield FieldError("FieldValueInvalid", "metadata.annotations", key, why)
    if sum(len(key.encode()) + len(value.encode()) for key, value in annotations.items()) > 256 * 1024:
        yield FieldError("FieldValueTooLong", "metadata.annotations", "", "may not be more than 262144 bytes")


def _owner_errors(owners: list[Json]) -> Iterator[FieldError]:
    for owner in owners:
        for field, word in (("apiVersion", "version must not be empty"), ("kind", "must not be empty")):
            if not owner.get(field):
                yield FieldError("FieldValueInvalid", f"metadata.ownerReferences.{field}", owner.get(field, ""), word)
        for field in ("name", "uid"):
            if not owner.get(field):
                yield FieldError("FieldValueInvalid", f"metadata.ownerReferences.{field}", "", "must not be empty")
    controllers = [owner for owner in owners if owner.get("controller")]
    if len(controllers) > 1:
        names = ", ".join(str(owner.get("name")) for owner in controllers[:2])
        detail = f"Only one reference can have Controller set to true. Found multiple: {names}"
        yield FieldError("FieldValueInvalid", "metadata.ownerReferences", owners, detail)


def _finalizer_errors(finalizers: list[str]) -> Iterator[FieldError]:
    for finalizer in finalizers:
        for why in _key_problems(finalizer):
            yield FieldError("FieldValueInvalid", "metadata.finalizers", finalizer, why)
    if {"orphan", "foregroundDeletion"} <= set(finalizers):
        detail = "finalizer orphan and foregroundDeletion cannot be both set"
        yield FieldError("FieldValueInvalid", "metadata.finalizers", finalizers, detail)


def update_metadata_errors(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[FieldError]:
    """Return what an update may not change in metadata."""
    errors = changeable_metadata_errors(new)
    if old.get("deletionTimestamp"):
        added = sorted(set(new.get("finalizers") or []) - set(old.get("finalizers") or []))
        if added:
            quoted = ", ".join(f'"{name}"' for name in added)
            rule = "no new finalizers can be added if the object is being deleted"
            detail = f"{rule}, found new finalizers []string{{{quoted}}}"
            errors.append(FieldError("FieldValueForbidden", "metadata.finalizers", detail=detail))
    return errors
