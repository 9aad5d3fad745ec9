"""The decision about one request: an answer of the gateway's own, or what goes to which provider.

Pure: it reads the stores, asks the Behaviour and touches no network. The order of the checks is the shipped one
(behaviour.md 4.2): publication, JSON, endpoint, model, provider and messages, credentials.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from reference_gateway import answers
from reference_gateway.behaviour import Behaviour
from reference_gateway.behaviour.requests import OPENAI_SHAPED
from reference_gateway.stores import Stores
from reference_gateway.translation.problems import UntranslatableError
from reference_gateway.values import Answer, Header, Model


@dataclass(frozen=True)
class Forward:
    """A request that goes on to a provider."""

    model: Model
    path: str
    removed: tuple[str, ...]
    injected: tuple[Header, ...]
    told: tuple[Header, ...] = ()
    """Headers that the provider's shape asks for, beside the credential."""
    sent_to: Model | None = None
    """The model whose endpoint it goes to; None for the model itself."""
    body: bytes | None = None
    """None leaves the client's bytes as they are."""


class Decider:
    """Decides with the stores' newest state, each request anew; nothing is remembered between requests."""

    def __init__(self, behaviour: Behaviour, stores: Stores) -> None:
        self._behaviour = behaviour
        self._stores = stores

    def admit(self, path: str, *, can_infer: bool, routing: str | None = None, host: str = "") -> Model | Answer | None:
        """The published model at a path, or the answer that ends the request; without a body to POST it ends here.

        None where the path names no model because the body does. ``routing`` is the client's X-Gateway-Model-Name,
        ``host`` its Host.
        """
        unseen = self._behaviour.answer_unseen()
        if unseen is not None:
            return unseen
        if self._behaviour.is_shared_path(path):
            return None if can_infer else answers.NOT_FOUND
        models, refs = self._stores.models.view(), self._stores.refs.view()
        model = self._behaviour.resolve(path, models)
        if model is None:
            published = self._published()
            model = self._behaviour.fallback_model(path, published) or self._behaviour.led_by_host(
                host, path, published
            )
        if routing is not None:
            model = self._behaviour.led_by_header(routing, model, self._published()) or model
        if model is None:
            return answers.unknown_model(self._behaviour.edition)
        if not self._behaviour.is_published(model, refs):
            return answers.not_published(self._behaviour.edition)
        return model if can_infer else answers.NOT_FOUND

    def pass_by(self, method: str, path: str, header_names: Sequence[str]) -> Forward | Answer:
        """What becomes of a request that has no body; header names in lower case, as often as they came."""
        admitted = self.admit(path, can_infer=self._behaviour.passes_bodiless(method))
        if admitted is None or isinstance(admitted, Answer):
            return admitted or answers.NOT_FOUND
        removed = self._removed(header_names) if self._behaviour.strips_bodiless() else ()
        injected = self._injected(admitted) if self._behaviour.bodiless_gets_credential() else ()
        return injected if isinstance(injected, Answer) else Forward(admitted, path, removed, injected)

    def decide(
        self, path: str, header_names: Sequence[str], body: bytes, routing: str | None = None, host: str = ""
    ) -> Forward | Answer:
        """What becomes of a request whose body has arrived; header names in lower case, as often as they came."""
        admitted = self.admit(path, can_infer=True, routing=routing, host=host)
        if isinstance(admitted, Answer):
            return admitted
        if admitted is not None and self._behaviour.checks_credential_first():
            credential = self._injected(admitted)
            if isinstance(credential, Answer):
                return credential
        if len(body) > self._behaviour.longest_body():
            return answers.TOO_LONG
        parsed = json_object(body)
        if isinstance(parsed, Answer):
            return parsed
        if not self._behaviour.is_chat_endpoint(path):
            return answers.unsupported_endpoint(self._behaviour.edition)
        body_model = self._behaviour.named_model(parsed, admitted)
        if body_model is None:
            return answers.MODEL_MISSING
        meant = self._meant(admitted, body_model)
        if isinstance(meant, Answer):
            return meant
        model = self._behaviour.choose_way(meant)
        upstream_path = self._behaviour.upstream_path(model, path)
        if upstream_path is None:
            return answers.UNSUPPORTED_PROVIDER
        messages = parsed.get("messages")
        if model.provider in OPENAI_SHAPED and not (isinstance(messages, list) and messages):
            return answers.MESSAGES_MISSING
        try:
            other_body = self._behaviour.upstream_body(model, parsed)
        except UntranslatableError as error:
            return answers.messages_problem(str(error))
        bears = self._behaviour.gets_credential(path)
        injected = self._injected(self._behaviour.whose_credential(meant, model)) if bears else ()
        if isinstance(injected, Answer):
            return injected
        repeated = self._behaviour.answer_to_repetition(model.key, body)
        if repeated is not None:
            return repeated
        return Forward(
            model=model,
            path=upstream_path,
            removed=self._removed(header_names),
            injected=injected,
            sent_to=self._behaviour.sent_to(model, path, routing, self._published()),
            told=tuple(self._behaviour.provider_headers(model)),
            body=None
            if other_body is None
            else json.dumps(other_body, ensure_ascii=False).encode("utf-8", "backslashreplace"),
        )

    def _meant(self, admitted: Model | None, body_model: str) -> Model | Answer:
        if admitted is None:
            found = self._behaviour.choose_by_body(body_model, self._published())
            return found or answers.unknown_model(self._behaviour.edition)
        chosen = self._behaviour.choose_model(admitted, body_model, self._published())
        return chosen or answers.model_mismatch(self._behaviour.edition, body_model)

    def _removed(self, header_names: Sequence[str]) -> tuple[str, ...]:
        return tuple(self._behaviour.removed_headers(header_names))

    def _published(self) -> list[Model]:
        return self._behaviour.published(self._stores.models.view(), self._stores.refs.view())

    def _injected(self, model: Model) -> tuple[Header, ...] | Answer:
        if not self._behaviour.knows_auth_type(model.auth.type):
            return answers.unsupported_auth_type(model.auth.type)
        credentials = self._behaviour.find_credentials(self._stores.credentials, model)
        if credentials is None:
            return self._behaviour.answer_without_credentials(model) or ()
        value = self._behaviour.pick_value(credentials)
        if value is None:
            return self._behaviour.answer_without_field(model) or ()
        return tuple(self._behaviour.injected_headers(model, value))


def json_object(body: bytes) -> dict[str, Any] | Answer:
    """A body that is a JSON object, or the answer to one that is none."""
    try:
        parsed = json.loads(body)
    except (ValueError, RecursionError) as error:
        # Only the parser's own words: the document may hold anything.
        problem = error.msg if isinstance(error, json.JSONDecodeError) else type(error).__name__
        return answers.malformed_body(problem if body else "unexpected end of JSON input")
    if isinstance(parsed, dict):
        return parsed
    return answers.malformed_body("json: cannot unmarshal into Go value of type map[string]interface {}")
