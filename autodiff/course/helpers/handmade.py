"""A trace written by hand: rows of text, each one elementary step on values above it.

`run(["v1 = x * y", "v2 = sin(v1)"], {"x": 2.0, "y": 3.0})` is the values of the rows, or an error
that names the row and says what is wrong with it.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence

import numpy as np

SIGNS = {
    ast.Add: np.add,
    ast.Sub: np.subtract,
    ast.Mult: np.multiply,
    ast.Div: np.divide,
    ast.Pow: np.power,
}
FUNCTIONS = {
    function.__name__: function
    for function in (np.sin, np.cos, np.tan, np.exp, np.log, np.sqrt, np.tanh)
}


class RowError(ValueError):
    """A row that can't be read as `name = one step`."""


class NotAListError(RowError):
    """Something else in place of a list of texts."""


class NotYetMadeError(RowError):
    """A row that uses a value which no row above it makes."""


class NotElementaryError(RowError):
    """A row that does more or less than one step."""


class MadeTwiceError(RowError):
    """A row that gives a value a name which is taken."""


def run(rows: Sequence[str], inputs: Mapping[str, float]) -> dict[str, float]:
    """The value of each row, in order; a `RowError` names the first row that is wrong.

    >>> run(["v1 = x * y", "v2 = sin(x)", "v3 = v1 + v2"], {"x": 0.0, "y": 3.0})
    {'v1': 0.0, 'v2': 0.0, 'v3': 0.0}
    >>> run(["v1 = x * x", "v2 = v1 + z"], {"x": 2.0})
    Traceback (most recent call last):
    autodiff.course.helpers.handmade.NotYetMadeError: row 2, `v2 = v1 + z`, uses z before it exists
    """
    if not isinstance(rows, list | tuple) or not all(isinstance(row, str) for row in rows):
        raise NotAListError("a trace is a list of texts, one a row")
    values = dict(inputs)
    for count, row in enumerate(rows, 1):
        name, step = _read(row, f"row {count}, `{row}`,")
        if name in values:
            raise MadeTwiceError(f"row {count}, `{row}`, makes {name}, which exists already")
        values[name] = _evaluate(step, values, f"row {count}, `{row}`,")
    return {name: value for name, value in values.items() if name not in inputs}


def _read(row: str, where: str) -> tuple[str, ast.expr]:
    """The name that a row makes, and the step that makes it."""
    try:
        statements = ast.parse(row.strip()).body
    except SyntaxError as error:
        raise RowError(f"{where} is not Python: {error.msg}") from None
    if len(statements) == 1 and isinstance(statements[0], ast.Assign):
        target = statements[0].targets[0]
        if isinstance(target, ast.Name):
            return target.id, statements[0].value
    raise RowError(f"{where} is not of the form `v1 = x * y`")


def _evaluate(step: ast.expr, values: Mapping[str, float], where: str) -> float:
    """The value of one step: an operation whose operands are names or numbers."""
    if isinstance(step, ast.BinOp) and type(step.op) in SIGNS:
        function, operands = SIGNS[type(step.op)], [step.left, step.right]
    elif isinstance(step, ast.UnaryOp) and isinstance(step.op, ast.USub):
        function, operands = np.negative, [step.operand]
    elif isinstance(step, ast.Call):
        function, operands = _function(step.func, where), list(step.args)
    else:
        _operand(step, values, where)
        raise NotElementaryError(f"{where} does nothing: a step is one operation")
    if len(operands) != function.nin:
        raise RowError(f"{where}: {function.__name__} takes 1 operand, but got {len(operands)}")
    return float(function(*(_operand(each, values, where) for each in operands)))


def _function(name: ast.expr, where: str) -> np.ufunc:
    """The function that a step calls, written `sin(x)` or `np.sin(x)`."""
    written = ast.unparse(name).removeprefix("np.")
    if written not in FUNCTIONS:
        raise RowError(f"{where} calls {written}; the steps are {', '.join(FUNCTIONS)} and signs")
    return FUNCTIONS[written]


def _operand(operand: ast.expr, values: Mapping[str, float], where: str) -> float:
    if isinstance(operand, ast.Constant) and isinstance(operand.value, int | float):
        return float(operand.value)
    if not isinstance(operand, ast.Name):
        raise NotElementaryError(
            f"{where} does more than one step: `{ast.unparse(operand)}` needs a row of its own"
        )
    if operand.id not in values:
        raise NotYetMadeError(f"{where} uses {operand.id} before it exists")
    return values[operand.id]
