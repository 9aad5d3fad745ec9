"""CEL, the language of a CRD's validation rules: expressions that are compiled once and evaluated over JSON values.

The evaluator is `cel-expr-python`, the CEL project's own C++ runtime and so a sibling of kube-apiserver's cel-go. The
pure Python `cel-python` would do as well, and takes a second to get ready where this one takes forty milliseconds.
It is imported with the first expression: an API without rules never needs it.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any


class CelError(Exception):
    """An expression that does not compile, or has no value."""


_WORDS = (
    (re.compile(r'.*Key not found in map : "(.*)"', re.DOTALL), r"no such key: \1"),
    (re.compile(r".*No matching overloads found.*", re.DOTALL), "no such overload"),
    (re.compile(r".*divide by zero", re.DOTALL), "division by zero"),
    (re.compile(r"[A-Z_]+: (.*)", re.DOTALL), r"\1"),
)
"""How the runtime says it, and how kube-apiserver does; the first that matches counts."""


class Expression:
    """One expression about `self`, the value that it is written for, and `oldSelf`, what that was before."""

    def __init__(self, text: str) -> None:
        """Compile the text; raise CelError if it is none of the language."""
        try:
            self._compiled = _environment().compile(text)
        except RuntimeError as error:
            raise CelError(str(error).removeprefix("INVALID_ARGUMENT: ")) from error
        self.compares = re.search(r"\boldSelf\b", text) is not None
        """Whether it is about a change, so that it has no value where there was nothing before."""

    def value(self, self_: Any, old_self: Any) -> Any:
        """Return what it comes to; raise CelError if it comes to nothing."""
        result = self._compiled.eval(data={"self": self_, "oldSelf": old_self})
        if result.type().name() == "ERROR":
            raise CelError(_in_words(str(result.value())))
        return result.plain_value()


@cache
def expression(text: str) -> Expression:
    """Return the compiled expression; raise CelError if it does not compile."""
    return Expression(text)


@cache
def _environment() -> Any:
    from cel_expr_python import cel
    from cel_expr_python.ext import ext_optional, ext_strings

    anything = cel.Type.DYN
    libraries = [ext_optional.ExtOptional(), ext_strings.ExtStrings()]
    return cel.NewEnv(variables={"self": anything, "oldSelf": anything}, extensions=libraries)


def _in_words(text: str) -> str:
    pattern, words = next((pair for pair in _WORDS if pair[0].fullmatch(text)), (re.compile(".*", re.DOTALL), text))
    return pattern.sub(words, text, count=1)
