"""kind, kubectl, helm and docker that write down what they are asked, and do what a test says."""

from __future__ import annotations

import json
import os
import stat
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from fixtures.kube import RUN_LABEL
from fixtures.targets.kind.planning import MARK

ALL = ("kind", "kubectl", "helm", "docker")
FAKE = Path(__file__).with_name("fake_program.py")


class Programs:
    """A folder with the programs, and what is known of this machine beside them."""

    def __init__(self, directory: Path, names: Sequence[str] = ALL) -> None:
        self.state = directory / "machine"
        self.folder = directory / "programs"
        for each in (self.state, self.folder):
            each.mkdir()
        for name in names:
            program = self.folder / name
            program.write_text(f'#!/bin/sh\nexec {sys.executable} {FAKE} {self.state} {name} "$@"\n', encoding="utf-8")
            program.chmod(program.stat().st_mode | stat.S_IXUSR)
        self.set("images", [])
        self.set("on_node", [])
        self.set("clusters", {})
        self.set("answers", [])

    def set(self, name: str, value: Any) -> None:
        """Let this be so: ``images`` here or ``on_node``, ``clusters`` with the labels of nodes, an ``address``."""
        (self.state / name).write_text(json.dumps(value), encoding="utf-8")

    def get(self, name: str) -> Any:
        """How it is now."""
        return json.loads((self.state / name).read_text(encoding="utf-8"))

    def answer(self, asked: str, code: int = 0, says: str = "", *, holds: bool = False, meets: str = "") -> None:
        """To a command line in which this stands: end so, saying so; or say so and never end; or meet first."""
        given = {"asked": asked, "code": code, "says": says, "holds": holds, "meets": meets}
        self.set("answers", [*self.get("answers"), given])

    def meeting(self, name: str) -> Callable[[Callable[[], None]], None]:
        """Make a place where a program waits for a test: what is returned waits for the program, and does its part."""
        came, go = self.state / f"{name}.came", self.state / f"{name}.go"
        for each in (came, go):
            os.mkfifo(each)

        def meet(part: Callable[[], None]) -> None:
            came.read_bytes()
            part()
            go.write_bytes(b"")

        return meet

    def reach(self, kubeconfig: Path) -> None:
        """Let the cluster that is made be the one of this kubeconfig."""
        (self.state / "kubeconfig").write_bytes(kubeconfig.read_bytes())

    def there_is(self, name: str, mark: str | None, run: str | None = None) -> None:
        """A cluster is there already."""
        labels = {MARK: mark, RUN_LABEL: run}
        known = {label: value for label, value in labels.items() if value is not None}
        self.set("clusters", {**self.get("clusters"), name: known})

    @property
    def clusters(self) -> list[str]:
        """Names of the clusters that are there now."""
        return list(self.get("clusters"))

    @property
    def asked(self) -> list[str]:
        """Command lines, in their order."""
        return [f"{one['program']} {' '.join(one['words'])}" for one in self._asked()]

    def given(self, part: str) -> list[str]:
        """What was written to the standard input of commands in whose line this stands."""
        return [one["stdin"] for one in self._asked() if part in f"{one['program']} {' '.join(one['words'])}"]

    def _asked(self) -> list[dict[str, Any]]:
        path = self.state / "asked"
        return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []
