"""The arguments of a function as variables and constants, under the names its author gave them."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import CodeType
from typing import Any

import numpy as np

from autodiff.core.arguments.tree import (
    Structure,
    as_variable,
    flatten,
    is_variable,
    paths,
    unflatten,
)
from autodiff.core.ground.errors import DisconnectedError
from autodiff.core.ground.locations import here
from autodiff.core.language.dispatch import is_traced


@dataclass(slots=True)
class Variables:
    """The leaves of one argument: values, which of them vary, and how to rebuild it.

    `plain` says that every variable was a Python float; then results are Python floats too.
    """

    name: str
    leaves: list[Any]
    structure: Structure | None
    varies: list[bool]
    plain: bool

    def with_leaves(self, new: Sequence[Any], fill: Callable[[Any], Any] = lambda c: c) -> Any:
        """The argument with its variables replaced, and its constants passed through `fill`."""
        if False not in self.varies:
            return unflatten(self.structure, new)
        rest = iter(new)
        leaves = [
            next(rest) if v else fill(leaf)
            for v, leaf in zip(self.varies, self.leaves, strict=True)
        ]
        return unflatten(self.structure, leaves)

    @property
    def values(self) -> list[Any]:
        """The values of the leaves that vary."""
        if False not in self.varies:
            return self.leaves
        return [leaf for leaf, v in zip(self.leaves, self.varies) if v]

    @property
    def paths(self) -> list[str]:
        """Their names: `p['W1']`, ..."""
        named = zip(paths(self.structure, self.name), self.varies, strict=True)
        return [path for path, v in named if v]


def variables_of(arg: Any, name: str) -> Variables:
    """Split an argument into variables and constants; a bare integer becomes a float64."""
    kind = arg.__class__
    if kind is np.ndarray and arg.ndim and arg.dtype.kind in "fc":
        return Variables(name, [arg], None, [True], False)
    leaves, structure = flatten(arg)
    if structure is None and not isinstance(arg, _constants):
        value = as_variable(arg, f"the argument {name!r}")
        return Variables(name, [value], None, [True], kind is float)
    if _arrays.issuperset(map(type, leaves)) and all(
        [leaf.ndim and leaf.dtype.kind in "fc" for leaf in leaves]
    ):
        return Variables(name, leaves, structure, [True] * len(leaves), not leaves)
    varies = [is_variable(leaf) for leaf in leaves]
    classes = {leaf.__class__ for leaf, v in zip(leaves, varies) if v}
    if classes != {np.ndarray} or not all(leaf.ndim for leaf, v in zip(leaves, varies) if v):
        leaves = [as_variable(leaf, name) if v else leaf for leaf, v in zip(leaves, varies)]
    return Variables(name, leaves, structure, varies, plain=classes <= {float})


_constants = (bool, str, type(None))
_arrays = {np.ndarray}


def may_vary(arg: Any) -> bool:
    """Whether one differentiates by an argument unasked: where it holds floats, or is a number.

    An array of integers beside such are labels, places, or sizes.
    """
    if isinstance(arg, bool) or arg is None:
        return False
    if isinstance(arg, int):
        return True
    return any(is_variable(leaf) or is_traced(leaf) for leaf in flatten(arg)[0])


def refuse_constants(args: Sequence[Variables]) -> None:
    """Raise if no argument holds a variable, so that there is nothing to differentiate by."""
    for arg in args:
        if True in arg.varies:
            return
    given = ", ".join(arg.name for arg in args)
    raise DisconnectedError(
        f"{given} holds no variable to differentiate with respect to: None, bools and strings "
        "count as constants, and in a container integers and objects of other classes too. "
        f"Write 1.0 for 1.{here()}"
    )


def as_given(args: Sequence[Variables], leaf: Any) -> Any:
    """A result as a Python float where all variables were Python floats."""
    if leaf.__class__ is not np.float64 or False in [arg.plain for arg in args]:
        return leaf
    return float(leaf)


def argument_names(function: Callable[..., Any], count: int) -> list[str]:
    """The names of a function's first `count` parameters, as its author wrote them.

    >>> argument_names(lambda x, *rest: x, 3)
    ['x', 'rest1', 'rest2']
    """
    function = getattr(function, "function", function)
    code = getattr(function, "__code__", None)
    return list(_names_of(code, code is not None and hasattr(function, "__self__"), count))


@functools.lru_cache(maxsize=1024)
def _names_of(code: CodeType | None, bound: bool, count: int) -> list[str]:
    """The names of the first parameters of some code; of a method without the object's own."""
    known = list(code.co_varnames[: code.co_argcount]) if code else ["x", "y", "z"][:count]
    if bound:
        known = known[1:]
    more = "arg"
    if code and code.co_flags & 0x04:
        more = code.co_varnames[code.co_argcount + code.co_kwonlyargcount]
    return (known + [f"{more}{i}" for i in range(len(known), count)])[:count]


def require_function(f: Any, transform: str) -> None:
    """Raise if something else than a function is to be differentiated, such as its value."""
    if not callable(f):
        raise TypeError(
            f"ad.{transform} takes a function, but was given a {type(f).__name__}. Give it "
            f"the function itself, `ad.{transform}(f)`, and its arguments afterwards.{here()}"
        )
