"""Random variables: one draw a call, from a state that is a shared variable.

A stream draws as NumPy's `RandomState` of a seed that the streams hand out, as Theano's CPU
streams did, so the numbers are the same.  Every function that uses a draw advances its state,
unless it is compiled with `no_default_updates=True`.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from autodiff.core.language.kinds import constant
from autodiff.frontends.common.written import write
from autodiff.frontends.theano.settings import config
from autodiff.frontends.theano.sharing import SharedVariable, shared
from autodiff.frontends.theano.tensor.basic import as_shape, sizes_of
from autodiff.frontends.theano.types import TensorType
from autodiff.frontends.theano.variables import Variable
from autodiff.frontends.theano.writing import as_variable


class RandomStreams:
    """Makes random variables; the state of each is a shared variable of its own.

    >>> from autodiff.frontends import theano
    >>> u = RandomStreams(234).uniform((2,))
    >>> theano.function([], u + u - 2 * u)()
    array([0., 0.])
    """

    def __init__(self, seed: Any = None) -> None:
        self.seeds = np.random.RandomState(None if seed is None else int(seed))
        self.state_updates: list[tuple[SharedVariable, Any]] = []

    def updates(self) -> list[tuple[SharedVariable, Any]]:
        """The pairs of states and their next values."""
        return list(self.state_updates)

    def seed(self, seed: Any = None) -> None:
        """Start every stream anew."""
        self.seeds = np.random.RandomState(seed)
        for state, _ in self.state_updates:
            state.storage[0] = np.random.RandomState(int(self.seeds.randint(2**30)))

    def draw(
        self, name: str, size: Any, dtype: str, method: Callable[..., Any], *parameters: Any
    ) -> Variable:
        """A variable drawn by `method(state, size, *parameters)` once in every call."""
        state = shared(np.random.RandomState(int(self.seeds.randint(2**30))))
        sizes, ndim = sizes_of(() if size is None else size)
        count = len(sizes)

        def run(state: Any, *values: Any) -> Any:
            shape = as_shape(values[:count])
            return np.asarray(method(state, shape, *values[count:])).astype(dtype)

        op = constant(
            run, name=name, private=True, arity=None, why="code: a draw",
            binder=lambda *args: (args, {}),
        )  # fmt: skip
        operands = [as_variable(v).node for v in (*sizes, *parameters)]
        type = TensorType(dtype, (False,) * ndim)
        made = Variable(write(op, [state.node, *operands], {}, type, draws=state))
        state.default_update = made
        self.state_updates.append((state, made))
        made.rng, made.update = state, (state, made)  # type: ignore[attr-defined]
        return made

    def uniform(
        self, size: Any = (), low: Any = 0.0, high: Any = 1.0, ndim: Any = None, dtype: Any = None
    ) -> Variable:
        """Equally likely anywhere in low .. high."""
        return self.draw(
            "uniform",
            size,
            dtype or config.floatX,
            lambda s, n, low, high: s.uniform(low, high, n),
            low,
            high,
        )

    def normal(
        self, size: Any = (), avg: Any = 0.0, std: Any = 1.0, ndim: Any = None, dtype: Any = None
    ) -> Variable:
        """Normal numbers."""
        return self.draw(
            "normal",
            size,
            dtype or config.floatX,
            lambda s, n, avg, std: s.normal(avg, std, n),
            avg,
            std,
        )

    def binomial(
        self, size: Any = (), n: Any = 1, p: Any = 0.5, ndim: Any = None, dtype: Any = "int64"
    ) -> Variable:
        """How many of n tries succeed, each with probability p."""
        if size is None or (isinstance(size, tuple) and not size):
            size = as_variable(p).shape if as_variable(p).ndim else ()  # type: ignore[attr-defined]
        return self.draw(
            "binomial", size, dtype, lambda s, size, n, p: s.binomial(n, p, size), n, p
        )

    def random_integers(
        self, size: Any = (), low: Any = 0, high: Any = 1, ndim: Any = None, dtype: Any = "int64"
    ) -> Variable:
        """Whole numbers low .. high, both included."""
        return self.draw(
            "random_integers",
            size,
            dtype,
            lambda s, n, low, high: s.randint(low, high + 1, n),
            low,
            high,
        )

    def choice(
        self, size: Any = (), a: Any = 2, replace: bool = True, p: Any = None, dtype: Any = "int64"
    ) -> Variable:
        """Elements of 0 .. a - 1."""
        return self.draw(
            "choice", size, dtype, lambda s, n, a: s.choice(np.asarray(a)[()], n, replace, p), a
        )

    def permutation(self, size: Any = (), n: Any = 1, dtype: Any = "int64") -> Variable:
        """0 .. n - 1 in a random order, for each place of `size`."""

        def run(state: Any, shape: Any, n: Any) -> Any:
            drawn = [state.permutation(int(n)) for _ in range(math.prod(shape))]
            return np.reshape(drawn, (*shape, int(n)))

        made = self.draw("permutation", size, dtype, run, n)
        made.node.value = TensorType(dtype, (False,) * (made.ndim + 1))
        return made


def saved(state: SharedVariable) -> Any:
    """The state, to be put back after a call that must not advance it."""
    return copy.deepcopy(state.storage[0])
