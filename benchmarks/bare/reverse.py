"""The tape and its sweep, of arrays and of single numbers."""

from __future__ import annotations

import numpy as np

from benchmarks.bare.operators import Operators
from benchmarks.bare.slopes import LINEAR, SLOPES, parts_of, pull_product, summed

tape: list[Value | Number] = []


class Value(Operators):
    """A result and what it came of.

    An elementwise function keeps its `slopes` and its one or two arguments, any other what `pull`s
    a cotangent back, as pairs of a value and its cotangent.
    """

    __slots__ = ("arguments", "cotangent", "data", "primals", "pull", "slopes")

    def __init__(self, data, pull=None):
        self.data, self.pull, self.slopes, self.cotangent = data, pull, None, None
        tape.append(self)

    shape = property(lambda self: self.data.shape)
    ndim = property(lambda self: self.data.ndim)
    size = property(lambda self: self.data.size)

    @staticmethod
    def run(ufunc, *args):
        """A ufunc of values and constants."""
        if len(args) == 1:
            primals = (args[0].data,)
        else:
            x, y = args
            primals = (
                x.data if x.__class__ is Value else x,
                y.data if y.__class__ is Value else y,
            )
        found = Value(ufunc(*primals))
        found.slopes = SLOPES[ufunc] if ufunc is not np.matmul else pull_product
        found.arguments, found.primals = args, primals
        return found

    @staticmethod
    def call(function, args, **kwargs):
        """A function of values: linear in its first argument, or joining a list."""
        if function is np.concatenate:
            arrays, axis = args[0], kwargs.get("axis", 0)
            data = np.concatenate([a.data if a.__class__ is Value else a for a in arrays], axis)

            def pull_parts(c):
                pairs = zip(arrays, parts_of(c, arrays, axis))
                return [(a, part) for a, part in pairs if a.__class__ is Value]

            return Value(data, pull_parts)
        x, *rest = args
        data = x.data

        def pull(c):
            return [(x, LINEAR[function](c, data, *rest, **kwargs))]

        return Value(function(data, *rest, **kwargs), pull)


def fused(x, data, slope):
    """A result of one value whose slope is known: `slope(c)` pulls a cotangent back."""
    return Value(data, lambda c: [(x, slope(c))])


def sweep(root):
    """The cotangent of every value, from the last to the first."""
    root.cotangent = np.float64(1.0)
    for value in reversed(tape):
        c, slopes = value.cotangent, value.slopes
        if c is None:
            continue
        if slopes is None:
            pairs = value.pull(c) if value.pull is not None else ()
        elif slopes is pull_product:
            x, y = value.primals
            pairs = [
                (a, pull_product(c, place, x, y))
                for place, a in enumerate(value.arguments)
                if a.__class__ is Value
            ]
        elif len(slopes) == 1:
            (x,) = value.arguments
            pairs = ((x, slopes[0](c, value.data, x.data)),)
        else:
            x, y = value.primals
            pairs = [
                (a, summed(slope(c, value.data, x, y), a.data.shape))
                for a, slope in zip(value.arguments, slopes)
                if a.__class__ is Value
            ]
        for parent, found in pairs:
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
