"""Layers with hand-made `fprop` and `bprop` over (features, batch); `Affine` is a list of them.

No layer divides by the batch: the optimizer does.
"""

from __future__ import annotations

from typing import Any

import numpy as np

import autodiff as ad
from autodiff.core.ground.locations import here
from autodiff.core.language.dispatch import ground
from autodiff.frontends.neon.backends.backend import NervanaObject, Tensor
from autodiff.frontends.neon.transforms import Transform, evaluated, values_of
from autodiff.ops.networks import nn


class Layer(NervanaObject):
    """Base: `configure(in_shape)`, `allocate()`, `fprop(x)`, `bprop(error)`."""

    W: Any = None
    name = ""
    last: Any = None

    @property
    def outputs(self) -> Tensor:
        """The values of the last pass."""
        return Tensor(self.last)

    def configure(self, in_shape: Any) -> Any:
        """Take the shape of what comes in; the shape of what goes out."""
        self.in_shape = self.out_shape = in_shape
        return self.out_shape

    def allocate(self) -> None:
        """Make the parameters."""

    def fprop(self, x: Any, inference: bool = False) -> Any:
        """The output."""
        raise NotImplementedError

    def bprop(self, error: Any) -> Any:
        """The gradient of the input; those of parameters are kept in `dW`."""
        raise NotImplementedError

    def params(self) -> list[Any]:
        """Lists of (parameter, gradient, state)."""
        return [] if self.W is None else [(self.W, self.dW, self.states)]

    def _weights(self, shape: Any, init: Any) -> None:
        self.W, self.dW, self.states = self.be.empty(shape), self.be.zeros(shape), []
        init.fill(self.W)


class Linear(Layer):
    """W x, W of shape (outputs, inputs)."""

    def __init__(self, nout: int, init: Any, name: str = "Linear") -> None:
        self.nout, self.init, self.name = nout, init, name

    def configure(self, in_shape: Any) -> Any:
        """Features in, features out."""
        along = len(in_shape) == 2  # features and steps: the same W for every step
        self.nin = int(in_shape[0] if along else np.prod(in_shape))
        self.in_shape, self.out_shape = (
            in_shape,
            (self.nout, *in_shape[1:]) if along else (self.nout,),
        )
        return self.out_shape

    def allocate(self) -> None:
        """W."""
        self._weights((self.nout, self.nin), self.init)

    def fprop(self, x: Any, inference: bool = False) -> Any:
        """W x."""
        if len(x) != self.nin:
            raise ValueError(
                f"{self.name} takes {self.nin} features, and got an array of shape {np.shape(x)}: "
                f"(features, batch), so a batch is a set of columns.{here()}"
            )
        self.x = x
        return self.W.array @ x

    def bprop(self, error: Any) -> Any:
        """W^T error; dW = error x^T, summed over the batch."""
        self.dW.array[...] = error @ self.x.T
        return self.W.array.T @ error


class Bias(Layer):
    """x + b, one b a feature (a channel, of images)."""

    def __init__(self, init: Any, name: str = "Bias") -> None:
        self.init, self.name = init, name

    def allocate(self) -> None:
        """b."""
        self._weights((int(self.out_shape[0]), 1), self.init)

    def fprop(self, x: Any, inference: bool = False) -> Any:
        """x + b."""
        self.shape = x.shape
        return (x.reshape(len(self.W.array), -1) + self.W.array).reshape(x.shape)

    def bprop(self, error: Any) -> Any:
        """The error; db is its sum."""
        self.dW.array[...] = error.reshape(len(self.W.array), -1).sum(1, keepdims=True)
        return error


class Activation(Layer):
    """An activation as a layer; its derivative is computed from the output."""

    def __init__(self, transform: Any, name: str = "Activation") -> None:
        self.transform, self.name = transform, name

    def fprop(self, x: Any, inference: bool = False) -> Any:
        """The values."""
        self.y = values_of(self.transform, x)
        return self.y

    def bprop(self, error: Any) -> Any:
        """error times the derivative."""
        own = type(self.transform).__call__ is not Transform.__call__
        slope = self.transform.bprop(Tensor(self.y) if own else self.y)
        return error * evaluated(slope)


class FromRegistry(Layer):
    """A layer of one function of arrays, whose backward is the engine's pullback."""

    def compute(self, x: Any, *params: Any) -> Any:
        """The output, in NumPy."""
        raise NotImplementedError

    def fprop(self, x: Any, inference: bool = False) -> Any:
        """What `compute` gives."""
        self.inference = inference
        params = [p.array.copy() for p, _, _ in self.params()]
        if inference:
            return self.compute(x, *params)
        y, self._pull = ad.vjp(self.compute, x, *params)
        return y

    def bprop(self, error: Any) -> Any:
        """By the pullback."""
        found = self._pull(error)
        for (_, gradient, _), ct in zip(self.params(), found[1:], strict=True):
            gradient.array[...] = ct
        return found[0]

    def images(self, x: Any) -> Any:
        """(C H W, N) as (N, C, H, W)."""
        return np.transpose(np.reshape(x, (*self.in_shape, -1)), (3, 0, 1, 2))

    def columns(self, y: Any) -> Any:
        """(N, C, H, W) as (C H W, N)."""
        return np.reshape(np.transpose(y, (1, 2, 3, 0)), (int(np.prod(self.out_shape)), -1))


class BatchNorm(FromRegistry):
    """Each feature (or channel) in units of its deviation; rho 0.9, eps 1e-3."""

    def __init__(self, rho: float = 0.9, eps: float = 1e-3, name: str = "BatchNorm") -> None:
        self.rho, self.eps, self.name = rho, eps, name

    def allocate(self) -> None:
        """Scale, shift, and the running moments."""
        n = int(self.out_shape[0])
        self.pairs = [(self.be.ones((n, 1)), self.be.zeros((n, 1)), []),
                      (self.be.zeros((n, 1)), self.be.zeros((n, 1)), [])]  # fmt: skip
        self.mean, self.var = np.zeros(n), np.zeros(n)

    def params(self) -> list[Any]:
        """Scale and shift."""
        return self.pairs

    def compute(self, x: Any, *params: Any) -> Any:
        """By the batch, or by the running moments."""
        gamma, beta = params
        n = int(self.out_shape[0])
        rows = np.reshape(x, (n, -1)).T
        if self.inference:
            y = nn.batch_norm(rows, gamma[:, 0], beta[:, 0], mean=self.mean, variance=self.var,
                              epsilon=self.eps)  # fmt: skip
        else:
            data = np.asarray(ground(rows))
            self.mean = self.rho * self.mean + (1 - self.rho) * data.mean(0)
            self.var = self.rho * self.var + (1 - self.rho) * data.var(0)
            y = nn.batch_norm(rows, gamma[:, 0], beta[:, 0], epsilon=self.eps)
        return np.reshape(y.T, np.shape(x))


class Dropout(Layer):
    """Keep an element with probability `keep`; in use all of them, times keep."""

    def __init__(self, keep: float = 0.5, name: str = "Dropout") -> None:
        self.keep, self.name = keep, name

    def fprop(self, x: Any, inference: bool = False) -> Any:
        """x times the mask."""
        if inference:
            return x * self.keep
        self.mask = self.be.rng.random_sample(x.shape) < self.keep
        return x * self.mask

    def bprop(self, error: Any) -> Any:
        """error times the mask."""
        return error * self.mask


def compound(main: Layer, bias: Any, batch_norm: bool, activation: Any, name: Any) -> list[Layer]:
    """A layer with what follows it: bias, BatchNorm, activation."""
    main.name = name or main.name
    found: list[Layer] = [main]
    if bias is not None:
        found.append(Bias(bias))
    if batch_norm:
        found.append(BatchNorm())
    if activation is not None:
        found.append(Activation(activation))
    return found


def Affine(nout: int, init: Any, bias: Any = None, batch_norm: bool = False,
           activation: Any = None, name: Any = None) -> list[Layer]:  # fmt: skip
    """Linear, with a bias only if an initializer is given for it, BatchNorm, activation."""
    return compound(Linear(nout, init), bias, batch_norm, activation, name)
