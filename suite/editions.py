"""Which edition a run judges by: the one that was asked for, or the one that the cluster serves."""

from __future__ import annotations

from dataclasses import dataclass

from fixtures.catalogue import Catalogue, Edition
from fixtures.errors import ConfigurationError
from fixtures.kube import Kube


@dataclass(frozen=True)
class Chosen:
    """An edition, and on what evidence it was chosen; None where it was asked for by name."""

    edition: Edition
    evidence: str | None


def detect(catalogue: Catalogue, kube: Kube) -> Chosen:
    """The one edition whose kinds the API server serves.

    Raises:
        ConfigurationError: none or several are served; says what to do.
    """
    served = [
        edition
        for edition in catalogue.editions.values()
        if kube.serves(edition.external_model) and kube.serves(edition.model_ref)
    ]
    if len(served) == 1:
        edition = served[0]
        kinds = " and ".join(
            f"{item.kind} in {item.api_version}" for item in (edition.external_model, edition.model_ref)
        )
        return Chosen(edition, f"the API server serves {kinds}, as only edition {edition.name} asks")
    names = ", ".join(edition.name for edition in served) or "none"
    raise ConfigurationError(
        f"the edition cannot be detected: by the kinds that the API server serves it may be: {names}; "
        f"give --edition with one of: {', '.join(catalogue.editions)}"
    )
