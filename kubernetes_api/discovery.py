"""Discovery: which groups, versions and resources there are, in the old shape and in the aggregated one."""

from __future__ import annotations

from kubernetes_api.resources import Registry, Resource, group_version
from kubernetes_api.status_errors import Json

_SUBRESOURCE_VERBS = {"status": ["get", "patch", "update"], "finalize": ["update"]}


def version_info(version: str) -> Json:
    """Return /version."""
    major, minor, _ = version.removeprefix("v").split(".", 2)
    return {
        "major": major,
        "minor": minor,
        "gitVersion": version,
        "gitCommit": "embedded",
        "gitTreeState": "clean",
        "buildDate": "2026-01-01T00:00:00Z",
        "goVersion": "none",
        "compiler": "none",
        "platform": "embedded",
    }


def core_versions(server_address: str) -> Json:
    """Return /api."""
    return {
        "kind": "APIVersions",
        "versions": ["v1"],
        "serverAddressByClientCIDRs": [{"clientCIDR": "0.0.0.0/0", "serverAddress": server_address}],
    }


def group(name: str, versions: list[str]) -> Json:
    """Return an APIGroup without kind, as it stands in a list."""
    described = [{"groupVersion": group_version(name, version), "version": version} for version in versions]
    return {"name": name, "versions": described, "preferredVersion": described[0]}


def group_list(registry: Registry) -> Json:
    """Return /apis."""
    groups = [group(name, versions) for name, versions in registry.group_versions().items() if name]
    return {"kind": "APIGroupList", "apiVersion": "v1", "groups": groups}


def resource_list(registry: Registry, group_name: str, version: str) -> Json | None:
    """Return /apis/GROUP/VERSION; None if nothing of it is served."""
    served = [one for one in registry if (one.group, one.version) == (group_name, version)]
    if not served:
        return None
    entries = [entry for resource in served for entry in _entries(resource)]
    listed: Json = {"kind": "APIResourceList", "groupVersion": group_version(group_name, version), "resources": entries}
    return listed if not group_name else {"apiVersion": "v1", **listed}


def _entries(resource: Resource) -> list[Json]:
    entry: Json = {
        "name": resource.plural,
        "singularName": resource.singular,
        "namespaced": resource.namespaced,
        "kind": resource.kind,
        "verbs": list(resource.verbs),
    }
    if resource.short_names:
        entry["shortNames"] = list(resource.short_names)
    if resource.categories:
        entry["categories"] = list(resource.categories)
    below = [
        {
            "name": f"{resource.plural}/{name}",
            "singularName": "",
            "namespaced": resource.namespaced,
            "kind": resource.kind,
            "verbs": _SUBRESOURCE_VERBS[name],
        }
        for name in resource.subresources
    ]
    return [entry, *below]


def aggregated(registry: Registry, *, core: bool) -> Json:
    """Return all groups with all their resources in one APIGroupDiscoveryList: /api if core, /apis if not."""
    items = [
        {
            "metadata": {"name": name, "creationTimestamp": None} if name else {"creationTimestamp": None},
            "versions": [
                {
                    "version": version,
                    "resources": [_aggregated(one) for one in registry if (one.group, one.version) == (name, version)],
                    "freshness": "Current",
                }
                for version in versions
            ],
        }
        for name, versions in registry.group_versions().items()
        if bool(name) != core
    ]
    return {"kind": "APIGroupDiscoveryList", "apiVersion": "apidiscovery.k8s.io/v2", "metadata": {}, "items": items}


def _aggregated(resource: Resource) -> Json:
    kind = {"group": resource.group, "version": resource.version, "kind": resource.kind}
    entry: Json = {
        "resource": resource.plural,
        "responseKind": kind,
        "scope": "Namespaced" if resource.namespaced else "Cluster",
        "singularResource": resource.singular,
        "verbs": list(resource.verbs),
    }
    if resource.short_names:
        entry["shortNames"] = list(resource.short_names)
    if resource.categories:
        entry["categories"] = list(resource.categories)
    if resource.subresources:
        entry["subresources"] = [
            {"subresource": name, "responseKind": kind, "verbs": _SUBRESOURCE_VERBS[name]}
            for name in resource.subresources
        ]
    return entry
