"""Each fault and variant differs from the conforming gateway in its own decision, and in no other."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import pytest

from reference_gateway.behaviour import Behaviour
from reference_gateway.deviations import ALL_EDITIONS, Deviation, chosen, composed
from reference_gateway.errors import UsageProblem
from reference_gateway.faults import all_faults
from reference_gateway.variants import all_variants
from tests.reference_gateway.conftest import behaviour, edition_named
from tests.reference_gateway.probes import PROBES

ERROR_TEXTS = {"answer without credentials", "answer without field"}
OWN = {"own answer", "own 404", "own answer to malformed body", "own answer without credentials"}
ANSWERS = {"good answer", "bad answer"}
PATHS = {"path", "path with query"}
FOUND = {
    "found",
    "found beside a namesake",
    "found after a sharer's deletion",
    "found after a former Secret's change",
}

DIFFERENCES: dict[str, set[str]] = {
    "M01": {"injected", "injected for azure"},
    "M02": {"injected", "injected for azure"},
    "M03": {"injected"},
    "X01": {"injected"},
    "M21": {"decoded"},
    "M06": {"managed without label", "managed with false", "managed with True", "managed on start"},
    "M07": {"managed with false", "managed with True"},
    "X02": {"managed with True"},
    "M10": {"label removed"},
    "X03": {"label added", "label away and back"},
    "M12": {"found after rotation", "found for a sharer", "found after a new Secret's change"},
    "M16": {"secret deleted"},
    "M17": {"answer without credentials"},
    "M22": {"found elsewhere"},
    "X04": {"found after creation"},
    "X900": {"usable beside"},
    "X913": {"free by its query"},
    "X904": {"secret of another namespace"},
    "X905": {"resolved in a longer namespace"},
    "X906": {"resolved behind a segment", "resolved behind two slashes"},
    "X907": {"header of the endpoint"},
    "X908": {"response body mode"},
    "X909": {"response body mode"},
    "X910": {"answer instead of a long one"},
    "X911": {"named behind a tool's"},
    "X912": {"named at the end"},
    "X914": {"chosen by a longer name"},
    "X915": {"key in capitals"},
    "X916": {"resolved behind two slashes", "unguarded"},
    "X917": {"unguarded by its query"},
    "X918": {"unguarded", "infers"},
    "X919": {"token of a named one"},
    "X920": {"cluster token at the list"},
    "X921": {"policy without a model"},
    "X922": {"meant by a header"},
    "X923": {"limits in force"},
    "X938": {"first of two checked"},
    "X924": {"marks"},
    "X925": {"label away and back"},
    "X926": {"chosen by a vendor's name"},
    "X927": {"first of two"},
    "X939": {"chosen in capitals"},
    "X940": {"passed without a body", "paid for without a body"},
    "X941": {"passed without a body", "stripped without a body"},
    "X942": {"answer to a streamed repetition"},
    "X943": {"another user on a connection"},
    "X928": {"chat below"},
    "X929": {"chat in the query"},
    "X930": {"resolved with parameters"},
    "X931": {"resolved in capitals"},
    "X932": {"asked for"},
    "X933": {"published by a ref led elsewhere"},
    "X970": {"found for a sharer"},
    "X971": {"found after a former Secret's change"},
    "X972": {"found after a new Secret's change"},
    "X973": {"managed on start"},
    "X974": {"published after a restart"},
    "X975": {"model in capitals"},
    "X976": {"included by a namesake"},
    "X977": {"budget"},
    "X978": {"policies of a model"},
    "X979": {"address without an override"},
    "X980": {"listed before", "listed as ready"},
    "X981": {"found by a stranger"},
    "X982": {"answer instead of one without a length"},
    "X983": {"hosts registered"},
    "X984": {"successor"},
    "X990": {"models of one provider"},
    "X991": {"header asked for", "prefix asked for"},
    "X992": {"prefix asked for"},
    "X993": {"auth of a reference"},
    "X957": {"passed without a body", "paid for without a body"},
    "X958": {"passed without a body", "stripped without a body"},
    "X959": {"answer to a settled repetition"},
    "X962": {"response body mode", "pieces that tell of an end"},
    "X965": {"response body mode", "response pieces", "streams that meet"},
    "X966": {"status of an unusual bad answer"},
    "X961": {"resolved beside a long namesake"},
    "X963": {"edited back"},
    "X964": {"body of full chunks"},
    "X956": {"body with another behind it"},
    "X955": {"model in escapes"},
    "X954": {"looks again when ready"},
    "X953": {"fields after a change"},
    "X952": {"published though a ref was led elsewhere"},
    "X934": {"edited twice at once", "edited back"},
    "X935": {"forgotten with the processor"},
    "X05": {"picked from another key", "picked by the auth type"},
    "X06": {"empty usable"},
    "X07": {"data unusable"},
    "X08": {"answer without field"},
    "X09": {
        "published without ref",
        "published from elsewhere",
        "published by another kind",
        "published after a restart",
    },
    "X10": {"ref deleted"},
    "X12": {"objects beside"},
    "M81": {"edited twice at once", "effective model", "effective beside a broken one"},
    "M77": {"model deleted", "left after deletion", "route owned", "service owned"},
    "M79": {"service owned"},
    "X346": {"route owned"},
    "M89": {"phase without target"},
    "X130": {"way out's name"},
    "X131": {"route child", "rule child"},
    "X132": {"route child", "rule child"},
    "X133": {"rule child"},
    "X134": {"route child"},
    "X135": {"route prefix"},
    "X136": {"route child"},
    "X137": {"effective model in clear"},
    "X894": {"rule removed"},
    "X138": {"effective model at a port", "edited twice at once"},
    "X139": {"annotations forgiven"},
    "X140": {"children wait"},
    "X141": {"children brought back"},
    "M84": {"route child", "times"},
    "X142": {"let go without target"},
    "X143": {"children brought back", "route goes with ref"},
    "X150": {"published from elsewhere"},
    "X152": {"taken up"},
    "X153": {"target elsewhere"},
    "X154": {"route named"},
    "X155": {"route that is not accepted"},
    "X156": {"address"},
    "X157": {"waits for route", "times"},
    "X871": FOUND,
    "M88": {"looks again"},
    "X158": {"generation"},
    "X159": {"auth type"},
    "M32": {"chosen by another's name"},
    "X13": {
        "chosen by another's name",
        "chosen by a former name",
        "chosen by a longer name",
        "chosen by a vendor's name",
        "chosen by nobody's name",
        "chosen in capitals",
    },
    "X895": {"injected", "injected for azure"},
    "X897": {"picked by the auth type"},
    "M82": {"chosen by a former name"},
    "M35": {"resolved look-alike", "resolved with parameters"},
    "M36": {"fallback"},
    "M37": PATHS,
    "M38": PATHS,
    "M39": {"path with query"},
    "M41": {"asked for", "body"},
    "M74": {"body"},
    "M68": {"body"},
    "X14": {"body"},
    "M26": {"authorization stripped"},
    "M28": {"x-api-key stripped"},
    "X15": {"cookie stripped"},
    "X230": {"found after rotation", "found after creation", "found for a sharer", "found after a new Secret's change"},
    "X880": {"told of the connection", "second path on a connection"},
    "X882": {"cookie kept"},
    "X887": {"secret of a long name"},
    "X892": {
        "secret of a long name",
        "secret of another namespace",
        "credentials changed",
        "fields after a change",
        "label added",
        "label away and back",
        "found after a former Secret's change",
    },
    "X232": {"found beside a namesake"},
    "X233": {"left after deletion"},
    "X234": {"resolved beside a namesake"},
    "X236": {"sent to"},
    "X237": {"left after deletion"},
    "X238": {"published by another kind"},
    "X950": {"found after a sharer's deletion"},
    "X951": {"left after deletion"},
    "M97": {"effective beside a broken one"},
    "M43": {"bad answer", "status of an unusual bad answer"},
    "M44": {"bad answer", "status of an unusual bad answer"},
    "M46": {"retries"},
    "X858": {"retries"},
    "X885": {"retries"},
    "X886": {"retries"},
    "X891": {"retries"},
    "X944": {"retries"},
    "X883": {"answer to a repetition", "answer to a settled repetition", "answer to a streamed repetition"},
    "X888": {"body in chunks"},
    "X889": {"resolved with a slash"},
    "X890": {"body with capitals"},
    "M48": {"provider in errors", *ERROR_TEXTS},
    "M50": ANSWERS,
    "M67": ANSWERS,
    "M60": {"response body mode"},
    "M62": {"response body mode", "response pieces"},
    "M65": {"response body mode", "response pieces"},
    "X16": OWN,
    "X17": OWN - {"own 404"},
    "X18": {"answer without credentials"},
    "M94": {"verifies"},
    "X19": FOUND | {"found after rotation", "found after creation", "found after a new Secret's change"},
    **{fault: {"unseen"} for fault in ("X850", "X851", "X852", "X853", "X854", "X855")},
    "X856": {"found after creation"},
    "X857": {"answer without credentials"},
    "M76": {"own answer to malformed body"},
    "M86": {"without processor"},
    "M85": {"models told again"},
    "X330": {"read on start"},
    "X331": {"unread", "closed while starting"},
    "X332": {"read on start", "forgotten with the processor"},
    "X333": {"models after the controller", "taken up on start"},
    "X334": {"taken up on start"},
    "X335": {"deletions on start", "route owned", "service owned"},
    "M52": {"refusals"},
    "M54": {"unknown key", "key of another make"},
    "X500": {"key of another make"},
    "X501": {"key with another secret", "key with more behind it"},
    "X884": {"key with more behind it"},
    "X881": {"follower on a connection"},
    "X502": {"token of nobody", "token of a named one", "token in x-api-key", "token nobody"},
    "X503": {"provider's key"},
    "X504": {"cluster token"},
    "X505": {"revoked"},
    "X506": {"lifetime"},
    "X507": {"expired"},
    "X508": {"token in x-api-key"},
    "X509": {"body shown"},
    "X510": {"beside another"},
    "X511": {"minted with"},
    "X512": {"shown later"},
    "X513": {"unknown field"},
    "X514": {"managed by a stranger"},
    "X515": {"managed by a key"},
    "M57": {"open though once named", "open when new", "open without ref"},
    "X870": {
        "published without ref",
        "published from elsewhere",
        "published by another kind",
        "published after a restart",
        "open without ref",
    },
    "X520": {"open when new", "open without ref"},
    "X521": {"admits a stranger"},
    "M56": {"included besides", "included by a namesake"},
    "X522": {"subscription deleted"},
    "X523": {"owned by a stranger"},
    "X524": {"policy changed"},
    "X525": {"policy of a namesake", "included by a namesake"},
    "X530": {"enforces"},
    "X531": {"window"},
    "X532": {"budget"},
    "X960": {"budget"},
    "X533": {"counted user"},
    "X534": {"tokens of a refusal"},
    "X535": {"limited calls"},
    "M91": {"listed for a stranger"},
    "X540": {"listed as"},
    "X541": {"listed times"},
    "X542": {"listed unready", "listed before", "listed as ready"},
    "X543": {"listed url"},
    "X896": {"listed url"},
    "X544": {"tokens of a listing"},
    "X545": {"listing limited"},
    "X557": {"governed"},
    "X558": {"governed"},
    "X559": {"governed"},
    "X560": {"token beside"},
    "X561": {"body shown"},
    "V30": {"headers refused"},
    "V31": {"body shown"},
    "V20": {"words of refusals"},
    "V21": {"remembered"},
    "V22": {"listed unready", "listed before"},
    "X336": {"own statuses"},
    "X337": {"own statuses"},
    "X338": {"own statuses"},
    "X339": {"verifies the time"},
    "X340": {"verifies the issuer"},
    "X341": {"exposition type"},
    "V01": {"times"},
    "V02": ANSWERS,
    "V03": {"extras"},
    "V04": {"upstream"},
    "V05": {"upstream"},
    "V06": {"chunks"},
    "V07": {"times"},
    "V08": {"own 404"},
    "V09": {"own answer without credentials"},
    "V10": {"response body mode", "response piece count"},
    "V11": {"published by another name"},
    "V40": {"way out's name"},
    "V41": {"route child"},
    "V42": {"route child", "rule child"},
    "V56": {"route child"},
    "V43": {"children repaired"},
    "V60": {"replicas"},
    "V61": {"times of parts"},
    "V62": {"times of parts"},
    "V63": {"unread"},
    "V64": {"status without processor"},
}

EDITION_DIFFERENCES = {
    ("X09", "runbook"): {"published by another name"},
    ("X09", "rhoai-3.5"): {"published by another name"},
    ("X142", "runbook"): {"finalizer"},
    ("X870", "rhoai-3.5"): {"published by another name"},
}

EVERY: list[type[Deviation]] = [*all_faults(), *all_variants()]


@cache
def conforming(edition: str) -> Mapping[str, Any]:
    """What each probe finds in a gateway without deviations."""
    return {name: probe(Behaviour(edition_named(edition))) for name, probe in PROBES.items()}


@pytest.mark.parametrize("deviation", [each for each in EVERY if each.id in DIFFERENCES], ids=lambda each: each.name)
def test_a_deviation_differs_in_its_own_decision_and_in_no_other(deviation: type[Deviation]) -> None:
    for edition in deviation.editions:
        read, right = edition_named(edition), conforming(edition)
        # A new gateway for each probe: some faults remember.
        differing = {name for name, probe in PROBES.items() if right[name] != probe(composed(read, [deviation]))}

        assert differing == DIFFERENCES[deviation.id] | EDITION_DIFFERENCES.get((deviation.id, edition), set())


@pytest.mark.parametrize("deviation", EVERY, ids=lambda each: each.name)
def test_a_deviation_overrides_decisions_that_exist_and_says_what_it_is(deviation: type[Deviation]) -> None:
    overridden = {name for name, value in vars(deviation).items() if callable(value)}

    assert overridden
    assert all(callable(getattr(Behaviour, name, None)) for name in overridden)
    assert deviation.description().endswith(".")
    assert deviation.name == deviation.name.lower().replace("_", "-").replace(" ", "-")
    assert set(deviation.editions) <= set(ALL_EDITIONS)


def test_names_and_ids_are_unique() -> None:
    names = [text for each in EVERY for text in (each.id, each.name)]

    assert len(names) == len(set(names))


def test_every_fault_says_which_obligation_it_breaks() -> None:
    assert all(fault.catches.endswith(".") and fault.source for fault in all_faults())


def test_the_list_has_what_the_first_issue_asks_for() -> None:
    asked = ["M01", "M03", "M06", "M07", "M10", "M12", "M16", "M17", "M21", "M22", "M26", "M36", "M43", "M50", "M60"]

    assert set(asked) <= {fault.id for fault in all_faults()}


def test_deviations_are_found_by_name_and_by_id_in_any_case() -> None:
    edition = edition_named("runbook")

    assert chosen(["m06", "label-ignored", "M12"], all_faults(), "fault", edition) == chosen(
        ["label-ignored", "key-cached-for-ever"], all_faults(), "fault", edition
    )


def test_deviations_compose() -> None:
    both = behaviour("runbook", faults=("M26", "M28"), variants=("extra-response-headers",))

    assert not both.is_client_secret("authorization")
    assert not both.is_client_secret("x-api-key")
    assert both.is_client_secret("cookie")
    assert both.response_changes(200, ()).headers


def test_an_unknown_or_unlawful_deviation_is_refused() -> None:
    with pytest.raises(UsageProblem, match=r"no fault 'label-ignore' \(did you mean label-ignored"):
        chosen(["label-ignore"], all_faults(), "fault", edition_named("runbook"))
    with pytest.raises(UsageProblem, match="no fault '!'; `conformance list faults` shows them"):
        chosen(["!"], all_faults(), "fault", edition_named("runbook"))
    with pytest.raises(UsageProblem, match=r"means nothing in the edition rhoai-3\.4"):
        chosen(["M60"], all_faults(), "fault", edition_named("rhoai-3.4"))
