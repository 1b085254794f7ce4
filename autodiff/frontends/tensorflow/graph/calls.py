"""Calls of functions on tensors: NumPy's functions, and one node for any Python function.

A NumPy function that the registry has as an op becomes that op's node.  One that it serves by
code over several ops, or whose call can only be read once values are known, becomes a single node
that calls the function itself when it runs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autodiff.core.ground.errors import UnsupportedError, ValueNeededError
from autodiff.core.ground.locations import here
from autodiff.core.language.dispatch import apply, is_traced
from autodiff.core.language.numpy_calls.signatures import describe
from autodiff.core.language.op import Op
from autodiff.core.language.registry import registry
from autodiff.core.values.calls import unsupported
from autodiff.frontends.tensorflow.graph.recorded import (
    leaves,
    put_values,
    recorded_op,
    take_tensors,
)
from autodiff.frontends.tensorflow.graph.tensor import Tensor
from autodiff.frontends.tensorflow.ground.naming import type_of
from autodiff.frontends.tensorflow.inference.probe import (
    Info,
    Operand,
    lengths_in,
    probe,
    refuse_varying,
)


def call_numpy(graph: Any, function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """The node of a NumPy function called on tensors; `function` may be `(ufunc, method)`."""
    if function in QUERIES:
        return QUERIES[function](*args, **kwargs)
    if function is np.where and len(args) == 3:
        return graph.stage(registry["where"], args, {}, type="Select")
    if function in IN_PLACE or (isinstance(function, tuple) and function[1] == "at"):
        raise TypeError(
            f"{describe(function)} changes an array in place, and a tensor can't be changed. "
            f"Write np.where(condition, new, old) for a new one.{here()}"
        )
    composite = function in registry.composites
    op = registry.by_function.get(function)
    if op is None and not composite:
        if registry.load_more():
            return call_numpy(graph, function, args, kwargs)
        raise UnsupportedError(unsupported(function))
    if op is not None and not composite:
        try:
            arrays, params = op.bind(args, kwargs)
            return apply(op, arrays, params)
        except ValueNeededError:  # how the call is to be read depends on values
            pass
        except UnsupportedError:  # an index that is computed stands where constants are expected
            if all(leaf.dtype.kind in "fc" for leaf in leaves((args, kwargs)) if is_traced(leaf)):
                raise
    title = function[1] if isinstance(function, tuple) else function.__name__
    real = not any(leaf.dtype.kind == "c" for leaf in leaves((args, kwargs)) if is_traced(leaf))
    refuse_varying(f"np.emath.{title}" if real and function in BEYOND_REALS else title)
    if function in MAKERS:  # NumPy hands these over for `like=` alone, which is gone by now
        plain = registry.composites[function]
    else:
        plain = getattr(*function) if isinstance(function, tuple) else function
    return graph.stage_call(plain, args, kwargs, type=type_of(title))


def call_op(
    function: Callable[..., Any],
    args: Sequence[Any],
    kwargs: dict[str, Any],
    infos: Sequence[Info] | None,
    multiple: bool,
) -> tuple[Op, list[Tensor], Sequence[Info]]:
    """The op that calls a function with these arguments; its operands; what its results are."""
    template, tensors = take_tensors((list(args), kwargs))
    answers: list[Any] = []

    run = Called(function, template)

    def watched(*values: Any) -> Any:
        answers[:] = [run(*values)]
        return answers[0]

    if infos is None:
        infos = probe(watched, [operand(t) for t in tensors], {}, lengths_in(template))
        multiple = bool(answers) and isinstance(answers[0], tuple | list)
    return recorded_op(getattr(function, "__name__", "call"), run, multiple), tensors, infos


@dataclass(frozen=True, slots=True, eq=False)
class Called:
    """A function of the values that stand in the slots of its arguments' template.

    As with any function, one is another's equal only if it is the same: templates hold lists.
    """

    function: Callable[..., Any]
    template: Any

    def __call__(self, *values: Any) -> Any:
        """The function of the template with these values."""
        own, named = put_values(self.template, values)
        return self.function(*own, **named)


def operand(arg: Any) -> Operand:
    """An operand as inference sees it."""
    if isinstance(arg, Tensor):
        return Operand(arg.dims, arg.dtype)
    return Operand(np.shape(arg), np.asarray(arg).dtype, arg)


def _static(what: str) -> Callable[[Any], Any]:
    def look(x: Any) -> Any:
        found = getattr(x, what)
        if found is None or (what == "shape" and None in found):
            raise ValueNeededError(
                f"np.{what} of {x.name}: {x.lower} is not fully known while the graph is built. "
                f"Write tf.{what}(x), a node.{here()}"
            )
        return found

    return look


QUERIES: dict[Any, Callable[..., Any]] = {
    np.shape: _static("shape"),
    np.ndim: _static("ndim"),
    np.size: _static("size"),
    np.result_type: lambda *xs: np.result_type(*(x.dtype if is_traced(x) else x for x in xs)),
    np.iscomplexobj: lambda x: x.dtype.kind == "c",
    np.isrealobj: lambda x: x.dtype.kind != "c",
}
"""NumPy functions about shape and dtype, answered while the graph is built."""

MAKERS = {
    np.array, np.asanyarray, np.asarray, np.ascontiguousarray, np.asfortranarray, np.full,
}  # fmt: skip
"""NumPy functions that make an array of anything."""

BEYOND_REALS = {getattr(np.emath, name) for name in np.emath.__all__}
"""NumPy functions whose results are complex where an element has no real one."""

IN_PLACE = {np.copyto, np.fill_diagonal, np.place, np.put, np.put_along_axis, np.putmask}
"""NumPy functions that change their first argument, and answer nothing."""
