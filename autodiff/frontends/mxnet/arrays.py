"""`NDArray`: an array that computes at once, and is the engine's while `autograd` records."""

from __future__ import annotations

from typing import Any

import numpy as np

import autodiff as ad
import autodiff.frontends.mxnet.table.operators as operators
from autodiff.core.ground.locations import here
from autodiff.frontends.common.options import only
from autodiff.frontends.mxnet.context import cpu
from autodiff.frontends.mxnet.ground.errors import MXNetError
from autodiff.frontends.mxnet.table.operators import OPS

recording: list[bool] = [False, False]
"""Whether operations on arrays with `attach_grad` are recorded, and done as in training; see
`autograd`."""


class NDArray:
    """An array on a device; operators are the ops of the table.

    >>> a = NDArray(np.array([[1, 2], [3, 4]], np.float32))
    >>> (a * 2 + 1).asnumpy().tolist(), a.dtype
    ([[3.0, 5.0], [7.0, 9.0]], <class 'numpy.float32'>)
    """

    __array_priority__ = 1000.0

    def __init__(self, value: Any) -> None:
        self.tensor = value if isinstance(value, ad.Tensor) else None
        self.a: Any = None if self.tensor is not None else np.asarray(value)
        self.grad: NDArray | None = None

    @property
    def value(self) -> Any:
        """The plain array."""
        return np.asarray(self.tensor.data) if self.a is None else self.a

    shape = property(lambda self: self.value.shape)
    size = property(lambda self: self.value.size)
    ndim = property(lambda self: self.value.ndim)
    dtype = property(lambda self: self.value.dtype.type)
    context = property(lambda self: cpu())
    T = property(lambda self: call("transpose", self))

    def asnumpy(self) -> Any:
        """A copy as a NumPy array; only here one waits for the result."""
        return np.array(self.value)

    def asscalar(self) -> Any:
        """The number of an array of one."""
        if self.size != 1:
            raise ValueError(f"The current array is not a scalar: {self.shape}.{here()}")
        return self.asnumpy().reshape(-1)[0]

    def astype(self, dtype: Any) -> NDArray:
        """A copy of another dtype."""
        return NDArray(operand(self).astype(dtype))

    def copy(self) -> NDArray:
        """A copy."""
        return NDArray(self.asnumpy())

    def copyto(self, other: Any) -> Any:
        """The numbers into another array, or onto a device."""
        if not isinstance(other, NDArray):
            return self.copy()
        other.a[...] = self.value
        return other

    def as_in_context(self, context: Any) -> NDArray:
        """The array itself."""
        return self

    def wait_to_read(self) -> None:
        """There is nothing to wait for."""

    def reshape(self, *shape: Any) -> NDArray:
        """The same numbers in another shape."""
        wanted = shape[0] if len(shape) == 1 and isinstance(shape[0], tuple | list) else shape
        return call("Reshape", self, shape=tuple(wanted))

    def broadcast_to(self, shape: Any) -> NDArray:
        """Repeated to a shape."""
        found = np.broadcast_to(operand(self), tuple(shape))
        return NDArray(found if isinstance(found, ad.Tensor) else found.copy())

    def slice(self, start: Any, stop: Any) -> NDArray:
        """Rows, sharing memory."""
        return self[start:stop]

    def attach_grad(self, grad_req: str = "write") -> None:
        """Let `autograd.record` take this array for a variable."""
        self.grad = NDArray(np.zeros(self.shape, self.dtype))
        self.grad_req = grad_req

    def backward(self, out_grad: Any = None, **options: Any) -> None:
        """The gradients of the arrays with `attach_grad`, from this one."""
        only("NDArray.backward", options, "retain_graph", "train_mode")
        from autodiff.frontends.mxnet.autograd import backward

        backward([self], None if out_grad is None else [out_grad])

    def __getitem__(self, index: Any) -> NDArray:
        if isinstance(index, int) and self.ndim == 1:
            index = slice(index, index + 1) if index >= 0 else slice(index, index + 1 or None)
        return NDArray(operand(self)[index])

    def __setitem__(self, index: Any, new: Any) -> None:
        if recording[0] and (self.tensor is not None or self.grad is not None):
            raise MXNetError(f"an assignment is not recorded: make a new array instead.{here()}")
        self.value[index] = new.value if isinstance(new, NDArray) else new

    def __neg__(self) -> NDArray:
        return call("negative", self)

    def __len__(self) -> int:
        return len(self.value)

    def __bool__(self) -> bool:
        raise ValueError(f"The truth value of an NDArray is ambiguous: use asnumpy().{here()}")

    def __repr__(self) -> str:
        return f"<NDArray {'x'.join(map(str, self.shape))} @{self.context}>"


def call(name: str, *inputs: Any, out: NDArray | None = None, **settings: Any) -> Any:
    """One op of the table, at once."""
    entry = OPS[name]
    dtype = settings.pop("dtype", None) if name != "Cast" else None
    known = entry.understood({k: v for k, v in settings.items() if k != "name"})
    values = [operand(x) for x in inputs]
    if name in ("Dropout", "BatchNorm"):
        known = known | {"is_train": recording[1]}
    found = entry.run(*values, **known)
    if isinstance(found, operators.WithAux):
        found = found.value
    if isinstance(found, tuple):
        return [NDArray(f) for f in found]
    made = NDArray(found if dtype is None else found.astype(dtype))
    if out is not None:
        out.a[...] = made.value
        return out
    return made


def operand(x: Any) -> Any:
    """The array of an operand, or the engine's tensor of it while operations are recorded."""
    if not isinstance(x, NDArray):
        return np.asarray(x, np.float32) if not np.isscalar(x) else x
    if recording[0]:
        if x.tensor is None and x.grad is not None:
            return variable(x)
        if x.tensor is not None:
            return x.tensor
    return x.value


def variable(x: NDArray) -> Any:
    """The engine's variable of an array with `attach_grad`, one for a recorded block."""
    from autodiff.frontends.mxnet.autograd import variables

    if id(x) not in variables:
        variables[id(x)] = (x, ad.Tensor(x.a))
    return variables[id(x)][1]


def _binary(sign: str, name: str) -> None:
    def forward(self: NDArray, other: Any) -> NDArray:
        if np.isscalar(other):
            return call(name + "_scalar", self, scalar=other)
        return call(name, self, other)

    def reflected(self: NDArray, other: Any) -> NDArray:
        return call(name + "_scalar", self, scalar=other, reverse=True)

    def inplace(self: NDArray, other: Any) -> NDArray:
        if recording[0]:
            raise MXNetError(f"in-place operations are not recorded: write x = x ... {here()}")
        self.value[...] = forward(self, other).value
        return self

    setattr(NDArray, f"__{sign}__", forward)
    setattr(NDArray, f"__r{sign}__", reflected)
    setattr(NDArray, f"__i{sign}__", inplace)


for _sign, _name in {"add": "_plus", "sub": "_minus", "mul": "_mul", "truediv": "_div",
                     "pow": "_power"}.items():  # fmt: skip
    _binary(_sign, _name)


def _compare(sign: str, name: str) -> None:
    def compare(self: NDArray, other: Any) -> NDArray:
        if np.isscalar(other):
            return call(name + "_scalar", self, scalar=other)
        return call(name, self, other)

    setattr(NDArray, f"__{sign}__", compare)


for _sign, _name in {"eq": "_equal", "gt": "_greater", "lt": "_lesser"}.items():
    _compare(_sign, _name)
