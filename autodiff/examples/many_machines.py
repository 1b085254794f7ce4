"""A training step on many machines: differentiated and written here, spread by JAX.

A step is a function of parameters and data, so it has a program, `ad.source(step, ..., to="jax")`,
made of ordinary calls.  JAX's own sharding spreads it: it is told along which axis the data lies on
the devices, and finds out where sums over all of them are needed.  There is no engine of our own.

    python -m autodiff.examples.many_machines       # four devices, which are parts of one processor
"""

from __future__ import annotations

import os
from typing import Any

import numpy as np

import autodiff as ad

RATE = 0.1


def loss(p: Any, x: np.ndarray, y: np.ndarray) -> Any:
    """The mean squared error of a network with one layer, over the rows of x."""
    h = np.tanh(x @ p["W"] + p["b"])
    return np.mean((h @ p["v"] - y) ** 2)


def step(p: Any, x: np.ndarray, y: np.ndarray) -> Any:
    """One step of gradient descent: the loss, and the new parameters."""
    value, gradient = ad.value_and_grad(loss)(p, x, y)
    return value, {name: p[name] - RATE * gradient[name] for name in p}


def example(rows: int = 64) -> tuple[Any, np.ndarray, np.ndarray]:
    """Parameters and data."""
    rng = np.random.default_rng(0)
    p = {"W": rng.normal(size=(5, 8)), "b": np.zeros(8), "v": rng.normal(size=8)}
    x = rng.normal(size=(rows, 5))
    return p, x, np.sin(x[:, 0])


def spread(program: Any, devices: Any) -> Any:
    """The program on several devices: each has its rows of x and y, and all the parameters."""
    import jax
    from jax.sharding import Mesh, NamedSharding, PartitionSpec

    mesh = Mesh(np.array(devices), ("rows",))
    everywhere = NamedSharding(mesh, PartitionSpec())
    by_rows = NamedSharding(mesh, PartitionSpec("rows"))
    run = jax.jit(
        program.function,
        in_shardings=(everywhere, by_rows, by_rows),
        out_shardings=everywhere,
    )

    def rows(array: np.ndarray) -> Any:
        """Each machine takes its rows of an array."""
        return jax.make_array_from_callback(array.shape, by_rows, lambda own: array[own])

    return lambda p, x, y: run(p, rows(x), rows(y))


def difference(devices: Any, steps: int = 10) -> float:
    """How far a training on many devices is from the same in NumPy: the largest difference."""
    p, x, y = example()
    run = spread(ad.source(step, p, x, y, to="jax"), devices)
    own, theirs = p, p
    for _ in range(steps):
        _, own = step(own, x, y)
        _, theirs = run(theirs, x, y)
    return max(float(np.max(np.abs(own[name] - np.asarray(theirs[name])))) for name in own)


def main() -> None:
    """Train on four devices, and compare with NumPy."""
    os.environ.setdefault("XLA_FLAGS", "--xla_force_host_platform_device_count=4")
    import jax

    jax.config.update("jax_enable_x64", True)
    print(f"{jax.device_count()} devices: the largest difference after ten steps is", end=" ")
    print(f"{difference(jax.devices()):.0e}")


if __name__ == "__main__":
    main()
