"""The pytest plugin that makes `pytest features` a conformance run: ties hooks to the run and to the casework."""

from __future__ import annotations

import gc
import json
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from fixtures.catalogue import FEATURES
from fixtures.catalogue import load as load_catalogue
from reports import places
from reports.recorder import EventWriter
from suite import chapters, options
from suite import plan as plans
from suite.casework import CASEWORK, Casework, Executor
from suite.handover import INPUT, ground_from_json
from suite.interrupts import Interruptible, Interrupts
from suite.plan import Wanted
from suite.turns import SERIAL

OURS = "conformance-casework"
LISTINGS = ("collectonly", "help", "version", "markers", "showfixtures", "show_fixtures_per_test")
"""Options of pytest with which it shows something and executes nothing."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add our options."""
    options.add(parser)


def pytest_configure(config: pytest.Config) -> None:
    """Make every requirement's id known as a marker, and in a worker take up the work that is handed over."""
    for row in load_catalogue().rows:
        config.addinivalue_line("markers", f"{row.id}: {row.sentence}")
    config.addinivalue_line("markers", f"{SERIAL}: runs alone, after all others")
    if hasattr(config, "workerinput") and INPUT in config.workerinput:
        _register_casework(config, json.loads(config.workerinput[INPUT]), config.workerinput["workerid"])


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> Generator[None, Any, Any]:
    """Around the session of a process that judges: what it must do before it, and after its workers are gone."""
    if hasattr(config, "workerinput"):
        if INPUT not in config.workerinput:
            return (yield)
        with Interrupts() as interrupts:
            config.pluginmanager.register(Interruptible(interrupts))
            return (yield)
    listing = any(config.getoption(name) for name in LISTINGS)
    has_casework = any(isinstance(plugin, Casework) for plugin in config.pluginmanager.get_plugins())
    if not judges_features(config) or listing or has_casework:
        return (yield)
    # A worker needs none of what a controller stands on, and each would spend half a second on importing it.
    from suite.controller import Controller

    with Interrupts() as interrupts:
        controller = Controller(config, interrupts)
        controller.begin()
        config.pluginmanager.register(Interruptible(interrupts))
        config.pluginmanager.register(controller)
        if not controller.workers:
            _register_casework(config, controller.handed(), "main")
        try:
            yield
        except BaseException as error:
            controller.finish(error)
            raise
        return controller.finish()


def pytest_collection_finish(session: pytest.Session) -> None:
    """Let the collector walk through nothing that stays to the end: pytest has it look for garbage twice then."""
    if session.config.pluginmanager.has_plugin(OURS):
        gc.freeze()


def judges_features(config: pytest.Config) -> bool:
    """Whether what pytest was asked to collect holds features."""
    root = Path(config.rootpath)
    asked = [(config.invocation_params.dir / arg.split("::")[0]).resolve() for arg in config.args]
    return any(path in (root, FEATURES) or FEATURES in path.parents for path in asked)


def pytest_bdd_apply_tag(tag: str, function: Any) -> bool:
    """Turn a tag into the marker of the same name."""
    getattr(pytest.mark, tag)(function)
    return True


def _register_casework(config: pytest.Config, handed: dict[str, Any], worker: str) -> None:
    ground = ground_from_json(handed["ground"])
    wanted = Wanted(tuple(handed["profiles"]), handed["select"], handed["rounds"])
    plan = plans.make(load_catalogue(), ground.edition, chapters.read(), ground.target.features, wanted)
    if plan.fingerprint != handed["fingerprint"]:
        raise pytest.UsageError("the contract (features/) was changed while the run began; run again")
    directory = Path(handed["directory"])
    writer = EventWriter(directory / places.EVENTS)
    executor = Executor(worker, handed["place"], handed["workers"])
    casework = Casework(ground, plan, writer, executor, handed["keep"], directory)
    config.stash[CASEWORK] = casework
    config.pluginmanager.register(casework, OURS)
