"""A chain of small elementwise operations: sin, scale, tanh, shift, over and over."""

import numpy as np

from benchmarks.workload import Workload

SCALE, SHIFT = 1.5, 0.25


MISSED = (
    "a tape that checks nothing takes most of it already, see the column beside; "
    "an operation on an array of four elements takes 15,600 instructions, of which "
    "NumPy's own 4,300"
)
MISSED_FORWARD = (
    "two calls of NumPy for the slope of an operation that is one by hand, and two "
    "objects a result, at a microsecond an operation"
)


def build(rng, operations, length=10):
    """The starting vector, a tangent, and the number of blocks of four operations."""
    return rng.normal(size=length), rng.normal(size=length), operations // 4


def objective(kit, blocks):
    """The sum of the chain's result, as a function of a list with the vector."""
    xp = kit.xp

    def f(params):
        (y,) = params
        for _ in range(blocks):
            y = xp.tanh(xp.sin(y) * SCALE) + SHIFT
        return xp.sum(y)

    return f


def gradient_by_hand(inputs):
    """The chain and its reverse sweep, in place wherever nothing is lost."""
    x, _, blocks = inputs

    def call():
        y, tape = x, []
        for _ in range(blocks):
            z = np.sin(y)
            z *= SCALE
            np.tanh(z, out=z)
            tape.append((y, z))
            y = z + SHIFT
        ct = np.ones_like(y)
        for before, tanh in reversed(tape):
            local = tanh * tanh
            np.subtract(1.0, local, out=local)
            ct *= local
            ct *= SCALE
            ct *= np.cos(before)
        return y.sum(), [ct]

    return call


def jvp_by_hand(inputs):
    """The chain and its tangent side by side."""
    x, tangent, blocks = inputs

    def call():
        y, t = x, tangent.copy()
        for _ in range(blocks):
            t *= np.cos(y)
            y = np.sin(y)
            t *= SCALE
            y *= SCALE
            np.tanh(y, out=y)
            local = y * y
            np.subtract(1.0, local, out=local)
            t *= local
            y += SHIFT
        return y.sum(), t.sum()

    return call


def gradient_in(kit, inputs):
    """The chain's gradient in a library."""
    return kit.gradient(objective(kit, inputs[2]), [inputs[0]])


def jvp_in(kit, inputs):
    """The chain's derivative along the tangent in a library."""
    return kit.jvp(objective(kit, inputs[2]), [inputs[0]], [inputs[1]])


NO_FORWARD = {"mygrad": "no forward mode"}
WORKLOADS = (
    Workload(
        name="chain-100",
        title="chain of 100 small ops",
        build=build,
        sizes={"operations": 100},
        small={"operations": 100},
        by_hand=gradient_by_hand,
        in_library=gradient_in,
        target=2.6,
        compiled=0.14,
        missed=MISSED,
    ),
    Workload(
        name="jvp-chain-100",
        title="JVP of the chain of 100",
        build=build,
        sizes={"operations": 100},
        small={"operations": 100},
        by_hand=jvp_by_hand,
        in_library=jvp_in,
        target=2.5,
        missed=MISSED_FORWARD,
        without=NO_FORWARD,
    ),
    Workload(
        name="jvp-chain-1000",
        title="JVP of a chain of 1,000",
        build=build,
        sizes={"operations": 1000},
        small={"operations": 200},
        by_hand=jvp_by_hand,
        in_library=jvp_in,
        target=2.5,
        missed=MISSED_FORWARD,
        without=NO_FORWARD | {"jax": "compiles for too long"},
    ),
    Workload(
        name="chain-large",
        title="chain of 12 ops on 1e6 elements",
        build=build,
        sizes={"operations": 12, "length": 1_000_000},
        small={"operations": 12, "length": 5},
        by_hand=gradient_by_hand,
        in_library=gradient_in,
        compiled=0.2,
    ),
)
