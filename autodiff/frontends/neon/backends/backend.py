"""The backend: its tensors, and op-trees over them.

An op-tree is a graph of equations over the registry's ops.  It has no value: assigning it to a
tensor, `t[:] = tree`, computes all of it in one pass.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.core.ground.locations import here
from autodiff.core.language.equation import Equation, history
from autodiff.core.language.registry import registry
from autodiff.frontends.common.conventions import (
    max_of_every_tie,
    maximum_both,
    min_of_every_tie,
    minimum_both,
)
from autodiff.frontends.common.options import only
from autodiff.frontends.common.written import code_op, compiled, source, write
from autodiff.ops.networks import nn


class NervanaObject:
    """What every object knows: the backend that was generated last."""

    be: Any = None


class OpTreeNode:
    """An expression; `t[:] = node` computes it."""

    __array_ufunc__ = None

    def __init__(self, node: Equation) -> None:
        self.node = node

    @property
    def T(self) -> OpTreeNode:
        """The transpose."""
        return _tree(registry.by_function[np.transpose], self)

    def value(self) -> Any:
        """What the tree computes."""
        return compiled([self.node], [])()[0]

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of what the tree computes, which a run tells."""
        with np.errstate(all="ignore"):
            return np.shape(self.value())

    def __repr__(self) -> str:
        return f"<op-tree of {len(history([self.node]))} nodes>"

    def __bool__(self) -> bool:
        return True

    def as_subject(self, ran: Any = None) -> Any:
        """What `ad.draw(tree)` draws."""
        from autodiff.frontends.common.picture import written_subject

        return written_subject("the op-tree", history([self.node]), [self.node])


class Tensor(OpTreeNode):
    """Numbers in two dimensions; a vector is a column."""

    def __init__(self, array: Any, name: str | None = None) -> None:
        array = np.asarray(array)
        if array.ndim < 2:
            array = array.reshape(-1, 1)
        self.array = array
        super().__init__(source(name, None, value=lambda: self.array))
        self.name = name

    shape = property(lambda self: self.array.shape)
    size = property(lambda self: self.array.size)
    dtype = property(lambda self: self.array.dtype)

    def get(self) -> Any:
        """A copy as a NumPy array."""
        return self.array.copy()

    asnumpyarray = get

    def set(self, values: Any) -> None:
        """Take the numbers of an array."""
        self.array[...] = np.asarray(values).reshape(self.shape)

    def fill(self, value: Any) -> Tensor:
        """One number everywhere."""
        self.array[...] = value
        return self

    def reshape(self, *shape: Any) -> Tensor:
        """The same memory in another shape."""
        wanted = shape[0] if len(shape) == 1 and isinstance(shape[0], tuple) else shape
        return Tensor(self.array.reshape(wanted))

    def __getitem__(self, index: Any) -> Tensor:
        return Tensor(self.array[index])

    def __setitem__(self, index: Any, value: Any) -> None:
        found = value.array if isinstance(value, Tensor) else value
        if isinstance(found, OpTreeNode):
            found = found.value()
        self.array[index] = found

    def __repr__(self) -> str:
        return f"CPUTensor({self.array})"


def _tree(op: Any, *operands: Any, **params: Any) -> OpTreeNode:
    parts = [o.node if isinstance(o, OpTreeNode) else o for o in operands]
    return OpTreeNode(write(op, parts, params))


def _op(function: Any) -> Any:
    return function if not isinstance(function, np.ufunc) else registry.by_function[function]


sig = nn.sigmoid
sig2 = code_op("sig2", lambda x: 1 / (1 + np.exp2(-x)))
tanh2 = code_op("tanh2", lambda x: (np.exp2(2 * x) - 1) / (np.exp2(2 * x) + 1))
UNARY = {
    "exp": np.exp, "log": np.log, "sqrt": np.sqrt, "square": np.square, "absolute": np.absolute,
    "fabs": np.absolute, "negative": np.negative, "sgn": np.sign, "tanh": np.tanh, "sig": sig,
    "reciprocal": np.reciprocal, "log2": np.log2, "exp2": np.exp2, "sig2": sig2, "tanh2": tanh2,
}  # fmt: skip
BINARY = {
    "add": np.add, "subtract": np.subtract, "multiply": np.multiply, "divide": np.true_divide,
    "true_divide": np.true_divide, "power": np.power, "maximum": maximum_both,
    "minimum": minimum_both, "equal": np.equal, "not_equal": np.not_equal, "greater": np.greater,
    "greater_equal": np.greater_equal, "less": np.less, "less_equal": np.less_equal,
}  # fmt: skip
safe = code_op("safelog", lambda x: np.log(np.maximum(x, np.exp(-50.0))))
onehot_op = code_op("onehot", lambda i, n: np.eye(int(n))[:, np.asarray(i).astype(int).ravel()])


WHERE = ("persist_values", "parallel", "distributed")
"""Words that say where a tensor is kept."""


class Backend:
    """The CPU: makes tensors, and op-trees of them.  The batch's size is the backend's."""

    def __init__(
        self, batch_size: int = 128, rng_seed: Any = None, datatype: Any = np.float32
    ) -> None:
        self.bsz, self.default_dtype = batch_size, datatype
        self.rng_seed, self.rng = rng_seed, np.random.RandomState(rng_seed)

    def array(self, ary: Any, dtype: Any = None, name: str | None = None, **options: Any) -> Tensor:
        """A tensor with a copy of an array."""
        only("Backend.array", options, *WHERE)
        return Tensor(np.array(ary, dtype or self.default_dtype), name)

    def zeros(self, shape: Any, dtype: Any = None, name: Any = None, **options: Any) -> Tensor:
        """Zeros."""
        only("Backend.zeros", options, *WHERE)
        shape = (shape,) if isinstance(shape, int) else shape
        return Tensor(np.zeros(shape, dtype or self.default_dtype), name)

    empty = zeros

    def ones(self, shape: Any, dtype: Any = None, name: Any = None, **options: Any) -> Tensor:
        """Ones."""
        only("Backend.ones", options, *WHERE)
        return self.zeros(shape, dtype, name).fill(1)

    def iobuf(self, dim0: Any, dtype: Any = None, **options: Any) -> Tensor:
        """A tensor for one batch: (features, batch size); of (features, steps) for all steps."""
        only("Backend.iobuf", options, "name", "shared", "parallelism", *WHERE)
        if isinstance(dim0, tuple) and len(dim0) == 2:  # features and steps
            return self.zeros((dim0[0], dim0[1] * self.bsz), dtype)
        return self.zeros((int(np.prod(dim0)), self.bsz), dtype)

    def dot(self, a: Any, b: Any) -> OpTreeNode:
        """The product of matrices."""
        shapes = [x.shape for x in (a, b) if isinstance(x, Tensor)]
        if len(shapes) == 2:
            assert shapes[0][1] == shapes[1][0], f"dot of {shapes[0]} and {shapes[1]}.{here()}"
        return _tree(registry.by_function[np.matmul], a, b)

    def transpose(self, a: Any) -> OpTreeNode:
        """The transpose."""
        return a.T

    def clip(self, a: Any, low: Any, high: Any) -> OpTreeNode:
        """a within bounds."""
        return _tree(minimum_both, _tree(maximum_both, a, low), high)

    def safelog(self, a: Any) -> OpTreeNode:
        """log(max(a, exp(-50)))."""
        return _tree(safe, a)

    def onehot(self, indices: Any, axis: int = 0) -> OpTreeNode:
        """Columns of the identity matrix."""
        only("onehot", {"axis": axis}, axis=0)
        return _tree(onehot_op, indices, int(np.max(indices.array)) + 1)

    def _reduced(self, op: Any, a: Any, axis: Any, keepdims: bool) -> OpTreeNode:
        params: dict[str, Any] = {"keepdims": keepdims}
        return _tree(op, a, **params, **({} if axis is None else {"axis": axis}))

    def sum(self, a: Any, axis: Any = None, keepdims: bool = True) -> OpTreeNode:
        """The sum; the axis stays with length 1."""
        return self._reduced(registry.by_function[np.sum], a, axis, keepdims)

    def mean(self, a: Any, axis: Any = None, keepdims: bool = True) -> OpTreeNode:
        """The mean."""
        return self._reduced(registry.by_function[np.mean], a, axis, keepdims)

    def max(self, a: Any, axis: Any = None, keepdims: bool = True) -> OpTreeNode:
        """The largest; each of several has slope 1."""
        return self._reduced(max_of_every_tie, a, axis, keepdims)

    def min(self, a: Any, axis: Any = None, keepdims: bool = True) -> OpTreeNode:
        """The smallest; each of several has slope 1."""
        return self._reduced(min_of_every_tie, a, axis, keepdims)

    def var(self, a: Any, axis: Any = None, keepdims: bool = True) -> OpTreeNode:
        """The mean square distance from the mean."""
        return self.mean(_tree(_op(np.square), a - self.mean(a, axis)), axis, keepdims)

    def std(self, a: Any, axis: Any = None, keepdims: bool = True) -> OpTreeNode:
        """The root of the variance."""
        return _tree(_op(np.sqrt), self.var(a, axis, keepdims))

    def argmin(self, a: Any, axis: Any = 0, keepdims: bool = True) -> OpTreeNode:
        """Where the smallest is."""
        return self._reduced(registry.by_function[np.argmin], a, axis, keepdims)

    def argmax(self, a: Any, axis: Any = 0, keepdims: bool = True) -> OpTreeNode:
        """Where the largest is."""
        return self._reduced(registry.by_function[np.argmax], a, axis, keepdims)


def _install() -> None:
    for name, function in UNARY.items():
        own = _op(function)

        def one(self: Backend, a: Any, op: Any = own) -> OpTreeNode:
            return _tree(op, a)

        one.__doc__ = f"{name} of each element, as an op-tree."
        setattr(Backend, name, one)
    for name, function in BINARY.items():
        own = _op(function)

        def two(self: Backend, a: Any, b: Any, op: Any = own) -> OpTreeNode:
            return _tree(op, a, b)

        two.__doc__ = f"{name} of each pair, as an op-tree."
        setattr(Backend, name, two)
    signs = {"add": "add", "sub": "subtract", "mul": "multiply", "truediv": "divide",
             "pow": "power"}  # fmt: skip
    for sign, name in signs.items():
        op = _op(BINARY[name])
        setattr(OpTreeNode, f"__{sign}__", lambda self, other, op=op: _tree(op, self, other))
        setattr(OpTreeNode, f"__r{sign}__", lambda self, other, op=op: _tree(op, other, self))
    for sign, name in {"lt": "less", "le": "less_equal", "gt": "greater",
                       "ge": "greater_equal"}.items():  # fmt: skip
        op = _op(BINARY[name])
        setattr(OpTreeNode, f"__{sign}__", lambda self, other, op=op: _tree(op, self, other))
    OpTreeNode.__neg__ = lambda self: _tree(_op(np.negative), self)  # type: ignore[attr-defined]
    OpTreeNode.__abs__ = lambda self: _tree(_op(np.absolute), self)  # type: ignore[attr-defined]


_install()


def gen_backend(
    backend: str = "cpu", batch_size: int = 128, rng_seed: Any = None, datatype: Any = np.float32,
    **options: Any,
) -> Backend:  # fmt: skip
    """Make the backend that all objects use from now on."""
    only(
        "gen_backend",
        options,
        "stochastic_round",
        "device_id",
        "max_devices",
        "deterministic",
        "deterministic_update",
        "cache_dir",
    )
    if backend not in ("cpu", "mkl"):
        raise ValueError(f"there is no backend {backend!r} here: write gen_backend('cpu').{here()}")
    NervanaObject.be = Backend(batch_size, rng_seed, datatype)
    return NervanaObject.be
