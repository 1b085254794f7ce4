"""`tf.contrib.framework`: the global step, lists of variables, `arg_scope`, checkpoints."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autodiff.core.ground.locations import here
from autodiff.frontends import tensorflow as tf
from autodiff.frontends.common.options import only
from autodiff.frontends.tensorflow.contrib.arg_scopes import (  # noqa: F401 (tf.contrib.framework has them)
    add_arg_scope,
    arg_scope,
)

__path__: list[str] = []  # modules below it are found by `paths`


def get_global_step(graph: Any = None) -> Any:
    """The variable that counts steps: of the collection, or called global_step:0; else None."""
    graph = graph or tf.get_default_graph()
    found = graph.get_collection(tf.GraphKeys.GLOBAL_STEP)
    if found:
        return found[0]
    named = graph.by_name.get("global_step")
    return None if named is None else named.value


def create_global_step(graph: Any = None) -> Any:
    """A new one; ValueError where there is one."""
    graph = graph or tf.get_default_graph()
    if get_global_step(graph) is not None:
        raise ValueError(f"this graph has a global step already.{here()}")
    with graph.as_default():
        keys = [tf.GraphKeys.VARIABLES, tf.GraphKeys.GLOBAL_STEP]
        return tf.get_variable(
            "global_step", [], tf.int64, tf.zeros_initializer, trainable=False, collections=keys
        )


def get_or_create_global_step(graph: Any = None) -> Any:
    """The global step, made where there is none."""
    found = get_global_step(graph)
    return create_global_step(graph) if found is None else found


def assert_global_step(global_step_tensor: Any) -> None:
    """Raise TypeError where it is no integer."""
    if global_step_tensor.dtype.kind not in "iu":
        raise TypeError(f"a global step is an integer, not {global_step_tensor.dtype}.{here()}")


# -- lists ------------------------------------------------------------------------------------


def get_variables(
    scope: Any = None, suffix: str | None = None, collection: str = tf.GraphKeys.VARIABLES
) -> list[Any]:
    """The variables of a scope, and those whose name ends so."""
    prefix = getattr(scope, "name", scope)
    found = tf.get_collection(collection, prefix)
    if suffix is not None:
        found = [v for v in found if v.op.name.endswith(suffix)]
    return found


def get_model_variables(scope: Any = None, suffix: str | None = None) -> list[Any]:
    """Those that layers made."""
    return get_variables(scope, suffix, tf.GraphKeys.MODEL_VARIABLES)


def get_trainable_variables(scope: Any = None, suffix: str | None = None) -> list[Any]:
    """Those that an optimizer changes."""
    return get_variables(scope, suffix, tf.GraphKeys.TRAINABLE_VARIABLES)


def get_local_variables(scope: Any = None, suffix: str | None = None) -> list[Any]:
    """Those that are not saved."""
    return get_variables(scope, suffix, tf.GraphKeys.LOCAL_VARIABLES)


def get_variables_by_name(given_name: str, scope: Any = None) -> list[Any]:
    """Those whose last name is that."""
    return [v for v in get_variables(scope) if v.op.name.rpartition("/")[2] == given_name]


def get_unique_variable(var_op_name: str) -> Any:
    """The one variable of that full name; ValueError where there is none."""
    found = [v for v in tf.all_variables() if v.op.name == var_op_name]
    if not found:
        raise ValueError(f"no variable is called {var_op_name!r}.{here()}")
    return found[0]


def get_variables_to_restore(
    include: Sequence[str] | None = None, exclude: Sequence[str] | None = None
) -> list[Any]:
    """The variables of the scopes in `include` (default: all) without those of `exclude`."""
    found = (
        tf.all_variables() if include is None else [v for s in include for v in get_variables(s)]
    )
    out = {v for s in exclude or () for v in get_variables(s)}
    return [v for v in dict.fromkeys(found) if v not in out]


def filter_variables(
    var_list: Sequence[Any], include_patterns: Any = None, exclude_patterns: Any = None, **more: Any
) -> list[Any]:
    """Those whose names match one of the patterns, and none of the others."""

    only("filter_variables", more)

    def hit(patterns: Any, name: str) -> bool:
        return any(re.search(pattern, name) for pattern in patterns)

    kept = [v for v in var_list if not include_patterns or hit(include_patterns, v.op.name)]
    return [v for v in kept if not exclude_patterns or not hit(exclude_patterns, v.op.name)]


def variable(
    name: str,
    shape: Any = None,
    dtype: Any = None,
    initializer: Any = None,
    regularizer: Any = None,
    trainable: bool = True,
    collections: Any = None,
    device: Any = None,
    **more: Any,
) -> Any:
    """`tf.get_variable`; the device is the one there is."""
    only("variable", more, "caching_device", "partitioner", "use_resource")
    return tf.get_variable(name, shape, dtype, initializer, regularizer, trainable, collections)


def model_variable(name: str, *args: Any, **options: Any) -> Any:
    """A variable that is also listed as the model's."""
    made = variable(name, *args, **options)
    tf.add_to_collection(tf.GraphKeys.MODEL_VARIABLES, made)
    return made


def local_variable(initial_value: Any, validate_shape: bool = True, name: Any = None) -> Any:
    """A variable that is not saved, and not trained."""
    keys = [tf.GraphKeys.LOCAL_VARIABLES]
    return tf.Variable(initial_value, False, keys, validate_shape, name)


# -- checkpoints and small things -------------------------------------------------------------


def assign_from_checkpoint_fn(
    model_path: str, var_list: Any, ignore_missing_vars: bool = False, **more: Any
) -> Callable[[Any], None]:
    """A function that restores the variables of a checkpoint in a session."""
    only("assign_from_checkpoint_fn", more)
    saver = tf.train.Saver(var_list)
    return lambda session: saver.restore(session, model_path)


def is_tensor(x: Any) -> bool:
    """Whether this is a node's value."""
    return isinstance(x, tf.Tensor | tf.SparseTensor)


def with_shape(expected_shape: Any, tensor: Any) -> Any:
    """The tensor, known to have a shape; ValueError where it has another."""
    tensor.set_shape(np.asarray(expected_shape).tolist())
    return tensor


def with_same_shape(expected_tensor: Any, tensor: Any) -> Any:
    """The tensor, known to have the shape of another."""
    tensor.set_shape(expected_tensor.get_shape())
    return tensor
