"""How calls of NumPy are written for PyTorch: element by element, new tensors, and all tables."""

from __future__ import annotations

import numpy as np

from autodiff.source.languages.torch.forms import FORMS, SPECIAL_FUNCTIONS, Form
from autodiff.source.languages.torch.moving import MOVING
from autodiff.source.languages.torch.operands import dtype_text, is_whole, stacked, tensor, widened
from autodiff.source.languages.torch.products import PRODUCTS
from autodiff.source.languages.torch.reducing import REDUCTIONS
from autodiff.source.records.nodes import Node, value_of
from autodiff.source.words.expressions import Expressions, Special
from autodiff.source.words.texts import ATOM, BINDING, Text

SAME = (
    "exp", "log", "sqrt", "sin", "cos", "tan", "tanh", "sinh", "cosh", "arcsin", "arccos", "arctan",
    "arcsinh", "arccosh", "arctanh", "log1p", "expm1", "exp2", "log2", "log10", "logaddexp2",
    "square", "sign", "floor", "ceil", "trunc", "reciprocal", "float_power", "remainder", "fmod",
    "heaviside", "sinc", "deg2rad", "rad2deg", "isfinite", "isnan", "isinf",
    "logical_and", "logical_or", "logical_not", "logical_xor",
)  # fmt: skip
"""Functions of one name and one meaning."""


OTHER = {
    "absolute": "abs", "conjugate": "conj", "inner": "inner", "multiply": "mul", "add": "add",
    "subtract": "sub", "divide": "div", "equal": "eq", "less": "lt", "greater": "gt",
    "broadcast_arrays": "broadcast_tensors", "power": "pow", "copy": "clone", "arctan2": "atan2",
    "linalg.inv": "linalg.inv", "linalg.solve": "linalg.solve", "linalg.det": "linalg.det",
    "linalg.cholesky": "linalg.cholesky", "linalg.slogdet": "linalg.slogdet",
    "logaddexp": "logaddexp", "maximum": "maximum", "minimum": "minimum",
    "hypot": "hypot", "copysign": "copysign", "fmax": "fmax", "fmin": "fmin",
    "negative": "negative", "matmul": "matmul",
}  # fmt: skip
"""Functions of another name; numbers among their arguments become tensors."""


def arithmetic(sign: str) -> Special:
    """An operator, where it makes floats of whole numbers."""

    def write(expressions: Expressions, node: Node) -> Text | None:
        if len(node.args) != 2 or not any(map(is_whole, node.args)):
            return None
        left, right = (widened(expressions, arg, node) for arg in node.args)
        own = BINDING[sign]
        return Text(f"{left.within(own)} {sign} {right.within(own + 1)}", own)

    return write


def function(name: str) -> Special:
    """A function of tensors."""

    def write(expressions: Expressions, node: Node) -> Text | None:
        if node.kwargs.keys() - {"out"}:
            return None
        shown = [tensor(expressions, a, node) for a in node.args]
        shown += [f"out={expressions.leaf(own).text}" for own in node.kwargs.values()]
        return Text(f"torch.{name}({', '.join(shown)})")

    return write


def making(name: str) -> Special:
    """A new tensor, whose dtype is said."""

    def write(expressions: Expressions, node: Node) -> Text | None:
        dtype, shape = dtype_text(node.value.dtype), str(node.value.shape)
        if name == "full":
            value = node.args[1]
            if value.__class__ is Node and value.dynamic:
                return Text(f"torch.broadcast_to({tensor(expressions, value)}, {shape}).clone()")
            return Text(f"torch.full({shape}, {expressions.leaf(value).text}, dtype={dtype})")
        if name == "eye":
            return Text(f"torch.eye({shape.strip('()')}, dtype={dtype})")
        if name == "arange":
            shown = ", ".join(expressions.leaf(a).text for a in node.args)
            return Text(f"torch.arange({shown}, dtype={dtype})")
        return Text(f"torch.{name}({shape}, dtype={dtype})")

    return write


def _converted(expressions: Expressions, node: Node) -> Text | None:
    own, dtype = expressions.leaf(node.args[0]), dtype_text(node.value.dtype)
    if node.args[0].__class__ is not Node or np.ndim(node.args[0].value) == 0:
        return Text(f"torch.as_tensor({own.text}, dtype={dtype})")  # perhaps a number of Python's
    return Text(f"{own.within(ATOM)}.to({dtype_text(node.value.dtype)})")


def _chosen(expressions: Expressions, node: Node) -> Text | None:
    if len(node.args) != 3:
        return None
    condition, *values = node.args
    shown = ", ".join(tensor(expressions, value, node) for value in values)
    return Text(f"torch.where({expressions.leaf(condition).text}, {shown})")


def _cloned(expressions: Expressions, node: Node) -> Text | None:
    return Text(f"{expressions.leaf(node.args[0]).within(ATOM)}.clone()")


def _gathered(expressions: Expressions, node: Node) -> Text | None:
    """`np.array(x)`, a copy, or of a list of values; with the dtype that comes of it."""
    return Text(f"{stacked(expressions, node.args[0])}.to({dtype_text(node.value.dtype)}).clone()")


def _part(name: str) -> Special:
    """`np.real(x)`; of a real tensor PyTorch has no imaginary part."""

    def write(expressions: Expressions, node: Node) -> Text | None:
        x = node.args[0]
        own = expressions.leaf(x)
        if np.iscomplexobj(value_of(x)):
            return Text(f"torch.{name}({own.text})")
        return own if name == "real" else Text(f"torch.zeros_like({own.text})")

    return write


def _same(expressions: Expressions, node: Node) -> Text | None:
    return expressions.leaf(node.args[0]) if len(node.args) == 1 else None


def _clipped(expressions: Expressions, node: Node) -> Text | None:
    x, low, high = node.args
    return Text(f"torch.clamp({', '.join(tensor(expressions, one) for one in (x, low, high))})")


SPECIAL: dict[str, Special] = {
    **{name: Form(line) for name, line in FORMS.items()},
    **{f"scipy.special.{name}": function(f"special.{other}")
       for name, other in SPECIAL_FUNCTIONS.items()},
    **{sign: arithmetic(sign) for sign in ("+", "-", "*", "/")},
    **{f"np.{name}": function(name) for name in SAME},
    **{f"np.{name}": function(other) for name, other in OTHER.items()},
    **{f"np.{name}": making(name) for name in ("zeros", "ones", "empty", "full", "eye", "arange")},
    **{f"np.{name}_like": making(name) for name in ("zeros", "ones", "empty")},
    "astype": _converted, "np.astype": _converted, "np.float64": _converted,
    "np.asarray": _same, "copy": _cloned, "np.copy": _cloned, "np.array": _gathered,
    **{f"{where}{name}": _part(name) for name in ("real", "imag") for where in ("", "np.")},
    "np.where": _chosen, "np.clip": _clipped, "clip": _clipped,
    **MOVING, **REDUCTIONS, **PRODUCTS,
}  # fmt: skip
