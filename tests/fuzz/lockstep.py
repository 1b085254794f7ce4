"""The truth: the same statements run by NumPy alone, at a point and at places around it.

Each place has its own names, and all run a statement before the next one comes.  So a statement that
has a kink or a branch between the places is found at once (its `same` expression differs), and when
the program ends, the values at the places are the derivative by differences of 6th order: with steps
h, 2h and 3h, and again with the steps doubled, which tells how far the first can be trusted.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from fuzz.program import HEADER, Program, Statement, bound, compiled, wide_array, widened

STEP = 1e-3
OFFSETS = (1, -1, 2, -2, 3, -3, 4, -4, 6, -6)
WEIGHTS = {1: 45 / 60, 2: -9 / 60, 3: 1 / 60}
"""Of the 6th-order central difference: f(x + k h) - f(x - k h) over h."""
LARGEST = 30.0
STEEPEST = 200.0
MOST_ELEMENTS = 60

Names = dict[str, Any]


class NotSmoothError(Exception):
    """NumPy can't run a statement at every place, or it isn't smooth between them."""


class Lockstep:
    """The places: the point itself, as it is and in double precision, and two stencils around it."""

    def __init__(self, program: Program, directions: Sequence[dict[str, np.ndarray]]) -> None:
        self.program = program.with_statements(())
        self.directions = directions
        self.statements: list[Statement] = []
        self.places = [self._start(place) for place in range(2 + len(directions) * len(OFFSETS))]

    def _start(self, place: int) -> Names:
        names: Names = {}
        exec(compiled(HEADER, "exec"), names)
        point, constants = self.program.inputs, self.program.constants
        if place == 0:
            own = {name: value.copy() for name, value in (point | constants).items()}
        else:
            own = {name: wide_array(value) for name, value in (point | constants).items()}
        if place > 1:
            which, offset = divmod(place - 2, len(OFFSETS))
            for name, direction in self.directions[which].items():
                own[name] = own[name] + OFFSETS[offset] * STEP * direction
        return {
            **names,
            **{name: np.asarray(v) if name in constants else _number(v) for name, v in own.items()},
        }

    def run(self, statement: Statement) -> None:
        """One more statement, at every place; if it can't, all is as before."""
        before = [dict(names) for names in self.places]
        try:
            self._run(statement)
        except Exception as error:
            self.places = before
            if not _only_binds(statement):
                self._replay()
            raise NotSmoothError(str(error)) from error
        self.statements.append(statement)

    def _replay(self) -> None:
        self.places = [self._start(place) for place in range(len(self.places))]
        for statement in self.statements:
            for place in range(len(self.places)):
                self._execute(statement, place)

    def _execute(self, statement: Statement, place: int) -> None:
        text = statement.text if place == 0 else widened(statement.text)
        with np.errstate(all="raise", under="ignore"), warnings.catch_warnings():
            warnings.simplefilter("error")
            exec(compiled(text, "exec"), self.places[place])

    def _ask(self, expression: str, place: int) -> Any:
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return eval(compiled(expression, "eval"), self.places[place])

    def _run(self, statement: Statement) -> None:
        first: Any = None
        for place in range(len(self.places)):
            if statement.where and not self._ask(statement.where, place):
                raise NotSmoothError(f"outside of its domain: {statement.where}")
            if statement.same:
                side = self._ask(statement.same, place)
                if place == 0:
                    first = side
                elif not _equal(first, side):
                    raise NotSmoothError(f"a kink: {statement.same}")
            self._execute(statement, place)
            if not all(name in self.places[place] for name in bound(statement.text)):
                raise NotSmoothError("a name is not bound")
            if place < 3:
                self._require_tame(place)
        self._require_near()
        for name, value in self.program.constants.items():
            if not np.array_equal(self.places[0][name], value):
                raise NotSmoothError(f"{name} is the caller's")

    def _require_tame(self, place: int) -> None:
        for name, value in self.places[place].items():
            if is_number(value):
                if np.size(value) > MOST_ELEMENTS or np.ndim(value) > 4:
                    raise NotSmoothError(f"{name} is large")
                if not np.all(np.abs(value) < LARGEST):
                    raise NotSmoothError(f"{name} is large or not finite")

    def _require_near(self) -> None:
        """The values near the point are near, and those of both precisions are."""
        narrow, wide, near = self.places[:3]
        for name, value in wide.items():
            if is_number(value):
                if np.shape(value) != np.shape(near[name]) or np.shape(value) != np.shape(
                    narrow[name]
                ):
                    raise NotSmoothError(f"the shape of {name} changes")
                if np.any(np.abs(near[name] - value) > STEEPEST * STEP):
                    raise NotSmoothError(f"{name} is steep")
                if np.any(np.abs(narrow[name] - value) > 1e-4):
                    raise NotSmoothError(f"{name} is not determined in float32")

    def varies(self, name: str) -> bool:
        """Whether the value of a name depends on the inputs."""
        return not _equal(self.places[1][name], self.places[2][name])

    def values(self) -> list[np.ndarray]:
        """The result of the program at every place."""
        self.program = self.program.with_statements(tuple(self.statements))
        results = f"mix({', '.join(self.program.results)})"
        return [self._ask(results, place) for place in range(len(self.places))]

    def slopes(self) -> list[tuple[np.ndarray, float]]:
        """Along each direction the derivative of the result, and how far it is in doubt."""
        values = self.values()
        found = []
        for which in range(len(self.directions)):
            start = 2 + which * len(OFFSETS)
            at = {offset: values[start + k] for k, offset in enumerate(OFFSETS)}
            once, twice = (
                sum(w * (at[k * m] - at[-k * m]) for k, w in WEIGHTS.items()) / (m * STEP)
                for m in (1, 2)
            )
            found.append((once, float(np.max(np.abs(once - twice)))))
        return found


def is_number(value: Any) -> bool:
    """Whether a value is a float or complex number, or an array of such."""
    if isinstance(value, np.ndarray | np.generic):
        return value.dtype.kind in "fc"
    return isinstance(value, float | complex)


def _number(value: np.ndarray) -> Any:
    """What a transform hands over: arrays as they are, and a number where the shape is ()."""
    return value[()] if value.ndim == 0 else value


def _only_binds(statement: Statement) -> bool:
    return statement.template.startswith("{new} = ") and "\n" not in statement.text


def _equal(a: Any, b: Any) -> bool:
    if isinstance(a, tuple | list):
        return len(a) == len(b) and all(_equal(x, y) for x, y in zip(a, b))
    return bool(np.array_equal(a, b))
