"""CustomResourceDefinitions: their defaults, their rules, and the conditions that say they are served."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kubernetes_api import metadata
from kubernetes_api.kinds import Kind
from kubernetes_api.status_errors import FieldError, Json
from kubernetes_api.validation_rules import definition_errors

CLEANUP_FINALIZER = "customresourcecleanup.apiextensions.k8s.io"


class CustomResourceDefinitionKind(Kind):
    """CRDs of apiextensions.k8s.io/v1."""

    def default(self, item: Json) -> None:
        """Fill in names and conversion, and the status with which a CRD starts."""
        spec = item.setdefault("spec", {})
        names = spec.setdefault("names", {})
        spec.setdefault("group", "")
        for field in ("kind", "plural"):
            names.setdefault(field, "")
        if names["kind"]:
            names.setdefault("singular", names["kind"].lower())
            names.setdefault("listKind", names["kind"] + "List")
        spec.setdefault("conversion", {"strategy": "None"})
        storage = [version["name"] for version in spec.get("versions") or [] if version.get("storage")]
        status = item.setdefault("status", {})
        status.setdefault("conditions", [])
        status.setdefault("acceptedNames", {"plural": "", "kind": ""})
        status["storedVersions"] = list(dict.fromkeys([*status.get("storedVersions", []), *storage]))

    def errors(self, item: Json) -> list[FieldError]:
        """Check group, names, scope, versions and that the schemas are structural."""
        return list(_definition_errors(item["metadata"].get("name", ""), item["spec"]))

    def update_errors(self, old: Json, new: Json) -> list[FieldError]:
        """Group, scope, plural and kind of an established CRD stay."""
        before, after = old["spec"], new["spec"]
        fixed = [
            ("spec.group", before["group"], after["group"]),
            ("spec.scope", before["scope"], after["scope"]),
            ("spec.names.kind", before["names"]["kind"], after["names"]["kind"]),
            ("spec.names.plural", before["names"]["plural"], after["names"]["plural"]),
        ]
        return [
            FieldError("FieldValueInvalid", field, now, "field is immutable") for field, was, now in fixed if was != now
        ]


def _definition_errors(name: str, spec: Json) -> Iterator[FieldError]:
    names = spec["names"]
    group = spec.get("group", "")
    if not group:
        yield FieldError("FieldValueRequired", "spec.group", "")
    elif "." not in group:
        yield FieldError("FieldValueInvalid", "spec.group", group, "should be a domain with at least one dot")
    plural = names.get("plural", "")
    if name != f"{plural}.{group}":
        detail = 'must be spec.names.plural+"."+spec.group'
        yield FieldError("FieldValueInvalid", "metadata.name", name, detail)
    if spec.get("scope") not in ("Cluster", "Namespaced"):
        if not spec.get("scope"):
            yield FieldError("FieldValueRequired", "spec.scope", "")
        supported = 'supported values: "Cluster", "Namespaced"'
        yield FieldError("FieldValueNotSupported", "spec.scope", spec.get("scope", ""), supported)
    for field in ("plural", "singular", "kind", "listKind"):
        if not names.get(field):
            yield FieldError("FieldValueRequired", f"spec.names.{field}", "")
    if plural:
        for why in metadata.dns1035_label(plural):
            yield FieldError("FieldValueInvalid", "spec.names.plural", plural, why)
    versions = spec.get("versions") or []
    if sum(bool(version.get("storage")) for version in versions) != 1:
        detail = "must have exactly one version marked as storage version"
        yield FieldError("FieldValueInvalid", "spec.versions", versions, detail)
    for index, version in enumerate(versions):
        where = f"spec.versions[{index}].schema.openAPIV3Schema"
        if len(versions) == 1 and version.get("schema"):
            # The real API keeps the only schema at the top, and names that place.
            where = "spec.validation.openAPIV3Schema"
        schema = (version.get("schema") or {}).get("openAPIV3Schema")
        if schema is None:
            yield FieldError("FieldValueRequired", where, "", "schemas are required")
        elif schema.get("type") != "object":
            yield FieldError("FieldValueInvalid", f"{where}.type", schema.get("type", ""), "must be object at the root")
        else:
            yield from _structural_errors(schema, where)


def _structural_errors(schema: Json, where: str) -> Iterator[FieldError]:
    """Every value needs a type, unless it is marked as free; every rule has to be an expression."""
    free = schema.get("x-kubernetes-int-or-string") or schema.get("x-kubernetes-preserve-unknown-fields")
    if not schema.get("type") and not free:
        yield FieldError("FieldValueRequired", f"{where}.type", "", "must not be empty for specified object fields")
    yield from definition_errors(schema.get("x-kubernetes-validations") or (), where)
    for name, field in (schema.get("properties") or {}).items():
        yield from _structural_errors(field, f"{where}.properties[{name}]")
    items = schema.get("items")
    if isinstance(items, dict):
        yield from _structural_errors(items, f"{where}.items")
    elif schema.get("type") == "array":
        yield FieldError("FieldValueRequired", f"{where}.items", "", "must be specified")
    more = schema.get("additionalProperties")
    if isinstance(more, dict):
        yield from _structural_errors(more, f"{where}.additionalProperties")


def established(crd: Json, now: str, *, name_conflict: str = "") -> Json:
    """Return the CRD as the API marks it once its names are checked and it is served."""
    spec = crd["spec"]
    if name_conflict:
        conditions = [
            _condition("NamesAccepted", "False", "KindConflict", name_conflict, now),
            _condition("Established", "False", "NotAccepted", "not all names are accepted", now),
        ]
        return {**crd, "status": {**crd["status"], "conditions": conditions}}
    kept = {one["type"]: one for one in crd["status"]["conditions"] if one["status"] == "True"}
    conditions = [
        kept.get("NamesAccepted") or _condition("NamesAccepted", "True", "NoConflicts", "no conflicts found", now),
        kept.get("Established")
        or _condition("Established", "True", "InitialNamesAccepted", "the initial names have been accepted", now),
        *(one for kind, one in kept.items() if kind not in ("NamesAccepted", "Established")),
    ]
    return {**crd, "status": {**crd["status"], "conditions": conditions, "acceptedNames": dict(spec["names"])}}


def terminating(crd: Json, now: str) -> Json:
    """Return the CRD as the API marks it while it removes the custom resources."""
    message = "CustomResource deletion is in progress"
    others = [one for one in crd["status"]["conditions"] if one["type"] != "Terminating"]
    mark = _condition("Terminating", "True", "InstanceDeletionInProgress", message, now)
    return {**crd, "status": {**crd["status"], "conditions": [*others, mark]}}


def _condition(kind: str, status: str, reason: str, message: str, now: str) -> dict[str, Any]:
    return {"lastTransitionTime": now, "message": message, "reason": reason, "status": status, "type": kind}
