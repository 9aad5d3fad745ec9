"""Failures of a request, in the shape and the words in which kube-apiserver reports them (`kind: Status`)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]

_TYPE_WORDS = {
    "FieldValueRequired": "Required value",
    "FieldValueInvalid": "Invalid value",
    "FieldValueTypeInvalid": "Invalid value",
    "FieldValueNotSupported": "Unsupported value",
    "FieldValueTooLong": "Too long",
    "FieldValueTooMany": "Too many",
    "FieldValueForbidden": "Forbidden",
    "FieldValueDuplicate": "Duplicate value",
    "FieldValueNotFound": "Not found",
}
_WITHOUT_VALUE = {"FieldValueRequired", "FieldValueForbidden", "FieldValueTooLong"}


@dataclass(frozen=True)
class FieldError:
    """One invalid field: a cause of a 422 answer.

    `reason` is one of the API's `FieldValue...` words, `field` a path such as `spec.ports[0].port`.
    """

    reason: str
    field: str
    value: object = ""
    detail: str = ""

    def body(self) -> str:
        """Return the message of the cause, without the field."""
        text = _TYPE_WORDS[self.reason]
        if self.reason not in _WITHOUT_VALUE:
            value = json.dumps(self.value, ensure_ascii=False, separators=(",", ":"))
            text = f"{text}: {value}"
        return f"{text}: {self.detail}" if self.detail else text

    def __str__(self) -> str:
        return f"{self.field}: {self.body()}"


class StatusError(Exception):
    """A request that failed: becomes a `Status` object with an HTTP status code."""

    def __init__(self, code: int, reason: str, message: str, details: Json | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.reason = reason
        self.message = message
        self.details = details

    def status(self) -> Json:
        """Return the `Status` object."""
        status: Json = {
            "kind": "Status",
            "apiVersion": "v1",
            "metadata": {},
            "status": "Failure",
            "message": self.message,
        }
        if self.reason:
            status["reason"] = self.reason
        if self.details is not None:
            status["details"] = self.details
        status["code"] = self.code
        return status


def details_of(group: str, kind: str, name: str = "", **more: Any) -> Json:
    """Return a `details` object; empty parts are left out, as the API does."""
    parts: Json = {"name": name, "group": group, "kind": kind, **more}
    return {key: value for key, value in parts.items() if value}


def qualified(resource: str, group: str) -> str:
    """Return `externalmodels.maas.opendatahub.io`, or `secrets` for the core group."""
    return f"{resource}.{group}" if group else resource


def bad_request(message: str) -> StatusError:
    """400: the request cannot be understood."""
    return StatusError(400, "BadRequest", message)


def unauthorized() -> StatusError:
    """401: no bearer token, or a wrong one."""
    return StatusError(401, "Unauthorized", "Unauthorized")


def forbidden(group: str, resource: str, name: str, why: str, causes: Sequence[Json] = ()) -> StatusError:
    """403: the object cannot be had now, for the reason `why`."""
    message = f'{qualified(resource, group)} "{name}" is forbidden: {why}'
    return StatusError(403, "Forbidden", message, details_of(group, resource, name, causes=list(causes)))


def not_found(group: str, resource: str, name: str) -> StatusError:
    """404: there is no such object."""
    message = f'{qualified(resource, group)} "{name}" not found'
    return StatusError(404, "NotFound", message, details_of(group, resource, name))


def already_exists(group: str, resource: str, name: str) -> StatusError:
    """409: create of a name that is taken."""
    message = f'{qualified(resource, group)} "{name}" already exists'
    return StatusError(409, "AlreadyExists", message, details_of(group, resource, name))


def conflict(group: str, resource: str, name: str, why: str) -> StatusError:
    """409: an optimistic lock or a precondition did not hold."""
    message = f'Operation cannot be fulfilled on {qualified(resource, group)} "{name}": {why}'
    return StatusError(409, "Conflict", message, details_of(group, resource, name))


def modified(group: str, resource: str, name: str) -> StatusError:
    """409: the resourceVersion sent is not the current one."""
    why = "the object has been modified; please apply your changes to the latest version and try again"
    return conflict(group, resource, name, why)


def invalid(group: str, kind: str, name: str, errors: Sequence[FieldError]) -> StatusError:
    """422: the object breaks its schema or a rule of its kind."""
    texts = list(dict.fromkeys(str(error) for error in errors))
    listed = texts[0] if len(texts) == 1 else "[" + ", ".join(texts) + "]"
    causes = [{"reason": error.reason, "message": error.body(), "field": error.field} for error in errors]
    message = f'{qualified(kind, group)} "{name}" is invalid: {listed}'
    return StatusError(422, "Invalid", message, details_of(group, kind, name, causes=causes))


def expired(message: str) -> StatusError:
    """410: the resourceVersion or continue token is older than what is remembered."""
    return StatusError(410, "Expired", message)


def too_large_resource_version(asked: int, current: int) -> StatusError:
    """504: the resourceVersion lies in the future."""
    causes = [{"reason": "ResourceVersionTooLarge", "message": "Too large resource version"}]
    message = f"Timeout: Too large resource version: {asked}, current: {current}"
    return StatusError(504, "Timeout", message, {"causes": causes, "retryAfterSeconds": 1})


def method_not_allowed() -> StatusError:
    """405: the resource has no such verb."""
    message = "the server does not allow this method on the requested resource"
    return StatusError(405, "MethodNotAllowed", message, {})


def not_acceptable(offered: Sequence[str]) -> StatusError:
    """406: none of the accepted media types can be produced."""
    message = f"only the following media types are accepted: {', '.join(offered)}"
    return StatusError(406, "NotAcceptable", message, {})


def unsupported_media_type(offered: Sequence[str]) -> StatusError:
    """415: the body's media type cannot be read."""
    message = f"the body of the request was in an unknown format - accepted media types include: {', '.join(offered)}"
    return StatusError(415, "UnsupportedMediaType", message)
