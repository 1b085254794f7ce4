"""`cntk.ops.sequence`: the first and last step of each sequence, its sum, and what came before."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.core.language.dispatch import ground
from autodiff.frontends.cntk.graph.functions import Function, apply, as_function, lengths_of
from autodiff.frontends.cntk.graph.functions import input_variable as inputs


def last(seq: Any, name: str = "") -> Function:
    """The last step of each sequence."""
    x = as_function(seq)

    def code(v: Any, lengths: Any) -> Any:
        if lengths is None:
            return v[:, -1:]
        return v[np.arange(len(lengths)), np.asarray(lengths) - 1][:, None]

    return apply("last", code, x, lengths_of(), shape=x.shape, label=name)


def first(seq: Any, name: str = "") -> Function:
    """The first step of each sequence."""
    x = as_function(seq)
    return apply("first", lambda v: v[:, :1], x, shape=x.shape, label=name)


def reduce_sum(seq: Any, name: str = "") -> Function:
    """The sum over the steps of each sequence."""
    x = as_function(seq)

    def code(v: Any, lengths: Any) -> Any:
        if lengths is not None:
            steps = np.arange(np.shape(ground(v))[1]) < np.asarray(lengths)[:, None]
            v = v * np.reshape(steps, (*steps.shape, *(1 for _ in x.shape)))
        return np.sum(v, axis=1, keepdims=True)

    return apply("sequence_sum", code, x, lengths_of(), shape=x.shape, label=name)


def _shifted(title: str, sign: int) -> Any:
    def call(x: Any, initial_state: Any = None, time_step: int = 1, name: str = "") -> Function:
        x = as_function(x)
        start = as_function(0 if initial_state is None else initial_state)

        def code(v: Any, fill: Any, lengths: Any) -> Any:
            rows, steps = np.shape(ground(v))[:2]
            count = min(time_step, steps)
            frame = np.broadcast_to(fill, (rows, count, *x.shape))
            parts = [frame, v[:, : steps - count]] if sign > 0 else [v[:, count:], frame]
            found = np.concatenate(parts, axis=1)
            if sign > 0 or lengths is None:
                return found
            inside = np.arange(steps) + count < np.asarray(lengths)[:, None]
            return np.where(np.reshape(inside, (*inside.shape, *(1 for _ in x.shape))), found, fill)

        found = apply(title, code, x, start, lengths_of(), shape=x.shape, label=name)
        found.node.note["delay"] = sign * time_step, x.shape  # for `loops`
        return found

    call.__name__ = call.__qualname__ = title
    call.__doc__ = f"{title}: the value `time_step` steps away, at the end `initial_state`."
    return call


past_value, future_value = _shifted("past_value", 1), _shifted("future_value", -1)


def input_variable(shape: Any, **options: Any) -> Any:
    """An input along a sequence: every input is one."""
    return inputs(shape, **{k: v for k, v in options.items() if k != "sequence_axis"})
