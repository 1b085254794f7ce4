"""`tf.test`: test cases, and the gradient of a graph against difference quotients."""
# ruff: noqa: PT009, PT028 (these are the names and defaults of TensorFlow)

from __future__ import annotations

import random
import tempfile
import unittest
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from autodiff.core.ground.locations import here
from autodiff.frontends.tensorflow.derivatives.gradients import gradients
from autodiff.frontends.tensorflow.graph.graph import get_default_graph, reset_default_graph
from autodiff.frontends.tensorflow.graph.inputs import placeholder
from autodiff.frontends.tensorflow.graph.tensor import Tensor
from autodiff.frontends.tensorflow.ground.defaults import sessions
from autodiff.frontends.tensorflow.running.session import Session


def compute_gradient(
    x: Tensor,
    x_shape: Any,
    y: Tensor,
    y_shape: Any,
    x_init_value: Any = None,
    delta: float = 1e-3,
    init_targets: Any = None,
) -> tuple[np.ndarray, np.ndarray]:
    """The Jacobian of y by x from `tf.gradients`, and from central differences with step `delta`.

    Both have a row for each element of x and a column for each of y.  It runs in the default
    session; `x_init_value` is where (default: random numbers), `init_targets` are operations to
    run before.  In float32 a difference quotient has about three digits; float64 has more.
    """
    session = sessions.top
    if session is None:
        raise ValueError(f"no session to check in: write `with tf.Session():` around it.{here()}")
    if init_targets is not None:
        session.run(init_targets)
    start = np.random.default_rng(0).normal(size=x_shape) if x_init_value is None else x_init_value
    start = np.asarray(start, x.dtype)
    cotangent = placeholder(y.dtype, y_shape)
    slope = gradients(y, x, cotangent)[0]
    slope = slope if slope is None else slope.dense
    rows, columns = start.size, int(np.prod(y_shape))
    theory, numeric = np.zeros((rows, columns)), np.zeros((rows, columns))
    for j, unit in enumerate(np.eye(columns).reshape(columns, *y_shape)):
        if slope is not None:
            theory[:, j] = session.run(slope, {x: start, cotangent: unit}).reshape(-1)
    for i in range(rows):
        ends = []
        for step in (delta, -delta):
            moved = start.copy()
            moved.reshape(-1)[i] += step
            ends.append(np.asarray(session.run(y, {x: moved}), float).reshape(-1))
        numeric[i] = (ends[0] - ends[1]) / (2 * delta)
    return theory, numeric


def compute_gradient_error(
    x: Tensor,
    x_shape: Any,
    y: Tensor,
    y_shape: Any,
    x_init_value: Any = None,
    delta: float = 1e-3,
    init_targets: Any = None,
) -> float:
    """The largest difference between the two Jacobians of `compute_gradient`.

    >>> from autodiff.frontends import tensorflow as tf
    >>> with tf.Graph().as_default(), tf.Session():
    ...     x = tf.placeholder(tf.float64, [3])
    ...     tf.test.compute_gradient_error(x, [3], tf.tanh(x), [3]) < 1e-6
    True
    """
    pair = compute_gradient(x, x_shape, y, y_shape, x_init_value, delta, init_targets)
    return float(np.max(np.abs(pair[0] - pair[1]), initial=0.0))


class TestCase(unittest.TestCase):
    """A test case whose `test_session` has a graph of its own, and that compares arrays."""

    def setUp(self) -> None:
        """The same random numbers in each test, and a graph of its own as the default."""
        random.seed(0)
        np.random.seed(0)  # noqa: NPY002 (tests of the time draw from NumPy's own)
        reset_default_graph()

    @contextmanager
    def test_session(
        self, graph: Any = None, config: Any = None, use_gpu: bool = False, force_gpu: bool = False
    ) -> Iterator[Session]:
        """A session, the default one during the block."""
        with (graph or get_default_graph()).as_default() as own, Session(graph=own) as session:
            yield session

    session = cached_session = test_session

    assertItemsEqual = unittest.TestCase.assertCountEqual  # its name in Python 2

    def get_temp_dir(self) -> str:
        """A folder for files of the test."""
        return get_temp_dir()

    def assertAllEqual(self, a: Any, b: Any) -> None:
        """Both have the same shape and elements."""
        np.testing.assert_array_equal(a, b)

    def assertAllClose(self, a: Any, b: Any, rtol: float = 1e-6, atol: float = 1e-6) -> None:
        """Both have the same shape and nearly the same elements."""
        self.assertEqual(np.shape(a), np.shape(b))
        np.testing.assert_allclose(a, b, rtol, atol)

    def assertNear(self, f1: float, f2: float, err: float, msg: str | None = None) -> None:
        """Two numbers differ by at most `err`."""
        self.assertLessEqual(abs(f1 - f2), err, msg)

    def assertArrayNear(self, farray1: Any, farray2: Any, err: float) -> None:
        """So do the elements of two lists."""
        for one, other in zip(farray1, farray2, strict=True):
            self.assertNear(one, other, err)

    def assertShapeEqual(self, np_array: Any, tf_tensor: Any) -> None:
        """A tensor has the shape of an array."""
        self.assertEqual(list(np_array.shape), tf_tensor.get_shape().as_list())


TensorFlowTestCase = TestCase
"""Its name in `tensorflow.python.framework.test_util`."""


def main(argv: Any = None) -> None:
    """Run the program's test cases."""
    unittest.main(argv=argv)


def get_temp_dir() -> str:
    """A folder for files of tests."""
    return tempfile.mkdtemp()


def is_built_with_cuda() -> bool:
    """No: there is one device."""
    return False


def is_gpu_available(cuda_only: bool = False) -> bool:
    """No."""
    return False


def gpu_device_name() -> str:
    """The name of a GPU: there is none."""
    return ""
