"""The step definitions as values; the one place that knows how pytest-bdd keeps them.

pytest-bdd has no public list of step definitions. It registers each one in ``step_function_context_registry``, which it
calls internal; tests/suite/test_vocabulary.py fails if that changes.
"""

from __future__ import annotations

import functools
import importlib
import inspect
import runpy
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from pytest_bdd.parsers import StepParser, parse, string
from pytest_bdd.steps import StepFunctionContext, step_function_context_registry

from suite.chapters import ROOT


@dataclass(frozen=True, eq=False)
class Definition:
    """One step definition: a pattern for one keyword, and the function that it leads to. Equal to itself alone."""

    keyword: str | None
    """``Given``, ``When`` or ``Then``; None for one that takes any."""
    pattern: str
    function: Callable[..., object]
    target_fixture: str | None
    _parser: StepParser
    _converters: Mapping[str, Callable[[str], object]]
    _start: str
    """What every text that it matches begins with, in lower case, for ``parse`` matches in any case."""

    @property
    def place(self) -> str:
        """``steps/clients.py:25 plain_call``."""
        code = inspect.unwrap(self.function).__code__
        path = Path(code.co_filename)
        shown = path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else path.name
        return f"{shown}:{code.co_firstlineno} {self.function.__name__}"

    @functools.cached_property
    def parameters(self) -> frozenset[str]:
        """What the function asks for."""
        return frozenset(inspect.signature(self.function).parameters)

    def matches(self, text: str) -> bool:
        """Whether the pattern takes the text of a step."""
        return text.lower().startswith(self._start) and self._parser.is_matching(text)

    def words(self, text: str) -> Mapping[str, object]:
        """What the pattern takes from a text that it matches, converted as in a run.

        Raises:
            HarnessError: a word is not one that the step knows.
        """
        found = self._parser.parse_arguments(text) or {}
        return {name: self._converters.get(name, _itself)(value) for name, value in found.items()}


def read() -> tuple[Definition, ...]:
    """The definitions of the step modules that conftest.py brings in."""
    modules = step_modules()
    for module in modules:
        importlib.import_module(module)
    return of_modules(modules)


def step_modules() -> tuple[str, ...]:
    """The step modules that conftest.py names, which are the ones whose steps pytest-bdd finds."""
    names: list[str] = runpy.run_path(str(ROOT / "conftest.py"))["pytest_plugins"]
    return tuple(name for name in names if name.startswith("steps."))


def of_modules(modules: Collection[str]) -> tuple[Definition, ...]:
    """The definitions in some modules that are imported already, in the order of files and lines."""
    contexts = [item for item in step_function_context_registry.values() if item.step_func.__module__ in modules]
    return tuple(sorted(map(_definition, contexts), key=lambda item: (item.place, str(item.keyword))))


def _definition(context: StepFunctionContext) -> Definition:
    return Definition(
        keyword=None if context.type is None else context.type.capitalize(),
        pattern=context.parser.name,
        function=context.step_func,
        target_fixture=context.target_fixture,
        _parser=context.parser,
        _converters=context.converters,
        _start=_start(context.parser),
    )


def _start(parser: StepParser) -> str:
    """What stands before the first field of a pattern; nothing where its grammar is not known to be so plain."""
    return parser.name.partition("{")[0].lower() if type(parser) in (parse, string) else ""


def _itself(value: object) -> object:
    return value
