"""K, the system: what is below, the learning phase, variables, functions of arrays."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autodiff.frontends import tensorflow as tf
from autodiff.frontends.common.options import only
from autodiff.frontends.keras.ground.session import backend as _backend
from autodiff.frontends.keras.ground.session import dim_ordering, floatx, set_dim_ordering
from autodiff.frontends.keras.ground.session import in_train_phase as _in_train_phase

_EPSILON = [1e-7]


def backend() -> str:
    """What is below."""
    return "tensorflow"


def image_dim_ordering() -> str:
    """The order of an image's axes: "tf" with the channels last, "th" with the channels first."""
    return dim_ordering()


def image_data_format() -> str:
    """The same, as Keras 2 calls it."""
    return "channels_last" if dim_ordering() == "tf" else "channels_first"


set_image_dim_ordering = set_image_data_format = set_dim_ordering


def epsilon() -> float:
    """What keeps logarithms and roots off 0."""
    return _EPSILON[0]


def set_epsilon(value: float) -> None:
    """Another one, for `epsilon()`."""
    _EPSILON[0] = value


def cast_to_floatx(x: Any) -> np.ndarray:
    """An array in that dtype."""
    return np.asarray(x, floatx())


def learning_phase() -> Any:
    """The tensor that is True while training."""
    return _backend().training


def set_learning_phase(value: int) -> None:
    """Fix the learning phase of the models that are built from here on."""
    _backend().training = tf.constant(bool(value))


def in_train_phase(x: Any, alt: Any) -> Any:
    """x while training, alt at other times; either may be a function that builds it."""
    x, alt = (v() if callable(v) and not isinstance(v, tf.Tensor) else v for v in (x, alt))
    return _in_train_phase(tf.get_default_graph(), x, alt)


def in_test_phase(x: Any, alt: Any) -> Any:
    """alt while training, x at other times."""
    return in_train_phase(alt, x)


def clear_session() -> None:
    """A new graph, without models."""
    tf.reset_default_graph()


def set_session(session: Any) -> None:
    """The session of the default graph's models from here on."""
    _backend().session = session


def variable(value: Any, dtype: Any = None, name: str | None = None) -> Any:
    """A variable with a first value."""
    value = np.asarray(value, tf.as_dtype(dtype or floatx()))
    return tf.Variable(value, name=name, trainable=False)


def placeholder(
    shape: Any = None, ndim: int | None = None, dtype: Any = None, sparse: bool = False,
    name: str | None = None,
) -> Any:  # fmt: skip
    """A tensor that is fed."""
    only("K.placeholder", {"sparse": sparse})
    dims = [None] * ndim if shape is None and ndim is not None else shape
    return tf.placeholder(tf.as_dtype(dtype or floatx()), dims, name=name)


def constant(value: Any, dtype: Any = None, shape: Any = None, name: Any = None) -> Any:
    """A constant."""
    return tf.constant(value, tf.as_dtype(dtype or floatx()), shape, name=name or "Const")


def zeros(shape: Any, dtype: Any = None, name: Any = None) -> Any:
    """A variable of zeros."""
    return variable(np.zeros(shape), dtype, name)


def ones(shape: Any, dtype: Any = None, name: Any = None) -> Any:
    """A variable of ones."""
    return variable(np.ones(shape), dtype, name)


def eye(size: int, dtype: Any = None, name: Any = None) -> Any:
    """A variable that is the identity matrix."""
    return variable(np.eye(size), dtype, name)


def eval(x: Any) -> Any:
    """The value of a tensor."""
    return _backend(x.graph).run(x)


get_value = eval


def batch_get_value(ops: Sequence[Any]) -> list[Any]:
    """The values of several."""
    return _backend().run(list(ops)) if ops else []


def set_value(x: Any, value: Any) -> None:
    """Give a variable a value."""
    own = _backend(x.graph)
    own.run([])
    x.load(value, own.session)


def function(
    inputs: Sequence[Any], outputs: Any, updates: Any = (), **more: Any
) -> Callable[[Sequence[Any]], Any]:
    """The function of arrays from inputs (the learning phase among them) to outputs."""
    only("K.function", more, "name")
    steps = [u if not isinstance(u, tuple) else u[0].assign(u[1]) for u in updates]
    several = isinstance(outputs, list | tuple)
    wanted = list(outputs) if several else [outputs]

    def run(values: Sequence[Any]) -> Any:
        feed = {}
        for place, value in zip(inputs, values, strict=True):
            phase = place.dtype == np.dtype(bool)
            feed[place] = bool(value) if phase else np.asarray(value, place.dtype)
        found = _backend(wanted[0].graph).run([*wanted, *steps], feed)[: len(wanted)]
        return found if several else found[0]

    return run


def gradients(loss: Any, variables: Any) -> list[Any]:
    """The derivatives of the sum of a tensor."""
    return tf.gradients(loss, variables)


stop_gradient = tf.stop_gradient


def update(x: Any, new_x: Any) -> Any:
    """A node that assigns."""
    return x.assign(new_x)


def update_add(x: Any, increment: Any) -> Any:
    """A node that adds to a variable."""
    return x.assign_add(increment)


def moving_average_update(x: Any, value: Any, momentum: Any) -> Any:
    """A node that moves an average."""
    return x.assign(x * momentum + value * (1.0 - momentum))
