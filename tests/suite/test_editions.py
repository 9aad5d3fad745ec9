"""The edition that a cluster serves is detected, or the user is asked."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

import pytest

from fixtures.catalogue import Edition, Resource, load
from fixtures.errors import ConfigurationError
from fixtures.kube import Kube
from suite.editions import detect

CATALOGUE = load()
RUNBOOK, SHIPPED = CATALOGUE.edition("runbook"), CATALOGUE.edition("rhoai-3.4")


class _Served:
    """Stands in for an API server: serves these kinds."""

    def __init__(self, *kinds: Resource) -> None:
        self._kinds = kinds

    def serves(self, kind: Resource) -> bool:
        return kind in self._kinds


def served(*kinds: Resource) -> Kube:
    return cast("Kube", _Served(*kinds))


@pytest.mark.parametrize("edition", [RUNBOOK, SHIPPED])
def test_the_only_edition_whose_kinds_are_served_is_chosen_and_says_why(edition: Edition) -> None:
    chosen = detect(CATALOGUE, served(edition.external_model, edition.model_ref))

    assert chosen.edition is edition
    assert chosen.evidence == (
        f"the API server serves ExternalModel in maas.opendatahub.io/v1alpha1 and MaaSModelRef in "
        f"{edition.model_ref.api_version}, as only edition {edition.name} asks"
    )


def test_half_an_edition_is_none() -> None:
    with pytest.raises(
        ConfigurationError, match=r"it may be: none; give --edition with one of: rhoai-3.4, rhoai-3.5, runbook$"
    ):
        detect(CATALOGUE, served(RUNBOOK.external_model))


def test_several_editions_are_for_the_user_to_choose_from() -> None:
    every = served(RUNBOOK.external_model, RUNBOOK.model_ref, SHIPPED.model_ref)

    with pytest.raises(ConfigurationError, match=r"it may be: rhoai-3.4, runbook; give --edition with one of"):
        detect(CATALOGUE, every)


def test_the_version_of_a_kind_counts() -> None:
    newer = replace(SHIPPED.external_model, version="v1beta1")

    with pytest.raises(ConfigurationError, match="cannot be detected"):
        detect(CATALOGUE, served(newer, SHIPPED.model_ref))
