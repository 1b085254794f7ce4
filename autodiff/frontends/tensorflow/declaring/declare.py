"""How an op gets its TensorFlow name: a declaration of a line or two.

    log = named("Log", np.log, "x")            # an op of the registry, found by its NumPy function
    mul = named("Mul", np.multiply, "x y")     # tf.mul(x, y, name=None): operands of one dtype

    @node("Relu6")                             # one node that runs this code on arrays; where its
    def relu6(features):                       # derivative is needed, the engine records it
        return np.minimum(np.maximum(features, 0), 6)

    @scoped("moments")                         # several nodes under a name scope
    def moments(x, axes):
        mean = reduce_mean(x, axes)
        return mean, reduce_mean(square(x - mean), axes)

All take `name=`.  `named` is for ops that the registry has; `node` for what is one op in
TensorFlow and several in NumPy, or whose shape depends on values; `scoped` for the rest.  In a
`node` the first `tensors` arguments (default 1) are made tensors of one dtype, and tensors may
stand in any other argument; the code sees plain arrays.  An op with state (random numbers,
queues, summaries) is a `state.session_op`, staged by `graph.stage`.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any

from autodiff.core.ground.locations import here
from autodiff.core.language.op import Op
from autodiff.core.language.registry import registry
from autodiff.frontends.tensorflow.graph.inputs import convert_alike, convert_to_tensor, graph_of
from autodiff.frontends.tensorflow.graph.recorded import leaves
from autodiff.frontends.tensorflow.graph.tensor import Tensor

NAME = inspect.Parameter("name", inspect.Parameter.POSITIONAL_OR_KEYWORD, default=None)
"""The last parameter of every op."""


def named(type: str, function: Any, operands: str = "x", doc: str = "") -> Callable[..., Tensor]:
    """TensorFlow's name for an op of the registry, whose operands are called `operands`.

    `function` is the NumPy function or the `Op`.
    """
    op = function if isinstance(function, Op) else registry.by_function[function]
    names = operands.split()
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    signature = inspect.Signature([*(inspect.Parameter(own, kind) for own in names), NAME])

    def call(*args: Any, **kwargs: Any) -> Any:
        name = None
        if kwargs or len(args) != len(names):
            try:
                given = signature.bind(*args, **kwargs).arguments
            except TypeError as error:
                raise TypeError(f"{type}{signature}: {error}.{here()}") from None
            name = given.pop("name", None)
            if not isinstance(name, str | None):
                raise TypeError(f"{type}{signature}: {name!r:.40} is not a name.{here()}")
            args = tuple(given.values())
        tensors = convert_alike(*args)
        return tensors[0].owner.stage(op, tensors, {}, name, type)

    call.__signature__ = signature  # type: ignore[attr-defined]
    call.__name__ = call.__qualname__ = type
    call.__doc__ = doc or f"The node `{type}`: {op.label or op.name} of {', '.join(names)}."
    return call


def node(type: str, tensors: int = 1) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Make a function of arrays one node of type `type`; see the module's docstring."""

    def declare(function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def call(*args: Any, name: str | None = None, **kwargs: Any) -> Any:
            head = convert_alike(*args[:tensors]) if args and tensors else []
            graph = graph_of([*head, *args, *kwargs.values()])
            return graph.stage_call(function, (*head, *args[tensors:]), kwargs, name, type)

        return call

    return declare


def scoped(default_name: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Build the nodes of a function under a name scope, `name` or the default.

    The graph is that of the first tensor among the arguments.
    """

    def declare(function: Callable[..., Any]) -> Callable[..., Any]:
        own = inspect.signature(function)
        signature = own.replace(parameters=[*own.parameters.values(), NAME])

        @functools.wraps(function)
        def call(*args: Any, **kwargs: Any) -> Any:
            if "name" in kwargs or len(args) > len(own.parameters):
                given = signature.bind(*args, **kwargs).arguments
                name = given.pop("name", None)
                args, kwargs = (), given
            else:
                name = None
            with graph_of(leaves((args, kwargs))).name_scope(name or default_name):
                return function(*args, **kwargs)

        call.__signature__ = signature  # type: ignore[attr-defined]
        return call

    return declare


__all__ = ["convert_to_tensor", "named", "node", "scoped"]
