"""Options and plugins; nothing else."""

from __future__ import annotations

pytest_plugins = [
    "suite.plugin",
    "suite.ground",
    "steps.admission",
    "steps.answers",
    "steps.arrivals",
    "steps.callers",
    "steps.children",
    "steps.clients",
    "steps.errors",
    "steps.external_model",
    "steps.keys",
    "steps.listing",
    "steps.model_ref",
    "steps.models",
    "steps.monitoring",
    "steps.names",
    "steps.neighbours",
    "steps.outages",
    "steps.provider",
    "steps.quota",
    "steps.references",
    "steps.secrecy",
    "steps.secret",
    "steps.siblings",
    "steps.streams",
    "steps.translation",
]
