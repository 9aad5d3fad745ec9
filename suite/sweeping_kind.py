"""`conformance sweep --target kind`: clusters of kind that runs have made and left, and what runs have left on them."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from fixtures.errors import ConfigurationError, NotTestableError
from fixtures.targets.kind import holding, planning, stack, wanted
from fixtures.targets.kind.cluster import PREFIX, programs
from fixtures.targets.kind.commands import Commands
from fixtures.targets.kind.marked import Marked, found
from fixtures.targets.kind.planning import KIND, Place
from fixtures.targets.kind.wanted import Wanted
from fixtures.targets.target import GatewayAccess, KubernetesAccess, Part, ProviderAccess, Target
from suite.interrupts import Interrupts
from suite.options import Options
from suite.sweeping import Found, age, conclude, on_cluster, which_run


def sweep(options: Options, run: str | None, say: Callable[[str], None], *, delete: bool) -> int:
    """List what is left of all runs or of one; with ``delete`` the cluster that a run has made goes, and all on it.

    A kind.yaml says which cluster is meant, and what the parts of a gateway of one's own are; else all are looked at.

    Raises:
        ConfigurationError: a program is missing, no run was named whose leftovers to delete, or a run is at work on
            the cluster that is to go.
    """
    which_run(run, delete=delete)
    asked = None if options.config is None else wanted.load(options.config, options.edition)
    with tempfile.TemporaryDirectory(prefix=PREFIX) as name, Interrupts() as interrupts, interrupts.allowed():
        place = Place(Path(name))
        commands = Commands(place.directory / "log")
        machine = programs(commands)
        missing = planning.first_missing(machine, [KIND])
        if missing is not None:
            raise ConfigurationError(missing)
        names = None if asked is None else frozenset({asked.name})
        sweeping = _Sweeping(asked, run, place, commands, say, delete)
        looks = [sweeping.look(one) for one in found(commands, str(machine.engine), place.directory, names)]
    total = Found(sum(look.lines for look in looks), whole=all(look.whole for look in looks))
    conclude(total, run, say, delete=delete)
    return 0


@dataclass(frozen=True)
class _Sweeping:
    """What is asked for, and by what means."""

    asked: Wanted | None
    run: str | None
    place: Place
    commands: Commands
    say: Callable[[str], None]
    delete: bool

    def look(self, one: Marked) -> Found:
        """A line for the cluster itself, where it is meant; then what is on it, unless it goes with it."""
        meant = self.run in (None, one.run)
        goes = meant and self.delete
        busy = holding.at_work(one.name)
        if goes:
            if busy:
                raise ConfigurationError(f"a run is at work on the cluster {one.name}; wait until it has ended")
            self.commands.run(planning.delete(one.name, self.place))
        if meant:
            state = "deleted" if goes else "a run is at work on it" if busy else "left"
            what = f"cluster {one.name} of kind, made for {planning.made_for(one.made_for)}"
            self.say(f"{one.run or 'unknown run'}  {what}  {age(one.made)} old, {state}")
        if goes:
            return Found(1, whole=True)
        inside = self._inside(one)
        return Found(inside.lines + meant, inside.whole)

    def _inside(self, one: Marked) -> Found:
        try:
            self.commands.run(planning.export(one.name, self.place))
            return on_cluster(self._target(one), self.run, self.say, delete=self.delete)
        except (ConfigurationError, NotTestableError) as error:
            self.say(f"what runs have left on {one.name} is not known: {error}")
            return Found(0, whole=False)

    def _target(self, one: Marked) -> Target:
        """As much of it as a look at what is left needs."""
        kubernetes = KubernetesAccess(str(self.place.kubeconfig))
        return Target("kind", kubernetes, GatewayAccess(""), ProviderAccess("", None, ""), parts=self._parts(one))

    def _parts(self, one: Marked) -> Mapping[str, Part]:
        """What a run may have stopped there."""
        if self.asked is not None:
            return self.asked.stack.parts
        return stack.of_edition(one.made_for).parts if one.made_for in stack.editions() else {}
