"""Ops of the table that work element by element, and reductions."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.core.language.dispatch import apply, ground
from autodiff.frontends.common.conventions import (
    maximum_both,
    minimum_both,
)
from autodiff.frontends.mxnet.table.entries import OPS, REQUIRED, Entry
from autodiff.ops.networks import nn

UNARY = {
    "exp": np.exp, "log": np.log, "sqrt": np.sqrt, "square": np.square, "abs": np.absolute,
    "sign": np.sign, "tanh": np.tanh, "sigmoid": nn.sigmoid, "relu": nn.relu, "sin": np.sin,
    "cos": np.cos, "negative": np.negative, "floor": np.floor, "ceil": np.ceil, "round": np.rint,
    "rsqrt": lambda x: 1 / np.sqrt(x), "identity": lambda x: x,
}  # fmt: skip


BINARY = {
    "_plus": np.add, "_minus": np.subtract, "_mul": np.multiply, "_div": np.true_divide,
    "_power": np.power, "_maximum": lambda a, b: apply(maximum_both, (a, b)),
    "_minimum": lambda a, b: apply(minimum_both, (a, b)),
    "_equal": np.equal, "_greater": np.greater, "_lesser": np.less,
}  # fmt: skip


for _name, _function in UNARY.items():
    OPS[_name] = Entry(_name, lambda x, f=_function: f(x))


def _whole(x: Any) -> Any:
    """The truth of a comparison as a number."""
    return x.astype(np.float32) if np.asarray(ground(x)).dtype.kind == "b" else x


for _name, _function in BINARY.items():
    OPS[_name] = Entry(
        _name, lambda a, b, f=_function: _whole(f(a, b)), ("lhs", "rhs"),
        infer=lambda shapes, s: [shapes[0] or shapes[1], shapes[1] or shapes[0]],
    )  # fmt: skip
    OPS[_name + "_scalar"] = Entry(
        _name + "_scalar",
        lambda a, scalar, reverse, f=_function: _whole(f(scalar, a) if reverse else f(a, scalar)),
        settings={"scalar": REQUIRED, "reverse": False},
    )


def _masked(x: Any, mask: Any) -> Any:
    """The rows of x times a number each, which counts as a constant."""
    rows = np.reshape(ground(mask), (-1, *[1] * (np.ndim(ground(x)) - 1)))
    return x * rows


OPS["element_mask"] = Entry(
    "element_mask", _masked, ("lhs", "rhs"),
    infer=lambda shapes, s: [shapes[0], shapes[1] or (shapes[0] and shapes[0][:1])],
)  # fmt: skip


for _name in ("add", "sub", "mul", "div"):
    _own = {"add": "_plus", "sub": "_minus", "mul": "_mul", "div": "_div"}[_name]
    OPS["broadcast_" + _name] = Entry("broadcast_" + _name, OPS[_own].run, ("lhs", "rhs"))


for _name, _function in {"sum": np.sum, "mean": np.mean, "max": np.max, "min": np.min}.items():
    OPS[_name] = Entry(
        _name,
        lambda x, axis, keepdims, f=_function: np.reshape(
            f(x, axis=axis if axis != () else None, keepdims=keepdims),
            (1,) if axis in ((), None) and not keepdims else None,
        ) if axis in ((), None) and not keepdims else f(x, axis=axis, keepdims=keepdims),
        settings={"axis": (), "keepdims": False},
    )  # fmt: skip


OPS["norm"] = Entry("norm", lambda x: np.reshape(np.sqrt(np.sum(x * x)), (1,)))


OPS["argmax"] = Entry(
    "argmax",
    lambda x, axis: np.argmax(ground(x), axis=axis).astype(np.float32),
    settings={"axis": None},
)


OPS["argmax_channel"] = Entry(
    "argmax_channel", lambda x: np.argmax(ground(x), axis=1).astype(np.float32)
)
