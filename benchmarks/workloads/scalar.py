"""Scalar graphs: many single numbers, where only the cost of recording counts.

The graph is a sum, by a balanced tree, of units (a * b + c)**2 over a few shared variables:
four operations a unit, and shallow, since micrograd's sweep recurses.
"""

from benchmarks.clock import bytes_held
from benchmarks.workload import Workload

VARIABLES = 64
AS_SMALLER = "as at 1,000 operations, and minutes of waiting"
NO_COMPILING = "compiles whole arrays; a graph of single numbers takes minutes to compile"


MISSED = (
    "of the 12,400 instructions that micrograd takes an operation, a class that "
    "adds two numbers and remembers them takes 3,100 without any sweep, so that 0.3 "
    "leaves 600 for the way back; ours takes 8,400 forwards (the user's line 1,500, "
    "the second object of a result 1,300, the number 450, looks at finiteness and "
    "kinds 700) and 8,500 for order and sweep"
)


def build(rng, operations):
    """The variables' values and the number of units."""
    return rng.uniform(0.5, 1.5, VARIABLES).tolist(), operations // 4


def tree_sum(terms):
    """The sum of numbers by pairs, of logarithmic depth."""
    while len(terms) > 1:
        pairs = [terms[i] + terms[i + 1] for i in range(0, len(terms) - 1, 2)]
        terms = pairs + terms[len(terms) - len(terms) % 2 :]
    return terms[0]


def objective(units):
    """The function of the variables with that many units."""

    def f(variables):
        terms = []
        for i in range(units):
            a, b, c = (variables[(i * step + step) % VARIABLES] for step in (1, 3, 7))
            terms.append((a * b + c) ** 2)
        return tree_sum(terms)

    return f


def by_hand(inputs):
    """The gradient by hand, on Python's own numbers."""
    values, units = inputs

    def call():
        gradient = [0.0] * VARIABLES
        total = 0.0
        for i in range(units):
            j, k, m = (i + 1) % VARIABLES, (3 * i + 3) % VARIABLES, (7 * i + 7) % VARIABLES
            a, b = values[j], values[k]
            inner = a * b + values[m]
            total += inner * inner
            ct = 2 * inner
            gradient[j] += ct * b
            gradient[k] += ct * a
            gradient[m] += ct
        return total, gradient

    return call


def timed(operations, target, rounds):
    """The time to record and to sweep a graph, an operation."""
    return Workload(
        name=f"scalar-{operations}",
        title=f"scalar graph, {operations:,} ops",
        build=build,
        sizes={"operations": operations},
        small={"operations": 400},
        by_hand=by_hand,
        in_library=lambda kit, inputs: kit.scalars(objective(inputs[1]), inputs[0]),
        target=target,
        reference="micrograd",
        operations=operations,
        rounds=rounds,
        without={"jax": NO_COMPILING},
        missed=MISSED,
    )


def weighed(operations, target, more=None):
    """The memory that a recorded graph holds, an operation."""
    return Workload(
        name=f"scalar-bytes-{operations}",
        title=f"scalar graph, {operations:,} ops: bytes an op",
        build=build,
        sizes={"operations": operations},
        small={"operations": 400},
        in_library=lambda kit, inputs: kit.record_scalars(objective(inputs[1]), inputs[0]),
        target=target,
        reference="micrograd",
        operations=operations,
        measure=bytes_held,
        unit="B",
        absolute=True,
        checked=False,
        rounds=3,
        without={
            "jax": NO_COMPILING,
            "torch": "keeps its graph outside Python's allocator",
            **(more or {}),
        },
    )


WORKLOADS = (
    timed(1_000, 0.3, 1000),
    timed(100_000, 0.1, 3),
    weighed(1_000, 300.0),
    weighed(100_000, 300.0, {"autograd": AS_SMALLER, "mygrad": AS_SMALLER}),
)
