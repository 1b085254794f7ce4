"""Long programs: a million equations, diamonds in linear time, constant memory."""

import gc
import time
import tracemalloc
import weakref

import numpy as np
import pytest

import autodiff as ad


def chain(x, n):
    for _ in range(n):
        x = x * 1.0000001
    return x


def test_a_chain_of_a_million_ops():
    slope = ad.grad(lambda x: chain(x, 1_000_000))(1.0)
    assert slope == pytest.approx(np.exp(0.1), rel=1e-6)


def test_an_eager_chain_is_freed_without_recursion():
    x = ad.Tensor(1.0)
    y = chain(x, 200_000)
    y.backward()
    assert x.grad == pytest.approx(1.0000001**200_000)
    del y


@pytest.mark.timed
def test_a_diamond_chain_is_linear():
    # every level doubles the number of paths: 2**60 of them
    def diamonds(x):
        for _ in range(60):
            x = (x + x) / 2
        return x

    start = time.perf_counter()
    assert ad.grad(diamonds)(1.0) == 1.0
    assert time.perf_counter() - start < 1.0


def test_a_graph_is_freed_when_nobody_holds_it():
    gc.disable()
    try:
        x = ad.Tensor(np.ones(3))
        y = np.sum(np.sin(x) * x)
        y.backward()
        gone = weakref.ref(y)
        del y
        assert gone() is None  # by reference counting alone: no cycles
    finally:
        gc.enable()


def test_a_training_loop_runs_in_constant_memory():
    w = ad.Tensor(np.ones(10))

    def train(steps):
        for _ in range(steps):
            loss = np.sum((w * 2.0 - 1.0) ** 2)
            loss.backward()
            w.data = w.data - 0.01 * w.grad

    train(50)
    tracemalloc.start()
    train(100)
    before = tracemalloc.get_traced_memory()[0]
    train(2000)
    after = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert after - before < 20_000
    assert np.allclose(w.data, 0.5)
