"""Rules that note what they compute: of which value this is the cotangent, or the tangent.

So it can be called `d_h` or `t_h`, and stands below the line that made h.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from autodiff.core.reverse.safekeeping import SMALL, Keeper
from autodiff.source.records.recorded import Recorded
from autodiff.source.records.recorder import Recorder, current, node_of


def noting_vjp(rule: Callable[..., Any]) -> Callable[..., Any]:
    """A reverse rule that notes cotangents."""

    def vjp(index: int, ct: Any, ans: Any, primals: Any, params: Any) -> Any:
        recorder = current.get()
        if recorder is None:
            return rule(index, ct, ans, primals, params)
        with _stemming(recorder, "reverse", ans):
            found = rule(index, ct, ans, primals, params)
        recorder.note_derivative("d", found, primals[index])
        return found

    return vjp


def noting_jvp(rule: Callable[..., Any]) -> Callable[..., Any]:
    """A forward rule that notes tangents."""

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


def noting_joint(rule: Callable[..., Any]) -> Callable[..., Any]:
    """A joint reverse rule that notes all cotangents."""

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


def noting_fit(fit: Callable[..., Any]) -> Callable[..., Any]:
    """What undoes broadcasting, noting its result."""

    def fitted(ct: Any, primal: Any, equation: Any, index: int) -> Any:
        found = fit(ct, primal, equation, index)
        recorder = current.get()
        if recorder is not None and found is not ct:
            recorder.note_derivative("d", found, primal)
        return found

    return fitted


def noting_sum(add: Callable[..., Any]) -> Callable[..., Any]:
    """What adds cotangents, noting the sum."""

    def added(old: Any, new: Any) -> Any:
        found = add(old, new)
        recorder = current.get()
        if recorder is not None:
            recorder.note_total(found, old, new)
        return found

    return added


def noting_read(add: Callable[..., Any]) -> Callable[..., Any]:
    """What adds the cotangent of a read in place, noting the total."""

    def added(equation: Any, ct: Any, cotangents: Any, *more: Any) -> Any:
        recorder = current.get()
        if recorder is None:
            return add(equation, ct, cotangents, *more)
        with _stemming(recorder, "reverse", equation.value):
            found = add(equation, ct, cotangents, *more)
        if found:
            recorder.note_derivative("d", cotangents[equation.inputs[0]], equation.primals[0])
        return found

    return added


def noting_copy(keep: Callable[..., Any]) -> Callable[..., Any]:
    """What copies for safety, noting of what."""

    def kept(self: Keeper, array: Any, *more: Any, **options: Any) -> Any:
        if type(array) is Recorded:  # nobody changes it unseen, so that it need not be locked
            large = array.nbytes > SMALL and array.flags.owndata and not self.lasting
            return array if large else array.copy("K")
        found = keep(self, array, *more, **options)
        recorder = current.get()
        if recorder is not None and type(found) is np.ndarray:
            recorder.copies[id(found)] = (found, array)
        return found

    return kept


def unseen(function: Callable[..., Any]) -> Callable[..., Any]:
    """What the engine does for its own safety, which is no part of a program."""

    def hidden(*args: Any) -> Any:
        token = current.set(None)
        try:
            return function(*args)
        finally:
            current.reset(token)

    return hidden


def unseen_of_values(function: Callable[..., Any]) -> Callable[..., Any]:
    """The same of a function of arrays, of which it gets the values, since these do not note."""
    own = unseen(function)
    return lambda array: own(array.node.value if type(array) is Recorded else array)


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
