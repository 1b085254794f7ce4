"""`compile`: a function as a fast one, traced once for each kind of arguments and each branch.

Of what is given, structure, shapes and dtypes choose among the programs that were written before;
the guards inside of a program find out whether it holds, and if none does, another is written.  So
a branch that goes the other way costs a compilation, and never a wrong number.  What can't be
written (a function that draws at random, `float(x)`) is called as it is.
"""

from __future__ import annotations

import functools
import inspect
import sys
import time
import warnings
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

import numpy as np

from autodiff.core.arguments.tree import flatten
from autodiff.core.arguments.variables import require_function
from autodiff.core.ground.errors import AutodiffError, AutodiffWarning
from autodiff.core.ground.locations import here, stacklevel
from autodiff.core.language.dispatch import tracer_classes
from autodiff.source.nodes import Wrapped
from autodiff.source.program import Source, prepared

BACKENDS = ("auto", "numpy")
KEPT = 32
"""So many programs are kept; the one not used for longest goes first."""
THRASHING = 16
"""After so many compilations that were hardly used again there is a warning."""
SLOW = 2.0
"""Seconds after which a compilation is told of."""


class Otherwise(Exception):
    """A guard of a program does not hold."""


def expect(holds: Any, what: str) -> None:
    """The guard of a decision."""
    if not holds:
        raise Otherwise(what)


def finite(*values: Any) -> None:
    """The guard of derivatives."""
    for value in values:
        if not np.isfinite(np.vdot(value, value)):
            raise FloatingPointError


class Compiled:
    """f, run by programs that are written when they are needed; see `compile`."""

    def __init__(self, f: Callable[..., Any], backend: str) -> None:
        functools.update_wrapper(self, f)
        self.function = f
        self.backend = backend
        self.programs: OrderedDict[Any, list[Source]] = OrderedDict()
        self.compilations = 0
        self.calls = 0
        self.reason = ""
        """Why f is called as it is, where it can't be written."""
        self.last: Source | None = None

    @property
    def source(self) -> Source | None:
        """The program that ran last; None where f was called as it is."""
        return self.last

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """f of the arguments, by a program where there is one or can be one."""
        if kwargs:
            bound = inspect.signature(self.function).bind(*args, **kwargs)
            if bound.kwargs:
                return self.function(*args, **kwargs)
            args = bound.args
        self.calls += 1
        key = key_of(args)
        if key is None:
            return self.function(*args)
        known = self.programs.get(key)
        if known is None:
            return self._compile(key, args)
        self.programs.move_to_end(key)
        for place, program in enumerate(known):
            outside = program.outside()
            if outside is None:
                known.remove(program)
                return self._compile(key, args)
            try:
                found = program.function(*args, **outside)
            except Otherwise:
                continue
            except Exception:  # f itself says what is wrong, at the user's line
                break
            if place:
                known.insert(0, known.pop(place))
            self.last = program
            return found
        else:
            if known:
                return self._compile(key, args)
        self.last = None
        return self.function(*args)

    def _compile(self, key: Any, args: tuple[Any, ...]) -> Any:
        """Write a program for these arguments, and answer as f does."""
        start = time.perf_counter()
        self.last = None
        kept = self.programs.setdefault(key, [])
        try:
            program = prepared(self.function, args).module_for(checked=False)
        except AutodiffError as error:
            self.reason = str(error)
            kept.clear()
            return self.function(*args)
        program.space.update(expect=expect, finite=finite)
        kept.insert(0, program)
        del kept[KEPT:]
        while sum(map(len, self.programs.values())) > KEPT and len(self.programs) > 1:
            self.programs.popitem(last=False)
        self.compilations += 1
        took = time.perf_counter() - start
        if took > SLOW:
            print(f"ad.compile: {self._name} took {took:.1f} s to compile", file=sys.stderr)
        if self.compilations == THRASHING and self.calls < 4 * THRASHING:
            self._warn(len(kept))
        self.last = program
        return self.function(*args)

    @property
    def _name(self) -> str:
        return getattr(self.function, "__name__", "the function")

    def _warn(self, branches: int) -> None:
        cause = (
            "its decisions by values come out otherwise each time"
            if branches > THRASHING // 2
            else "its arguments have other shapes, dtypes or constants each time"
        )
        warnings.warn(
            f"ad.compile: {self._name} was compiled {self.compilations} times in {self.calls} "
            f"calls, since {cause}; compiling costs more than it saves.{here()}",
            AutodiffWarning,
            stacklevel=stacklevel(),
        )

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        return self if instance is None else functools.partial(self, instance)

    def __repr__(self) -> str:
        return f"<ad.compile of {self._name}: {self.compilations} compilations>"


_plain = (np.ndarray,)


def key_of(args: tuple[Any, ...]) -> Any:
    """What chooses a program: structure, shapes, dtypes, layouts, and constants.

    None where something is traced, or can't be told apart.
    """
    leaves, structure = flatten(args)
    key: list[Any] = [structure]
    for leaf in leaves:
        kind = type(leaf)
        if kind is np.ndarray:
            key.append((leaf.shape, leaf.dtype, leaf.strides))
        elif kind is float or kind is complex:
            key.append(kind)
        elif isinstance(leaf, np.generic):
            key.append(leaf.dtype)
        elif kind in tracer_classes or isinstance(leaf, Wrapped | np.ndarray):
            return None
        else:
            key.append((kind, leaf))
    try:
        hash(found := tuple(key))
    except TypeError:
        return None
    return found


def compile(f: Callable[..., Any], backend: str = "auto") -> Compiled:
    """f as a fast function: its calls of NumPy are written out once, and run from then on.

    f is any function of NumPy, also a transform: `ad.compile(ad.value_and_grad(loss))`.  A program
    is written at the first call with a structure, shapes and dtypes, and for each way that branches
    take; results are those of f to the last bit.  Global and closed-over arrays are read anew at
    each call.  `compiled.source` is the program that ran last, None where f was called as it is
    (`compiled.reason` says why).  Traced arguments go to f itself, so that
    `ad.grad(ad.compile(f))` works.

    >>> from autodiff import value_and_grad
    >>> step = compile(value_and_grad(lambda x: np.sum(np.sin(x) ** 2)))
    >>> value, gradient = step(np.zeros(3))
    >>> value, gradient = step(np.ones(3))
    >>> step.compilations, bool(np.all(gradient == 2 * np.sin(1.0) * np.cos(1.0)))
    (1, True)
    """
    require_function(f, "compile")
    if backend not in BACKENDS:
        raise ValueError(f"backend={backend!r}: choose from {', '.join(BACKENDS)}")
    return Compiled(f, backend)
