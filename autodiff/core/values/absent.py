"""Attributes that traced values do not have, and what to write for them: a table by name.

They are methods of NumPy's arrays without a meaning here, and those of other libraries' tensors
(PyTorch, micrograd, TensorFlow, JAX, autograd), which a student's fingers know.

>>> from autodiff import Tensor
>>> Tensor(2.0).unsqueeze
Traceback (most recent call last):
    ...
AttributeError: 'Tensor' object has no attribute 'unsqueeze'. Write np.expand_dims(x, axis)...
"""

from __future__ import annotations

from typing import Any

from autodiff.core.ground.locations import here

NUMPYS = {
    "partition": "x[...] = np.partition(x, k)",
    "resize": "np.resize(x, shape)",
    "itemset": "x[i] = v",
    **dict.fromkeys(("base", "tobytes", "ctypes"), "x.data.{name}"),
}
"""Of NumPy's arrays."""

_ELEMENTWISE = (
    "exp expm1 exp2 log log1p log2 log10 sin cos tan tanh sinh cosh arcsin arccos arctan sqrt "
    "square abs sign floor ceil reciprocal isnan isfinite isinf"
)
_BINARY = {"add": "+", "sub": "-", "mul": "*", "div": "/", "matmul": "@", "mm": "@", "bmm": "@"}
_NOTHING = "x itself: NumPy has nothing to move or to settle"

OTHERS = {
    # a value, and what is kept with it
    **dict.fromkeys(("numpy", "value", "eval"), "x.data for the plain value"),
    "detach": "ad.stop_gradient(x), or x.data for the plain value",
    "requires_grad": "ad.Tensor(x) for a variable, and a plain array for a constant",
    "requires_grad_": "ad.Tensor(x) for a variable, and a plain array for a constant",
    "is_leaf": "x.is_variable",
    "grad_fn": "ad.draw(x) to see how it was computed, or x.node.op",
    "retain_grad": "y.backward(keep=True), which sets .grad of the results on the way too",
    "zero_grad": "nothing: backward() sets .grad anew unless accumulate=True",
    **dict.fromkeys(("cpu", "cuda", "to", "contiguous", "block_until_ready"), _NOTHING),
    "clone": "x.copy()",
    # functions of each element
    **{name: f"np.{name}(x)" for name in _ELEMENTWISE.split()},
    "relu": "np.maximum(x, 0), or ad.ops.nn.relu(x)",
    "sigmoid": "1 / (1 + np.exp(-x)), or ad.ops.nn.sigmoid(x)",
    "softmax": "ad.ops.nn.softmax(x, axis=...)",
    "log_softmax": "ad.ops.nn.log_softmax(x, axis=...)",
    "logsumexp": "ad.ops.nn.logsumexp(x, axis=...)",
    "gelu": "x * scipy.special.ndtr(x)",
    "neg": "-x",
    "pow": "x ** n",
    "clamp": "np.clip(x, low, high)",
    "masked_fill": "np.where(mask, v, x)",
    "norm": "np.linalg.norm(x)",
    "erf": "scipy.special.erf(x)",
    **{name: f"x {sign} y" for name, sign in _BINARY.items()},
    **{f"{name}_": f"x {_BINARY[name]}= y" for name in ("add", "sub", "mul", "div")},
    # shapes
    "unsqueeze": "np.expand_dims(x, axis), or x[:, None]",
    "permute": "np.transpose(x, axes)",
    "t": "x.T",
    "dim": "x.ndim",
    "numel": "x.size",
    "expand": "np.broadcast_to(x, shape)",
    "expand_as": "np.broadcast_to(x, y.shape)",
    "chunk": "np.array_split(x, n)",
    "split": "np.split(x, places)",
    "unbind": "list(x)",
    "gather": "np.take_along_axis(x, places, axis)",
    "index_select": "np.take(x, places, axis)",
    "topk": "np.sort(x)[..., -k:]",
    "at": "y = x.copy(); y[i] = v",
    **dict.fromkeys(("float", "double", "half", "type"), "x.astype(np.float64) or another dtype"),
    **dict.fromkeys(("new_zeros", "new_ones"), "np.zeros_like(x, shape=...) or np.ones_like"),
    "zero_": "x[...] = 0",
    "fill_": "x[...] = v",
}
"""Of other libraries' tensors."""

INSTEAD = NUMPYS | OTHERS


class Absent:
    """An attribute that there is not, which says so; `__getattr__` would slow all the others."""

    def __init__(self, name: str, instead: str) -> None:
        self.name, self.instead = name, instead.format(name=name)

    def __get__(self, traced: Any, kind: type) -> Any:
        what = f"{kind.__name__!r} object has no attribute {self.name!r}"
        raise AttributeError(f"{what}. Write {self.instead}.{here()}", name=self.name, obj=traced)


class Size(int):
    """The number of elements: an int, which says what to write where it is called."""

    __slots__ = ()

    def __call__(self, axis: int | None = None) -> int:
        """Refuses: the size of an axis is in the shape."""
        instead = "x.shape" if axis is None else f"x.shape[{axis}]"
        raise TypeError(f"x.size is the number of elements. Write {instead}.{here()}")


def install(kind: type) -> None:
    """Give a class of values all the attributes that it has not."""
    for name, instead in INSTEAD.items():
        setattr(kind, name, Absent(name, instead))
