"""Dual numbers, which may be the data of a value of the tape."""

import numpy as np

from benchmarks.bare.operators import Operators
from benchmarks.bare.slopes import SLOPES


class Dual(Operators):
    """A number or an array with its tangent."""

    __slots__ = ("primal", "tangent")

    def __init__(self, primal, tangent):
        self.primal, self.tangent = primal, tangent

    shape = property(lambda self: self.primal.shape)
    ndim = property(lambda self: self.primal.ndim)
    size = property(lambda self: self.primal.size)

    @staticmethod
    def run(ufunc, *args):
        """A ufunc of dual numbers and constants."""
        primals = [a.primal if a.__class__ is Dual else a for a in args]
        y = ufunc(*primals)
        total = None
        for i, a in enumerate(args):
            if a.__class__ is Dual:
                if ufunc is np.matmul:
                    t = a.tangent @ primals[1] if i == 0 else primals[0] @ a.tangent
                else:
                    t = SLOPES[ufunc][i](a.tangent, y, *primals)
                total = t if total is None else total + t
        return Dual(y, total)

    @staticmethod
    def call(function, args, **kwargs):
        """A function that is linear in its first argument."""
        x, *rest = args

        def apply(part):
            return function(part, *rest, **kwargs)

        return Dual(apply(x.primal), apply(x.tangent))

    def sum(self, axis=None, keepdims=False):
        """The sum along axes."""
        return Dual(
            self.primal.sum(axis, keepdims=keepdims), self.tangent.sum(axis, keepdims=keepdims)
        )

    def swapaxes(self, i, j):
        """The same numbers with two axes exchanged."""
        return Dual(self.primal.swapaxes(i, j), self.tangent.swapaxes(i, j))
