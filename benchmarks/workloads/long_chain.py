"""Very long chains: the time must stay linear, and nothing may recurse."""

import numpy as np

from benchmarks.workload import Workload

SCALE, SHIFT = 1.0000001, 1e-6


def build(rng, operations, length=4):
    """The starting vector and the number of pairs of operations."""
    return rng.normal(size=length), operations // 2


def objective(kit, pairs):
    """The sum of y = y * scale + shift, repeated."""

    def f(params):
        (y,) = params
        for _ in range(pairs):
            y = y * SCALE + SHIFT
        return kit.xp.sum(y)

    return f


def by_hand(inputs):
    """The chain forwards and backwards; nothing has to be kept."""
    x, pairs = inputs

    def call():
        y = x.copy()
        for _ in range(pairs):
            y *= SCALE
            y += SHIFT
        ct = np.ones_like(x)
        for _ in range(pairs):
            ct *= SCALE
        return y.sum(), [ct]

    return call


def gradient_in(kit, inputs):
    """The gradient in a library."""
    return kit.gradient(objective(kit, inputs[1]), [inputs[0]])


def entry(operations, rounds, more=None):
    """The chain of that many operations."""
    return Workload(
        name=f"long-chain-{operations}",
        title=f"chain of {operations:,} ops",
        build=build,
        sizes={"operations": operations},
        small={"operations": 2_000},
        by_hand=by_hand,
        in_library=gradient_in,
        operations=operations,
        rounds=rounds,
        without={"jax": "unrolls while compiling", **(more or {})},
        tolerance=1e-6,
    )


TOO_LONG = "takes minutes"
WORKLOADS = (
    entry(200_000, 2),
    entry(1_000_000, 1, {"autograd": TOO_LONG, "mygrad": TOO_LONG}),
)
