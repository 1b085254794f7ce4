"""`Compiled`: programs by structure, shapes, dtypes and branch, and what is called where none is.

Of what is given, structure, shapes and dtypes choose among the programs that were written before;
the guards inside of a program find out whether it holds, and if none does, another is written.  So
a branch that goes the other way costs a compilation, and never a wrong number.  What can't be
written (a function that draws at random, `float(x)`) is called as it is.
"""

from __future__ import annotations

import functools
import inspect
import time
import warnings
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from autodiff.core.ground.errors import AutodiffWarning
from autodiff.core.ground.locations import here, stacklevel
from autodiff.core.reverse.shares import one_by_one
from autodiff.source.compiled.backends import Runner, better, build
from autodiff.source.compiled.fits import fitting, key_of
from autodiff.source.compiled.guards import Otherwise
from autodiff.source.guards.captured import WRAPPING
from autodiff.source.program.preparing import prepared
from autodiff.source.program.source import Source

KEPT = 32
"""So many programs are kept; the one not used for longest goes first."""
THRASHING = 16
"""After so many compilations that were hardly used again there is a warning."""
SLOW = 2.0
"""Seconds after which a compilation shows how far it is."""
WORTH = 1.0
"""Seconds of running after which `auto` looks for something faster."""


class Compiled:
    """f, run by programs that are written when they are needed; see `compile`."""

    def __init__(self, f: Callable[..., Any], backend: str) -> None:
        functools.update_wrapper(self, f)
        self.function = f
        self.backend = backend
        self.programs: OrderedDict[Any, list[Runner]] = OrderedDict()
        self.compilations = 0
        self.calls = 0
        self.reason = ""
        """Why f is called as it is, or by a simpler back end, where it is so."""
        self.last: Runner | None = None
        self._recent: Runner | None = None

    @property
    def source(self) -> Source | None:
        """The program that ran last; None where f was called as it is."""
        return None if self.last is None else self.last.source

    @property
    def ran(self) -> str:
        """By what the last call was computed: "numpy", "numba", "jax", or "" for f itself."""
        return "" if self.last is None else self.last.backend

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """f of the arguments, by a program where there is one or can be one."""
        if kwargs:
            bound = inspect.signature(self.function).bind(*args, **kwargs)
            if bound.kwargs:
                return self.function(*args, **kwargs)
            args = bound.args
        self.calls += 1
        recent = self._recent
        if recent is not None and recent.fits is not None and recent.fits(args):
            start = time.perf_counter()
            try:
                found = recent.run(args)
            except Otherwise:
                pass  # another program, or a new one
            except Exception:  # f itself says what is wrong, at the user's line
                self.last = None
                return self.function(*args)
            else:
                self.last = recent
                recent.spent += time.perf_counter() - start
                if recent.spent > WORTH and self.backend == "auto" and not recent.settled:
                    self._improve(recent, args)
                return found
        return self._look(args)

    def _look(self, args: tuple[Any, ...]) -> Any:
        """Look among all programs for one that holds."""
        key = key_of(args)
        if key is None:
            self.last = None
            return self.function(*args)
        known = self.programs.get(key)
        if known is None:
            return self._compile(key, args)
        self.programs.move_to_end(key)
        if not known:
            self.last = None
            return self.function(*args)
        for program in list(known):
            try:
                found = program.run(args)
            except Otherwise:
                if program.is_stale:
                    known.remove(program)
                continue
            except Exception:  # f itself says what is wrong, at the user's line
                self.last = None
                return self.function(*args)
            self.last = self._recent = program
            return found
        return self._compile(key, args)

    def _compile(self, key: Any, args: tuple[Any, ...]) -> Any:
        """Write a program for these arguments, and answer as f does."""
        self.last = None
        kept = self.programs.setdefault(key, [])
        with progress(f"ad.compile {self._name}", 4) as step:
            try:
                step()
                ready = prepared(self.function, args)
                step()
                program = build(self.backend, ready)
                program.fits = fitting(args)
                step()
            except Exception as error:  # f itself goes on, or says what is wrong
                self.reason = str(error)
                kept.clear()
                return self.function(*args)
        self.reason = program.reason
        kept.insert(0, program)
        del kept[KEPT:]
        while sum(map(len, self.programs.values())) > KEPT and len(self.programs) > 1:
            self.programs.popitem(last=False)
        self.compilations += 1
        if self.compilations == THRASHING and self.calls < 4 * THRASHING:
            self._warn(len(kept))
        self.last = self._recent = program
        return one_by_one(self.function, *args)  # the sums in the order of the calls that follow

    def _improve(self, program: Runner, args: tuple[Any, ...]) -> None:
        """Take a faster back end for a program that runs often, where one is installed."""
        program.settled = True
        with progress(f"ad.compile {self._name}", 3) as step:
            step()
            found = better(program, args)
            step()
        if found is None:
            return
        for known in self.programs.values():
            if program in known:
                known[known.index(program)] = found
        self._recent = found

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


WRAPPING.append((Compiled, "function"))


class progress:
    """A bar that appears when a compilation takes long; calls of it are steps."""

    def __init__(self, name: str, steps: int) -> None:
        self.name, self.steps = name, steps

    def __enter__(self) -> Callable[[], Any]:
        from tqdm import tqdm

        self.bar = tqdm(total=self.steps, desc=self.name, delay=SLOW, leave=False)
        return self.bar.update

    def __exit__(self, *_: object) -> None:
        self.bar.close()
