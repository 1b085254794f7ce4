"""Many devices: an exported training step, run data-parallel by JAX's own sharding.

The idea: to train on many devices this library needs no engine of its own.  A training step is
written once in plain NumPy, with its derivative; `ad.source(step, ..., to="jax")` writes the step
as a program of JAX; and JAX runs a program on many devices where its arguments lie on many: the
batch is cut along its first axis, the parameters are copied to each.  Each device computes with its
part of the batch, and JAX adds up (`X.T @ ct` is a sum over the batch).  Nothing of the program
changes, and the numbers are those of one device but for the order of that sum.

On a machine without accelerators the devices are threads of one processor:

    XLA_FLAGS=--xla_force_host_platform_device_count=4 python -m autodiff.examples.data_parallel

Several processes, one for each machine, first call `jax.distributed.initialize(address, count,
index)`; then `jax.devices()` are those of all of them, and the rest is as it stands here.

What happens on one device:

>>> params, images, labels = start(seed=0, rows=8)
>>> after, loss = step(params, images, labels)
>>> bool(step(after, images, labels)[1] < loss)
True
"""

from __future__ import annotations

from typing import Any

import numpy as np

import autodiff as ad

RATE = 0.1
Params = dict[str, np.ndarray]


def start(seed: int, rows: int, width: int = 16) -> tuple[Params, np.ndarray, np.ndarray]:
    """Parameters, a batch (rows, 8), and the labels (rows,), each 0, 1 or 2."""
    rng = np.random.default_rng(seed)
    params = {
        "W": rng.normal(size=(8, width)) / np.sqrt(8),
        "b": np.zeros(width),
        "V": rng.normal(size=(width, 3)) / np.sqrt(width),
    }
    images = rng.normal(size=(rows, 8))
    return params, images, np.argmax(images[:, :3], axis=1)


def loss_of(params: Params, images: np.ndarray, labels: np.ndarray) -> Any:
    """The mean negative log-likelihood of the labels under a network of two layers."""
    logits = np.tanh(images @ params["W"] + params["b"]) @ params["V"]
    logits = logits - np.max(logits, axis=1, keepdims=True)
    likely = logits - np.log(np.sum(np.exp(logits), axis=1, keepdims=True))
    return -np.mean(likely[np.arange(len(labels)), labels])


def step(params: Params, images: np.ndarray, labels: np.ndarray) -> tuple[Params, Any]:
    """A step of gradient descent: the new parameters, and the loss before it."""
    loss, gradient = ad.value_and_grad(loss_of)(params, images, labels)
    return {name: params[name] - RATE * gradient[name] for name in params}, loss


def train(
    steps: int, rows: int = 64, seed: int = 0, devices: Any = None
) -> tuple[Params, list[float]]:
    """Train by the exported step on these devices of JAX (all of them): parameters, and losses.

    Raises `ValueError` where the rows can't be shared out equally.
    """
    import jax
    from jax.sharding import Mesh, NamedSharding, PartitionSpec

    devices = np.array(jax.devices() if devices is None else devices)
    if rows % devices.size:
        raise ValueError(f"{rows} rows can't be shared out equally to {devices.size} devices.")
    params, images, labels = start(seed, rows)
    program = ad.source(step, params, images, labels, to="jax")
    mesh = Mesh(devices, ("batch",))
    everywhere = NamedSharding(mesh, PartitionSpec())
    shared = NamedSharding(mesh, PartitionSpec("batch"))

    def placed(array: np.ndarray, where: Any) -> Any:
        return jax.make_array_from_callback(array.shape, where, lambda part: array[part])

    with jax.enable_x64(True):
        run = jax.jit(program.function, out_shardings=everywhere)
        own = {name: placed(value, everywhere) for name, value in params.items()}
        batch = placed(images, shared), placed(labels, shared)
        losses = []
        for _ in range(steps):
            own, loss = run(own, *batch)
            losses.append(float(loss))
        return {name: np.array(value.addressable_data(0)) for name, value in own.items()}, losses


def main() -> None:
    """Train on all devices and on one, and compare."""
    import jax

    many, losses = train(20)
    one, _ = train(20, devices=jax.devices()[:1])
    apart = max(float(np.max(np.abs(many[name] - one[name]))) for name in many)
    print(f"{len(jax.devices())} devices: loss {losses[0]:.4f} -> {losses[-1]:.4f}")
    print(f"furthest from one device: {apart:.1e}")


if __name__ == "__main__":
    main()
