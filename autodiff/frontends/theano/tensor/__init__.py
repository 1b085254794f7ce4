"""`theano.tensor`: variables by type, and the functions that write expressions of them."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.frontends.theano.gradient import (
    Lop,
    Rop,
    grad,
    hessian,
    jacobian,
    verify_grad,
)
from autodiff.frontends.theano.tensor import nnet, reductions, signal
from autodiff.frontends.theano.tensor import shared_randomstreams as shared_randomstreams
from autodiff.frontends.theano.tensor.basic import *
from autodiff.frontends.theano.tensor.basic import (
    CONSTRUCTORS,
    alloc,
    arange,
    dot,
    fill,
    ones_like,
    outer,
    several,
    tensordot,
    zeros_like,
)
from autodiff.frontends.theano.tensor.elemwise import (
    binary,
    cast,
    clip,
    elementwise_call,
    log,
    switch,
    unary,
)
from autodiff.frontends.theano.tensor.joining import (
    addbroadcast,
    concatenate,
    diag,
    dimshuffle,
    flatten,
    join,
    patternbroadcast,
    repeat,
    reshape,
    shape,
    shape_padaxis,
    shape_padleft,
    shape_padright,
    specify_shape,
    stack,
    stacklists,
    swapaxes,
    tile,
    transpose,
    unbroadcast,
)
from autodiff.frontends.theano.tensor.reductions import (
    all,
    any,
    argmax,
    argmin,
    cumsum,
    max,
    max_and_argmax,
    mean,
    min,
    norm,
    prod,
    std,
    sum,
    var,
)
from autodiff.frontends.theano.tensor.subtensors import inc_subtensor, set_subtensor, subtensor
from autodiff.frontends.theano.types import TensorType
from autodiff.frontends.theano.variables import Variable
from autodiff.frontends.theano.variables import Variable as TensorVariable

globals().update(CONSTRUCTORS)
globals().update(several)

UNARY = {
    "exp": np.exp, "sqrt": np.sqrt, "sqr": np.square, "tanh": np.tanh, "sin": np.sin,
    "cos": np.cos, "tan": np.tan, "sinh": np.sinh, "cosh": np.cosh, "arcsin": np.arcsin,
    "arccos": np.arccos, "arctan": np.arctan, "arcsinh": np.arcsinh, "arccosh": np.arccosh,
    "arctanh": np.arctanh, "log2": np.log2, "log10": np.log10, "log1p": np.log1p,
    "expm1": np.expm1, "exp2": np.exp2, "abs_": np.absolute, "neg": np.negative,
    "inv": np.reciprocal,
    "sgn": np.sign, "floor": np.floor, "ceil": np.ceil, "round": np.rint, "invert": np.invert,
    "isnan": np.isnan, "isinf": np.isinf, "trunc": np.trunc,
}  # fmt: skip
BINARY = {
    "add": np.add, "sub": np.subtract, "mul": np.multiply, "true_div": np.true_divide,
    "int_div": np.floor_divide, "mod": np.remainder, "pow": np.power, "maximum": np.maximum,
    "minimum": np.minimum, "eq": np.equal, "neq": np.not_equal, "lt": np.less,
    "le": np.less_equal, "gt": np.greater, "ge": np.greater_equal, "and_": np.bitwise_and,
    "or_": np.bitwise_or, "xor": np.bitwise_xor, "arctan2": np.arctan2,
}  # fmt: skip
for _name, _function in UNARY.items():
    globals()[_name] = unary(_function, _name)
for _name, _function in BINARY.items():
    globals()[_name] = binary(_function, _name)
where, square, power, divide = switch, globals()["sqr"], globals()["pow"], globals()["true_div"]
abs, logical_and = globals()["abs_"], globals()["and_"]


METHODS = {
    "sum": sum, "mean": mean, "prod": prod, "var": var, "std": std, "max": max, "min": min,
    "argmax": argmax, "argmin": argmin, "all": all, "any": any, "cumsum": cumsum, "norm": norm,
    "dot": dot, "dimshuffle": dimshuffle, "flatten": flatten, "ravel": flatten, "astype": cast,
    "clip": clip, "repeat": repeat, "fill": fill, "swapaxes": swapaxes, "zeros_like": zeros_like,
    "__getitem__": subtensor, "__dot__": dot, "__rdot__": lambda x, y: dot(y, x),
}  # fmt: skip
for _name, _function in METHODS.items():
    setattr(Variable, _name, _function)


def _reshaped(self: Variable, shape: Any, ndim: int | None = None) -> Variable:
    return reshape(self, shape, ndim)


def _transposed(self: Variable, *axes: Any) -> Variable:
    axes = axes[0] if len(axes) == 1 and isinstance(axes[0], list | tuple) else axes
    return transpose(self, axes or None)


Variable.reshape = _reshaped  # type: ignore[attr-defined]
Variable.transpose = _transposed  # type: ignore[attr-defined]
Variable.T = property(transpose)  # type: ignore[attr-defined]
Variable.shape = property(shape)  # type: ignore[attr-defined]
Variable.size = property(lambda x: prod(shape(x)))  # type: ignore[attr-defined]
