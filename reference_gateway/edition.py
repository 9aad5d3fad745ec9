"""The edition file, read into values: names of resources, rules and answers that the gateway follows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from reference_gateway import yaml_files
from reference_gateway.errors import UsageProblem


@dataclass(frozen=True)
class ResourceName:
    """How the Kubernetes API calls a kind."""

    group: str
    version: str
    kind: str
    plural: str


@dataclass(frozen=True)
class AnswerRule:
    """What an edition says of one answer; None or empty where it is silent."""

    allowed_statuses: tuple[tuple[int, int], ...] = ()
    """Ranges, both ends included."""
    exact_body: str | None = None
    contained_text: str | None = None

    def allows(self, status: int) -> bool:
        """Whether the edition admits this status."""
        return not self.allowed_statuses or any(low <= status <= high for low, high in self.allowed_statuses)


@dataclass(frozen=True)
class Access:
    """How clients prove who they are, and what they may call (behaviour.md section 6)."""

    namespace: str
    """Where policies and subscriptions live."""
    policy: ResourceName
    subscription: ResourceName
    key_prefix: str
    governance_pairing: bool
    """Whether a MaaSModelRef is Ready only when a policy and a subscription name it."""
    guards_everything: bool
    """Whether a caller is asked for a key wherever the request goes, and not only where a model is."""
    messages_key_header: str | None
    """Where a client may show its key beside Authorization, once a model speaks the format `messages`."""


@dataclass(frozen=True)
class Edition:
    """One published version of the contract, as far as a gateway needs it."""

    name: str
    external_model: ResourceName
    external_provider: ResourceName | None
    """What holds host and credential where an ExternalModel only refers to them; None where it names them itself."""
    legacy_external_model: ResourceName | None
    """The kind whose objects are migrated to the two above."""
    model_ref: ResourceName
    ref_required: bool
    ref_name_must_equal: bool
    ref_status: bool
    ref_finalizer: str | None
    ref_endpoint: str
    """The address in a MaaSModelRef's status, with ``{gateway}``, ``{namespace}`` and ``{name}`` in it."""
    secret_label: str
    secret_label_value: str
    secret_data_key: str
    translates_answers: bool
    """Whether answers of providers that are not OpenAI's are brought into its shape."""
    named_by_clients: bool
    """Clients write the model's own name into the body, and the provider gets the target model in its place."""
    shared_path: bool
    """Clients may leave namespace and model out of the path; then the body alone says which model is meant."""
    stream_usage: bool
    """Providers are asked for the usage of every stream."""
    answers: Mapping[str, AnswerRule]
    access: Access | None = None
    """None where the edition says nothing of keys: whoever comes is served."""
    has_controller: bool = True
    """Whether the gateway makes what leads to a model's endpoint; without, somebody else does."""

    def alone(self) -> Edition:
        """What is left of it where payload processing stands alone: no check of who calls, and no maas-controller."""
        return replace(self, access=None, ref_status=False, ref_finalizer=None, has_controller=False)

    def answer(self, name: str) -> AnswerRule:
        """The edition's rule for an answer; an empty rule where the edition does not name it."""
        return self.answers.get(name, AnswerRule())


def read_edition(path: Path) -> Edition:
    """Read an edition file; a file that cannot be read or lacks an entry raises UsageProblem with the entry's name."""
    try:
        data = yaml_files.parsed(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageProblem(
            f"The edition file {path} cannot be read ({error.strerror}); give an existing one with --edition-file."
        ) from error
    except yaml.YAMLError as error:
        raise UsageProblem(f"The edition file {path} is not YAML: {' '.join(str(error).split())}.") from error
    try:
        return _edition(data)
    except _BrokenEntryError as error:
        raise UsageProblem(f"The edition file {path} is broken: {error}.") from error


class _BrokenEntryError(Exception):
    pass


def _edition(data: object) -> Edition:
    entries = _mapping(data, "the file")
    resources = _mapping(entries.get("resources"), "resources")
    ref = _mapping(entries.get("modelRef"), "modelRef")
    secret = _mapping(entries.get("secret"), "secret")
    ref_name = _text(ref, "name", "modelRef")
    if ref_name not in ("same", "any"):
        raise _BrokenEntryError(f"modelRef.name is '{ref_name}', but must be 'same' or 'any'")
    finalizer = ref.get("finalizer")
    clients, forwarding = (_mapping(entries.get(name), name) for name in ("clients", "forwarding"))
    client_model = _text(clients, "model", "clients")
    if client_model not in ("targetModel", "modelName"):
        raise _BrokenEntryError(f"clients.model is '{client_model}', but must be 'targetModel' or 'modelName'")
    return Edition(
        name=_text(entries, "name", ""),
        external_model=_resource(resources, "externalModel"),
        external_provider=_optional_resource(resources, "externalProvider"),
        legacy_external_model=_optional_resource(resources, "legacyExternalModel"),
        model_ref=_resource(resources, "modelRef"),
        ref_required=_boolean(ref, "required", "modelRef"),
        ref_name_must_equal=ref_name == "same",
        ref_status=_boolean(ref, "status", "modelRef"),
        ref_finalizer=None if finalizer is None else str(finalizer),
        ref_endpoint=str(ref.get("endpoint", "https://{gateway}/{namespace}/{name}")),
        secret_label=_text(secret, "label", "secret"),
        secret_label_value=_text(secret, "labelValue", "secret"),
        secret_data_key=_text(secret, "dataKey", "secret"),
        translates_answers=_boolean(forwarding, "translatesAnswers", "forwarding"),
        named_by_clients=client_model == "modelName",
        shared_path=_boolean(clients, "sharedPath", "clients"),
        stream_usage=_boolean(forwarding, "streamUsage", "forwarding"),
        answers={
            name: _answer(_mapping(rule, f"answers.{name}"), f"answers.{name}")
            for name, rule in _mapping(entries.get("answers"), "answers").items()
        },
        access=_access(entries["access"]) if "access" in entries else None,
    )


def _access(data: object) -> Access:
    entries = _mapping(data, "access")
    resources = _mapping(entries.get("resources"), "access.resources")
    guards, header = _text(entries, "guards", "access"), entries.get("messagesKeyHeader")
    if guards not in ("route", "gateway"):
        raise _BrokenEntryError(f"access.guards is '{guards}', but must be 'route' or 'gateway'")
    return Access(
        namespace=_text(entries, "namespace", "access"),
        policy=_resource(resources, "policy", "access.resources"),
        subscription=_resource(resources, "subscription", "access.resources"),
        key_prefix=_text(entries, "keyPrefix", "access"),
        governance_pairing=_boolean(entries, "governancePairing", "access"),
        guards_everything=guards == "gateway",
        messages_key_header=None if header is None else str(header),
    )


def _mapping(value: object, where: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _BrokenEntryError(f"{where} must be a mapping")
    return value


def _text(entries: Mapping[str, Any], name: str, where: str) -> str:
    value = entries.get(name)
    if not isinstance(value, str) or not value:
        raise _BrokenEntryError(f"{where + '.' if where else ''}{name} must be a non-empty text (quote it)")
    return value


def _boolean(entries: Mapping[str, Any], name: str, where: str) -> bool:
    value = entries.get(name)
    if not isinstance(value, bool):
        raise _BrokenEntryError(f"{where}.{name} must be true or false")
    return value


def _resource(resources: Mapping[str, Any], name: str, section: str = "resources") -> ResourceName:
    where = f"{section}.{name}"
    entries = _mapping(resources.get(name), where)
    return ResourceName(*(_text(entries, part, where) for part in ("group", "version", "kind", "plural")))


def _optional_resource(resources: Mapping[str, Any], name: str) -> ResourceName | None:
    return _resource(resources, name) if name in resources else None


def _answer(rule: Mapping[str, Any], where: str) -> AnswerRule:
    body = _mapping(rule.get("body", {}), f"{where}.body")
    return AnswerRule(
        allowed_statuses=_statuses(rule.get("status"), where),
        exact_body=_body(body, f"{where}.body"),
        contained_text=_text(body, "contains", f"{where}.body") if "contains" in body else None,
    )


def _body(body: Mapping[str, Any], where: str) -> str | None:
    if body.get("exact") == "":
        return ""
    return _text(body, "exact", where) if "exact" in body else None


def _statuses(status: object, where: str) -> tuple[tuple[int, int], ...]:
    match status:
        case None:
            return ()
        case int():
            return ((status, status),)
        case {"from": int() as low, "to": int() as high}:
            return ((low, high),)
        case {"anyOf": [*numbers]} if all(isinstance(number, int) for number in numbers):
            return tuple((number, number) for number in numbers)
        case _:
            raise _BrokenEntryError(f"{where}.status must be a number, {{from, to}} or {{anyOf: [numbers]}}")
