"""`make_template`: a function whose variables its first call makes and the others share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from autodiff.frontends.tensorflow.graph.graph import get_default_graph
from autodiff.frontends.tensorflow.variables.scopes import VariableScope, variable_scope


def make_template(
    name_: str,
    func_: Callable[..., Any],
    create_scope_now_: bool = False,
    unique_name_: str | None = None,
    **kwargs: Any,
) -> Callable[..., Any]:
    """`func_` with the keywords fixed, called in one variable scope that its later calls reuse.

    >>> from autodiff.frontends import tensorflow as tf
    >>> with tf.Graph().as_default():
    ...     scale = tf.make_template("scale", lambda x: x * tf.get_variable("by", []))
    ...     _ = scale(tf.constant(1.0)) + scale(tf.constant(2.0))
    ...     [v.name for v in tf.trainable_variables()]
    ['scale/by:0']
    """
    scopes: dict[Any, VariableScope] = {}

    def enter() -> Any:
        return variable_scope(unique_name_, None if unique_name_ else name_)

    if create_scope_now_:
        with enter() as scope:
            scopes[get_default_graph()] = scope

    def template(*args: Any, **own: Any) -> Any:
        graph = get_default_graph()
        known = scopes.get(graph)
        called = known is not None and known in used
        with enter() if known is None else variable_scope(known, reuse=called or None) as scope:
            found = func_(*args, **kwargs, **own)
        if known is None:
            scopes[graph] = known = scope
        used.append(known)
        return found

    used: list[VariableScope] = []
    return template
