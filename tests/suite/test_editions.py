"""The edition that a cluster shows itself to be is detected, or the user is asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import cast

import pytest

from fixtures.catalogue import Edition, Resource, load
from fixtures.errors import ConfigurationError
from fixtures.kube import Kube
from suite.editions import Refusal, detect

CATALOGUE = load()
RUNBOOK, SPRING, SUMMER = (CATALOGUE.edition(name) for name in ("runbook", "rhoai-3.4", "rhoai-3.5"))
SEEN = '500 "inference error: …"'


class _Served:
    """Stands in for an API server: serves these kinds."""

    def __init__(self, *kinds: Resource) -> None:
        self._kinds = kinds

    def serves(self, kind: Resource) -> bool:
        return kind in self._kinds


def served(*kinds: Resource) -> Kube:
    return cast("Kube", _Served(*kinds))


@dataclass
class Tried:
    """A gateway that refuses in the words of some editions, and serves what is made as others say."""

    worded_by: tuple[Edition, ...] = ()
    serves: tuple[Edition, ...] = ()
    written: list[Edition] = field(default_factory=list)

    def refusal(self, written: Edition, candidates: Sequence[Edition]) -> Refusal:
        self.written.append(written)
        return Refusal(SEEN, tuple(edition for edition in candidates if edition in self.worded_by))

    def is_served(self, edition: Edition) -> bool:
        return edition in self.serves


@pytest.mark.parametrize("edition", [RUNBOOK, SPRING])
def test_the_only_edition_whose_kinds_are_served_is_chosen_and_says_why(edition: Edition) -> None:
    tried = Tried()
    chosen = detect(CATALOGUE, served(*edition.kinds), tried)

    assert chosen.edition is edition
    assert chosen.evidence == (
        f"the API server serves ExternalModel in maas.opendatahub.io/v1alpha1 and MaaSModelRef in "
        f"{edition.model_ref.api_version}, as only edition {edition.name} asks"
    )
    assert not tried.written


def test_where_kinds_of_several_are_served_the_words_of_the_refusal_decide() -> None:
    for gateway in (SPRING, SUMMER):
        tried = Tried(worded_by=(gateway,))
        chosen = detect(CATALOGUE, served(*SPRING.kinds, *SUMMER.kinds), tried)

        assert chosen.edition is gateway
        assert chosen.evidence == (
            f"the API server serves the kinds of rhoai-3.5 and rhoai-3.4; a model without a Secret is answered with "
            f"{SEEN}, as only edition {gateway.name} words it"
        )
        assert tried.written == [SUMMER]


def test_where_the_words_fit_several_what_is_served_decides() -> None:
    tried = Tried(worded_by=(RUNBOOK, SPRING), serves=(RUNBOOK, SUMMER))
    chosen = detect(CATALOGUE, served(*RUNBOOK.kinds, *SPRING.kinds), tried)

    assert chosen.edition is RUNBOOK
    assert str(chosen.evidence).endswith("a plain model is served if it is made as edition runbook says")


def test_where_the_words_fit_none_what_is_served_decides() -> None:
    chosen = detect(CATALOGUE, served(*SPRING.kinds, *SUMMER.kinds), Tried(serves=(SUMMER,)))

    assert chosen.edition is SUMMER


@pytest.mark.parametrize(
    ("serves", "words"), [((), "as none says"), ((SPRING, SUMMER), "as rhoai-3.5 and rhoai-3.4 says")]
)
def test_where_nothing_decides_the_user_is_asked_and_told_what_was_seen(
    serves: tuple[Edition, ...], words: str
) -> None:
    with pytest.raises(ConfigurationError) as refusal:
        detect(CATALOGUE, served(*SPRING.kinds, *SUMMER.kinds), Tried(serves=serves))

    assert str(refusal.value) == (
        f"the edition cannot be detected: the API server serves the kinds of rhoai-3.5 and rhoai-3.4; a model without "
        f"a Secret is answered with {SEEN}; plain models are served if they are made {words}; give --edition with one "
        "of: rhoai-3.4, rhoai-3.5, runbook"
    )


def test_half_an_edition_is_none_and_what_is_missing_is_named() -> None:
    with pytest.raises(ConfigurationError) as refusal:
        detect(CATALOGUE, served(RUNBOOK.external_model), Tried())

    assert str(refusal.value) == (
        "the edition cannot be detected: the API server does not serve MaaSModelRef in maas.opendatahub.io/v1alpha1 "
        "(rhoai-3.4); ExternalModel in inference.opendatahub.io/v1alpha1, ExternalProvider in "
        "inference.opendatahub.io/v1alpha1, MaaSModelRef in maas.opendatahub.io/v1alpha1 (rhoai-3.5); MaaSModelRef in "
        "models.opendatahub.io/v1alpha1 (runbook); give --edition with one of: rhoai-3.4, rhoai-3.5, runbook"
    )


def test_the_version_of_a_kind_counts() -> None:
    newer = replace(SPRING.external_model, version="v1beta1")

    with pytest.raises(ConfigurationError, match="cannot be detected"):
        detect(CATALOGUE, served(newer, SPRING.model_ref), Tried())
