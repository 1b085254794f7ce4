"""Every way to ask the library for a derivative, each as the slopes of the result along the directions.

So all of them can be laid beside the same differences, and beside one another.  What the user still
holds (arguments, results, constants) is overwritten before a pullback, since a derivative must not care.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

import autodiff as ad
from fuzz.generate import Written


@dataclass(frozen=True)
class Asked:
    """What a mode answered: the value, and slopes along the directions (of one number or of all)."""

    value: np.ndarray | None
    slopes: list[np.ndarray]
    gradients: list[Any] | None = None


def arguments(written: Written) -> list[Any]:
    """Fresh copies of the inputs, numbers where the shape is ()."""
    return [v.copy() if v.ndim else v[()] for v in written.program.inputs.values()]


def weights(written: Written) -> np.ndarray:
    """The weights that make one number of the result."""
    return np.cos(2.0 + np.arange(written.value.size))


def tangents(written: Written, which: int) -> list[Any]:
    """A direction, as tangents of the inputs."""
    direction, inputs = written.directions[which], written.program.inputs
    return [np.asarray(direction[name], inputs[name].dtype)[()] for name in inputs]


def along(gradients: Any, tangents: list[Any]) -> float:
    """The slope along the tangents that gradients stand for."""
    return sum(float(np.sum(np.real(np.conj(g) * t))) for g, t in zip(gradients, tangents))


def reverse(written: Written) -> Asked:
    """`ad.value_and_grad` of the weighted result."""
    f, c = written.program.function(), weights(written)
    numbers = tuple(range(len(written.program.inputs)))
    loss = lambda *args: np.sum(c * f(*args))
    value, gradients = ad.value_and_grad(loss, argnums=numbers)(*arguments(written))
    return _asked_of_gradients(written, np.asarray(value), gradients)


def pullback(written: Written) -> Asked:
    """`ad.vjp`, pulled after everything at hand has been overwritten."""
    f, args = written.program.function(), arguments(written)
    value, pull = ad.vjp(f, *args)
    kept = np.array(value)
    for array in (*args, value, *f.__globals__.values()):
        if isinstance(array, np.ndarray) and array.flags.writeable:
            array[...] = 1e3
    return _asked_of_gradients(written, kept, pull(weights(written).astype(kept.dtype)))


def eager(written: Written) -> Asked:
    """`ad.Tensor` and `backward()`, under a tape, which serves what NumPy does not hand over."""
    f = written.program.function()
    tensors = [ad.Tensor(arg) for arg in arguments(written)]
    with ad.Tape():
        y = f(*tensors)
    np.sum(y * weights(written)).backward()
    gradients = [np.zeros(t.shape) if t.grad is None else t.grad for t in tensors]
    return _asked_of_gradients(written, np.asarray(y.data), gradients, typed=False)


def forward(written: Written) -> Asked:
    """`ad.jvp` along each direction."""
    f = written.program.function()
    slopes = []
    for which in range(len(written.directions)):
        value, slope = ad.jvp(f, tuple(arguments(written)), tuple(tangents(written, which)))
        slopes.append(np.asarray(slope))
    return Asked(np.asarray(value), slopes)


def rows(written: Written) -> Asked:
    """`ad.jacobian` in reverse mode."""
    return _jacobian(written, "reverse")


def columns(written: Written) -> Asked:
    """`ad.jacobian` in forward mode."""
    return _jacobian(written, "forward")


def _jacobian(written: Written, mode: str) -> Asked:
    f = written.program.function()
    numbers = tuple(range(len(written.program.inputs)))
    blocks = ad.jacobian(f, argnums=numbers, mode=mode)(*arguments(written))
    slopes = []
    for which in range(len(written.directions)):
        pairs = zip(blocks, tangents(written, which))
        slopes.append(sum(np.tensordot(block, t, np.ndim(t)) for block, t in pairs))
    return Asked(None, slopes)


def _asked_of_gradients(
    written: Written, value: np.ndarray, gradients: Any, typed: bool = True
) -> Asked:
    slopes = [
        np.asarray(along(gradients, tangents(written, k))) for k in range(len(written.directions))
    ]
    return Asked(value, slopes, list(gradients) if typed else None)


MODES: dict[str, Callable[[Written], Asked]] = {
    "grad": reverse,
    "jvp": forward,
    "vjp": pullback,
    "Tensor": eager,
    "jacobian in reverse": rows,
    "jacobian in forward": columns,
}
HAS_NO_COMPLEX_ARGUMENTS = ("jacobian in reverse", "jacobian in forward")


@contextmanager
def quiet() -> Iterator[None]:
    """Notes of the library are no failures; other warnings are."""
    with warnings.catch_warnings(), np.errstate(all="warn", under="ignore"):
        warnings.simplefilter("error")
        warnings.simplefilter("ignore", ad.AutodiffWarning)
        yield


def second_order(written: Written, loss: Callable[..., Any]) -> tuple[np.ndarray, np.ndarray]:
    """The slope of the gradient along the first direction: by `jvp` of `grad`, by `grad` of `jvp`."""
    numbers = tuple(range(len(written.program.inputs)))
    t = tuple(tangents(written, 0))
    gradient = ad.grad(loss, argnums=numbers)
    slope = lambda *args: ad.jvp(loss, args, t)[1]
    _, over = ad.jvp(gradient, tuple(arguments(written)), t)
    try:
        under = ad.grad(slope, argnums=numbers)(*arguments(written))
    except ad.DisconnectedError:  # which a zero has every right to be
        under = [np.zeros_like(part) for part in over]
    flat = lambda parts: np.concatenate([np.ravel(part) for part in parts])
    return flat(over), flat(under)
