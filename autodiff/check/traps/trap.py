"""One trap: a few lines of code that make autodiff libraries quietly wrong, and what is right."""

from __future__ import annotations

import ast
import linecache
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autodiff.check.kinks.smoothness import smoothness
from autodiff.check.nan import detect_nan


@dataclass(frozen=True, slots=True)
class Says:
    """The right answer where it is an error or a warning: its class, and words of its message.

    With a `value` it is a warning, and the value must be right too.
    """

    name: str
    words: str
    value: Any = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a trap's code did: its value, or the error that it ended in, and its warnings."""

    value: Any = None
    error: Exception | None = None
    warnings: tuple[Warning, ...] = ()

    @property
    def text(self) -> str:
        """The outcome in one line."""
        if self.error is not None:
            return f"{type(self.error).__name__}: {first_sentence(str(self.error))}"
        told = "".join(f" + {type(w).__name__}" for w in self.warnings[:1])
        return shown(self.value) + told


@dataclass(frozen=True, slots=True)
class Trap:
    """A trap as a case to run: `code` ends in the expression that a student would look at.

    `naive` says what a naive engine answers, `right` is what is right here, `why` the reason.
    `peer(xp, x)` is the same function for other libraries' namespaces, where it can be written
    for all, to be differentiated `at` a point.
    """

    name: str
    row: int
    code: str
    right: Any
    naive: str
    why: str
    peer: Callable[[Any, Any], Any] | None = None
    at: Any = None
    names: dict[str, Any] = field(default_factory=dict)

    def run(self) -> Outcome:
        """Run the code here and now, and return its outcome."""
        import autodiff

        file = f"<trap {self.name}>"
        lines = self.code.splitlines(keepends=True)
        linecache.cache[file] = (len(self.code), None, lines, file)
        tree = ast.parse(self.code)
        last = ast.Expression(tree.body.pop().value)  # type: ignore[attr-defined]
        known = {"np": np, "ad": autodiff, "detect_nan": detect_nan, "smoothness": smoothness}
        space: dict[str, Any] = {**known, "__name__": "trap", **self.names}
        with warnings.catch_warnings(record=True) as told, np.errstate(all="ignore"):
            warnings.simplefilter("always")
            try:
                exec(compile(tree, file, "exec"), space)
                value = eval(compile(last, file, "eval"), space)
            except Exception as error:
                return Outcome(error=error)
        return Outcome(
            value, None, tuple(w.message for w in told if isinstance(w.message, Warning))
        )

    def is_right(self, outcome: Outcome) -> bool:
        """Whether an outcome is the right answer, or the clear error that it should be."""
        if not isinstance(self.right, Says):
            return outcome.error is None and same(outcome.value, self.right)
        if self.right.value is None:
            return told_so(self.right, outcome.error)
        return same(outcome.value, self.right.value) and any(
            told_so(self.right, warning) for warning in outcome.warnings
        )

    def __str__(self) -> str:
        return (
            f"{self.name} (row {self.row})\n\n{_indented(self.code)}\n\n"
            f"  naive engines: {self.naive}\n"
            f"  here:          {self.run().text}\n"
            f"  why:           {self.why}"
        )


def _indented(code: str) -> str:
    return "\n".join(f"    {line}" for line in code.splitlines())


def told_so(right: Says, message: BaseException | None) -> bool:
    """Whether an error or warning is of the class, and has the words, that it should have."""
    return (
        message is not None
        and right.name in [c.__name__ for c in type(message).__mro__]
        and right.words in str(message)
    )


def same(value: Any, right: Any) -> bool:
    """Whether a value is the right one: shapes equal, numbers to rounding, containers through."""
    if isinstance(right, dict):
        return isinstance(value, dict) and all(same(value[k], v) for k, v in right.items())
    if isinstance(right, tuple | list) and isinstance(value, tuple | list):
        return len(value) == len(right) and all(map(same, value, right))
    if right is None or isinstance(right, str | bool):
        return bool(value == right)
    value, right = np.asarray(value), np.asarray(right)
    if value.dtype.kind not in "fciub" or value.shape != right.shape:
        return False
    return bool(np.allclose(value, right, rtol=1e-9, atol=1e-12, equal_nan=True))


def shown(value: Any) -> str:
    """A value in one short line.

    >>> shown(np.array([1.0, 0.5])), shown((2.0, None))
    ('[1, 0.5]', '(2, None)')
    """
    if isinstance(value, dict):
        return f"{{{', '.join(f'{k}: {shown(v)}' for k, v in value.items())}}}"
    if isinstance(value, tuple | list):
        return f"({', '.join(map(shown, value))})"
    if value is None or isinstance(value, str | bool):
        return str(value)
    array = np.asarray(value)
    if array.dtype.kind not in "fciub":
        return str(value)
    forms = dict.fromkeys(("float_kind", "complex_kind"), "{:.6g}".format)
    array = array + 0 if array.dtype.kind in "fc" else array  # -0 is 0
    text = np.array2string(array, separator=", ", formatter=forms, threshold=6)
    return " ".join(text.split())


def first_sentence(message: str) -> str:
    """The first sentence of a message, in one line.

    >>> first_sentence("grad needs one number. Reduce it.")
    'grad needs one number.'
    """
    line = " ".join(message.split("\n  at ")[0].split())
    end = line.find(". ")
    return line if end < 0 else line[: end + 1]
