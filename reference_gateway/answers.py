"""The answers that the gateway gives by itself: the edition's word, else the shipped code's (behaviour.md 4.2)."""

from __future__ import annotations

from reference_gateway.edition import Edition
from reference_gateway.values import Answer, Header

NOT_FOUND = Answer(404, reason="no_such_model")
DENIED = Answer(403, "Access denied", (Header("x-ext-auth-reason", "unauthorized"),), reason="not_published")
MODEL_MISSING = Answer(400, "inference error: BadRequest - model field is required", reason="model")
MESSAGES_MISSING = Answer(
    400, "inference error: BadRequest - messages field is required and must not be empty", reason="messages"
)
TOO_LONG = Answer(500, reason="too_long")
UNSUPPORTED_PROVIDER = Answer(500, reason="unsupported_provider")


def messages_problem(problem: str) -> Answer:
    """E6: the messages have no counterpart in the provider's shape."""
    return Answer(400, f"inference error: BadRequest - {problem}", reason="messages")


def unsupported_endpoint(edition: Edition) -> Answer:
    """E2: the path is a model's, but not that of an endpoint which the gateway serves."""
    shipped = "inference error: BadRequest - only /chat/completions input type is supported"
    text = _text(edition, "unsupported-endpoint", shipped)
    return Answer(_status(edition, "unsupported-endpoint", 400), text, reason="endpoint")


def unsupported_auth_type(name: str) -> Answer:
    """The provider wants another proof than a key, and the gateway has no way to give it."""
    return Answer(500, f"inference error: Internal - unsupported authType - '{name}'", reason="auth_type")


_REASON = "x-ext-auth-reason"
_ACCESS = {
    "no-key": Answer(401, headers=(Header(_REASON, "Authentication required"),)),
    "malformed-key": Answer(401, headers=(Header(_REASON, "Authentication required"),)),
    "unknown-key": Answer(403, "Access denied", (Header(_REASON, "unauthorized"),)),
    "caller-not-admitted": Answer(403, "Access denied", (Header(_REASON, "unauthorized"),)),
    "no-policy": Answer(403, "Access denied", (Header(_REASON, "unauthorized"),)),
    "no-subscription": Answer(403, "requested subscription not found", (Header(_REASON, "not_found"),)),
    "model-not-in-subscription": Answer(
        403,
        "subscription {subscription} does not include model {model}",
        (Header(_REASON, "model_not_in_subscription"),),
    ),
    "quota-exhausted": Answer(429, "Too Many Requests\n"),
}
"""How the shipped access layer refuses a caller (behaviour.md 6.1)."""


def access_refused(edition: Edition, why: str, **values: str) -> Answer:
    """A caller is not let in; `why` is a name that editions know."""
    shipped = _ACCESS[why]
    text = _text(edition, why, shipped.body, **values)
    return Answer(_status(edition, why, shipped.status), text, shipped.headers, reason=why.replace("-", "_"))


def malformed_body(problem: str) -> Answer:
    """E1: the body is not a JSON object."""
    return Answer(
        400, f"inference error: BadRequest - failed to parse request body: {problem}", reason="malformed_body"
    )


def model_mismatch(edition: Edition, body_model: str) -> Answer:
    """E3: the body names another model than the path."""
    shipped = "inference error: NotFound - model in request body '{bodyModel}' doesn't match ExternalModel"
    text = _text(edition, "model-mismatch", shipped, bodyModel=body_model)
    return Answer(_status(edition, "model-mismatch", 404), text, reason="model_mismatch")


def credentials_not_found(edition: Edition, provider: str) -> Answer:
    """E7: no usable Secret for the model."""
    shipped = "inference error: Internal - provider '{provider}' credentials not found"
    text = _text(edition, "credentials-not-found", shipped, provider=provider)
    return Answer(_status(edition, "credentials-not-found", 500), text, reason="credentials_not_found")


def credential_field_missing(edition: Edition, provider: str) -> Answer:
    """E8: the Secret is there and managed, but the edition's data key is not in it."""
    shipped = (
        "inference error: Internal - failed to generate auth headers for provider '{provider}': "
        f"credentials missing required field {edition.secret_data_key}"
    )
    text = _text(edition, "credential-field-missing", shipped, provider=provider)
    return Answer(_status(edition, "credential-field-missing", 500), text, reason="credential_field_missing")


def unknown_model(edition: Edition) -> Answer:
    """No model lives at this path."""
    return NOT_FOUND if edition.answer("unknown-model").allows(404) else DENIED


def not_published(edition: Edition) -> Answer:
    """The model exists, but no MaaSModelRef publishes it: as if it were not there, or denied if the edition says so."""
    return NOT_FOUND if edition.answer("not-published").allows(404) else DENIED


def _status(edition: Edition, name: str, shipped: int) -> int:
    rule = edition.answer(name)
    return shipped if rule.allows(shipped) else rule.allowed_statuses[0][0]


def _text(edition: Edition, name: str, shipped: str, **values: str) -> str:
    rule = edition.answer(name)
    if rule.exact_body is not None:
        return _filled(rule.exact_body, values)
    own = _filled(shipped, values)
    if rule.contained_text is None:
        return own
    demanded = _filled(rule.contained_text, values)
    return own if demanded in own else f"inference error: Internal - {demanded}"


def _filled(template: str, values: dict[str, str]) -> str:
    # Not str.format: a client's model name may itself contain braces.
    for name, value in values.items():
        template = template.replace(f"{{{name}}}", value)
    return template
