"""The lecture's network h1 = σ(W1 x), h2 = σ(W2 h1), y = W3 h2, differentiated four ways.

"AutoDiff & TensorFlow", Deep RL, 27 January 2017: the chain rule of the slide "Backpropagation",
each factor computed as a matrix, beside forward mode, reverse mode and finite differences.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

import autodiff as ad
from autodiff.check.numeric import slope
from autodiff.core.language.display.table import table
from autodiff.core.transforms.record import record
from autodiff.ops.networks.nn import sigmoid

NAMES = ("W1", "W2", "W3")


def network(W1: Any, W2: Any, W3: Any, x: Any) -> Any:
    """The lecture's network; returns the number y."""
    h1 = sigmoid(W1 @ x)
    h2 = sigmoid(W2 @ h1)
    y = W3 @ h2
    return y


def example(seed: int = 17) -> tuple[list[np.ndarray], np.ndarray]:
    """Weights W1 (4, 3), W2 (3, 4), W3 (3,) and an input x (3,), drawn at random."""
    rng = np.random.default_rng(seed)
    weights = [rng.normal(size=shape) for shape in ((4, 3), (3, 4), (3,))]
    return weights, rng.normal(size=3)


def by_chain_rule(W1: Any, W2: Any, W3: Any, x: Any) -> list[np.ndarray]:
    """The derivatives by the slide's products of factors, every factor written out.

    dy/dW1 = dy/dh2 dh2/dh1 dh1/dW1,  dy/dW2 = dy/dh2 dh2/dW2,  dy/dW3.
    """
    h1 = sigmoid(W1 @ x)
    h2 = sigmoid(W2 @ h1)
    dy_dh2 = W3
    dh2_dz2 = np.diag(h2 * (1 - h2))
    dh2_dh1 = dh2_dz2 @ W2
    dh1_dz1 = np.diag(h1 * (1 - h1))
    dh1_dW1 = np.einsum("iz,j->izj", dh1_dz1, x)
    dh2_dW2 = np.einsum("iz,j->izj", dh2_dz2, h1)
    dy_dW1 = np.einsum("i,izj->zj", dy_dh2 @ dh2_dh1, dh1_dW1)
    dy_dW2 = np.einsum("i,izj->zj", dy_dh2, dh2_dW2)
    return [dy_dW1, dy_dW2, h2]


def by_finite_differences(*args: Any) -> list[np.ndarray]:
    """The derivatives by central differences, extrapolated to step zero."""
    found = []
    for place in range(3):
        derivative = np.empty_like(args[place])
        for index in np.ndindex(derivative.shape):

            def moved(h: float, place: int = place, index: tuple[int, ...] = index) -> Any:
                shifted = [np.array(arg) for arg in args]
                shifted[place][index] += h
                return network(*shifted)

            derivative[index] = slope(moved)[0]
        found.append(derivative)
    return found


def four_ways(*args: Any) -> dict[str, list[np.ndarray]]:
    """dy/dW1, dy/dW2, dy/dW3 by each of the four methods."""
    weights = (0, 1, 2)
    return {
        "chain rule": by_chain_rule(*args),
        "forward": list(ad.jacobian(network, weights, mode="forward")(*args)),
        "reverse": list(ad.grad(network, weights)(*args)),
        "differences": by_finite_differences(*args),
    }


def largest_difference(ways: dict[str, list[np.ndarray]]) -> float:
    """The largest disagreement between any two methods in any element."""
    flat = [np.concatenate([part.ravel() for part in parts]) for parts in ways.values()]
    return float(max(np.max(abs(a - b)) for a in flat for b in flat))


def report(seed: int = 17) -> str:
    """The derivatives side by side, their largest difference, and the tape as a table."""
    weights, x = example(seed)
    args = (*weights, x)
    ways = four_ways(*args)
    rows = [
        (
            f"dy/d{name}[{', '.join(map(str, index))}]",
            *(f"{parts[place][index]:+.12f}" for parts in ways.values()),
        )
        for place, name in enumerate(NAMES)
        for index in np.ndindex(weights[place].shape)
    ]
    run = record(network, args, {}, (0, 1, 2, 3))
    for equation, name in zip(run.inputs, (*NAMES, "x"), strict=True):
        equation.note = {"name": name}
    return "\n".join(
        [
            "h1 = σ(W1 x),  h2 = σ(W2 h1),  y = W3 h2",
            "",
            table(("derivative", *ways), rows),
            "",
            f"largest difference between any two of the four: {largest_difference(ways):.1e}",
            "",
            "The tape (each row one equation; the reverse sweep reads it from the bottom up):",
            str(run.as_program()),
        ]
    )


def pictures(folder: Path, seed: int = 17) -> list[Path]:
    """Write the network's drawing, with adjoints and partials, and the player's page."""
    weights, x = example(seed)
    folder.mkdir(parents=True, exist_ok=True)
    drawing, tour = folder / "lecture_network.svg", folder / "tour.html"
    ad.draw(network, *weights, x).save(drawing)
    ad.step(network, *weights, x).save(tour)
    return [drawing, tour]
