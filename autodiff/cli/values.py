"""The values that `--at` takes: a small grammar of numbers and arrays, read and never evaluated.

    x=2                     a number                 x=1,2  and  x=[1, 2]     arrays
    W=np.eye(2)             an array                 W=0.1*np.ones((2, 3))    products and sums
    W=weights.npy           what a file holds        p={'W': np.eye(2), 'b': [0, 1]}   containers
    W=np.random.default_rng(0).normal(size=(2, 3))   random ones, with their seed

Python's own parser makes the tree; here each of its nodes is either known, or refused.  So a name,
an attribute or a call that is not listed below can do nothing.

>>> value_of("1,2") + value_of("np.eye(2)")
array([[2., 2.],
       [1., 3.]])
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

CONSTANTS = {"pi": np.pi, "e": np.e, "inf": np.inf, "nan": np.nan}
FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    name: getattr(np, name)
    for name in ("array", "eye", "identity", "zeros", "ones", "full", "arange", "linspace", "diag")
}
DRAWN = ("normal", "uniform", "integers")
METHODS = ("reshape", "transpose")
SIGNS: Mapping[type, Callable[..., Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.MatMult: operator.matmul,
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
}
FILES = (".npy", ".csv", ".txt")


class UnreadableError(ValueError):
    """A value that this grammar does not know; the message says which part, and what it knows."""


def value_of(text: str) -> Any:
    """What the text after `name=` stands for: a float, an array, a container, or a constant."""
    path = Path(text)
    if path.suffix in FILES:
        return _from_file(path)
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except SyntaxError:
        raise UnreadableError(f"{text!r} is no number and no array") from None
    try:
        return _variable(_read(tree))
    except (TypeError, ValueError, ArithmeticError, MemoryError) as error:
        if isinstance(error, UnreadableError):
            raise
        raise UnreadableError(f"{text!r}: {error}") from None


def _from_file(path: Path) -> Any:
    if not path.is_file():
        raise UnreadableError(f"there is no file {str(path)!r}")
    try:
        if path.suffix == ".npy":
            return _variable(np.load(path, allow_pickle=False))
        return np.loadtxt(path, delimiter="," if path.suffix == ".csv" else None)
    except ValueError as error:
        raise UnreadableError(f"{str(path)!r} holds no array of numbers: {error}") from None


def _read(node: ast.expr) -> Any:
    match node:
        case ast.Constant(value=value):
            return value
        case ast.List(elts=parts) | ast.Tuple(elts=parts):
            return [_read(part) for part in parts]
        case ast.Dict(keys=keys, values=values) if all(keys):
            return {_key(key): _read(value) for key, value in zip(keys, values, strict=True)}
        case ast.UnaryOp(op=sign, operand=operand) if type(sign) in SIGNS:
            return SIGNS[type(sign)](_number(_read(operand)))
        case ast.BinOp(left=left, op=sign, right=right) if type(sign) in SIGNS:
            return SIGNS[type(sign)](_number(_read(left)), _number(_read(right)))
        case ast.BinOp(left=left, op=ast.Pow(), right=right):
            return _power(_number(_read(left)), _number(_read(right)))
        case ast.Name(id=name) | ast.Attribute(value=ast.Name(id="np"), attr=name):
            if name in CONSTANTS:
                return CONSTANTS[name]
        case ast.Attribute(value=owner, attr="T"):
            return _array(_read(owner)).T
        case ast.Call(func=called, args=args, keywords=keywords):
            function = _called(called)
            if function is not None:
                options = {own.arg: _read(own.value) for own in keywords if own.arg}
                return function(*map(_read, args), **options)
    raise UnreadableError(
        f"{ast.unparse(node)!r} is not read here; numbers, lists, +-*/@, {', '.join(FUNCTIONS)}, "
        f"random.default_rng(0).normal(size=...) and files ({', '.join(FILES)}) are"
    )


def _power(base: Any, exponent: Any) -> Any:
    """A power in floats, so that 9**9**9 ends; small whole ones stay whole, for a shape say."""
    with np.errstate(over="ignore"):
        made = np.power(base, exponent, dtype=float)
    whole = isinstance(base, int) and isinstance(exponent, int) and exponent >= 0
    return int(made) if whole and abs(made) < 2**53 else made


def _called(node: ast.expr) -> Callable[..., Any] | None:
    match node:
        case ast.Name(id=name) | ast.Attribute(value=ast.Name(id="np"), attr=name):
            return FUNCTIONS.get(name)
        case ast.Attribute(value=ast.Call(func=maker, args=[seed]), attr=name) if name in DRAWN:
            if ast.unparse(maker) in ("np.random.default_rng", "random.default_rng"):
                return getattr(np.random.default_rng(_read(seed)), name)  # type: ignore[no-any-return]
        case ast.Attribute(value=owner, attr=name) if name in METHODS:
            return getattr(_array(_read(owner)), name)  # type: ignore[no-any-return]
    return None


def _key(node: ast.expr | None) -> Any:
    if isinstance(node, ast.Constant):
        return node.value
    raise UnreadableError("the key of a dict is a text or a number")


def _number(value: Any) -> Any:
    """A part of a sum or a product: a number, or an array of them."""
    if isinstance(value, (bool, str, dict)) or value is None:
        raise UnreadableError(f"{value!r} is no number")
    return value if isinstance(value, (int, float, complex)) else _array(value)


def _array(value: Any) -> np.ndarray:
    """An array of numbers; raises where the rows have different lengths, or hold text."""
    try:
        made = np.asarray(value)
    except ValueError:
        raise UnreadableError(f"the rows of {value!r} have different lengths") from None
    if made.dtype.kind not in "iufcb":
        raise UnreadableError(f"{value!r} is no array of numbers")
    return made


def _variable(value: Any) -> Any:
    """A value as a variable of floats where it is one; containers part by part."""
    if isinstance(value, dict):
        return {key: _variable(part) for key, part in value.items()}
    if isinstance(value, list):
        if any(isinstance(part, (dict, str)) or part is None for part in value):
            return [_variable(part) for part in value]
        value = _array(value)
    if isinstance(value, np.ndarray):
        return value.astype(float) if value.dtype.kind in "iub" else value
    if isinstance(value, (int, np.integer, np.floating)) and not isinstance(value, bool):
        return float(value)
    return value
