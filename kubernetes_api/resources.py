"""What the API serves: the built-in resources, and those that CustomResourceDefinitions add."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from kubernetes_api.schema import Schema, builtin_catalogue, custom_resource_schema
from kubernetes_api.status_errors import Json
from kubernetes_api.store import ResourceKey

ALL_VERBS = ("create", "delete", "deletecollection", "get", "list", "patch", "update", "watch")
CRD_KEY: ResourceKey = ("apiextensions.k8s.io", "customresourcedefinitions")
NAMESPACES: ResourceKey = ("", "namespaces")
DEPLOYMENTS: ResourceKey = ("apps", "deployments")


@dataclass(frozen=True)
class Column:
    """A printer column: `path` is a JSON path into the object; `age` columns show how long ago a time was."""

    name: str
    path: str
    type: str = "string"
    format: str = ""
    priority: int = 0
    description: str = ""


@dataclass(frozen=True, eq=False)
class Resource:
    """One resource in one version, with everything that discovery, storage and validation need to know about it."""

    group: str
    version: str
    plural: str
    kind: str
    schema: Schema
    schema_name: str
    namespaced: bool = True
    singular: str = ""
    list_kind: str = ""
    short_names: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    verbs: tuple[str, ...] = ALL_VERBS
    subresources: tuple[str, ...] = ()
    columns: tuple[Column, ...] = ()
    selectable_fields: frozenset[str] = frozenset()
    storage_version: str = ""
    storage_schema: Schema | None = None
    several_versions: bool = False
    revised: bool = False
    custom: bool = False
    deprecation: str = ""

    @property
    def key(self) -> ResourceKey:
        """Where the objects are kept; all versions share it."""
        return self.group, self.plural

    @property
    def api_version(self) -> str:
        """`v1` or `maas.opendatahub.io/v1alpha1`."""
        return group_version(self.group, self.version)

    @property
    def stored_api_version(self) -> str:
        """The apiVersion in which objects are kept."""
        return group_version(self.group, self.storage_version)

    @property
    def counts_generations(self) -> bool:
        """Whether metadata.generation counts the changes of the specification."""
        return self.custom or self.key in (CRD_KEY, DEPLOYMENTS)

    @property
    def has_status(self) -> bool:
        """Whether status is a subresource, so that neither endpoint writes the other's part."""
        return "status" in self.subresources


def group_version(group: str, version: str) -> str:
    """Return the apiVersion."""
    return f"{group}/{version}" if group else version


_CORE = "io.k8s.api.core.v1."
_NAME = Column("Name", ".metadata.name", format="name")
_AGE = Column("Age", ".metadata.creationTimestamp", type="age")


def _builtin(catalogue: dict[str, Json], schema_name: str, group: str, plural: str, **more: Any) -> Resource:
    kind = schema_name.rsplit(".", 1)[1]
    schema = Schema(catalogue[schema_name], catalogue)
    return Resource(
        group=group,
        version="v1",
        plural=plural,
        kind=kind,
        schema=schema,
        schema_name=schema_name,
        singular=kind.lower(),
        list_kind=f"{kind}List",
        storage_version="v1",
        **more,
    )


def builtin_resources(catalogue: dict[str, Json]) -> list[Resource]:
    """Return the built-in resources."""
    events = (
        Column("Last Seen", ".lastTimestamp", type="age"),
        Column("Type", ".type"),
        Column("Reason", ".reason"),
        Column("Object", ".involvedObject.name"),
        Column("Message", ".message"),
    )
    event_fields = frozenset(
        {
            "involvedObject.kind",
            "involvedObject.name",
            "involvedObject.namespace",
            "involvedObject.uid",
            "reason",
            "type",
        }
    )
    return [
        _builtin(
            catalogue,
            _CORE + "Namespace",
            "",
            "namespaces",
            namespaced=False,
            short_names=("ns",),
            verbs=tuple(verb for verb in ALL_VERBS if verb != "deletecollection"),
            subresources=("finalize", "status"),
            selectable_fields=frozenset({"status.phase"}),
            columns=(_NAME, Column("Status", ".status.phase"), _AGE),
        ),
        _builtin(
            catalogue,
            _CORE + "Secret",
            "",
            "secrets",
            selectable_fields=frozenset({"type"}),
            columns=(_NAME, Column("Type", ".type"), Column("Data", ".data", type="count"), _AGE),
        ),
        _builtin(
            catalogue,
            _CORE + "ConfigMap",
            "",
            "configmaps",
            short_names=("cm",),
            columns=(_NAME, Column("Data", ".data", type="count"), _AGE),
        ),
        _builtin(
            catalogue,
            _CORE + "Service",
            "",
            "services",
            short_names=("svc",),
            categories=("all",),
            subresources=("status",),
            selectable_fields=frozenset({"spec.clusterIP", "spec.type"}),
            columns=(
                _NAME,
                Column("Type", ".spec.type"),
                Column("Cluster-IP", ".spec.clusterIP", type="or-none"),
                Column("External-IP", ".spec.externalName", type="or-none"),
                Column("Port(s)", ".spec.ports", type="ports"),
                _AGE,
            ),
        ),
        _builtin(
            catalogue,
            _CORE + "ServiceAccount",
            "",
            "serviceaccounts",
            short_names=("sa",),
            columns=(_NAME, Column("Secrets", ".secrets", type="count"), _AGE),
        ),
        _builtin(
            catalogue,
            _CORE + "Event",
            "",
            "events",
            short_names=("ev",),
            selectable_fields=event_fields,
            columns=events,
        ),
        _builtin(
            catalogue,
            "io.k8s.api.coordination.v1.Lease",
            "coordination.k8s.io",
            "leases",
            columns=(_NAME, Column("Holder", ".spec.holderIdentity"), _AGE),
        ),
        _builtin(
            catalogue,
            "io.k8s.api.apps.v1.Deployment",
            "apps",
            "deployments",
            short_names=("deploy",),
            categories=("all",),
            subresources=("status",),
            columns=(
                _NAME,
                Column("Ready", ".status.readyReplicas", type="integer"),
                Column("Up-to-date", ".status.updatedReplicas", type="integer"),
                Column("Available", ".status.availableReplicas", type="integer"),
                _AGE,
            ),
        ),
        _builtin(
            catalogue,
            "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinition",
            "apiextensions.k8s.io",
            "customresourcedefinitions",
            namespaced=False,
            short_names=("crd", "crds"),
            categories=("api-extensions",),
            subresources=("status",),
            columns=(_NAME, Column("Created At", ".metadata.creationTimestamp", type="date")),
        ),
        _builtin(
            catalogue,
            "io.k8s.api.authorization.v1.SelfSubjectAccessReview",
            "authorization.k8s.io",
            "selfsubjectaccessreviews",
            namespaced=False,
            verbs=("create",),
        ),
    ]


def custom_resources(crd: Json, catalogue: dict[str, Json]) -> list[Resource]:
    """Return the resources that a CRD serves, one per served version."""
    spec = crd["spec"]
    names = spec["names"]
    storage = next(version["name"] for version in spec["versions"] if version["storage"])
    served = [version for version in spec["versions"] if version["served"]]
    stored_raw = next(version for version in spec["versions"] if version["storage"])
    more = {
        "storage_version": storage,
        "storage_schema": custom_resource_schema(_raw_schema(stored_raw), catalogue),
        "several_versions": len(spec["versions"]) > 1,
        "revised": crd["metadata"].get("generation", 1) > 1,
    }
    return [_custom(spec, names, version, catalogue, more) for version in served]


def _raw_schema(version: Json) -> Json:
    raw: Json = version.get("schema", {}).get("openAPIV3Schema", {"type": "object"})
    return raw


def _custom(spec: Json, names: Json, version: Json, catalogue: dict[str, Json], more: Json) -> Resource:
    reversed_group = ".".join(reversed(spec["group"].split(".")))
    columns = [
        Column(
            name=column["name"],
            path=column["jsonPath"],
            type="age" if column["type"] == "date" else column["type"],
            format=column.get("format", ""),
            priority=column.get("priority", 0),
            description=column.get("description", ""),
        )
        for column in version.get("additionalPrinterColumns") or []
    ]
    deprecation = ""
    if version.get("deprecated"):
        plain = f"{spec['group']}/{version['name']} {names['kind']} is deprecated"
        deprecation = version.get("deprecationWarning") or plain
    return Resource(
        group=spec["group"],
        version=version["name"],
        plural=names["plural"],
        kind=names["kind"],
        schema=custom_resource_schema(_raw_schema(version), catalogue),
        schema_name=f"{reversed_group}.{version['name']}.{names['kind']}",
        namespaced=spec["scope"] == "Namespaced",
        singular=names.get("singular") or names["kind"].lower(),
        list_kind=names.get("listKind") or f"{names['kind']}List",
        short_names=tuple(names.get("shortNames") or ()),
        categories=tuple(names.get("categories") or ()),
        subresources=("status",) if "status" in (version.get("subresources") or {}) else (),
        columns=(_NAME, *(columns or [_AGE])),
        selectable_fields=frozenset(item["jsonPath"].lstrip(".") for item in version.get("selectableFields") or []),
        custom=True,
        deprecation=deprecation,
        **more,
    )


class Registry:
    """The resources that are served now."""

    def __init__(self) -> None:
        self.catalogue = builtin_catalogue()
        self._builtin = builtin_resources(self.catalogue)
        self._custom: dict[str, list[Resource]] = {}

    def __iter__(self) -> Iterator[Resource]:
        yield from self._builtin
        for served in self._custom.values():
            yield from served

    def find(self, group: str, version: str, plural: str) -> Resource | None:
        """Return the resource under a URL, or None."""
        wanted = (group, version, plural)
        return next((item for item in self if (item.group, item.version, item.plural) == wanted), None)

    def establish(self, crd: Json) -> None:
        """Serve what a CRD describes, in place of what its earlier state described."""
        self._custom[crd["metadata"]["name"]] = custom_resources(crd, self.catalogue)

    def withdraw(self, crd_name: str) -> None:
        """Serve a CRD's resources no longer."""
        self._custom.pop(crd_name, None)

    def kind_taken(self, group: str, crd_name: str, kind: str) -> bool:
        """Say whether another CRD of the group already bears the kind."""
        others = (item for name, served in self._custom.items() if name != crd_name for item in served)
        return any(item.group == group and item.kind == kind for item in others)

    def group_versions(self) -> dict[str, list[str]]:
        """Return the versions of each group in the order of preference."""
        found: dict[str, list[str]] = {}
        for item in self:
            versions = found.setdefault(item.group, [])
            if item.version not in versions:
                versions.append(item.version)
        return {group: sorted(versions, key=version_priority) for group, versions in found.items()}


def version_priority(version: str) -> tuple[int, int, int, str]:
    """Return a sort key: v2 before v1 before v1beta2 before v1alpha1 before anything else."""
    body = version.removeprefix("v")
    for rank, word in ((0, ""), (1, "beta"), (2, "alpha")):
        major, separator, minor = body.partition(word) if word else (body, "x", "0")
        if separator and major.isdigit() and minor.isdigit():
            return rank, -int(major), -int(minor), version
    return 3, 0, 0, version
