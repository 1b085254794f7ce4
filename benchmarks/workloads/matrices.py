"""Whole matrices of derivatives: a Jacobian and a Hessian."""

import numpy as np

from benchmarks.workload import Workload


def build_layer(rng, length):
    """A square matrix and a vector."""
    return rng.normal(size=(length, length)) / np.sqrt(length), rng.normal(size=length)


def jacobian_by_hand(inputs):
    """The Jacobian of tanh(A @ x): A with its rows scaled."""
    A, x = inputs

    def call():
        y = np.tanh(A @ x)
        return (1.0 - y * y)[:, None] * A

    return call


def jacobian_in(kit, inputs):
    """The same Jacobian in a library."""
    A, xp = kit.array(inputs[0]), kit.xp
    return kit.jacobian(lambda x: xp.tanh(A @ x), inputs[1])


def build_point(rng, length):
    """A point at which to take the Hessian."""
    return rng.normal(size=length)


def rosenbrock(xp):
    """Rosenbrock's function of a vector."""

    def f(x):
        before, after = x[:-1], x[1:]
        return xp.sum(100.0 * (after - before**2) ** 2 + (1.0 - before) ** 2)

    return f


def hessian_by_hand(x):
    """The Hessian of Rosenbrock's function: three diagonals."""
    n = len(x)

    def call():
        H = np.zeros((n, n))
        flat, before = H.reshape(-1), x[:-1]
        beside = -400.0 * before
        flat[1 :: n + 1] = beside
        flat[n :: n + 1] = beside
        diagonal = flat[:: n + 1]
        diagonal[:-1] = 1200.0 * before * before - 400.0 * x[1:] + 2.0
        diagonal[1:] += 200.0
        return H

    return call


NO_SECOND = {"mygrad": "no second derivatives"}
WORKLOADS = (
    Workload(
        name="jacobian",
        title="Jacobian, n = 100",
        build=build_layer,
        sizes={"length": 100},
        small={"length": 5},
        by_hand=jacobian_by_hand,
        in_library=jacobian_in,
        target=15.0,
        compiled=3.5,
        without={"mygrad": "no Jacobians"},
    ),
    Workload(
        name="hessian",
        title="Hessian of Rosenbrock, n = 100",
        build=build_point,
        sizes={"length": 100},
        small={"length": 5},
        by_hand=hessian_by_hand,
        target=100.0,
        compiled=2.0,
        in_library=lambda kit, x: kit.hessian(rosenbrock(kit.xp), x),
        without=NO_SECOND,
    ),
)
