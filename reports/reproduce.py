"""The one command that judges a requirement again under the settings of a run."""

from __future__ import annotations

import shlex

from reports.events import RunStarted

_DEFAULT_TARGET = "embedded"
_CORE_PROFILE = "credential-injection"


def command(started: RunStarted | None, requirement: str, profile: str) -> str:
    """``conformance run --edition E --select EM-CRED-004`` and whatever of the run's settings decides the outcome."""
    words = ["conformance", "run"]
    if started is None:
        return shlex.join([*words, "--select", requirement])
    kind = str(started.target.get("kind", _DEFAULT_TARGET))
    if kind != _DEFAULT_TARGET:
        words += ["--target", kind]
    if config := started.settings.get("config"):
        words += ["--config", str(config)]
    if edition := started.edition.get("name"):
        words += ["--edition", str(edition)]
    if profile != _CORE_PROFILE:
        words += ["--profile", profile]
    words += ["--select", requirement]
    if (seconds := started.settings.get("converge")) is not None:
        words += ["--converge", f"{seconds:g}"]
    if started.settings.get("prepared"):
        # There is a neighbour for each of so many, and for no more.
        words += ["--workers", str(started.settings.get("workers", 1))]
    elif kind != _DEFAULT_TARGET:
        # What a failure leaves is there to be looked at, on a cluster of kind the cluster itself.
        words += ["--keep", "failed"]
    for option, setting in (("--fault", "faults"), ("--variant", "variants")):
        for name in started.settings.get(setting) or ():
            words += [option, str(name)]
    return shlex.join(words)
