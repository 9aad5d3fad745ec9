"""What a user can ask of a run: pytest options, as a value, with friendly refusals."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from fixtures.catalogue import FEATURES
from fixtures.errors import ConfigurationError

EMBEDDED, CLUSTER, KIND = "embedded", "cluster", "kind"
TARGETS = (EMBEDDED, CLUSTER, KIND)
KEEP = ("never", "failed", "always")
RUNS = FEATURES.parent / "reports" / "runs"

RETRYING_PLUGINS = ("rerunfailures", "flaky", "pytest-retry")
"""Plugins that repeat a failed test until it passes, which hides what a conformance run is for."""
FOREIGN_OPTIONS = {
    "allure_report_dir": (
        "--alluredir",
        "knows neither verdict nor requirements; the run writes allure-results that do",
    ),
    "cucumber_json_path": ("--cucumberjson", "shows skipped and undefined steps as passed; report.json has the result"),
    "generate_missing": ("--generate-missing", "misreads outlines; the self-check names steps without definition"),
    "xmlpath": ("--junitxml", "knows neither verdict nor feature lines; the run writes a junit.xml that does"),
}
"""Options of pytest and its plugins whose output would contradict the report: destination -> option, why not."""


@dataclass(frozen=True)
class Options:
    """What was asked for."""

    target: str = EMBEDDED
    config: Path | None = None
    edition: str | None = None
    """None for the target's default: ``runbook`` when embedded, the product's with kind, ``auto`` elsewhere."""
    profiles: tuple[str, ...] = ()
    select: str | None = None
    faults: tuple[str, ...] = ()
    variants: tuple[str, ...] = ()
    converge: float | None = None
    """Seconds that the gateway may take to settle; None for what the target says."""
    repeat: int = 1
    """How often every case is executed, to see whether it always ends the same."""
    keep: str = "never"
    no_admin: bool = False
    """Whether the run must do with namespaces that were given to it."""
    out: Path | None = None
    foreign: tuple[str, ...] = ()
    """Sentences about what else pytest was asked for that has no place in a conformance run."""

    def check(self) -> None:
        """Refuse what makes no sense together.

        Raises:
            ConfigurationError: one sentence.
        """
        if self.foreign:
            raise ConfigurationError(self.foreign[0])
        if self.target not in TARGETS:
            raise ConfigurationError(f"unknown target {self.target!r}; there are: {', '.join(TARGETS)}")
        if self.repeat < 1:
            raise ConfigurationError(f"--repeat takes a number from 1 on; not {self.repeat}")
        if self.keep not in KEEP:
            raise ConfigurationError(f"--keep takes {', '.join(KEEP)}; not {self.keep!r}")
        if self.target == EMBEDDED and self.config:
            raise ConfigurationError("--config describes a cluster; give --target cluster, or --target kind, with it")
        if self.target == EMBEDDED and self.keep != "never":
            raise ConfigurationError(
                "the embedded target ends with the run, so --keep keeps nothing; start one with `conformance up` and "
                "run with --target cluster against it"
            )
        if self.target != CLUSTER and self.no_admin:
            raise ConfigurationError("--no-admin is for a cluster of somebody else's; give --target cluster with it")
        if self.target == CLUSTER and not self.config:
            raise ConfigurationError("--target cluster needs --config target.yaml")
        if self.target != EMBEDDED and (self.faults or self.variants):
            raise ConfigurationError("--fault and --variant change the reference gateway; they need --target embedded")


def add(parser: pytest.Parser) -> None:
    """Register the options with pytest."""
    group = parser.getgroup("conformance", "ExternalModel conformance")
    group.addoption("--target", default=EMBEDDED, help="embedded (default), cluster, or kind")
    group.addoption("--config", dest="target_config", help="target.yaml of a cluster, or kind.yaml")
    group.addoption("--edition", help="edition of the contract, or auto; default runbook on the embedded target")
    group.addoption("--profile", action="append", default=[], help="judge only this profile; repeatable")
    group.addoption("--select", help='judge only these requirements: "EM-CRED-004", "credentials and not EM-CRED-010"')
    group.addoption("--fault", action="append", default=[], help="fault of the reference gateway; repeatable")
    group.addoption("--variant", action="append", default=[], help="lawful variant of it; repeatable")
    group.addoption("--converge", type=float, help="seconds that the gateway may take to settle; default: the target's")
    group.addoption("--repeat", type=int, default=1, help="execute every case so often, and say how often it agreed")
    group.addoption(
        "--keep",
        nargs="?",
        const="always",
        default="never",
        help="keep the objects of cases, or a cluster made by kind: never (default), failed or always",
    )
    group.addoption("--no-admin", action="store_true", help="make no namespaces: use those of kubernetes.namespaces")
    group.addoption("--out", help="directory for this run; default reports/runs/<run id>")


def of(config: pytest.Config) -> Options:
    """The options that pytest was given."""

    def path(name: str) -> Path | None:
        value: Any = config.getoption(name)
        return Path(value) if value else None

    return Options(
        target=config.getoption("--target"),
        config=path("target_config"),
        edition=config.getoption("--edition"),
        profiles=tuple(config.getoption("--profile")),
        select=config.getoption("--select"),
        faults=tuple(config.getoption("--fault")),
        variants=tuple(config.getoption("--variant")),
        converge=config.getoption("--converge"),
        repeat=config.getoption("--repeat"),
        keep=config.getoption("--keep"),
        no_admin=config.getoption("--no-admin"),
        out=path("--out"),
        foreign=tuple(_foreign(config)),
    )


def _foreign(config: pytest.Config) -> Iterator[str]:
    for name in RETRYING_PLUGINS:
        if config.pluginmanager.hasplugin(name):
            yield f"the pytest plugin {name} repeats failures until they pass; add -p no:{name}"
    for destination, (option, reason) in FOREIGN_OPTIONS.items():
        if config.getoption(destination, None):
            yield f"{option} has no place in a conformance run: it {reason}"
