"""What built-in kinds do beyond their schema: defaults, validation, and what an update may not change."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from itertools import count
from typing import Any

from kubernetes_api import metadata
from kubernetes_api.status_errors import FieldError, Json, bad_request

_CONFIG_KEY = re.compile(r"[-._a-zA-Z0-9]+")
_CONFIG_KEY_RULE = (
    "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or "
    "'KEY_NAME',  or 'key-name', "
    "regex used for validation is '[-._a-zA-Z0-9]+')"
)


class Kind:
    """How objects of a kind are completed and checked; this one for kinds that need nothing of their own."""

    allows_unconditional_update = True
    allows_create_on_update = False
    unmanaged: frozenset[tuple[str, ...]] = frozenset()
    """Paths (as in `fieldsV1`) that the server fills in on nobody's behalf."""

    def default(self, item: Json) -> None:
        """Complete an object that was sent, in place."""

    def errors(self, item: Json) -> list[FieldError]:
        """Return what is wrong with an object."""
        return []

    def update_errors(self, old: Json, new: Json) -> list[FieldError]:
        """Return what an update may not do."""
        return []


class CustomKind(Kind):
    """Custom resources: the schema says it all."""

    allows_unconditional_update = False


class LeaseKind(Kind):
    """Leases may be created by PUT."""

    allows_create_on_update = True


class EventKind(Kind):
    """Events of the core group."""

    allows_create_on_update = True

    def errors(self, item: Json) -> list[FieldError]:
        """An event is in the namespace of the object that it speaks of."""
        involved = item.get("involvedObject", {}).get("namespace", "")
        if involved and involved != item["metadata"].get("namespace"):
            return [
                FieldError("FieldValueInvalid", "involvedObject.namespace", involved, "does not match event.namespace")
            ]
        return []


class NamespaceKind(Kind):
    """Namespaces: kept by the finalizer `kubernetes` until their content is gone."""

    unmanaged = frozenset({("f:spec", "f:finalizers"), ("f:spec",)})

    def default(self, item: Json) -> None:
        """Name the namespace in its own label; a new one is Active."""
        item["metadata"].setdefault("labels", {})["kubernetes.io/metadata.name"] = item["metadata"].get("name", "")
        item.setdefault("spec", {}).setdefault("finalizers", ["kubernetes"])
        item.setdefault("status", {}).setdefault("phase", "Active")


class SecretKind(Kind):
    """Secrets: base64 data, write-only stringData, a fixed type, maybe immutable."""

    def default(self, item: Json) -> None:
        """Merge stringData into data and fill in the type; data that is not base64 cannot be decoded at all."""
        for value in (item.get("data") or {}).values():
            _check_base64(value)
        for name, text in (item.pop("stringData", None) or {}).items():
            item.setdefault("data", {})[name] = base64.b64encode(text.encode()).decode()
        item.setdefault("type", "Opaque")

    def errors(self, item: Json) -> list[FieldError]:
        """Check keys, size, and the keys that some types need."""
        data: Json = item.get("data") or {}
        errors = _key_errors(data, "data")
        if sum(len(value) * 3 // 4 for value in data.values()) > 1024 * 1024:
            errors.append(FieldError("FieldValueTooLong", "data", "", "may not be more than 1048576 bytes"))
        needed = {"kubernetes.io/tls": ("tls.crt", "tls.key"), "kubernetes.io/dockerconfigjson": (".dockerconfigjson",)}
        for key in needed.get(item["type"], ()):
            if key not in data:
                errors.append(FieldError("FieldValueRequired", f"data[{key}]"))
        return errors

    def update_errors(self, old: Json, new: Json) -> list[FieldError]:
        """Keep the type, and an immutable Secret's content."""
        errors = []
        if old["type"] != new["type"]:
            errors.append(FieldError("FieldValueInvalid", "type", new["type"], "field is immutable"))
        return [*errors, *_immutable_errors(old, new, ("data",))]


def _check_base64(value: Any) -> None:
    if not isinstance(value, str):
        return
    try:
        base64.b64decode(value.replace("\n", "").replace("\r", ""), validate=True)
    except binascii.Error:
        bad = re.search(r"[^A-Za-z0-9+/]", value)
        position = bad.start() if bad else len(value) - len(value) % 4
        raise bad_request(
            f'Secret in version "v1" cannot be handled as a Secret: illegal base64 data at input byte {position}'
        ) from None


def _key_errors(data: Json, field: str) -> list[FieldError]:
    return [
        FieldError("FieldValueInvalid", f"{field}[{key}]", key, _CONFIG_KEY_RULE)
        for key in data
        if not _CONFIG_KEY.fullmatch(key) or len(key) > 253
    ]


def _immutable_errors(old: Json, new: Json, fields: tuple[str, ...]) -> list[FieldError]:
    if not old.get("immutable"):
        return []
    why = "field is immutable when `immutable` is set"
    errors = [] if new.get("immutable") else [FieldError("FieldValueForbidden", "immutable", detail=why)]
    changed = [field for field in fields if (old.get(field) or {}) != (new.get(field) or {})]
    return [*errors, *(FieldError("FieldValueForbidden", field, detail=why) for field in changed)]


class ConfigMapKind(Kind):
    """ConfigMaps: keys, maybe immutable."""

    def errors(self, item: Json) -> list[FieldError]:
        """Check the keys."""
        return _key_errors({**(item.get("data") or {}), **(item.get("binaryData") or {})}, "data")

    def update_errors(self, old: Json, new: Json) -> list[FieldError]:
        """Keep an immutable ConfigMap's content."""
        return _immutable_errors(old, new, ("data", "binaryData"))


class ServiceKind(Kind):
    """Services: no proxy behind them, but the API's defaults, addresses and rules."""

    unmanaged = frozenset(
        ("f:spec", f"f:{name}") for name in ("clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy")
    )

    def __init__(self) -> None:
        self._addresses = count(10)

    def default(self, item: Json) -> None:
        """Fill in what the API fills in."""
        spec = item.setdefault("spec", {})
        spec.setdefault("type", "ClusterIP")
        spec.setdefault("sessionAffinity", "None")
        for port in spec.get("ports") or []:
            port.setdefault("protocol", "TCP")
            port.setdefault("targetPort", port.get("port"))
        item.setdefault("status", {"loadBalancer": {}})
        if spec["type"] == "ExternalName":
            for name in ("clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy", "internalTrafficPolicy"):
                spec.pop(name, None)
            return
        spec.setdefault("internalTrafficPolicy", "Cluster")
        spec.setdefault("ipFamilies", ["IPv4"])
        spec.setdefault("ipFamilyPolicy", "SingleStack")
        if not spec.get("clusterIP"):
            number = next(self._addresses)
            spec["clusterIP"] = f"10.96.{number // 250}.{number % 250 + 1}"
        spec["clusterIPs"] = [spec["clusterIP"]]

    def errors(self, item: Json) -> list[FieldError]:
        """Check type, ports and external name."""
        return list(_service_errors(item["spec"]))

    def update_errors(self, old: Json, new: Json) -> list[FieldError]:
        """A cluster address stays, unless the Service becomes or was an ExternalName."""
        before, after = old["spec"].get("clusterIP"), new["spec"].get("clusterIP")
        if before and after and before != after:
            return [FieldError("FieldValueInvalid", "spec.clusterIPs[0]", [after], "may not change once set")]
        return []


def _service_errors(spec: Json) -> Iterator[FieldError]:
    types = ("ClusterIP", "ExternalName", "LoadBalancer", "NodePort")
    if spec["type"] not in types:
        supported = ", ".join(f'"{name}"' for name in types)
        yield FieldError("FieldValueNotSupported", "spec.type", spec["type"], f"supported values: {supported}")
    ports = spec.get("ports") or []
    if spec["type"] == "ExternalName":
        host = spec.get("externalName", "").removesuffix(".")
        if not host:
            yield FieldError("FieldValueRequired", "spec.externalName", "")
        else:
            for why in metadata.subdomain(host):
                yield FieldError("FieldValueInvalid", "spec.externalName", host, why)
    elif not ports and spec.get("clusterIP") != "None":
        yield FieldError("FieldValueRequired", "spec.ports", "")
    names: set[str] = set()
    for index, port in enumerate(ports):
        where = f"spec.ports[{index}]"
        if len(ports) > 1 and not port.get("name"):
            yield FieldError("FieldValueRequired", f"{where}.name", "")
        elif port.get("name") in names:
            yield FieldError("FieldValueDuplicate", f"{where}.name", port["name"])
        names.add(port.get("name", ""))
        if not 1 <= port.get("port", 0) <= 65535:
            yield FieldError(
                "FieldValueInvalid", f"{where}.port", port.get("port", 0), "must be between 1 and 65535, inclusive"
            )


class DeploymentKind(Kind):
    """Deployments: kept, and nothing more; no controller makes Pods of them."""

    def default(self, item: Json) -> None:
        """One replica, unless it says how many; and what else the API fills in."""
        spec = item.setdefault("spec", {})
        spec.setdefault("replicas", 1)
        spec.setdefault("revisionHistoryLimit", 10)
        spec.setdefault("progressDeadlineSeconds", 600)
        rolling = {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": "25%", "maxSurge": "25%"}}
        spec.setdefault("strategy", rolling)
        item.setdefault("status", {})

    def errors(self, item: Json) -> list[FieldError]:
        """The count is not negative, and the selector finds the template's Pods."""
        spec = item["spec"]
        errors = []
        if spec["replicas"] < 0:
            why = "must be greater than or equal to 0"
            errors.append(FieldError("FieldValueInvalid", "spec.replicas", spec["replicas"], why))
        wanted: Json = (spec.get("selector") or {}).get("matchLabels") or {}
        labels: Json = ((spec.get("template") or {}).get("metadata") or {}).get("labels") or {}
        if not wanted.items() <= labels.items():
            why = "`selector` does not match template `labels`"
            errors.append(FieldError("FieldValueInvalid", "spec.template.metadata.labels", labels, why))
        return [*errors, *self._status_errors(item["status"])]

    def _status_errors(self, status: Json) -> Iterator[FieldError]:
        """Of the Pods that there are, some are ready; of these, some have been so for long enough."""
        all_, ready = status.get("replicas", 0), status.get("readyReplicas", 0)
        for name in ("updatedReplicas", "readyReplicas", "availableReplicas"):
            count = status.get(name, 0)
            if count > all_:
                yield FieldError("FieldValueInvalid", f"status.{name}", count, "cannot be greater than status.replicas")
        available = status.get("availableReplicas", 0)
        if available > ready:
            why = "cannot be greater than readyReplicas"
            yield FieldError("FieldValueInvalid", "status.availableReplicas", available, why)

    def update_errors(self, old: Json, new: Json) -> list[FieldError]:
        """The selector stays."""
        if old["spec"].get("selector") == new["spec"].get("selector"):
            return []
        return [FieldError("FieldValueInvalid", "spec.selector", new["spec"].get("selector"), "field is immutable")]


class ReviewKind(Kind):
    """SelfSubjectAccessReviews: whoever bears the token may do everything."""

    def default(self, item: Json) -> None:
        """Answer the question."""
        item["status"] = {"allowed": True}
