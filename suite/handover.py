"""What the process that the user started hands to the workers: the ground of the run, as JSON."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from fixtures.catalogue import load as load_catalogue
from fixtures.prepared import Prepared
from fixtures.scenario import Baseline, Ground
from fixtures.settle import Wavering
from fixtures.targets.target import Target

INPUT = "conformance"
"""Key of what a worker of pytest-xdist is handed."""


def ground_to_json(ground: Ground) -> dict[str, Any]:
    """For the workers; holds the target's secrets, so it is handed over and never written."""
    return {
        "run": ground.run,
        "marker": ground.marker,
        "target": ground.target.to_json(),
        "edition": ground.edition.name,
        "baseline": dataclasses.asdict(ground.baseline),
        "wavering": ground.wavering.seconds,
        "prepared": ground.prepared.to_json() if ground.prepared else None,
    }


def ground_from_json(values: Mapping[str, Any]) -> Ground:
    """What ``ground_to_json`` was given."""
    return Ground(
        run=values["run"],
        marker=values["marker"],
        target=Target.from_json(values["target"]),
        edition=load_catalogue().edition(values["edition"]),
        baseline=Baseline(**values["baseline"]),
        wavering=Wavering(values["wavering"]),
        prepared=Prepared.from_json(values["prepared"]) if values["prepared"] else None,
    )
