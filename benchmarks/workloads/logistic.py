"""Logistic regression on a tall matrix: few operations on much data, where copies cost."""

from dataclasses import replace

import numpy as np

from benchmarks.workload import NO_EAGER_STYLE, Workload


def build(rng, rows, columns):
    """The data, labels -1 or 1, and the weights."""
    X = rng.normal(size=(rows, columns))
    signs = np.where(rng.random(rows) < 0.5, -1.0, 1.0)
    return X, signs, rng.normal(size=columns) * 0.1


def objective(kit, X, signs):
    """The mean of log(1 + exp(-margin)) as a function of a list with the weights."""
    X, signs, xp = kit.array(X), kit.array(signs), kit.xp

    def f(params):
        (w,) = params
        margin = signs * (X @ w)
        return xp.mean(xp.log1p(xp.exp(-margin)))

    return f


def by_hand(inputs):
    """The loss and its gradient, every pass over the rows in place."""
    X, signs, w = inputs

    def call():
        e = X @ w
        e *= signs
        np.negative(e, out=e)
        np.exp(e, out=e)
        loss = np.log1p(e).mean()
        e /= e + 1.0
        e *= signs
        gradient = e @ X
        gradient /= -len(X)
        return loss, [gradient]

    return call


def gradient_in(kit, inputs):
    """The gradient in a library."""
    return kit.gradient(objective(kit, inputs[0], inputs[1]), [inputs[2]])


def eager_in(kit, inputs):
    """The gradient in the eager style of a library."""
    return kit.eager(objective(kit, inputs[0], inputs[1]), [inputs[2]])


FUNCTIONAL = Workload(
    name="logistic",
    title="logistic regression 1e6 x 20",
    build=build,
    sizes={"rows": 1_000_000, "columns": 20},
    small={"rows": 50, "columns": 3},
    by_hand=by_hand,
    in_library=gradient_in,
    target=1.05,
    compiled=0.9,
    missed=(
        "passes over a million rows for new arrays where the hand-written version writes in "
        "place, and some looks at the locked table, see below"
    ),
)

WORKLOADS = (
    FUNCTIONAL,
    replace(
        FUNCTIONAL,
        name="logistic-tensor",
        title="logistic regression, Tensor style",
        in_library=eager_in,
        target=1.1,
        missed=(
            "a graph may outlive the step, so the table of 160 MB is copied, 15 of 42 ms where "
            "memory is at hand; see below"
        ),
        without=NO_EAGER_STYLE,
    ),
)
