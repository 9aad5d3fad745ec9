"""Gateways that differ lawfully from the plain reference and still conform."""

# ruff: noqa: D102 - a variant's docstring is the class's; the method's is the conforming one's

from __future__ import annotations

import copy
import hashlib
import json
import logging
from collections.abc import Mapping, Sequence
from typing import Any

from reference_gateway.behaviour.data_plane import RESPONSE_IN_PIECES
from reference_gateway.behaviour.rules import JSON
from reference_gateway.deviations import Deviation
from reference_gateway.processor.decision import json_object
from reference_gateway.values import Answer, Credentials, Header, Key, Model, ModelRef, ResponseChanges

log = logging.getLogger(__name__)

SLOW_SECONDS = 2.0
LONGEST_NAME = 63
SHIPPED = ("rhoai-3.4", "rhoai-3.5")
REFERRING = ("rhoai-3.5",)
SLOW_START_SECONDS = 3.0
SLOW_STOP_SECONDS = 1.0
UNREAD_SECONDS = 1.0


class Variant(Deviation):
    """A deviation that breaks nothing."""


def all_variants() -> list[type[Variant]]:
    """Every variant of this module, in the order of the module."""
    return Variant.__subclasses__()


class SlowConvergence(Variant):
    """Every change takes effect about two seconds late."""

    id, name = "V01", "slow-convergence"

    def convergence_delay(self) -> float:
        return super().convergence_delay() + SLOW_SECONDS


class ExtraResponseHeaders(Variant):
    """Answers of the provider come back with more headers than it sent."""

    id, name = "V02", "extra-response-headers"

    def response_changes(self, status: int, injected: Sequence[Header]) -> ResponseChanges:
        changes = super().response_changes(status, injected)
        extra = (Header("x-served-by", "reference-gateway"), Header("strict-transport-security", "max-age=31536000"))
        return ResponseChanges(changes.status, (*changes.headers, *extra))


class ExtraConditionsAndLabels(Variant):
    """Objects bear labels and conditions beyond those of the contract."""

    id, name = "V03", "extra-conditions-and-labels"

    def extra_labels(self) -> Mapping[str, str]:
        return {**super().extra_labels(), "vendor.example/tier": "gold"}

    def extra_conditions(self) -> Sequence[tuple[str, str, str]]:
        return (*super().extra_conditions(), ("VendorChecked", "Checked", "Looks good"))


class HeaderCase(Variant):
    """Header names reach the provider In-Title-Case over HTTP/1.1."""

    id, name = "V04", "header-case"

    def upstream_header_case(self) -> str:
        return "proper"


class Http2Upstream(Variant):
    """Speaks HTTP/2 to providers with TLS that offer it."""

    id, name = "V05", "http2-upstream"

    def upstream_protocol(self) -> str:
        return "negotiated"


class ChunkedToProvider(Variant):
    """Sends the body with chunked transfer coding instead of a Content-Length."""

    id, name = "V06", "chunked-to-provider"

    def chunks_request(self) -> bool:
        return True


class LateStatus(Variant):
    """Writes a status two seconds after what it tells of."""

    id, name, editions = "V07", "late-status", SHIPPED

    def status_delay(self) -> float:
        return super().status_delay() + SLOW_SECONDS


class NotFoundWithBody(Variant):
    """Answers 404 with a body."""

    id, name = "V08", "not-found-with-body"

    def own_answer(self, answer: Answer) -> Answer:
        right = super().own_answer(answer)
        if right.status != 404 or right.body:
            return right
        return Answer(404, "no such model\n", right.headers, right.reason)


class OtherWording(Variant):
    """Refuses missing credentials with 503 and a JSON error that contains the edition's sentence."""

    id, name, editions = "V09", "other-wording", ("runbook",)

    def own_answer(self, answer: Answer) -> Answer:
        right = super().own_answer(answer)
        if right.reason not in ("credentials_not_found", "credential_field_missing"):
            return right
        error = {"message": right.body.rpartition(" - ")[2], "type": "server_error", "param": None, "code": None}
        headers = (*right.headers, Header("content-type", "application/json"))
        return Answer(503, json.dumps({"error": error}), headers, right.reason)


class EventsResegmented(Variant):
    """Events of a stream reach the client split over several chunks, even in the middle of a character."""

    id, name = "V10", "events-resegmented"

    def response_body_mode(self) -> str:
        return RESPONSE_IN_PIECES

    def response_pieces(self, chunk: bytes) -> Sequence[bytes]:
        middle = len(chunk) // 2
        return [half for piece in super().response_pieces(chunk) for half in (piece[:middle], piece[middle:]) if half]


class ModelRefOfAnyName(Variant):
    """Serves a model through a MaaSModelRef of another name, as the shipped products do."""

    id, name, editions = "V11", "model-ref-of-any-name", ("runbook", "rhoai-3.5")

    def ref_name_matches(self, ref: ModelRef) -> bool:
        return True


class CallersRefusedInOtherWords(Variant):
    """Refuses callers in JSON, with the challenge that HTTP knows."""

    id, name, editions = "V20", "callers-refused-in-other-words", SHIPPED

    def refuse_caller(self, why: str, **values: str) -> Answer:
        right = super().refuse_caller(why, **values)
        challenge = (Header("www-authenticate", 'Bearer realm="models"'),) if right.status == 401 else ()
        error = {"message": right.body.strip() or "no", "type": why.replace("-", "_"), "param": None, "code": None}
        headers = (*challenge, Header("content-type", "application/json"))
        return Answer(right.status, json.dumps({"error": error}), headers, right.reason)


class DecisionsRemembered(Variant):
    """Remembers for two seconds whom it has let in, and whom not."""

    id, name, editions = "V21", "decisions-remembered", SHIPPED

    def decision_seconds(self) -> float:
        return super().decision_seconds() + SLOW_SECONDS


class IdentityHeadersDenied(Variant):
    """Refuses who says by a header that he is somebody, as the product does from the middle of August 2026 on."""

    id, name, editions = "V30", "identity-headers-denied", REFERRING

    def refusal_for_headers(self, headers: Mapping[str, str]) -> Answer | None:
        if headers.keys() & {"x-maas-username", "x-maas-group"}:
            return Answer(403, "Access denied", reason="deny_client_identity_headers")
        return super().refusal_for_headers(headers)


class BodyReadFirst(Variant):
    """Complains about a malformed body before it asks who calls, where the body has to be read first in any case."""

    id, name, editions = "V31", "body-read-first", REFERRING

    def refusal_for_body(self, body: bytes) -> Answer | None:
        parsed = json_object(body) if body else None
        return parsed if isinstance(parsed, Answer) else super().refusal_for_body(body)


class UnreadyListed(Variant):
    """Lists what is not ready, too, and says so."""

    id, name, editions = "V22", "unready-listed", SHIPPED

    def is_listed(self, ref: Key, *, ready: bool, entitled: bool) -> bool:
        return entitled


class SeveralReplicas(Variant):
    """Is made of parts with three replicas each."""

    id, name = "V60", "several-replicas"

    def replicas(self) -> int:
        return 3


class SlowStart(Variant):
    """Takes three seconds to start a part."""

    id, name = "V61", "slow-start"

    def seconds_to_start(self) -> float:
        return super().seconds_to_start() + SLOW_START_SECONDS


class SlowStop(Variant):
    """Has a part finish its work for a second when it is wished for no longer."""

    id, name = "V62", "slow-stop"

    def seconds_to_stop(self) -> float:
        return super().seconds_to_stop() + SLOW_STOP_SECONDS


class AnswersBeforeItHasRead(Variant):
    """Refuses for want of credentials for a second after the processor's start, as the shipped processor does."""

    id, name = "V63", "answers-before-it-has-read"

    def seconds_until_secrets_are_read(self) -> float:
        return super().seconds_until_secrets_are_read() + UNREAD_SECONDS


class UnavailableWithoutProcessor(Variant):
    """Answers 503 instead of 500 while the processor is down."""

    id, name = "V64", "unavailable-without-processor"

    def status_without_processor(self) -> int:
        return 503


class TranslatedInOtherWords(Variant):
    """Writes what it translates in another order and with other ids, and texts as lists of one block."""

    id, name, editions = "V70", "translated-in-other-words", ("rhoai-3.4",)

    def translated_request(self, model: Model, body: JSON) -> JSON | None:
        right = super().translated_request(model, body)
        return None if right is None else {name: _in_blocks(name, right[name]) for name in reversed(right)}

    def translated_answer(self, model: Model, document: JSON) -> JSON | None:
        right = super().translated_answer(model, document)
        if right is None or model.provider != "anthropic" or "error" in right:
            return right
        own = {"id": f"chatcmpl-{right['created']}", "system_fingerprint": None}
        return {name: ({**right, **own})[name] for name in reversed({**right, **own})}


class GeneratedNames(Variant):
    """Service, ServiceEntry and DestinationRule have names of their own."""

    id, name, editions = "V40", "generated-names", ("runbook",)

    def way_out_name(self, name: str) -> str:
        return f"{name}-{hashlib.sha256(name.encode()).hexdigest()[:6]}"


class AdditionalRule(Variant):
    """HTTPRoutes have one rule more."""

    id, name = "V41", "additional-rule"

    def child(self, child: JSON, model: Key) -> JSON:
        whole = super().child(child, model)
        if whole["kind"] == "HTTPRoute":
            more = copy.deepcopy(whole["spec"]["rules"][0])
            more["matches"] = [{"headers": [{"type": "Exact", "name": "x-vendor-debug", "value": "1"}]}]
            whole["spec"]["rules"].insert(0, more)
        return whole


class RouteInOtherWords(Variant):
    """Writes an HTTPRoute in other words that mean the same: its limit in minutes, header names in lower case."""

    id, name = "V56", "route-in-other-words"

    def child(self, child: JSON, model: Key) -> JSON:
        whole = copy.deepcopy(super().child(child, model))
        if whole["kind"] != "HTTPRoute":
            return whole
        for parent in whole["spec"].get("parentRefs", ()):
            parent |= {"group": "gateway.networking.k8s.io", "kind": "Gateway", "sectionName": "http"}
        for rule in whole["spec"]["rules"]:
            rule["timeouts"] = {"request": "5m"}
            sets = [each["requestHeaderModifier"]["set"] for each in rule.get("filters", ())]
            matched = [match.get("headers", ()) for match in rule["matches"]]
            for header in (header for headers in (*sets, *matched) for header in headers):
                header["name"] = header["name"].lower()
        return whole


class AnnotatedChildren(Variant):
    """Children bear annotations."""

    id, name = "V42", "annotated-children"

    def child(self, child: JSON, model: Key) -> JSON:
        whole = super().child(child, model)
        whole["metadata"]["annotations"] = {"vendor.example/made-for": str(model)}
        return whole


class ChildrenUnrepaired(Variant):
    """Leaves a child that somebody has deleted alone until its ExternalModel changes, as the product does."""

    id, name, editions = "V43", "children-unrepaired", ("rhoai-3.4",)

    def repairs_children(self) -> bool:
        return False


def _in_blocks(name: str, value: Any) -> Any:
    if name == "messages":
        return [{**message, "content": _in_blocks("content", message["content"])} for message in value]
    return [{"type": "text", "text": value}] if name in ("system", "content") and isinstance(value, str) else value


class ReplicasOneAfterTheOther(Variant):
    """Has two replicas take turns, of which the second hears of every change 0.8 s later: longer than holdSeconds."""

    id, name = "V50", "replicas-one-after-the-other"

    def lags(self) -> Sequence[float]:
        return (*super().lags(), 0.8)


class ChildrenWithSuffix(Variant):
    """Names the objects behind an HTTPRoute with a suffix, where the edition leaves the name open."""

    id, name, editions = "V51", "children-with-suffix", ("runbook",)

    def child(self, child: JSON, model: Key) -> JSON:
        whole = copy.deepcopy(super().child(child, model))
        if whole["kind"] != "HTTPRoute":
            whole["metadata"]["name"] = _suffixed(whole["metadata"]["name"])
        for rule in whole["spec"].get("rules", ()):
            for backend in rule["backendRefs"]:
                backend["name"] = _suffixed(backend["name"])
        return whole


def _suffixed(name: str) -> str:
    """As generated names are made: cut where they would be too long for a Service, and told apart by the suffix."""
    suffix = f"-{hashlib.sha256(name.encode()).hexdigest()[:6]}"
    return f"{name[: LONGEST_NAME - len(suffix)]}{suffix}"


class ErrorsInUtf8(Variant):
    """Says of its own errors in which characters they are written."""

    id, name = "V52", "errors-in-utf-8"

    def own_answer(self, answer: Answer) -> Answer:
        right = super().own_answer(answer)
        if not right.body or any(header.name == "content-type" for header in right.headers):
            return right
        headers = (*right.headers, Header("content-type", "text/plain; charset=utf-8"))
        return Answer(right.status, right.body, headers, right.reason)


class AnswersChunked(Variant):
    """Sends clients every answer in chunks, whatever the provider said of its length."""

    id, name = "V53", "answers-chunked"

    def response_changes(self, status: int, injected: Sequence[Header]) -> ResponseChanges:
        changes = super().response_changes(status, injected)
        return ResponseChanges(changes.status, changes.headers, (*changes.removed, "content-length"))


class MoreRequestHeaders(Variant):
    """Tells the provider by which way a request has come."""

    id, name = "V54", "more-request-headers"

    def provider_headers(self, model: Model) -> Sequence[Header]:
        own = (Header("via", "1.1 gateway"), Header("x-forwarded-port", "443"))
        return (*super().provider_headers(model), *own)


class SecretsTakenUpAreTold(Variant):
    """Tells in an Event which Secret it has taken up, and in its log by which fingerprint, and gives nothing away."""

    id, name = "V55", "secrets-taken-up-are-told"

    def told_of_secret(self, secret: Key, credentials: Credentials) -> Sequence[JSON]:
        fingerprint = hashlib.sha256("".join(credentials.values()).encode()).hexdigest()[:16]
        log.info("credential %s of %s taken up", fingerprint, secret)
        event = {
            "apiVersion": "v1",
            "kind": "Event",
            "metadata": {"name": f"{secret.name}.{fingerprint}", "namespace": secret.namespace},
            "involvedObject": {"apiVersion": "v1", "kind": "Secret", **secret._asdict()},
            "reason": "CredentialTakenUp",
            "message": f"{', '.join(credentials)} taken up",
            "type": "Normal",
        }
        return (*super().told_of_secret(secret, credentials), event)
