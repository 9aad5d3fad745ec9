"""The Kubernetes API, as far as the gateway uses it: list, watch, create, patch, delete of plain objects."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import kubernetes
import urllib3

from reference_gateway.errors import UsageProblem
from reference_gateway.values import Key

JSON = dict[str, Any]

REQUEST_TIMEOUT = urllib3.Timeout(connect=5.0, read=30.0)
NOT_FOUND = 404
WATCH_SECONDS = 240
"""A watch ends after this and is taken up again; the read timeout above it notices a connection that has died."""


@dataclass(frozen=True)
class Resource:
    """A kind and its place in the API."""

    group: str
    version: str
    kind: str
    plural: str
    namespaced: bool = True

    @property
    def api_version(self) -> str:
        """As an object's apiVersion says it."""
        return f"{self.group}/{self.version}" if self.group else self.version

    def path(self, key: Key | None = None, subresource: str = "") -> str:
        """The collection's path over all namespaces, or one object's."""
        parts = ["apis", self.group, self.version] if self.group else ["api", self.version]
        if key is not None and self.namespaced:
            parts += ["namespaces", quote(key.namespace)]
        parts.append(self.plural)
        if key is not None and key.name:
            parts.append(quote(key.name))
        if subresource:
            parts.append(subresource)
        return "/" + "/".join(parts)


class ApiError(Exception):
    """The API refused: its status code and its message."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code


class Cluster:
    """A Kubernetes API behind a kubeconfig. Methods raise ApiError, or urllib3's errors if it does not answer."""

    def __init__(self, kubeconfig: Path) -> None:
        configuration = kubernetes.client.Configuration()
        load_kube_config: Any = kubernetes.config.load_kube_config
        try:
            load_kube_config(str(kubeconfig), client_configuration=configuration)
        except (OSError, kubernetes.config.ConfigException) as error:
            raise UsageProblem(
                f"The kubeconfig {kubeconfig} cannot be used ({error}); give another with --kubeconfig."
            ) from error
        configuration.connection_pool_maxsize = 32
        self._client = kubernetes.client.ApiClient(configuration)
        self.url: str = configuration.host

    def request(self, method: str, path: str, body: object = None, content_type: str = "application/json") -> JSON:
        """One call; returns the object that the API answers with."""
        response = self._send(method, path, body, content_type, REQUEST_TIMEOUT, preload=True)
        return _object(response)

    def get(self, resource: Resource, key: Key) -> JSON:
        """Read one object."""
        return self.request("GET", resource.path(key))

    def list(self, resource: Resource) -> JSON:
        """All objects of a kind, in all namespaces, with the list's resourceVersion."""
        return self.request("GET", resource.path())

    def create(self, resource: Resource, body: JSON) -> JSON:
        """Create an object in the namespace that it names."""
        namespace = body["metadata"].get("namespace", "")
        return self.request("POST", resource.path(Key(namespace, "")), body)

    def merge(self, resource: Resource, key: Key, patch: JSON, subresource: str = "") -> JSON:
        """Apply a JSON merge patch."""
        return self.request("PATCH", resource.path(key, subresource), patch, "application/merge-patch+json")

    def write_status(self, resource: Resource, key: Key, status: JSON) -> None:
        """Merge into an object's status; one that is gone meanwhile is no error."""
        try:
            self.merge(resource, key, {"status": status}, "status")
        except ApiError as error:
            if error.code != NOT_FOUND:
                raise

    def delete(self, resource: Resource, key: Key) -> None:
        """Delete an object; one that is not there is no error."""
        try:
            self.request("DELETE", resource.path(key))
        except ApiError as error:
            if error.code != NOT_FOUND:
                raise

    def watch(self, resource: Resource, resource_version: str) -> Iterator[JSON]:
        """Events after a resourceVersion, until the server or the time limit ends the watch."""
        query = {
            "watch": "1",
            "resourceVersion": resource_version,
            "timeoutSeconds": str(WATCH_SECONDS),
            "allowWatchBookmarks": "true",
        }
        timeout = urllib3.Timeout(connect=5.0, read=WATCH_SECONDS + 30.0)
        response = self._send("GET", f"{resource.path()}?{urlencode(query)}", None, "", timeout, preload=False)
        try:
            if response.status >= 400:
                _object(response)
            yield from _lines(response)
        finally:
            response.close()

    def _send(
        self, method: str, path: str, body: object, content_type: str, timeout: urllib3.Timeout, *, preload: bool
    ) -> urllib3.BaseHTTPResponse:
        headers = {"Accept": "application/json", "User-Agent": "reference-gateway"}
        if body is not None:
            headers["Content-Type"] = content_type
        self._client.update_params_for_auth(headers, [], ["BearerToken"], path, method, body)
        pool: urllib3.PoolManager = self._client.rest_client.pool_manager
        return pool.request(
            method,
            f"{self.url}{path}",
            body=None if body is None else json.dumps(body).encode(),
            headers=headers,
            timeout=timeout,
            retries=False,
            preload_content=preload,
        )


def _object(response: urllib3.BaseHTTPResponse) -> JSON:
    try:
        answer = json.loads(response.data)
    except ValueError:
        answer = None
    if not isinstance(answer, dict):
        raise ApiError(response.status, f"the answer is not an object ({len(response.data)} bytes)")
    if response.status >= 400:
        raise ApiError(response.status, str(answer.get("message", "no message")))
    return answer


def _lines(response: urllib3.BaseHTTPResponse) -> Iterator[JSON]:
    pending = b""
    for chunk in response.stream(amt=None, decode_content=True):
        *lines, pending = (pending + chunk).split(b"\n")
        for line in lines:
            if line.strip():
                yield json.loads(line)
