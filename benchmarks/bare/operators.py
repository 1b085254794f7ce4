"""How NumPy and Python's operators reach a value: each calls `run` or `call` of its class."""

import numpy as np


class Operators:
    """The operators of a number, each by NumPy's ufunc."""

    __slots__ = ()
    __array_priority__ = 1.0

    def __add__(self, other):
        return self.run(np.add, self, other)

    def __radd__(self, other):
        return self.run(np.add, other, self)

    def __sub__(self, other):
        return self.run(np.subtract, self, other)

    def __rsub__(self, other):
        return self.run(np.subtract, other, self)

    def __mul__(self, other):
        return self.run(np.multiply, self, other)

    def __rmul__(self, other):
        return self.run(np.multiply, other, self)

    def __truediv__(self, other):
        return self.run(np.true_divide, self, other)

    def __matmul__(self, other):
        return self.run(np.matmul, self, other)

    def __rmatmul__(self, other):
        return self.run(np.matmul, other, self)

    def __pow__(self, other):
        return self.run(np.power, self, other)

    def __neg__(self):
        return self.run(np.negative, self)

    def __getitem__(self, index):
        return self.call(read, (self, index))

    def reshape(self, *shape):
        """The same numbers in another shape."""
        return self.call(np.reshape, (self, shape))

    @property
    def T(self):
        """The transpose."""
        return self.call(np.swapaxes, (self, -1, -2))

    def __array_ufunc__(self, ufunc, method, *args):
        return self.run(ufunc, *args)

    def __array_function__(self, function, types, args, kwargs):
        return self.call(function, args, **kwargs)


def read(x, index):
    """x[index]."""
    return x[index]
