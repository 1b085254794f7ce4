"""NumPy's ufuncs while a derivative is being taken: they take lists of traced values as well.

A ufunc hands itself over to a traced argument, and asks a list for plain numbers.  What stands for
it meanwhile makes one array of such a list first.  On the way it saves traced arguments NumPy's
search for who is responsible, which costs more than the look at the arguments.

>>> from autodiff import grad
>>> grad(lambda x: np.exp([x[0], 2 * x[0]]).sum())(np.zeros(2))
array([3., 0.])
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from autodiff.core.ground.tracebacks import hide_frames
from autodiff.core.inside.callers import is_users
from autodiff.core.language.dispatch import (
    NO_PARAMS,
    holds_traced,
    sequences,
    tracer_classes,
)
from autodiff.core.language.op import Op
from autodiff.core.language.registry import registry
from autodiff.core.values.lists import joined

METHODS = ("reduce", "accumulate", "reduceat", "outer")
PLAIN = frozenset((np.ndarray, np.float64, float, int))
"""Classes of operands that leave it to the traced one what becomes of both."""


def stand_in(own: np.ufunc) -> Any:
    """What stands for a ufunc: called as it, and with all of its attributes.

    A static method can be called, and as an attribute of a class it is no method of the instances,
    which a ufunc is not either.
    """
    op = registry.by_function.get(own)
    if op is None or op.binder is not None or own.nin > 2:
        function = _of_lists(own, 1)
    else:
        function = _unary(own, op) if own.nin == 1 else _binary(own, op)
    function.__name__ = function.__qualname__ = own.__name__
    function.__doc__, function.__module__ = own.__doc__, "numpy"
    vars(function)["__wrapped__"] = own
    found: Any = staticmethod(function)
    for name in dir(own):
        if not name.startswith("_"):
            attribute = getattr(own, name)
            setattr(found, name, _of_lists(attribute, 1) if name in METHODS else attribute)
    return found


def _unary(own: np.ufunc, op: Op) -> Callable[..., Any]:
    """A ufunc of one argument, which is an op as it stands."""
    of_lists = _of_lists(own, 2)

    def function(*args: Any, **kwargs: Any) -> Any:
        if len(args) == 1 and not kwargs:
            kind = args[0].__class__
            if kind in tracer_classes:
                try:
                    return args[0].owner.process(op, args, NO_PARAMS)
                except BaseException as error:
                    hide_frames(error)
                    raise
            if kind not in sequences:
                return own(args[0])
        return of_lists(*args, **kwargs)

    return function


def _binary(own: np.ufunc, op: Op) -> Callable[..., Any]:
    """A ufunc of two arguments, which is an op as it stands."""
    of_lists = _of_lists(own, 2)

    def function(*args: Any, **kwargs: Any) -> Any:
        if len(args) == 2 and not kwargs:
            a, b = args
            kind, other = a.__class__, b.__class__
            traced = a if kind in tracer_classes and other in PLAIN else None
            if kind in PLAIN:
                if other in PLAIN:
                    return own(a, b)
                traced = b if other in tracer_classes else None
            if traced is not None:
                try:
                    return traced.owner.process(op, args, NO_PARAMS)
                except BaseException as error:
                    hide_frames(error)
                    raise
        return of_lists(*args, **kwargs)

    return function


def _of_lists(own: Callable[..., Any], depth: int) -> Callable[..., Any]:
    """A ufunc, or a method of one, to which lists of traced values are arrays.

    The call comes from so many frames above.
    """

    def function(*args: Any, **kwargs: Any) -> Any:
        if not sequences.isdisjoint(map(type, args)) and is_users(sys._getframe(depth)):
            args = tuple([_array(arg) for arg in args])
        return own(*args, **kwargs)

    return function


def _array(arg: Any) -> Any:
    return joined(arg) if arg.__class__ in sequences and holds_traced(arg) else arg
