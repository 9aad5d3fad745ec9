"""What a gateway decides in each of the situations that tell faults and variants apart (of callers: access_probes)."""

from __future__ import annotations

import base64
import copy
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from reference_gateway import answers
from reference_gateway.behaviour import Behaviour
from reference_gateway.stores import ModelStore, Store
from reference_gateway.values import Auth, Credentials, Header, Key, Model, ModelRef
from tests.reference_gateway.access_probes import ACCESS_PROBES
from tests.reference_gateway.samples import (
    AZURE,
    BROKEN,
    HOUSEMATE,
    MODELS,
    NAMESAKE,
    RENAMED,
    SECRET,
    TWIN,
    A,
    B,
    found,
)

BODY = {"model": "gpt-a", "messages": [1], "stream": True, "seed": 7}


def store_after(change: Callable[[Store[Credentials]], None]) -> Mapping[Key, Credentials]:
    store: Store[Credentials] = Store()
    store.put(SECRET, {"k": "old"})
    change(store)
    return store.view()


def away_and_back(subject: Behaviour, store: Store[Credentials]) -> None:
    subject.on_label_removed(store, SECRET)
    subject.on_label_added(store, SECRET, {"k": "new"})


def joined(subject: Behaviour, *chunks: bytes) -> bytes:
    """What clients receive of all of them."""
    return b"".join(piece for chunk in chunks for piece in subject.response_pieces(chunk))


def refs_after_deletion(subject: Behaviour) -> Mapping[Key, ModelRef]:
    store: Store[ModelRef] = Store()
    store.put(A.key, ModelRef(A.key, "ExternalModel", "m"))
    subject.on_model_ref_deleted(store, A.key)
    return store.view()


def published_after_change(subject: Behaviour) -> bool:
    """Whether model B is published by its own reference, when another one has named it for a while."""
    store: Store[ModelRef] = Store()
    for ref in (ModelRef(B.key, "ExternalModel", "other"), REF_TO_B, ref_to_a()):
        subject.on_model_ref_changed(store, ref)
    return subject.is_published(B, store.view())


def closed_while_starting(subject: Behaviour) -> bool:
    """Whether a processor that has just started refuses as it does otherwise."""
    before = subject.answer_without_credentials(A)
    subject.on_processor_started()
    return subject.answer_without_credentials(A) == before


def models_after_stop(subject: Behaviour) -> tuple[Key, ...]:
    store = ModelStore()
    store.want(A)
    subject.on_controller_stopped(store)
    return store.known()


def wanted_after_deletion(subject: Behaviour) -> Model | None:
    store = ModelStore()
    store.want(A)
    subject.on_external_model_deleted(store, A.key)
    return store.wanted(A.key)


def left_after_deletion(subject: Behaviour) -> set[Key]:
    """What is served when model A is deleted beside others of its name, its endpoint and its targetModel."""
    store = ModelStore()
    for model in (A, NAMESAKE, HOUSEMATE, TWIN):
        store.want(model)
    store.programmed(frozenset(model.destination for model in (A, NAMESAKE, HOUSEMATE, TWIN)))
    subject.on_external_model_deleted(store, A.key)
    return set(store.view())


def found_after_deletion(subject: Behaviour) -> list[Credentials | None]:
    """What is found for model A when another one that names the same Secret is deleted."""
    store, sharing = ModelStore(), replace(HOUSEMATE, secret=SECRET)
    store.want(sharing)
    subject.on_external_model_deleted(store, sharing.key)
    return found(subject, {SECRET: {"k": "1"}})


def found_by_both(subject: Behaviour, state: Mapping[Key, Credentials]) -> Credentials | None:
    """What is found for the second of two models that name one Secret, when that was there and is now as in a state."""
    sharing = replace(HOUSEMATE, secret=SECRET)
    outcome = None
    for secrets in ({SECRET: {"k": "1"}}, state):
        store: Store[Credentials] = Store()
        for key, credentials in secrets.items():
            store.put(key, credentials)
        for model in (A, sharing):
            outcome = subject.find_credentials(store, model)
    return outcome


OTHER_SECRET = Key("ns", "s-other")
ELSEWHERE = replace(A, secret=OTHER_SECRET)


def told_alike(subject: Behaviour) -> bool:
    """Whether two models of one provider are led to the same host and Secret when that moves and names another."""
    moved = []
    for model in (replace(A, backend="p"), replace(B, backend="p", endpoint=A.endpoint, secret=A.secret)):
        new = subject.effective_model(replace(model, endpoint="moved.test", secret=OTHER_SECRET), model)
        moved.append((new.endpoint, new.secret))
    return moved[0] == moved[1]


def found_after_former_changes(subject: Behaviour) -> Credentials | None:
    """What is found for model A, which names another Secret than before, when the former one has changed."""
    store: Store[Credentials] = Store()
    subject.on_credentials_changed(store, SECRET, {"k": "1"})
    subject.on_credentials_changed(store, OTHER_SECRET, {"k": "2"})
    subject.effective_model(ELSEWHERE, A)
    subject.on_credentials_changed(store, SECRET, {"k": "3"})
    return subject.find_credentials(store, ELSEWHERE)


def found_after_new_one_changes(subject: Behaviour) -> Credentials | None:
    """What is found for model A, which names another Secret than before, when that has changed."""
    outcome = None
    for model, value in ((A, "1"), (ELSEWHERE, "2"), (ELSEWHERE, "3")):
        store: Store[Credentials] = Store()
        store.put(model.secret, {"k": value})
        outcome = subject.find_credentials(store, model)
    return outcome


def published_after_restart(subject: Behaviour) -> bool:
    """Whether model A is published by nothing but a restart of the controller."""
    store = ModelStore()
    store.want(A)
    subject.on_controller_stopped(store)
    return subject.is_published(A, {})


def resolved_by_long_name(subject: Behaviour) -> Model | None:
    """Which of two models is found whose names of 63 characters differ in the last one."""
    names = [Key("ns", "m" * 62 + end) for end in "ab"]
    return subject.resolve(f"/{names[0]}/v1/chat/completions", {key: replace(A, key=key) for key in names})


def first_key(subject: Behaviour) -> str:
    return subject.edition.secret_data_key


def child(subject: Behaviour, kind: str) -> Any:
    """A child as it is written the second time."""
    owner = {"kind": "ExternalModel", "name": "m", "controller": True}
    labels = {"app.kubernetes.io/managed-by": "x", "maas.opendatahub.io/external-model": "m"}
    rules = [{"matches": [{"path": {"value": "/ns/m"}}]}, {"matches": [{"headers": [{"name": "X-Model"}]}]}]
    spec = {"rules": rules, "trafficPolicy": {"tls": {"mode": "SIMPLE"}}}
    whole = {"kind": kind, "metadata": {"labels": labels, "ownerReferences": [owner]}, "spec": spec}
    subject.child(copy.deepcopy(whole), A.key)
    return subject.child(whole, A.key)


def hosts_registered(subject: Behaviour) -> Any:
    """The hosts of a ServiceEntry when its endpoint has changed."""
    for host in ("a.test", "b.test"):
        entry = {"kind": "ServiceEntry", "metadata": {"labels": {}}, "spec": {"hosts": [host]}}
        whole = subject.child(entry, A.key)
    return whole["spec"]["hosts"]


def cookie_kept(subject: Behaviour) -> bool:
    """Whether a later request brings the provider what it has set before."""
    subject.on_answer(A, [(":status", "200"), ("set-cookie", "a=b; Path=/")])
    return "cookie" in [header.name for header in subject.injected_headers(A, "KEY")]


def ref_to_a(namespace: str = "ns", kind: str = "ExternalModel") -> ModelRef:
    return ModelRef(Key(namespace, "m"), kind, "m")


def object_of_version(version: int) -> dict[str, Any]:
    return {"metadata": {"generation": 1, "resourceVersion": str(version), "uid": str(version)}}


SETTLED = b'{"temperature":0}'
REF_TO_B = ModelRef(A.key, "ExternalModel", "other")
NOT_ACCEPTED = [{"type": "Accepted", "status": "False"}, {"type": "ResolvedRefs", "status": "True"}]

PROBES: dict[str, Callable[[Behaviour], Any]] = {
    **ACCESS_PROBES,
    "managed without label": lambda b: b.is_managed({}),
    "marks": lambda b: b.marks({"annotations": {b.edition.secret_label: "true"}}),
    "managed on start": lambda b: (b.reads_secrets_on_start(), b.is_managed({}))[1],
    "managed with false": lambda b: b.is_managed({b.edition.secret_label: "false"}),
    "managed with True": lambda b: b.is_managed({b.edition.secret_label: "True"}),
    "managed": lambda b: b.is_managed({b.edition.secret_label: "true"}),
    "decoded": lambda b: b.decoded(base64.b64encode(b"KEY").decode()),
    "usable": lambda b: (b.is_usable("x"), b.is_usable("x\n")),
    "empty usable": lambda b: b.is_usable(""),
    "usable beside": lambda b: b.is_usable_beside("x\n"),
    "secret of another namespace": lambda b: b.secret_of(A.key, {"name": "x/s"}),
    "credentials changed": lambda b: store_after(lambda s: b.on_credentials_changed(s, SECRET, {"k": "new"})),
    "fields after a change": lambda b: store_after(lambda s: b.on_credentials_changed(s, SECRET, {"token": "new"})),
    "label added": lambda b: store_after(lambda s: b.on_label_added(s, SECRET, {"k": "new"})),
    "label removed": lambda b: store_after(lambda s: b.on_label_removed(s, SECRET)),
    "label away and back": lambda b: store_after(lambda s: away_and_back(b, s)),
    "data unusable": lambda b: store_after(lambda s: b.on_data_unusable(s, SECRET)),
    "secret deleted": lambda b: store_after(lambda s: b.on_secret_deleted(s, SECRET)),
    "found": lambda b: found(b, {SECRET: {"k": "1"}}),
    "found after rotation": lambda b: found(b, {SECRET: {"k": "1"}}, {SECRET: {"k": "2"}})[1],
    "found after creation": lambda b: found(b, {}, {SECRET: {"k": "1"}})[1],
    "found elsewhere": lambda b: found(b, {Key("x", "s"): {"k": "1"}}),
    "found for a sharer": lambda b: found_by_both(b, {}),
    "found after a former Secret's change": found_after_former_changes,
    "found after a new Secret's change": found_after_new_one_changes,
    "found beside a namesake": lambda b: found(b, {Key("a", "s"): {"k": "0"}, SECRET: {"k": "1"}}),
    "picked": lambda b: b.pick_value({first_key(b): "KEY"}),
    "picked from another key": lambda b: b.pick_value({"password": "KEY"}),
    "picked by the auth type": lambda b: b.pick_value({"apikey": "KEY"}),
    "unseen": lambda b: b.answer_unseen(),
    "answer without credentials": lambda b: b.answer_without_credentials(A),
    "answer without field": lambda b: b.answer_without_field(A),
    "effective model": lambda b: b.effective_model(B, A),
    "edited twice at once": lambda b: (b.effective_model(RENAMED, A), b.effective_model(replace(A, port=8), RENAMED))[
        1
    ],
    "edited back": lambda b: [b.effective_model(one, RENAMED) for one in (A, RENAMED, A)][-1],
    "effective beside a broken one": lambda b: (b.effective_model(BROKEN, None), b.effective_model(B, A))[1],
    "model deleted": wanted_after_deletion,
    "left after deletion": left_after_deletion,
    "found after a sharer's deletion": found_after_deletion,
    "route owned": lambda b: b.is_owned("HTTPRoute"),
    "service owned": lambda b: b.is_owned("Service"),
    "objects beside": lambda b: len(b.objects_beside(A)),
    "published": lambda b: b.is_published(A, {A.key: ModelRef(A.key, "ExternalModel", "m")}),
    "published without ref": lambda b: b.is_published(A, {}),
    "published after a restart": published_after_restart,
    "published by another name": lambda b: b.is_published(A, {B.key: ModelRef(B.key, "ExternalModel", "m")}),
    "published by another kind": lambda b: b.is_published(A, {A.key: ModelRef(A.key, "LLMInferenceService", "m")}),
    "ref deleted": refs_after_deletion,
    "published by a ref led elsewhere": lambda b: (b.ref_publishes(ref_to_a(), A), b.ref_publishes(REF_TO_B, A))[1],
    "published though a ref was led elsewhere": published_after_change,
    "published from elsewhere": lambda b: b.is_published(A, {Key("x", "m"): ref_to_a("x")}),
    "target elsewhere": lambda b: b.find_target({Key("x", "m"): {}}, A.key),
    "route that is not accepted": lambda b: b.accepts(NOT_ACCEPTED),
    "waits for route": lambda b: b.waits_for_route(),
    "route named": lambda b: b.names_route(),
    "address": lambda b: b.address_of("own", "override"),
    "address without an override": lambda b: (b.address_of("own", "override"), b.address_of("own", None))[1],
    "looks again": lambda b: b.looks_again("Failed", edited=False),
    "looks again when ready": lambda b: b.looks_again("Ready", edited=False),
    "generation": lambda b: b.observed_generation(2),
    "taken up": lambda b: b.takes_up(object_of_version(2), object_of_version(1)),
    "finalizer": lambda b: b.ref_finalizer(),
    "let go without target": lambda b: b.releases_without_target(),
    "models of one provider": told_alike,
    "auth of a reference": lambda b: b.auth_of_reference({"auth": {"type": "apikey"}}),
    "header asked for": lambda b: b.header_asked_for(Auth(header="api-key"))[0],
    "prefix asked for": lambda b: b.header_asked_for(Auth(header="api-key", prefix="Key "))[1],
    "successor": lambda b: b.successor_spec({"auth": "new"}, {"auth": "old"}),
    "auth type": lambda b: b.knows_auth_type("sigv4"),
    "way out's name": lambda b: b.way_out_name("m"),
    "route prefix": lambda b: b.route_prefix(A.key),
    "route child": lambda b: child(b, "HTTPRoute"),
    "hosts registered": hosts_registered,
    "rule child": lambda b: child(b, "DestinationRule"),
    "effective model in clear": lambda b: b.effective_model(replace(A, tls=False, port=80), None),
    "effective model at a port": lambda b: b.effective_model(replace(A, port=8443), None),
    "annotations forgiven": lambda b: b.forgives_annotations(),
    "rule removed": lambda b: b.removes_rule_in_clear(),
    "children wait": lambda b: b.waits_for_secret(),
    "children repaired": lambda b: b.repairs_children(),
    "children brought back": lambda b: b.brings_back(),
    "route goes with ref": lambda b: b.removes_route_with_ref(),
    "phase without target": lambda b: b.phase_without_target(),
    "resolved": lambda b: b.resolve("/ns/m/v1/chat/completions", MODELS),
    "resolved with a slash": lambda b: b.resolve("/ns/other/v1/chat/completions/", MODELS),
    "resolved behind two slashes": lambda b: b.resolve("//ns/m/v1/chat/completions", MODELS),
    "passed without a body": lambda b: [b.passes_bodiless(method) for method in ("GET", "DELETE", "POST")],
    "stripped without a body": lambda b: b.strips_bodiless(),
    "paid for without a body": lambda b: b.bodiless_gets_credential(),
    "infers": lambda b: [b.infers(method) for method in ("POST", "OPTIONS", "GET")],
    "resolved in a longer namespace": lambda b: b.resolve("/ns-2/m/v1/chat/completions", MODELS),
    "resolved behind a segment": lambda b: b.resolve("/api/ns/m/v1/chat/completions", MODELS),
    "resolved look-alike": lambda b: b.resolve("/ns/m-2/v1/chat/completions", MODELS),
    "resolved beside a namesake": lambda b: b.resolve("/ns/m/v1/chat/completions", {**MODELS, NAMESAKE.key: NAMESAKE}),
    "resolved beside a long namesake": resolved_by_long_name,
    "sent to": lambda b: b.sent_to(TWIN, "/ns/twin/v1/chat/completions", None, [A, TWIN]),
    "fallback": lambda b: b.fallback_model("/x/y/z", [A, B]),
    "chosen": lambda b: b.choose_model(A, "gpt-a", [A, B]),
    "chosen by another's name": lambda b: b.choose_model(A, "gpt-b", [A, B]),
    "chosen by a former name": lambda b: (b.choose_model(A, "gpt-a", []), b.choose_model(RENAMED, "gpt-a", []))[1],
    "chosen by a vendor's name": lambda b: b.choose_model(A, "openai/gpt-a", [A, B]),
    "chosen in capitals": lambda b: b.choose_model(A, "GPT-A", [A, B]),
    "first of two": lambda b: json.loads(b.body_read(b'{"model":"a","model":"b"}', "25"))["model"],
    "model in capitals": lambda b: json.loads(b.body_read(b'{"model": "a", "MODEL": "b"}', "28"))["model"],
    "model in escapes": lambda b: json.loads(b.body_read(rb'{"model": "\u0067pt-a"}', "24"))["model"],
    "body with another behind it": lambda b: b.body_read(b"{} {}", "5"),
    "body of full chunks": lambda b: len(b.body_read(b" " * (32 << 10), "32768")),
    "chat below": lambda b: b.is_chat_endpoint("/ns/m/v1/chat/completions/batch"),
    "chat in the query": lambda b: b.is_chat_endpoint("/ns/m/v1/completions?x=/chat/completions"),
    "resolved with parameters": lambda b: b.resolve("/ns/m;x/v1/chat/completions", MODELS),
    "resolved in capitals": lambda b: b.resolve("/NS/m/v1/chat/completions", MODELS),
    "asked for": lambda b: b.upstream_model(replace(A, target_model="vendor/model:free")),
    "chosen by a longer name": lambda b: b.choose_model(A, "gpt-a-pro", [A, B]),
    "named behind a tool's": lambda b: b.named_model({"tool": {"model": "x"}, "model": "gpt-a"}, A),
    "named at the end": lambda b: b.named_model({"text": "x" * 5000, "model": "gpt-a"}, A),
    "chosen by nobody's name": lambda b: b.choose_model(A, "gpt-x", [A, B]),
    "authorization stripped": lambda b: b.is_client_secret("authorization"),
    "x-api-key stripped": lambda b: b.is_client_secret("x-api-key"),
    "cookie stripped": lambda b: b.is_client_secret("cookie"),
    "identity stripped": lambda b: b.is_client_secret("x-maas-username"),
    "injected": lambda b: list(b.injected_headers(A, "KEY")),
    "body with capitals": lambda b: "userid" in (b.upstream_body(A, {"model": "gpt-a", "userId": 1}) or {}),
    "body in chunks": lambda b: b.body_read(b"body", None),
    "told of the connection": lambda b: b.told_of_connection(),
    "second path on a connection": lambda b: (b.path_meant("/a", "c"), b.path_meant("/b", "c"))[1],
    "cookie kept": cookie_kept,
    "answer to a repetition": lambda b: [b.answer_to_repetition(A.key, b"{}") for _ in range(2)],
    "answer to a settled repetition": lambda b: [b.answer_to_repetition(A.key, SETTLED) for _ in range(2)],
    "answer to a streamed repetition": lambda b: [b.answer_to_repetition(A.key, b'{"stream":true}') for _ in range(2)],
    "secret of a long name": lambda b: b.secret_of(A.key, {"name": "s" * 100}),
    "injected for azure": lambda b: list(b.injected_headers(AZURE, "KEY")),
    "path": lambda b: b.upstream_path(A, "/ns/m/v1/chat/completions"),
    "path with query": lambda b: b.upstream_path(A, "/ns/m/v1/chat/completions?q=1"),
    "body": lambda b: json.dumps(b.upstream_body(A, BODY)),
    "good answer": lambda b: b.response_changes(200, [Header("authorization", "Bearer KEY")]),
    "status of an unusual bad answer": lambda b: b.response_changes(413, []).status,
    "bad answer": lambda b: b.response_changes(429, [Header("authorization", "Bearer KEY")]),
    "own answer": lambda b: b.own_answer(answers.unsupported_endpoint(b.edition)),
    "own 404": lambda b: b.own_answer(answers.NOT_FOUND),
    "own answer to malformed body": lambda b: b.own_answer(answers.malformed_body("x")),
    "own answer without credentials": lambda b: b.own_answer(answers.credentials_not_found(b.edition, "openai")),
    "provider in errors": lambda b: b.provider_in_errors(A),
    "header of the endpoint": lambda b: b.header_of_endpoint(),
    "answer instead of a long one": lambda b: b.answer_instead([("content-length", "1300000")]),
    "answer instead of one without a length": lambda b: b.answer_instead([("content-type", "application/json")]),
    "response body mode": lambda b: b.response_body_mode(),
    "response pieces": lambda b: b"".join(b.response_pieces(b"data: [DONE]\n\n" + b"x" * 5000)),
    "pieces that tell of an end": lambda b: b"".join(b.response_pieces(b'data: {"[DONE]": 1}\n\n')),
    "streams that meet": lambda b: joined(b, b"data: a", b"data: b", b"1\n\n", b"2\n\n"),
    "response piece count": lambda b: len(b.response_pieces(b"data: 1\n\n")),
    "retries": lambda b: b.retry_on(),
    "exposition type": lambda b: b.exposition_type(),
    "verifies": lambda b: b.verifies_provider(),
    "verifies the time": lambda b: b.accepts_expired(),
    "verifies the issuer": lambda b: b.accepts_any_issuer(),
    "own statuses": lambda b: b.own_statuses(),
    "chunks": lambda b: b.chunks_request(),
    "upstream": lambda b: (b.upstream_header_case(), b.upstream_protocol()),
    "times": lambda b: (b.convergence_delay(), b.status_delay()),
    "extras": lambda b: (b.extra_labels(), b.extra_conditions()),
    "without processor": lambda b: b.forwards_without_processor(),
    "status without processor": lambda b: b.status_without_processor(),
    "forgotten with the processor": lambda b: store_after(b.on_processor_stopped),
    "read on start": lambda b: b.reads_secrets_on_start(),
    "models told again": lambda b: b.hears_of_models_again(),
    "unread": lambda b: b.seconds_until_secrets_are_read(),
    "closed while starting": closed_while_starting,
    "models after the controller": models_after_stop,
    "taken up on start": lambda b: (b.takes_up_on_start(changed=False), b.takes_up_on_start(changed=True)),
    "deletions on start": lambda b: b.notices_deletions_on_start(),
    "replicas": lambda b: b.replicas(),
    "times of parts": lambda b: (b.seconds_to_start(), b.seconds_to_stop()),
}
