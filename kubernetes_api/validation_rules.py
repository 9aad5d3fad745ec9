"""The rules of a CRD's schema (`x-kubernetes-validations`), looked at when and answered as kube-apiserver does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from kubernetes_api.expressions import CelError, Expression, expression
from kubernetes_api.schema import Schema
from kubernetes_api.status_errors import FieldError, Json

ROOT = "<nil>"
"""What the API calls the place of a rule about the whole object."""
_BLOCKING = {
    "FieldValueNotSupported",
    "FieldValueRequired",
    "FieldValueTooLong",
    "FieldValueTooMany",
    "FieldValueTypeInvalid",
}
_UNCHECKED = FieldError(
    "FieldValueInvalid",
    ROOT,
    None,
    "some validation rules were not checked because the object was invalid; correct the existing errors to complete "
    "validation",
)
_RESERVED = {
    *("true", "false", "null", "in", "as", "break", "const", "continue", "else", "for", "function", "if", "import"),
    *("let", "loop", "package", "namespace", "return", "var", "void", "while"),
}
_SPELLED = (("__", "__underscores__"), (".", "__dot__"), ("-", "__dash__"), ("/", "__slash__"))


def rule_errors(item: Json, old: Json | None, schema: Schema, known: Sequence[FieldError]) -> list[FieldError]:
    """Return which rules an object breaks that replaces `old`; `known` is in what it breaks the schema already."""
    if not schema.bears_rules:
        return []
    if any(error.reason in _BLOCKING for error in known):
        return [_UNCHECKED]
    return list(_errors(_with_identity(item), None if old is None else _with_identity(old), schema, ""))


def definition_errors(rules: Sequence[Mapping[str, Any]], where: str) -> Iterator[FieldError]:
    """Yield which of the rules at one place of a CRD's schema are none."""
    for index, rule in enumerate(rules):
        place = f"{where}.x-kubernetes-validations[{index}]"
        if not rule.get("rule", "").strip():
            yield FieldError("FieldValueRequired", f"{place}.rule", "", "rule is not specified")
            continue
        for name in ("rule", "messageExpression"):
            try:
                if rule.get(name):
                    expression(rule[name])
            except CelError as error:
                yield FieldError("FieldValueInvalid", f"{place}.{name}", dict(rule), f"compilation failed: {error}")


def _with_identity(item: Json) -> Json:
    """Of the metadata, rules see the names alone."""
    metadata = {name: item["metadata"][name] for name in ("name", "generateName") if name in item["metadata"]}
    return {**item, "metadata": metadata}


def _errors(value: Any, old: Any, schema: Schema, path: str) -> Iterator[FieldError]:
    if value is None or not schema.bears_rules:
        return
    for rule in schema.rules:
        yield from _broken(rule, _seen(value, schema), None if old is None else _seen(old, schema), schema, path)
    if isinstance(value, dict):
        before = old if isinstance(old, dict) else {}
        for name, item in value.items():
            named = schema.properties.get(name)
            where = name if not path else f"{path}.{name}" if named else f"{path}[{name}]"
            field = named or schema.additional
            if field is not None:
                yield from _errors(item, before.get(name), field, where)
    elif isinstance(value, list) and schema.items is not None:
        before_of = _former_items(old, schema)
        for index, item in enumerate(value):
            yield from _errors(item, before_of.get(_key(item, schema)), schema.items, f"{path}[{index}]")


def _broken(rule: Json, value: Any, old: Any, schema: Schema, path: str) -> Iterator[FieldError]:
    compiled = expression(rule["rule"])
    if compiled.compares and old is None and not rule.get("optionalOldSelf"):
        return
    told = rule.get("message", "").strip() or rule["rule"].strip()
    try:
        if compiled.value(value, old) is True:
            return
    except CelError as error:
        detail = f"{error} evaluating rule: {told}"
        if str(error) == "no such overload":
            detail = f"'{error}': call arguments did not match a supported operator, function or macro signature for "
            detail += f"rule: {told}"
        yield FieldError("FieldValueInvalid", path or ROOT, schema.type, detail)
        return
    detail = _message(rule, value, old) or rule.get("message", "").strip() or f"failed rule: {told}"
    reason = rule.get("reason", "FieldValueInvalid")
    where = path + rule.get("fieldPath", "")
    yield FieldError(
        reason, where.removeprefix(".") or ROOT, schema.type, "" if reason == "FieldValueDuplicate" else detail
    )


def _message(rule: Json, value: Any, old: Any) -> str:
    """What the rule's messageExpression says; empty if there is none, or it says nothing that could be shown."""
    if not rule.get("messageExpression"):
        return ""
    said: Expression = expression(rule["messageExpression"])
    try:
        text = said.value(value, old)
    except CelError:
        return ""
    return text.strip() if isinstance(text, str) and "\n" not in text.strip() else ""


def _former_items(old: Any, schema: Schema) -> dict[Any, Any]:
    """The items of a list as they were; only those of a `map` list can be told from one another."""
    if not isinstance(old, list) or schema.list_type != "map":
        return {}
    return {_key(item, schema): item for item in old}


def _key(item: Any, schema: Schema) -> Any:
    return tuple(str(item.get(name)) for name in schema.list_keys) if isinstance(item, dict) else None


def _seen(value: Any, schema: Schema) -> Any:
    """Return a value as rules see it: what the schema names and no more, by names that CEL can spell."""
    if isinstance(value, dict):
        shown = {
            _spelled(name): _seen(value[name], field) for name, field in schema.properties.items() if name in value
        }
        more = schema.additional
        if more is not None:
            shown |= {name: _seen(item, more) for name, item in value.items() if name not in schema.properties}
        return shown
    if isinstance(value, list) and schema.items is not None:
        return [_seen(item, schema.items) for item in value]
    return float(value) if schema.type == "number" and value is not None else value


def _spelled(name: str) -> str:
    if name in _RESERVED:
        return f"__{name}__"
    for character, word in _SPELLED:
        name = name.replace(character, word)
    return name
