"""Names that are exchanged while a program is recorded.

NumPy asks its arguments who computes, but for the functions that make arrays: `np.zeros(n)` has no
argument to ask, and `np.asarray(x)` and `math.exp(x)` do not.  While a recording is under way these
names of `numpy` and `math` mean functions that look for a recorder in their own thread or task.
What was imported before by name (`from numpy import zeros`) is not reached.

The ops' rules are exchanged too, for such that note what they compute: of which value this is the
cotangent, or the tangent, so that it can be called `d_h` or `t_h`.
"""

from __future__ import annotations

import functools
import math
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FunctionType
from typing import Any

import numpy as np

from autodiff.core.ground.locations import is_installed, is_library
from autodiff.core.language.dispatch import is_traced
from autodiff.core.language.op import Op
from autodiff.core.language.registry import registry
from autodiff.core.language.signatures import describe
from autodiff.core.reverse import sweep
from autodiff.core.reverse.safekeeping import Keeper
from autodiff.source.nodes import Call, leaves
from autodiff.source.recorded import BOOKS, Recorded, answered, plain
from autodiff.source.recorder import Recorder, current, node_of

CONVERTING = ("asarray", "array", "asanyarray", "ascontiguousarray", "asfortranarray", "fromiter")
DENSITIES = ["pdf", "logpdf", "pmf", "logpmf", "cdf", "logcdf", "sf", "logsf", "ppf", "isf"]
MAKING = ("zeros", "ones", "empty", "full", "eye", "identity", "arange", "linspace", "logspace")

_lock = threading.Lock()
_open = 0
_before: list[tuple[Any, str, Any]] = []


@contextmanager
def recording(recorder: Recorder) -> Iterator[None]:
    """Take down what the block asks of NumPy."""
    _enter()
    token = current.set(recorder)
    try:
        yield
    finally:
        recorder.closed = True
        current.reset(token)
        _leave()


def _enter() -> None:
    global _open
    with _lock:
        _open += 1
        if _open == 1:
            for owner, name, new in _exchanges():
                _before.append((owner, name, getattr(owner, name)))
                object.__setattr__(owner, name, new) if isinstance(owner, Op) else setattr(
                    owner, name, new
                )


def _leave() -> None:
    global _open
    with _lock:
        _open -= 1
        if _open == 0:
            for owner, name, old in reversed(_before):
                object.__setattr__(owner, name, old) if isinstance(owner, Op) else setattr(
                    owner, name, old
                )
            _before.clear()


def _exchanges() -> Iterator[tuple[Any, str, Any]]:
    for name in CONVERTING:
        yield np, name, _converting(getattr(np, name), f"np.{name}")
    for name in MAKING:
        yield np, name, _making(getattr(np, name), f"np.{name}")
    for name, function in vars(math).items():
        if callable(function) and not name.startswith("_"):
            yield math, name, _converting(function, f"math.{name}")
    for module in ("scipy.special", "scipy.linalg"):
        for name in getattr(sys.modules.get(module), "__all__", ()):
            function = getattr(sys.modules[module], name)
            if isinstance(function, FunctionType):
                yield sys.modules[module], name, _converting(function, f"{module}.{name}")
    stats = sys.modules.get("scipy.stats")
    for kind in (stats.rv_continuous, stats.rv_discrete) if stats else ():
        for name in DENSITIES:
            if hasattr(kind, name):
                yield kind, name, _of_distribution(getattr(kind, name), name)
    for name in ("constant", "variable"):
        yield Keeper, name, _noting_copy(getattr(Keeper, name))
    yield np, "nditer", _looking(np.nditer)
    for op in registry:
        function = op.function
        if isinstance(function, FunctionType) and function.__module__.startswith("scipy."):
            yield op, "function", _converting(function, describe(function))
        elif (
            getattr(function, "__module__", "") == "autodiff.ops.scipy_linalg"
            and op.name.isidentifier()
        ):
            yield op, "function", _converting(function, f"scipy.linalg.{op.name}")
        elif isinstance(function, FunctionType) and op.name.isidentifier():
            yield op, "function", _folding(function, op.name)
        if op.vjp is not None:
            yield op, "vjp", _noting_vjp(op.vjp)
        if op.jvp is not None:
            yield op, "jvp", _noting_jvp(op.jvp)
        if op.joint_vjp is not None:
            yield op, "joint_vjp", _noting_joint(op.joint_vjp)
    yield sweep, "fit", _noting_fit(sweep.fit)
    yield sweep, "add_cotangents", _noting_sum(sweep.add_cotangents)


def _converting(function: Callable[..., Any], name: str) -> Callable[..., Any]:
    call = Call("function", name, function)

    @functools.wraps(function)
    def exchanged(*args: Any, **kwargs: Any) -> Any:
        recorder = current.get()
        if recorder is None or not any(type(one) is Recorded for one in leaves((args, kwargs))):
            return function(*args, **kwargs)
        return answered(recorder, recorder.call(call, args, kwargs))

    return exchanged


def _of_distribution(function: Callable[..., Any], name: str) -> Callable[..., Any]:
    """A method of SciPy's distributions, which turn their arguments into plain arrays."""

    @functools.wraps(function)
    def exchanged(dist: Any, *args: Any, **kwargs: Any) -> Any:
        recorder, given = current.get(), list(leaves((args, kwargs)))
        recorded = any(type(one) is Recorded for one in given)
        if recorder is None or not recorded or any(map(is_traced, given)):
            return function(dist, *args, **kwargs)
        own = functools.partial(function, dist)
        call = Call("function", f"scipy.stats.{dist.name}.{name}", own)
        return recorder.call(call, args, kwargs)

    return exchanged


def _folding(function: Callable[..., Any], name: str) -> Callable[..., Any]:
    """An op of several calls as one, which the program defines as a function of its own."""

    @functools.wraps(function)
    def exchanged(*args: Any, **kwargs: Any) -> Any:
        recorder = current.get()
        if recorder is None or recorder.closed:
            return function(*args, **kwargs)
        start = recorder.mark()
        return recorder.fold(name, function, args, kwargs, start, function(*args, **kwargs))

    return exchanged


def _looking(function: Callable[..., Any]) -> Callable[..., Any]:
    """For the library's own rules, which ask NumPy's iterator for a layout and nothing else."""

    @functools.wraps(function)
    def exchanged(*args: Any, **kwargs: Any) -> Any:
        if is_library(sys._getframe(1).f_code.co_filename):
            args, kwargs = plain(args), plain(kwargs)
        return function(*args, **kwargs)

    return exchanged


def _making(function: Callable[..., Any], name: str) -> Callable[..., Any]:
    call = Call("function", name, function)

    @functools.wraps(function)
    def exchanged(*args: Any, **kwargs: Any) -> Any:
        recorder = current.get()
        if recorder is None or recorder.closed:
            return function(*args, **kwargs)
        if not any(type(one) is Recorded for one in leaves((args, kwargs))):
            code = sys._getframe(1).f_code
            file, own = code.co_filename, function.__name__ in code.co_names  # not compiled code's
            if file == BOOKS and name not in ("np.empty", "np.full"):
                return function(*args, **kwargs)
            if not own or (is_installed(file) and not is_library(file)):
                return function(*args, **kwargs)
        return recorder.call(call, args, kwargs)

    return exchanged


def _noting_vjp(rule: Callable[..., Any]) -> Callable[..., Any]:
    def vjp(index: int, ct: Any, ans: Any, primals: Any, params: Any) -> Any:
        recorder = current.get()
        if recorder is None:
            return rule(index, ct, ans, primals, params)
        with _stemming(recorder, "reverse", ans):
            found = rule(index, ct, ans, primals, params)
        recorder.note_derivative("d", found, primals[index])
        return found

    return vjp


def _noting_jvp(rule: Callable[..., Any]) -> Callable[..., Any]:
    def jvp(tangents: Any, ans: Any, primals: Any, params: Any) -> Any:
        recorder = current.get()
        if recorder is None:
            return rule(tangents, ans, primals, params)
        with _stemming(recorder, "forward", ans):
            found = rule(tangents, ans, primals, params)
        if isinstance(ans, tuple) and isinstance(found, tuple | list):
            for tangent, part in zip(found, ans):
                recorder.note_derivative("t", tangent, part)
        else:
            recorder.note_derivative("t", found, ans)
        return found

    return jvp


def _noting_joint(rule: Callable[..., Any]) -> Callable[..., Any]:
    def joint(ct: Any, ans: Any, primals: Any, params: Any, *more: Any) -> Any:
        recorder = current.get()
        if recorder is None:
            return rule(ct, ans, primals, params, *more)
        with _stemming(recorder, "reverse", ans):
            found = rule(ct, ans, primals, params, *more)
        for own, primal in zip(found, primals):
            recorder.note_derivative("d", own, primal)
        return found

    return joint


def _noting_fit(fit: Callable[..., Any]) -> Callable[..., Any]:
    def fitted(ct: Any, primal: Any, equation: Any, index: int) -> Any:
        found = fit(ct, primal, equation, index)
        recorder = current.get()
        if recorder is not None and found is not ct:
            recorder.note_derivative("d", found, primal)
        return found

    return fitted


def _noting_sum(add: Callable[..., Any]) -> Callable[..., Any]:
    def added(old: Any, new: Any) -> Any:
        found = add(old, new)
        recorder = current.get()
        if recorder is not None:
            recorder.note_total(found, old, new)
        return found

    return added


def _noting_copy(keep: Callable[..., Any]) -> Callable[..., Any]:
    def kept(self: Keeper, array: Any) -> Any:
        found = keep(self, array)
        recorder = current.get()
        if recorder is not None and type(found) is np.ndarray:
            recorder.copies[id(found)] = (found, array)
        return found

    return kept


@contextmanager
def _stemming(recorder: Recorder, role: str, ans: Any) -> Iterator[None]:
    """Let the nodes made in the block stem from the one whose derivative they compute."""
    before = recorder.origin
    own = ans[0] if isinstance(ans, tuple) and ans else ans
    node = node_of(own)
    if node is not None:
        recorder.origin = (role, node)
    try:
        yield
    finally:
        recorder.origin = before
