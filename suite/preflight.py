"""The preflight: in seconds, is everything there that the run stands on, and is a plain model served at all?"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from email.utils import parsedate_to_datetime
from functools import partial

import httpx

from fixtures.catalogue import Edition, GatewayName, Resource
from fixtures.errors import ConfigurationError, InTroubleError, NotTestableError
from fixtures.judgements.expectation import Mismatch
from fixtures.judgements.objects import RefReady
from fixtures.kube import Kube
from fixtures.kubernetes_requests import ForbiddenError
from fixtures.parts import Parts
from fixtures.prepared import Prepared
from fixtures.provider import ProviderClient
from fixtures.recording import CaseRecorder
from fixtures.rights import EVERY_SCENARIO, Right, Uses, needed
from fixtures.scenario import SUBJECT, Baseline, Ground, Scenario
from fixtures.settle import obtain
from fixtures.survey import Survey, refusal_of
from fixtures.targets.target import MAAS_CONTROLLER, Target
from fixtures.transport import what_broke
from reports.events import PreflightChecked
from reports.recorder import EventWriter
from reports.text import one_line
from suite.options import EMBEDDED

CASE = "preflight"
CLOCK_SKEW_SECONDS = 60.0
"""Above this, fresh tokens and certificates may be taken for not valid yet, or for expired."""
LATER = "what fails in a run says why"


class BlockedError(Exception):
    """The run cannot begin, and that says nothing about the gateway's conformance: the failed check, as a sentence."""


@dataclass(frozen=True)
class Check:
    """One line of the preflight."""

    name: str
    look: Callable[[], str]
    """Returns what was found, or raises NotTestableError."""
    advice: str


def surroundings(
    target: Target, edition: Edition, kube: Kube, provider: ProviderClient, run: str
) -> Iterator[PreflightChecked]:
    """Look at what the run stands on, one event a check; the first without which nothing can be judged ends it.

    Raises:
        ConfigurationError: the Kubernetes API cannot be reached.
        BlockedError: something else is missing.
    """
    survey = Survey(kube.requests)
    yield from _looked(
        Check("Kubernetes API", kube.version, "check the kubeconfig and the context"), refuse=ConfigurationError
    )
    yield from _looked(
        Check(
            "custom resources",
            lambda: _kinds(kube, _asked_for(target, edition)),
            f"install the custom resource definitions of edition {edition.name}, or choose another --edition",
        )
    )
    yield from _rights(survey, edition, Uses.of(target, edition))
    # Where nobody attaches routes to the product's own Gateway, none need be there.
    attached = edition.gateway if MAAS_CONTROLLER in target.features else None
    known = target.gateway.object or attached
    if known is not None:
        yield from _gateway_object(survey, known, kube.namespace_labels)
    yield from _of_the_wire(target, provider)
    yield from parts_up(target, kube, run)


def parts_up(target: Target, kube: Kube, run: str) -> Iterator[PreflightChecked]:
    """See that every part of the gateway that is known is at work.

    Raises:
        BlockedError: one is not.
    """
    parts = Parts(kube, target.parts, run)
    for name in target.parts:
        yield from _looked(
            Check(
                f"the gateway's {name}",
                partial(parts.state, name),
                f"look at parts.{name} of target.yaml; what a run has left, `conformance sweep RUN --yes` puts back; "
                f"the right to look comes with `conformance plan --parts {target.parts[name].namespace}`",
            )
        )


def without_rights(target: Target, prepared: Prepared, provider: ProviderClient) -> Iterator[PreflightChecked]:
    """As ``surroundings``, for a run that has no right on the cluster.

    Raises:
        BlockedError: something without which nothing can be judged is missing.
    """
    yield PreflightChecked(time.time(), "rights", "passed", _prepared(prepared))
    yield from _of_the_wire(target, provider)


def baseline(ground: Ground, writer: EventWriter, worker: str) -> tuple[Baseline, list[PreflightChecked]]:
    """Deploy plain models and call them: what every control of the scenarios relies on."""
    recorder = CaseRecorder(writer, worker, CASE)
    lenient = _tried(ground, recorder, "requests reach the provider", strict=False)
    found = Baseline(out_of_service=_cause(lenient[0]))
    if found.out_of_service:
        return replace(found, not_working=found.out_of_service), lenient
    strict = _tried(ground, recorder, "a plain model is served", strict=True)
    return replace(found, not_working=_cause(strict[0])), [*lenient, *strict, *_wavering(ground)]


def _wavering(ground: Ground) -> Iterator[PreflightChecked]:
    """Said where it costs the run time."""
    seconds, bounds = ground.wavering.seconds, ground.target.bounds
    if seconds:
        detail = (
            f"a model was served and not served by turns for {seconds:.1f} s, as by replicas that hear of it one after "
            f"the other; what settles is watched for {bounds.window(seconds):.1f} s instead of {bounds.hold_seconds} s"
        )
        yield PreflightChecked(time.time(), "replicas", "passed", detail)


def _tried(ground: Ground, recorder: CaseRecorder, name: str, *, strict: bool) -> list[PreflightChecked]:
    """Whether a model is served comes first; then what can be seen of one that is."""
    scenario = Scenario(ground, recorder, "externalmodel-conformance (preflight)", trial(strict=strict))
    try:
        scenario.new_model(SUBJECT).deploy(strict=strict)
        scenario.begin()
        control = scenario.works if strict else scenario.is_in_service
        control(SUBJECT, name)
        served = PreflightChecked(time.time(), name, "passed", "as a control for every scenario")
        return [served, *(_controller(scenario, ground) if strict and _has_controller(ground) else ())]
    except NotTestableError as error:
        advice = LATER if strict else "; ".join((*_about_clients(ground.target), LATER))
        return [PreflightChecked(time.time(), name, "failed", str(error), advice)]
    finally:
        scenario.clean_up()
        scenario.close()


def _about_clients(target: Target) -> Iterator[str]:
    """What only whoever wrote target.yaml can know, where the gateway refuses the run's client."""
    if target.kind == EMBEDDED or target.gateway.mints_keys:
        # Of keys that are minted, who mints none says why.
        return
    if target.gateway.client_key is None:
        yield "where the gateway asks clients for a key, give one as gateway.clientKey, or have the run mint some"
    else:
        yield "where the gateway refuses the client, see that it takes gateway.clientKey, for every model"


def _has_controller(ground: Ground) -> bool:
    """Whether anything will be asked of one, by who may look."""
    asked = MAAS_CONTROLLER in ground.edition.features and MAAS_CONTROLLER in ground.target.features
    return asked and ground.prepared is None


def _controller(scenario: Scenario, ground: Ground) -> Iterator[PreflightChecked]:
    """Where nobody looks after MaaSModelRefs, or calls any Ready, all that asks for it fails, a bound at a time."""
    says = Check(
        "controller",
        lambda: _says_how_it_is(scenario, ground),
        "if the gateway is payload processing alone, say  maasController: false  under gateway in target.yaml",
    )
    (said,) = _noted(says)
    yield said
    if said.outcome == "passed":
        advice = "see what its controller waits for, and the failed requirements about MaaSModelRefs below"
        yield from _noted(Check("readiness", lambda: _says_ready(scenario, ground), advice))


def _says_how_it_is(scenario: Scenario, ground: Ground) -> str:
    model, ref = scenario.subject, ground.edition.model_ref

    def status() -> object:
        return (scenario.kube.get(ref, model.namespace, model.name) or {}).get("status")

    if obtain(status, ground.target.bounds) is None:
        raise NotTestableError(f"a model is served, and nobody says in its {ref.kind} how it is")
    return f"the {ref.kind} of a model that is served says how it is"


def _says_ready(scenario: Scenario, ground: Ground) -> str:
    """What an edition with a controller asks for of a model that is served."""
    model, ref = scenario.subject, ground.edition.model_ref
    ready = RefReady(model.name, ground.edition.endpoint_of(model.namespace, model.name))

    def mismatch() -> Mismatch | None:
        return ready.mismatch(tuple(scenario.kube.list(ref, model.namespace)))

    if obtain(lambda: mismatch() is None or None, ground.target.bounds) is None and (unmet := mismatch()) is not None:
        raise NotTestableError(f"a model is served, and its {ref.kind} does not come to say so: {unmet.words}")
    return f"the {ref.kind} of a model that is served says Ready"


def trial(*, strict: bool) -> str:
    """The name of the scene in which a plain model is tried, whose provider is strict or takes any key."""
    return f"{CASE}, {'strict' if strict else 'lenient'}"


def line_of(check: PreflightChecked) -> str:
    """The check as a line for people."""
    line = f"preflight  {check.check}: {check.detail}"
    return line if check.outcome == "passed" else f"{line}; {check.advice}"


def _cause(check: PreflightChecked) -> str | None:
    return None if check.outcome == "passed" else check.detail


def _looked(check: Check, refuse: type[Exception] = BlockedError) -> Iterator[PreflightChecked]:
    try:
        yield PreflightChecked(time.time(), check.name, "passed", check.look())
    except NotTestableError as error:
        yield PreflightChecked(time.time(), check.name, "failed", str(error), check.advice)
        refused = BlockedError if isinstance(error, InTroubleError) else refuse
        raise refused(f"preflight: {error}; {check.advice}") from error


def _noted(check: Check) -> Iterator[PreflightChecked]:
    """A check whose failure does not keep the run from going on: it says why some requirements will fail or wait."""
    try:
        yield PreflightChecked(time.time(), check.name, "passed", check.look())
    except NotTestableError as error:
        yield PreflightChecked(time.time(), check.name, "failed", str(error), check.advice)


def _rights(survey: Survey, edition: Edition, uses: Uses) -> Iterator[PreflightChecked]:
    """What every scenario needs, without which no run begins; and what only some need, which are then not testable."""
    rights = needed(edition, uses)
    advice = f"have an administrator apply what `{uses.command(edition)}` prints, or give another kubeconfig"
    missing = survey.missing(rights)
    vital = [right for right in missing if right.needed_for == EVERY_SCENARIO]
    yield from _looked(Check("rights", lambda: _allowed(rights, vital), advice))
    for purpose in dict.fromkeys(right.needed_for for right in missing if right not in vital):
        of_it = [right for right in missing if right.needed_for == purpose]
        yield from _noted(Check(f"rights for {purpose}", partial(_allowed, rights, of_it), advice))


def _of_the_wire(target: Target, provider: ProviderClient) -> Iterator[PreflightChecked]:
    yield from _looked(Check("provider", lambda: _provider(provider), "start the provider, check its control URL"))
    yield from _looked(
        Check("gateway", lambda: _gateway(target), "check the gateway's URL, its listener and its certificate")
    )
    yield from _noted(Check("clocks", lambda: _clocks(target), "set the clocks by the same source, such as NTP"))


def _prepared(prepared: Prepared) -> str:
    played = sum(not scene.not_testable for scene in prepared.scenes.values())
    return (
        f"none on the cluster: judged is what the objects of plan {prepared.plan} show, for {played} of "
        f"{len(prepared.scenes)} scenes"
    )


def _allowed(rights: Sequence[Right], missing: Sequence[Right]) -> str:
    if missing:
        raise NotTestableError(f"this kubeconfig may not {', '.join(right.describe() for right in missing)}")
    return f"this kubeconfig may do all {len(rights)} things that a run needs"


def _gateway_object(survey: Survey, known: GatewayName, labels: Mapping[str, str]) -> Iterator[PreflightChecked]:
    yield from _noted(
        Check(
            "listener",
            lambda: _where_we_may(lambda: _listener(survey, known, labels)),
            "have the listener admit all namespaces, or give the labels that it asks for in kubernetes.namespaceLabels",
        )
    )
    yield from _noted(
        Check(
            "external processor",
            lambda: _where_we_may(lambda: _ext_proc(survey, known)),
            "see that the EnvoyFilter of the gateway's payload processing is there",
        )
    )


def _where_we_may(look: Callable[[], str]) -> str:
    """What there is to see; who has rights in some namespaces alone lacks this one, and nothing is judged by it."""
    try:
        return look()
    except ForbiddenError:
        return "not looked at: this kubeconfig may not"


def _listener(survey: Survey, known: GatewayName, labels: Mapping[str, str]) -> str:
    name = f"Gateway {known}"
    found = survey.gateway(known.namespace, known.name)
    if found is None:
        raise NotTestableError(f"there is no {name}; another one is named under gateway.object")
    refused = refusal_of(found, labels)
    if refused is not None:
        raise NotTestableError(f"{name} does not admit the namespaces of a run: {refused}")
    return f"{name} admits the namespaces of a run"


def _ext_proc(survey: Survey, known: GatewayName) -> str:
    """What there is of it; Istio may be there for others, and a gateway inject credentials without it."""
    found = survey.ext_proc_filters(known.namespace)
    if found is None:
        return "not looked for: the API server serves no EnvoyFilter"
    if not found:
        return f"no EnvoyFilter in {known.namespace} adds one; a gateway of Istio's injects nothing without"
    return f"added by EnvoyFilter {', '.join(found)}"


def _clocks(target: Target) -> str:
    """Tokens, certificates and quotas all go by the time of day."""
    before = time.time()
    date = _asked_root(target).headers.get("date")
    if date is None:
        return "the gateway sends no Date"
    try:
        apart = parsedate_to_datetime(date).timestamp() - before
    except ValueError:
        return f"the gateway sends a Date that is none: {one_line(date, 40)}"
    if abs(apart) > CLOCK_SKEW_SECONDS:
        raise NotTestableError(f"the gateway's clock is {apart:+.0f} s apart from this machine's")
    return f"the gateway's and this machine's are at most {abs(apart) + 1:.0f} s apart"


def _asked_for(target: Target, edition: Edition) -> tuple[Resource, ...]:
    """The kinds that the run makes objects of."""
    access = edition.access if target.gateway.mints_keys else None
    return (*edition.kinds, *((access.policy, access.subscription) if access else ()))


def _kinds(kube: Kube, kinds: Sequence[Resource]) -> str:
    for resource in kinds:
        if not kube.serves(resource):
            raise NotTestableError(f"the API server does not serve {resource.kind} in {resource.api_version}")
    return ", ".join(f"{resource.kind} in {resource.api_version}" for resource in kinds)


def _provider(provider: ProviderClient) -> str:
    provider.check()
    return "answers on its control API"


def _gateway(target: Target) -> str:
    return f"{target.gateway.url} answers ({_asked_root(target).status_code} for its root)"


def _asked_root(target: Target) -> httpx.Response:
    url = target.gateway.url
    try:
        return httpx.get(url, timeout=10.0, trust_env=False, verify=target.gateway.verify())
    except httpx.TransportError as error:
        raise NotTestableError(f"the gateway at {url} does not answer ({what_broke(error)})") from error
