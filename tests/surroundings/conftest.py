"""An embedded target that stays up, and the run of a few cases against it through whatever stands before it."""

from __future__ import annotations

import base64
import re
import ssl
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.command.running import Command, Ended
from tests.surroundings.doubles import Proxy, proxy

FEW = "EM-CRED-001 or EM-CRED-005"
"""One requirement about a credential that is used, and one about a credential that must not be."""


@dataclass
class Surroundings:
    """A target of which every part can be changed before a run."""

    directory: Path
    config: dict[str, Any]
    kubeconfig: dict[str, Any]
    environment: dict[str, str] = field(default_factory=dict)
    """Of the run, beside that of the test."""

    def through_api(self, double: Proxy) -> None:
        """Let the suite (not the gateway) reach the Kubernetes API through this."""
        cluster = self.kubeconfig["clusters"][0]["cluster"]
        cluster["server"] = double.url
        cluster.pop("certificate-authority-data")

    def start(self, *arguments: str, select: str = FEW, workers: str = "1") -> Command:
        """Start a run into ``directory/run``."""
        kubeconfig = self.directory / "kubeconfig"
        kubeconfig.write_text(yaml.safe_dump(self.kubeconfig), encoding="utf-8")
        self.config["kubernetes"] = {"kubeconfig": str(kubeconfig)}
        config = self.directory / "target.yaml"
        config.write_text(yaml.safe_dump(self.config), encoding="utf-8")
        words = ("run", "--target", "cluster", "--config", config, "--edition", "runbook", "--workers", workers)
        return Command(*words, "--select", select, "--out", self.out, *arguments, environment=self.environment)

    def run(self, *arguments: str, select: str = FEW) -> Ended:
        """Run to the end."""
        return self.start(*arguments, select=select).end()

    @property
    def out(self) -> Path:
        """Where the run is written."""
        return self.directory / "run"


@pytest.fixture(scope="package")
def standing() -> Iterator[Path]:
    """The target.yaml of an embedded target that stays up."""
    command = Command("up", "--edition", "runbook")
    found = re.search(r"--config (\S+)", command.until("#   conformance run"))
    assert found is not None
    yield Path(found[1])
    command.process.terminate()
    command.end()


@pytest.fixture
def surroundings(standing: Path, tmp_path: Path) -> Surroundings:
    """The target, whole."""
    config = yaml.safe_load(standing.read_text(encoding="utf-8"))
    config["bounds"]["convergeSeconds"] = 15
    kubeconfig = yaml.safe_load(Path(config["kubernetes"]["kubeconfig"]).read_text(encoding="utf-8"))
    return Surroundings(tmp_path, config, kubeconfig)


@pytest.fixture
def api(surroundings: Surroundings) -> Iterator[Proxy]:
    """A proxy between the suite and the Kubernetes API."""
    cluster = surroundings.kubeconfig["clusters"][0]["cluster"]
    authority = base64.b64decode(cluster["certificate-authority-data"]).decode()
    with proxy(cluster["server"], ssl.create_default_context(cadata=authority)) as double:
        surroundings.through_api(double)
        yield double


@pytest.fixture
def control(surroundings: Surroundings) -> Iterator[Proxy]:
    """A proxy between the suite and the provider's control API."""
    with proxy(surroundings.config["provider"]["controlUrl"]) as double:
        surroundings.config["provider"]["controlUrl"] = double.url
        yield double
