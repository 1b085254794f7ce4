"""The tape and its sweep, of arrays and of single numbers."""

from __future__ import annotations

import numpy as np

from benchmarks.bare.operators import Operators
from benchmarks.bare.slopes import LINEAR, SLOPES, parts_of, pull_product, summed

tape: list[Value | Number] = []


class Value(Operators):
    """A result, what it came of, and what pulls its cotangent back to each of that."""

    __slots__ = ("cotangent", "data", "parents", "pull")

    def __init__(self, data, parents=(), pull=None):
        self.data, self.parents, self.pull, self.cotangent = data, parents, pull, None
        tape.append(self)

    shape = property(lambda self: self.data.shape)
    ndim = property(lambda self: self.data.ndim)
    size = property(lambda self: self.data.size)

    @staticmethod
    def run(ufunc, *args):
        """A ufunc of values and constants."""
        primals = [a.data if a.__class__ is Value else a for a in args]
        y = ufunc(*primals)
        places = [i for i, a in enumerate(args) if a.__class__ is Value]
        if ufunc is np.matmul:

            def pull(c):
                return [pull_product(c, i, *primals) for i in places]
        else:
            slopes = SLOPES[ufunc]
            shapes = [args[i].data.shape for i in places]

            def pull(c):
                return [summed(slopes[i](c, y, *primals), s) for i, s in zip(places, shapes)]

        return Value(y, [args[i] for i in places], pull)

    @staticmethod
    def call(function, args, **kwargs):
        """A function of values: linear in its first argument, or joining a list."""
        if function is np.concatenate:
            arrays, axis = args[0], kwargs.get("axis", 0)
            places = [i for i, a in enumerate(arrays) if a.__class__ is Value]
            data = np.concatenate([a.data if a.__class__ is Value else a for a in arrays], axis)

            def pull(c):
                return [parts_of(c, arrays, axis)[i] for i in places]

            return Value(data, [arrays[i] for i in places], pull)
        x, *rest = args
        data = x.data

        def pull(c):
            return [LINEAR[function](c, data, *rest, **kwargs)]

        return Value(function(data, *rest, **kwargs), [x], pull)


def fused(x, data, slope):
    """A result of one value whose slope is known: `slope(c)` pulls a cotangent back."""
    return Value(data, [x], lambda c: [slope(c)])


def sweep(root):
    """The cotangent of every value, from the last to the first."""
    root.cotangent = np.float64(1.0)
    for value in reversed(tape):
        c = value.cotangent
        if c is not None and value.pull is not None:
            for parent, found in zip(value.parents, value.pull(c)):
                known = parent.cotangent
                parent.cotangent = found if known is None else known + found


class Number:
    """A single number that remembers what it came of, and the slope towards each."""

    __slots__ = ("cotangent", "data", "parents", "slopes")

    def __init__(self, data, parents=(), slopes=()):
        self.data, self.parents, self.slopes, self.cotangent = data, parents, slopes, 0.0
        tape.append(self)

    def __add__(self, other):
        return Number(self.data + other.data, (self, other), (1.0, 1.0))

    def __mul__(self, other):
        return Number(self.data * other.data, (self, other), (other.data, self.data))

    def __pow__(self, power):
        return Number(self.data**power, (self,), (power * self.data ** (power - 1),))


def sweep_numbers(root):
    """The same for single numbers."""
    root.cotangent = 1.0
    for number in reversed(tape):
        c = number.cotangent
        for parent, slope in zip(number.parents, number.slopes):
            parent.cotangent += c * slope
