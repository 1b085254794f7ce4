"""`A.dot(x)` of a plain array A and a traced x: NumPy's C code, which asks x for a plain array.

It is given a stand-in that makes the answer tell what A is.  The answer is an array of the
stand-in's class, and is finished when NumPy lets the stand-in go, just before `A.dot` returns: then
it becomes a traced array with the value `np.dot(A, x)`.

- For a short x the stand-in is the identity matrix, so that the answer is A itself.
- Else A is looked up where the user's line says (`X`, `self.X.T`, `X[i:j]`), without running any of
  the user's code, and the stand-in is a vector of random numbers: the answer proves that it is A.

>>> from autodiff import grad
>>> A = np.array([[1.0, 2.0], [3.0, 4.0]])
>>> grad(lambda x: A.dot(x)[1])(np.ones(2))
array([3., 4.])
"""

from __future__ import annotations

import ast
import operator
import weakref
from collections.abc import Callable
from types import CodeType, FrameType, ModuleType
from typing import Any

import numpy as np

from autodiff.core.ground.call_site import call_site
from autodiff.core.ground.errors import DetachError
from autodiff.core.ground.locations import here
from autodiff.core.inside.blanks import Blank, Filled, hide_memory
from autodiff.core.inside.callers import is_users
from autodiff.core.language.dispatch import ground, now
from autodiff.core.values.ledger import Extent, Ledger

SHORT = 64
"""For so many rows at most the identity matrix is as cheap as a look at the user's line."""
LONG = 1024
"""For more rows it would be too large."""
_dot, _eye = np.dot, np.eye
MOST_SITES = 1000
_sites: dict[tuple[CodeType, int], tuple[tuple[str, ...], str]] = {}


def stand_in(traced: Any, frame: FrameType, dtype: Any) -> Any:
    """What `A.dot(traced)` is given in the user's line; None where the line makes another call."""
    if not is_users(frame):
        return None
    names, receiver = _site(frame)
    if names[-1:] != ("dot",) or len(names) < 2 or not np.ndim(ground(traced)):
        return None
    x = now(traced)
    rows = np.shape(ground(x))[-2:][0]
    plain = None if rows <= SHORT else _receiver(receiver, frame)
    if plain is None and rows > LONG:
        return None
    probe = _eye(rows) if plain is None else np.random.default_rng(0).normal(size=(rows, 1))
    probe = probe.astype(ground(x).dtype if dtype is None else dtype)
    given: Any = probe.view(_StandIn)
    given.call = _Call(x, plain, probe)
    return given


def _site(frame: FrameType) -> tuple[tuple[str, ...], str]:
    """The names of what the user's line calls, and the source of what stands before the dot."""
    key = (frame.f_code, frame.f_lasti)
    found = _sites.get(key)
    if found is None:
        if len(_sites) >= MOST_SITES:
            _sites.clear()
        site = call_site(frame)
        found = _sites[key] = (site.names, site.receiver)
    return found


class _Call:
    """One call of `A.dot(x)`: its argument, what A may be, and the answer when it is there."""

    def __init__(self, x: Any, plain: Any, given: np.ndarray) -> None:
        self.x, self.plain, self.given = x, plain, given
        self.answer: Callable[[], Any] = lambda: None

    def finish(self) -> None:
        """Make the answer a traced array; where A was not found, one that refuses to be read."""
        answer = self.answer()
        if answer is None:
            return
        found = np.array(answer, subok=False)
        plain = found if self.plain is None else self.plain
        hide_memory(answer)
        answer.__class__ = _Unproved
        if self.plain is None or np.array_equal(self.plain.dot(self.given), found, equal_nan=True):
            value = _dot(plain, self.x)
            ledger = Ledger(value, np.asarray(ground(value)))
            answer.__class__ = Filled
            answer.extent = Extent(ledger, ledger.places)


class _Unproved(Filled):
    """An answer that does not show what A is."""

    @property
    def extent(self) -> Any:  # type: ignore[override]
        """Refuses."""
        raise DetachError(
            "A.dot(x) of a plain array A was called in a way that does not show what A is. "
            f"Write A @ x, or np.dot(A, x).{here()}"
        )


class _StandIn(np.ndarray):
    """A plain array that is told of the answer computed from it."""

    __array_priority__ = 1e6
    call: Any = None

    def __array_finalize__(self, made_of: Any) -> None:
        call = getattr(made_of, "call", None)
        if call is not None:
            call.answer = weakref.ref(self)

    def __del__(self) -> None:
        if self.call is not None:
            self.call.finish()


# -- what stands before the dot ------------------------------------------------------------------

READ = frozenset(["T", "mT", "real", "imag"])
CALLED = frozenset(["reshape", "transpose", "swapaxes", "ravel", "squeeze", "copy", "astype"])
OPERATORS: dict[type, Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.MatMult: operator.matmul,
    ast.Pow: operator.pow,
}
PLAIN = (np.ndarray, Blank, int, float, complex, np.float64, np.int64, bool)


class _Unknown(Exception):
    """What stands there can't be evaluated again without running the user's code."""


def _receiver(source: str, frame: FrameType) -> Any:
    """The plain array before the dot, or None."""
    try:
        found = _value(ast.parse(source, mode="eval").body, frame)
    except (_Unknown, SyntaxError, LookupError, TypeError, ValueError):
        return None
    return found if found.__class__ in (np.ndarray, Blank) else None


def value_of(node: ast.expr, frame: FrameType) -> Any:
    """What an expression stands for; this function itself where it can't be known."""
    try:
        return _value(node, frame)
    except (_Unknown, LookupError, TypeError, ValueError, IndexError):
        return value_of


def _value(node: ast.expr, frame: FrameType) -> Any:
    """The value of names, attributes, subscripts and arithmetic of plain arrays."""
    match node:
        case ast.Name(id=name):
            return frame.f_locals[name] if name in frame.f_locals else frame.f_globals[name]
        case ast.Constant(value=value):
            return value
        case ast.Attribute(value=inner, attr=name):
            return _attribute(_value(inner, frame), name)
        case ast.Subscript(value=inner, slice=index):
            owner = _value(inner, frame)
            if owner.__class__ in (np.ndarray, Blank, list, tuple, dict):
                return owner[_value(index, frame)]
        case ast.Tuple(elts=parts):
            return tuple([_value(part, frame) for part in parts])
        case ast.List(elts=parts):
            return [_value(part, frame) for part in parts]
        case ast.Slice(lower=a, upper=b, step=c):
            return slice(*[None if part is None else _value(part, frame) for part in (a, b, c)])
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            value = _value(inner, frame)
            if value.__class__ in PLAIN:
                return -value
        case ast.BinOp(left=left, op=sign, right=right) if type(sign) in OPERATORS:
            a, b = _value(left, frame), _value(right, frame)
            if a.__class__ in PLAIN and b.__class__ in PLAIN:
                return OPERATORS[type(sign)](a, b)
        case ast.Call(func=ast.Attribute(value=inner, attr=name), args=args, keywords=[]):
            owner = _value(inner, frame)
            if owner.__class__ in (np.ndarray, Blank) and name in CALLED:
                return getattr(owner, name)(*[_value(arg, frame) for arg in args])
    raise _Unknown


def _attribute(owner: Any, name: str) -> Any:
    """An attribute that is there without a property that would run."""
    if owner.__class__ in (np.ndarray, Blank) and name in READ:
        return getattr(owner, name)
    if isinstance(owner, ModuleType) or hasattr(owner, "__dict__"):
        return vars(owner)[name]
    raise _Unknown
