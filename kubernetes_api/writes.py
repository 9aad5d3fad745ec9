"""Create, update, patch and apply: from the body that was sent to the object that is kept."""

from __future__ import annotations

import re
import secrets
import uuid
from dataclasses import dataclass, field
from typing import Any

from kubernetes_api import patch as patches
from kubernetes_api.apply import Manager, now_text, record_update, server_side_apply
from kubernetes_api.cluster import Cluster
from kubernetes_api.decoding import Body
from kubernetes_api.field_sets import typing_problems
from kubernetes_api.metadata import metadata_errors, update_metadata_errors
from kubernetes_api.resources import CRD_KEY, NAMESPACES, Resource
from kubernetes_api.schema import apply_defaults, clone, drop_nulls, drop_refused_nulls, prune
from kubernetes_api.status_errors import (
    FieldError,
    Json,
    StatusError,
    already_exists,
    bad_request,
    conflict,
    invalid,
    modified,
    not_found,
)
from kubernetes_api.validation import validate
from kubernetes_api.validation_rules import rule_errors

_SUFFIX_LETTERS = "bcdfghjklmnpqrstvwxz2456789"


@dataclass
class WriteOptions:
    """The query options of a write; `warnings` collects what goes into Warning headers."""

    manager: str
    dry_run: bool = False
    validation: str = "Warn"
    force: bool = False
    warnings: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Place:
    """Which object, through which subresource (empty: the object itself)."""

    resource: Resource
    namespace: str
    name: str = ""
    subresource: str = ""


class Writer:
    """All writes but deletion. Synchronous: each call is atomic."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster

    def create(self, place: Place, body: Body, options: WriteOptions) -> Json:
        """Create an object and return it."""
        resource = place.resource
        item = self._decoded(place, body, options)
        metadata = item["metadata"]
        if metadata.get("resourceVersion"):
            raise bad_request("resourceVersion should not be set on objects to be created")
        if not metadata.get("name") and metadata.get("generateName"):
            metadata["name"] = metadata["generateName"] + "".join(secrets.choice(_SUFFIX_LETTERS) for _ in range(5))
        if "create" in resource.verbs and "get" not in resource.verbs:
            self._cluster.kind_of(resource).default(item)
            return item
        return self._created(place, item, options, record=True)

    def _created(self, place: Place, item: Json, options: WriteOptions, *, record: bool) -> Json:
        resource = place.resource
        metadata = item["metadata"]
        name = metadata.get("name", "")
        self._cluster.require_namespace(resource, place.namespace, name)
        for stale in (
            "uid",
            "creationTimestamp",
            "deletionTimestamp",
            "deletionGracePeriodSeconds",
            "generation",
            "selfLink",
        ):
            metadata.pop(stale, None)
        metadata["uid"] = str(uuid.uuid4())
        metadata["creationTimestamp"] = now_text()
        if resource.counts_generations:
            metadata["generation"] = 1
        if resource.namespaced:
            metadata["namespace"] = place.namespace
        if resource.has_status:
            item.pop("status", None)
        self._complete(resource, item)
        if record:
            item = self._recorded(None, item, place, options)
        errors = [*metadata_errors(resource, item), *self._content_errors(resource, None, item)]
        if errors:
            raise invalid(resource.group, resource.kind, name, errors)
        if self._cluster.store.get(resource.key, metadata.get("namespace", ""), name) is not None:
            raise already_exists(resource.group, resource.plural, name)
        return item if options.dry_run else self._cluster.keep(resource, item)

    def update(self, place: Place, body: Body, options: WriteOptions) -> Json:
        """Replace an object (PUT) and return it."""
        resource = place.resource
        item = self._decoded(place, body, options)
        metadata = item["metadata"]
        if metadata.get("name", "") != place.name:
            told = metadata.get("name", "")
            raise bad_request(f"the name of the object ({told}) does not match the name on the URL ({place.name})")
        kind = self._cluster.kind_of(resource)
        live = self._cluster.store.get(resource.key, place.namespace, place.name)
        if live is None:
            if kind.allows_create_on_update and not place.subresource:
                return self._created(place, item, options, record=True)
            raise not_found(resource.group, resource.plural, place.name)
        if not metadata.get("resourceVersion") and not kind.allows_unconditional_update:
            error = FieldError("FieldValueInvalid", "metadata.resourceVersion", 0, "must be specified for an update")
            # Here the real API names the resource where other 422 answers name the kind.
            raise invalid(resource.group, resource.plural, place.name, [error])
        return self._replace(place, self._cluster.present(resource, live), item, options, record=True)

    def patch(self, place: Place, patch_type: str, body: Body, options: WriteOptions) -> Json:
        """Change a part of an object (JSON patch, merge patch, strategic merge patch) and return it."""
        resource = place.resource
        if patch_type == patches.STRATEGIC_MERGE_PATCH and resource.custom:
            raise patches.unsupported_patch(custom=True)
        live = self._cluster.live(resource, place.namespace, place.name)
        if patch_type == patches.JSON_PATCH:
            item = patches.json_patch(live, body.value)
        elif patch_type == patches.MERGE_PATCH:
            item = patches.merge_patch(live, body.value)
        else:
            item = patches.strategic_merge_patch(live, body.value, resource.schema)
        item = clone(item)
        if item.get("metadata", {}).get("uid") not in (None, "", live["metadata"]["uid"]):
            error = FieldError("FieldValueInvalid", "metadata.uid", item["metadata"]["uid"], "field is immutable")
            raise invalid(resource.group, resource.kind, place.name, [error])
        self._check_fields(resource, item, body.duplicates, options, patch=body.value)
        return self._replace(place, live, item, options, record=True)

    def apply(self, place: Place, body: Body, options: WriteOptions) -> tuple[Json, bool]:
        """Apply a configuration (server-side apply); return the object and whether it was created."""
        resource = place.resource
        config = body.value
        if not isinstance(config, dict) or not isinstance(config.get("metadata"), dict):
            raise bad_request("error decoding YAML: the applied configuration needs apiVersion, kind and metadata")
        _check_typed(resource, config)
        config["metadata"].setdefault("name", place.name)
        if resource.namespaced:
            config["metadata"].setdefault("namespace", place.namespace)
        if config["metadata"].get("managedFields"):
            raise bad_request("metadata.managedFields must be nil")
        config = self._decoded(place, Body(config, body.duplicates), options, applied=True)
        stored = self._cluster.store.get(resource.key, place.namespace, place.name)
        if stored is None and place.subresource:
            raise not_found(resource.group, resource.plural, place.name)
        live = self._cluster.present(resource, stored) if stored else None
        if live and config["metadata"].get("uid") not in (None, live["metadata"]["uid"]):
            raise self._uid_conflict(place, config["metadata"]["uid"], live)
        asked_version = config["metadata"].pop("resourceVersion", None)
        merged = server_side_apply(
            live,
            config,
            Manager(options.manager, "Apply", resource.api_version, place.subresource),
            resource.schema,
            status_is_separate=resource.has_status,
            force=options.force,
        )
        merged = clone(merged)
        if live is None:
            return self._created(place, merged, options, record=False), True
        merged["metadata"]["resourceVersion"] = asked_version or live["metadata"]["resourceVersion"]
        return self._replace(place, live, merged, options, record=False), False

    def _decoded(self, place: Place, body: Body, options: WriteOptions, *, applied: bool = False) -> Json:
        """Return the object that was sent, checked to be one of this place and free of unknown fields."""
        resource, item = place.resource, body.value
        if not isinstance(item, dict):
            raise bad_request("the object provided is unrecognized (must be of type Json or Yaml): not an object")
        if resource.custom:
            _require_kind(resource, item)
        item.setdefault("apiVersion", resource.api_version)
        item.setdefault("kind", resource.kind)
        if item["apiVersion"] != resource.api_version:
            told = item["apiVersion"]
            message = (
                f"the API version in the data ({told}) does not match the expected API version ({resource.api_version})"
            )
            raise bad_request(message)
        if item["kind"] != resource.kind:
            raise _wrong_kind(resource, item)
        if not isinstance(item.setdefault("metadata", {}), dict):
            raise bad_request(f"metadata of {resource.kind} must be an object")
        told = item["metadata"].get("namespace")
        if resource.namespaced and told and told != place.namespace:
            raise bad_request("the namespace of the provided object does not match the namespace sent on the request")
        if not resource.namespaced:
            item["metadata"].pop("namespace", None)
        self._check_fields(resource, item, body.duplicates, options, applied=applied)
        return item

    def _check_fields(
        self,
        resource: Resource,
        item: Json,
        duplicates: list[str],
        options: WriteOptions,
        *,
        patch: Any = None,
        applied: bool = False,
    ) -> None:
        """Prune unknown fields; refuse them, warn of them or pass over them, as fieldValidation asks."""
        if not resource.custom:
            drop_nulls(item)
        problems = [f'unknown field "{path}"' for path in prune(item, resource.schema)]
        problems = [f'duplicate field "{path}"' for path in duplicates] + problems
        if problems and options.validation == "Strict":
            strict = "strict decoding error: " + ", ".join(problems)
            if patch is not None:
                raise invalid("", "", "", [FieldError("FieldValueInvalid", "patch", patches.compact(patch), strict)])
            version = f'{resource.kind} in version "{resource.version}"'
            raise bad_request(f"{version} cannot be handled as a {resource.kind}: {strict}")
        if problems and options.validation == "Warn":
            options.warnings += problems
        if resource.deprecation:
            options.warnings.append(resource.deprecation)
        if not resource.custom:
            self._check_types(resource, validate(item, resource.schema))
        if not applied:
            self._check_types(resource, validate(item["metadata"], resource.schema.properties["metadata"], "metadata"))

    def _check_types(self, resource: Resource, errors: list[FieldError]) -> None:
        """A built-in object, or metadata, with a value of the wrong type cannot even be decoded."""
        for error in errors:
            if error.reason == "FieldValueTypeInvalid":
                raise _undecodable(resource, error)

    def _complete(self, resource: Resource, item: Json) -> None:
        if resource.custom:
            drop_refused_nulls(item, resource.schema)
            apply_defaults(item, resource.schema)
        self._cluster.kind_of(resource).default(item)

    def _content_errors(self, resource: Resource, live: Json | None, item: Json) -> list[FieldError]:
        if resource.custom:
            errors = validate(item, resource.schema)
            return errors + rule_errors(item, live, resource.schema, errors)
        if resource.key == CRD_KEY:
            missing = [error for error in validate(item, resource.schema) if error.reason == "FieldValueRequired"]
            return missing or self._cluster.kind_of(resource).errors(item)
        return self._cluster.kind_of(resource).errors(item)

    def _recorded(self, live: Json | None, item: Json, place: Place, options: WriteOptions) -> Json:
        resource = place.resource
        manager = Manager(options.manager, "Update", resource.api_version, place.subresource)
        unmanaged = self._cluster.kind_of(resource).unmanaged
        separate = resource.has_status
        return record_update(live, item, manager, resource.schema, status_is_separate=separate, unmanaged=unmanaged)

    def _uid_conflict(self, place: Place, asked: str, live: Json) -> Exception:
        resource = place.resource
        why = f"Precondition failed: UID in precondition: {asked}, UID in object meta: {live['metadata']['uid']}"
        return conflict(resource.group, resource.plural, place.name, why)

    def _replace(self, place: Place, live: Json, item: Json, options: WriteOptions, *, record: bool) -> Json:
        resource = place.resource
        metadata, before = item.setdefault("metadata", {}), live["metadata"]
        self._check_identity(place, live, item)
        for fixed in (
            "uid",
            "creationTimestamp",
            "deletionTimestamp",
            "deletionGracePeriodSeconds",
            "generation",
            "namespace",
        ):
            metadata.pop(fixed, None)
            if fixed in before:
                metadata[fixed] = before[fixed]
        metadata["resourceVersion"] = before["resourceVersion"]
        item = self._own_part(place, live, item)
        self._complete(resource, item)
        if record:
            item = self._recorded(live, item, place, options)
        if "generation" in before and _content(resource, item) != _content(resource, live):
            item["metadata"]["generation"] = before["generation"] + 1
        errors = update_metadata_errors(before, item["metadata"])
        errors += self._content_errors(resource, live, item) + self._cluster.kind_of(resource).update_errors(live, item)
        if errors:
            raise invalid(resource.group, resource.kind, place.name, errors)
        item["metadata"] = {name: value for name, value in item["metadata"].items() if value not in ([], {}, "", None)}
        if item == live:
            return live
        if options.dry_run:
            return item
        if self._is_released(resource, item):
            return self._cluster.remove(resource, item)
        return self._cluster.keep(resource, item)

    def _check_identity(self, place: Place, live: Json, item: Json) -> None:
        resource, metadata = place.resource, item["metadata"]
        if metadata.get("name") != place.name:
            raise bad_request(
                f"the name of the object ({metadata.get('name', '')}) does not match the name on the URL ({place.name})"
            )
        if metadata.get("uid") not in (None, "", live["metadata"]["uid"]):
            raise self._uid_conflict(place, metadata["uid"], live)
        if metadata.get("resourceVersion") not in (None, "", live["metadata"]["resourceVersion"]):
            raise modified(resource.group, resource.plural, place.name)

    def _own_part(self, place: Place, live: Json, item: Json) -> Json:
        """Keep of an update only what its endpoint may write."""
        resource = place.resource
        if place.subresource == "status":
            kept = {**item["metadata"]} if not resource.custom else {**live["metadata"]}
            if "managedFields" in item["metadata"]:
                kept["managedFields"] = item["metadata"]["managedFields"]
            part = {**live, "metadata": kept}
            part.pop("status", None)
            return {**part, "status": item["status"]} if "status" in item else part
        if place.subresource == "finalize":
            return {
                **live,
                "spec": {**live.get("spec", {}), "finalizers": item.get("spec", {}).get("finalizers") or []},
            }
        if resource.key == NAMESPACES:
            item["spec"] = live["spec"]
        if resource.has_status:
            item.pop("status", None)
            if "status" in live:
                item["status"] = clone(live["status"])
        return item

    def _is_released(self, resource: Resource, item: Json) -> bool:
        """Say whether a deleted object's last finalizer is gone."""
        metadata = item["metadata"]
        if not metadata.get("deletionTimestamp") or metadata.get("finalizers"):
            return False
        return resource.key != NAMESPACES or not item["spec"].get("finalizers")


def _content(resource: Resource, item: Json) -> Json:
    """Return the part of an object whose change counts as a new generation."""
    left_out = {"metadata", "apiVersion", *(("status",) if resource.has_status else ())}
    return {name: value for name, value in item.items() if name not in left_out}


def _check_typed(resource: Resource, config: Json) -> None:
    """What is applied has to fit the schema, whatever fieldValidation says; the real API calls this a 500."""
    if not config.get("kind") or not config.get("apiVersion"):
        raise bad_request("invalid object type: /, Kind=")
    problems = typing_problems(config, resource.schema)
    if problems:
        listed = problems[0] if len(problems) == 1 else "errors:\n  " + "\n  ".join(problems)
        metadata = config["metadata"]
        who = (
            f"{metadata.get('namespace', '')}/{metadata.get('name', '')}; {resource.api_version}, Kind={resource.kind}"
        )
        raise StatusError(500, "", f"failed to create typed patch object ({who}): {listed}")


def _require_kind(resource: Resource, item: Json) -> None:
    """A custom resource has to say what it is; a built-in one is what its URL says."""
    for name, word in (("kind", "Kind"), ("apiVersion", "apiVersion")):
        if not item.get(name):
            text = patches.compact(item)
            raise bad_request(
                f"the object provided is unrecognized (must be of type {resource.kind}): Object '{word}' is "
                f"missing in '{text}'"
            )


def _wrong_kind(resource: Resource, item: Json) -> Exception:
    told, version = item["kind"], item["apiVersion"]
    if resource.custom:
        error = FieldError("FieldValueInvalid", "kind", told, f"must be {resource.kind}")
        return invalid(resource.group, told, item.get("metadata", {}).get("name", ""), [error])
    return bad_request(f'{told} in version "{version}" cannot be handled as a {resource.kind}')


def _go_field(resource: Resource, path: str) -> str:
    """Return a field as Go's decoder names it: by its struct; a map's or list's items bear the name of the whole."""
    metadata = re.fullmatch(r"metadata\.(\w+).*", path)
    if metadata:
        # The decoder of built-in kinds walks from the object, that of custom resources starts at the metadata.
        return f"ObjectMeta.{metadata[1]}" if resource.custom else f"ObjectMeta.metadata.{metadata[1]}"
    return f"{resource.kind}.{path}"


def _undecodable(resource: Resource, error: FieldError) -> Exception:
    expected = error.detail.partition("must be of type ")[2].partition(":")[0]
    names = {"object": "map", "array": "slice", "boolean": "bool", "integer": "int32"}
    found = {"boolean": "bool", "integer": "number"}.get(str(error.value), str(error.value))
    message = (
        f'{resource.kind} in version "{resource.version}" cannot be handled as a {resource.kind}: json: cannot '
        f"unmarshal "
        f"{found} into Go struct field {_go_field(resource, error.field)} of type {names.get(expected, expected)}"
    )
    return bad_request(message)
