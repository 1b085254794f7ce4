"""The back ends: each makes of a recorded function something that runs."""

from __future__ import annotations

import importlib.util
import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from autodiff.core.arguments.tree import flatten
from autodiff.core.ground.errors import UnsupportedError
from autodiff.core.ground.locations import here
from autodiff.source.compiled.guards import Otherwise, expect, finite
from autodiff.source.compiled.rounding import close
from autodiff.source.program.preparing import Prepared, fresh
from autodiff.source.program.source import Source

BACKENDS = ("auto", "numpy", "numba", "jax")
PAYS = 0.9
"""What is not faster than so many times NumPy's time is not taken."""


@dataclass(slots=True, eq=False)
class Runner:
    """A program that runs: `run(args)` answers, or raises where it does not hold."""

    source: Source
    backend: str
    call: Callable[..., Any]
    ready: Prepared
    fits: Callable[[tuple[Any, ...]], bool] | None = None
    reason: str = ""
    spent: float = 0.0
    settled: bool = False
    is_stale: bool = False
    lone: bool = field(init=False)

    def __post_init__(self) -> None:
        self.lone = self.source.is_alone

    def run(self, args: tuple[Any, ...]) -> Any:
        """The results, from the arguments and what the function uses besides them."""
        if self.lone:
            return self.call(*args)
        outside = self.source.outside()
        if outside is None:
            self.is_stale = True
            raise Otherwise
        return self.call(*args, **outside)


def build(backend: str, ready: Prepared) -> Runner:
    """A program for the arguments that a function was recorded with."""
    if backend in ("numpy", "auto"):
        return of_numpy(ready)
    require(backend)
    try:
        return of_numba(ready) if backend == "numba" else of_jax(ready)
    except Exception as error:  # whatever the other system can't do, NumPy can
        found = of_numpy(ready)
        found.reason = f"not by {backend}: {error}"
        return found


def better(program: Runner, args: tuple[Any, ...]) -> Runner | None:
    """A faster program for the same arguments, where one is installed."""
    if not is_installed("numba"):
        return None
    try:
        found = of_numba(program.ready)
    except Exception:  # what it can't do stays as it is
        return None
    found.fits, found.settled = program.fits, True
    try:
        if seconds(found, args) > PAYS * seconds(program, args):
            return None
    except Exception:  # it does not hold here, as f itself may not
        return None
    return found


def seconds(program: Runner, args: tuple[Any, ...]) -> float:
    """The shortest time of a few runs, on arguments that may be changed."""
    own = fresh(args)
    best = math.inf
    for _ in range(5):
        start = time.perf_counter()
        program.run(own)
        best = min(best, time.perf_counter() - start)
    return best


def is_installed(name: str) -> bool:
    """Whether a package can be imported."""
    return importlib.util.find_spec(name) is not None


def require(name: str) -> None:
    """Refuse a back end that is not installed."""
    if not is_installed(name):
        raise ImportError(
            f"backend={name!r} needs {name}, which is not installed: "
            f"pip install 'autodiff-toolkit[compile]', or take backend=\"numpy\".{here()}"
        )


def of_numpy(ready: Prepared) -> Runner:
    """The program of NumPy, which gives the very results."""
    from autodiff.source.compiled.numpy import compiled

    made = guarded(compiled(ready))
    return Runner(made, "numpy", made.function, ready)


def of_numba(ready: Prepared) -> Runner:
    """The program with kernels of numba."""
    from autodiff.source.compiled.numba import compiled

    made = guarded(compiled(ready))
    found = Runner(made, "numba", made.function, ready)
    refuse_other(found)
    return found


def of_jax(ready: Prepared) -> Runner:
    """The program of JAX."""
    from autodiff.source.compiled.jax import compiled

    made, call = compiled(ready)
    found = Runner(made, "jax", call, ready)
    refuse_other(found)
    return found


def guarded(made: Source) -> Source:
    """A source whose guards raise what `Compiled` waits for."""
    made.space.update(expect=expect, finite=finite)
    return made


def refuse_other(found: Runner) -> None:
    """Refuse a program that does not give the results, to rounding."""
    ready = found.ready
    try:
        got = flatten(found.run(fresh(ready.args)))[0]
    except FloatingPointError:
        raise UnsupportedError("its results are not finite at these arguments.") from None
    if len(got) != len(ready.want) or not all(map(close, got, ready.want)):
        raise UnsupportedError(f"its program for {found.backend} gives other results.")
