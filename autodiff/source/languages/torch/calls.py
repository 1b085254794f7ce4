"""How calls of NumPy are written for PyTorch: one table of names and forms."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np

from autodiff.core.ground.errors import UnsupportedError
from autodiff.source.records.nodes import Node
from autodiff.source.words.expressions import (
    ATOM,
    BINDING,
    PRODUCT,
    Expressions,
    Text,
    constant,
    letters,
)

Special = Callable[[Expressions, Node], "Text | None"]

SAME = (
    "exp", "log", "sqrt", "sin", "cos", "tan", "tanh", "sinh", "cosh", "arcsin", "arccos", "arctan",
    "log1p", "expm1", "exp2", "log2", "log10", "square", "sign", "floor", "ceil", "isfinite",
    "isnan", "isinf", "outer", "logical_and", "logical_or", "logical_not", "trunc", "reciprocal",
)  # fmt: skip
"""Functions of one name and one meaning."""
SHAPING = ("broadcast_to", "tril", "triu", "diag", "swapaxes", "moveaxis", "diagonal")
"""Functions of one name whose other arguments are whole numbers."""
OTHER = {
    "absolute": "abs", "conjugate": "conj", "dot": "matmul", "vdot": "dot", "inner": "inner",
    "broadcast_arrays": "broadcast_tensors", "power": "pow", "copy": "clone", "arctan2": "atan2",
    "linalg.inv": "linalg.inv", "linalg.solve": "linalg.solve", "linalg.det": "linalg.det",
    "linalg.cholesky": "linalg.cholesky", "linalg.slogdet": "linalg.slogdet",
    "logaddexp": "logaddexp", "maximum": "maximum", "minimum": "minimum",
    "hypot": "hypot", "copysign": "copysign", "fmax": "fmax", "fmin": "fmin",
    "negative": "negative", "matmul": "matmul",
}  # fmt: skip
"""Functions of another name; numbers among their arguments become tensors."""
REDUCING = {"sum": "sum", "mean": "mean", "max": "amax", "min": "amin", "any": "any", "all": "all"}
REDUCED = {"add": "sum", "maximum": "amax", "minimum": "amin"}


def dtype_text(dtype: Any) -> str:
    """`torch.float64`."""
    return f"torch.{np.dtype(dtype).name}"


def is_whole(value: Any) -> bool:
    """Whether an operand is a tensor of whole numbers or of truth values."""
    own = value.value if value.__class__ is Node else value
    return isinstance(own, np.ndarray | np.generic) and own.dtype.kind in "iub"


def widened(expressions: Expressions, value: Any, node: Node) -> Text:
    """An operand; whole numbers of which floats come in the dtype that NumPy gives these.

    PyTorch would make them float32.
    """
    text = expressions.leaf(value)
    result = getattr(node.value, "dtype", None)
    own = value.value if value.__class__ is Node else value
    truth = isinstance(own, np.ndarray | np.generic) and own.dtype.kind == "b"
    kinds = "fiu" if truth else "f"  # PyTorch takes no truth value from a number
    if result is None or result.kind not in kinds or not is_whole(value):
        return text
    return Text(f"{text.within(ATOM)}.to({dtype_text(result)})")


def arithmetic(sign: str) -> Special:
    """An operator, where it makes floats of whole numbers."""

    def write(expressions: Expressions, node: Node) -> Text | None:
        if len(node.args) != 2 or not any(map(is_whole, node.args)):
            return None
        left, right = (widened(expressions, arg, node) for arg in node.args)
        own = BINDING[sign]
        return Text(f"{left.within(own)} {sign} {right.within(own + 1)}", own)

    return write


def tensor(expressions: Expressions, value: Any, node: Node | None = None) -> str:
    """An argument that must be a tensor: numbers are made one."""
    text = expressions.leaf(value) if node is None else widened(expressions, value, node)
    own = value.value if value.__class__ is Node else value
    written = re.fullmatch(r"-?[\d.]+(e-?\d+)?|-?np\.inf|1 / \d+", text.text)
    number = isinstance(own, bool | int | float | np.generic)
    if not number or (value.__class__ is Node and not written):
        return text.text
    dtype = np.result_type(own) if not isinstance(own, float | int) else np.float64
    dtype = np.bool_ if isinstance(own, bool | np.bool_) else dtype
    return f"torch.tensor({text.text}, dtype={dtype_text(dtype)})"


def function(name: str) -> Special:
    """A function of tensors."""

    def write(expressions: Expressions, node: Node) -> Text | None:
        if node.kwargs:
            return None
        return Text(f"torch.{name}({', '.join(tensor(expressions, a, node) for a in node.args)})")

    return write


def shaping(name: str) -> Special:
    """A function of one tensor and whole numbers."""

    def write(expressions: Expressions, node: Node) -> Text | None:
        names = {"axis1": "dim1", "axis2": "dim2", "k": "diagonal"}
        kwargs = {names.get(key, key): value for key, value in node.kwargs.items()}
        if name in ("swapaxes", "moveaxis", "broadcast_to"):
            args, kwargs = (*node.args, *kwargs.values()), {}
        else:
            args = node.args
        return Text(f"torch.{name}({expressions.arguments(args, kwargs)})")

    return write


def reduction(name: str, first: bool = False) -> Special:
    """A sum along axes."""

    def write(expressions: Expressions, node: Node) -> Text | None:
        x, *rest = node.args
        axis = node.kwargs.get("axis", rest[0] if rest else 0 if first else None)
        if set(node.kwargs) - {"axis", "keepdims"} or len(rest) > 1:
            return None
        shown = [widened(expressions, x, node).text]
        ndim = np.ndim(x.value)
        if axis is None and (name in ("amax", "amin") or node.kwargs.get("keepdims")):
            axis = tuple(range(ndim))
        if axis is not None:
            shown.append(f"dim={axis[0] if isinstance(axis, tuple) and len(axis) == 1 else axis}")
        if node.kwargs.get("keepdims"):
            shown.append("keepdim=True")
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


def literal(array: np.ndarray) -> str:
    """A constant array as a tensor."""
    dtype = dtype_text(array.dtype)
    if array.size > 2 and array.tobytes() == np.full(array.shape, array.flat[0]).tobytes():
        return f"torch.full({array.shape}, {constant(array.flat[0]).text}, dtype={dtype})"
    if not array.size:
        return f"torch.zeros({array.shape}, dtype={dtype})"
    if array.ndim == 2 and array.tobytes() == np.eye(len(array)).tobytes():
        return f"torch.eye({len(array)}, dtype={dtype})"
    return f"torch.tensor({array.tolist()}, dtype={dtype})"


def _joined(name: str) -> Special:
    def write(expressions: Expressions, node: Node) -> Text | None:
        axis = node.kwargs.get("axis", node.args[1] if len(node.args) > 1 else 0)
        parts = ", ".join(stacked(expressions, part) for part in node.args[0])
        return Text(f"torch.{name}([{parts}], dim={axis})")

    return write


def _transposed(expressions: Expressions, node: Node) -> Text | None:
    axes = node.kwargs.get("axes", node.args[1] if len(node.args) > 1 else None)
    axes = tuple(range(np.ndim(node.value)))[::-1] if axes is None else tuple(axes)
    return Text(f"{expressions.leaf(node.args[0]).within(ATOM)}.permute({axes})")


def _expanded(expressions: Expressions, node: Node) -> Text | None:
    return Text(f"{expressions.leaf(node.args[0]).within(ATOM)}.reshape({node.value.shape})")


def _tensordot(expressions: Expressions, node: Node) -> Text | None:
    axes = node.kwargs.get("axes", node.args[2] if len(node.args) > 2 else 2)
    if not isinstance(axes, int):
        axes = tuple([own] if isinstance(own, int) else list(own) for own in axes)
    shown = ", ".join(tensor(expressions, arg) for arg in node.args[:2])
    return Text(f"torch.tensordot({shown}, dims={axes})")


def _repeated(expressions: Expressions, node: Node) -> Text | None:
    given = dict(zip(("a", "repeats", "axis"), node.args), **node.kwargs)
    axis = "" if given.get("axis") is None else f", dim={given['axis']}"
    shown = f"{expressions.leaf(given['a']).text}, {expressions.leaf(given['repeats']).text}"
    return Text(f"torch.repeat_interleave({shown}{axis})")


def _flattened(expressions: Expressions, node: Node) -> Text | None:
    """`x.ravel("K")`: the elements as they lie in memory, which PyTorch's does not know about."""
    order = node.kwargs.get("order", node.args[1] if len(node.args) > 1 else "C")
    x, own = node.args[0].value, expressions.leaf(node.args[0]).within(ATOM)
    if order in ("C", "K", "A") and (order == "C" or np.ndim(x) < 2 or x.flags.c_contiguous):
        return Text(f"{own}.reshape(-1)")
    strides = x.strides if order in ("K", "A") else range(x.ndim)
    axes = tuple(int(axis) for axis in np.argsort([-abs(step) for step in strides], kind="stable"))
    return Text(f"{own}.permute({axes}).reshape(-1)")


def _ravelled(expressions: Expressions, node: Node) -> Text | None:
    parts, shape = node.args[0], node.args[1]
    text = ""
    for part, n in zip(parts, shape):
        own = f"{expressions.leaf(part).within(PRODUCT + 1)} % {n}"
        text = f"({text}) * {n} + {own}" if text else own
    return Text(text, 11)


def _einsum(expressions: Expressions, node: Node) -> Text | None:
    args = node.args if isinstance(node.args[0], str) else letters(node.args)
    first, *operands = args
    shown = ", ".join(tensor(expressions, one) for one in operands)
    return Text(f'torch.einsum("{first}", {shown})')


def _converted(expressions: Expressions, node: Node) -> Text | None:
    own, dtype = expressions.leaf(node.args[0]), dtype_text(node.value.dtype)
    if node.args[0].__class__ is not Node or np.ndim(node.args[0].value) == 0:
        return Text(f"torch.as_tensor({own.text}, dtype={dtype})")  # perhaps a number of Python's
    return Text(f"{own.within(ATOM)}.to({dtype_text(node.value.dtype)})")


def _counted(expressions: Expressions, node: Node) -> Text | None:
    return Text(f"torch.bincount({', '.join(expressions.leaf(arg).text for arg in node.args)})")


def _flipped(expressions: Expressions, node: Node) -> Text | None:
    axis = node.kwargs.get("axis", node.args[1] if len(node.args) > 1 else None)
    axes = tuple(range(np.ndim(node.value))) if axis is None else axis
    axes = axes if isinstance(axes, tuple) else (axes,)
    return Text(f"torch.flip({expressions.leaf(node.args[0]).text}, {axes})")


def _spread(name: str) -> Special:
    def write(expressions: Expressions, node: Node) -> Text | None:
        options = dict(node.kwargs)
        axis = options.pop("axis", node.args[1] if len(node.args) > 1 else None)
        shown = [expressions.leaf(node.args[0]).text, f"correction={options.pop('ddof', 0)}"]
        if options.pop("keepdims", False):
            shown.append("keepdim=True")
            axis = tuple(range(np.ndim(node.value))) if axis is None else axis
        if axis is not None:
            shown.append(f"dim={axis}")
        return None if options else Text(f"torch.{name}({', '.join(shown)})")

    return write


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


def stacked(expressions: Expressions, value: Any) -> str:
    """Nested lists of values as one tensor."""
    if value.__class__ is range:
        value = np.arange(value.start, value.stop, value.step)
    if isinstance(value, tuple | list):
        return f"torch.stack([{', '.join(stacked(expressions, one) for one in value)}])"
    if value.__class__ is Node or isinstance(value, np.ndarray):
        return tensor(expressions, value)
    return (
        f"torch.tensor({expressions.leaf(value).text}, dtype={dtype_text(np.result_type(value))})"
    )


def _padded(expressions: Expressions, node: Node) -> Text | None:
    """`np.pad` with zeros, or another number; PyTorch counts from the last axis."""
    x, width, *mode = node.args
    number = node.kwargs.get("constant_values", 0)
    if [*mode, node.kwargs.get("mode", "constant")][0] != "constant" or not np.isscalar(number):
        return None
    around = np.broadcast_to(width, (np.ndim(node.value), 2))[::-1].reshape(-1).tolist()
    own = expressions.leaf(x).text
    return Text(f"torch.nn.functional.pad({own}, {around}, value={constant(number).text})")


def _largest(expressions: Expressions, node: Node) -> Text | None:
    """`np.fmax.reduce(x, axis)`, the largest number that is not NaN."""
    x, *rest = node.args
    axis = node.kwargs.get("axis", rest[0] if rest else 0)
    if set(node.kwargs) - {"axis", "keepdims"}:
        return None
    axis = tuple(range(np.ndim(x.value))) if axis is None else axis
    own = f"torch.nan_to_num({expressions.leaf(x).text}, nan=-np.inf, posinf=np.inf)"
    keepdims = bool(node.kwargs.get("keepdims"))
    return Text(f"torch.amax({own}, dim={axis}, keepdim={keepdims})")


def _part(name: str) -> Special:
    """`np.real(x)`; of a real tensor PyTorch has no imaginary part."""

    def write(expressions: Expressions, node: Node) -> Text | None:
        x = node.args[0]
        own = expressions.leaf(x)
        if np.iscomplexobj(x.value if x.__class__ is Node else x):
            return Text(f"torch.{name}({own.text})")
        return own if name == "real" else Text(f"torch.zeros_like({own.text})")

    return write


def _same(expressions: Expressions, node: Node) -> Text | None:
    return expressions.leaf(node.args[0]) if len(node.args) == 1 else None


def _clipped(expressions: Expressions, node: Node) -> Text | None:
    x, low, high = node.args
    return Text(f"torch.clamp({', '.join(tensor(expressions, one) for one in (x, low, high))})")


def _cumulated(name: str) -> Special:
    def write(expressions: Expressions, node: Node) -> Text | None:
        axis = node.kwargs.get("axis", node.args[1] if len(node.args) > 1 else None)
        if axis is None and np.ndim(node.args[0].value) != 1:
            return None
        axis = 0 if axis is None else axis
        return Text(f"torch.{name}({expressions.leaf(node.args[0]).text}, dim={axis})")

    return write


def _picked(expressions: Expressions, node: Node) -> Text | None:
    """`x[::-1]` by `torch.flip`: PyTorch has no negative steps."""
    source, index = node.args
    parts = list(index) if index.__class__ is tuple else [index]
    backwards = [p for p in parts if p.__class__ is slice and (p.step or 1) < 0]
    if not backwards:
        return None
    plain = all(p.__class__ is slice and p in (slice(None), slice(None, None, -1)) for p in parts)
    if not plain:
        raise UnsupportedError("an index with a negative step has no text for PyTorch.")
    axes = [axis for axis, part in enumerate(parts) if part.step is not None]
    return Text(f"torch.flip({expressions.leaf(source).text}, {axes})")


SPECIAL: dict[str, Special] = {
    **{sign: arithmetic(sign) for sign in ("+", "-", "*", "/")},
    **{f"np.{name}": function(name) for name in SAME},
    **{f"np.{name}": shaping(name) for name in SHAPING},
    **{f"np.{name}": function(other) for name, other in OTHER.items()},
    **{f"np.{name}": reduction(other) for name, other in REDUCING.items()},
    **{name: reduction(other) for name, other in REDUCING.items()},
    **{f"np.{name}.reduce": reduction(other, True) for name, other in REDUCED.items()},
    **{f"np.{name}": making(name) for name in ("zeros", "ones", "empty", "full", "eye", "arange")},
    **{f"np.{name}_like": making(name) for name in ("zeros", "ones", "empty")},
    "np.concatenate": _joined("cat"), "np.stack": _joined("stack"),
    "np.transpose": _transposed, "np.expand_dims": _expanded, "np.reshape": _expanded,
    "np.squeeze": _expanded, "reshape": _expanded,
    "np.repeat": _repeated, "repeat": _repeated,
    "np.tensordot": _tensordot, "ravel": _flattened, "np.ravel": _flattened, "flatten": _flattened,
    "np.ravel_multi_index": _ravelled, "np.einsum": _einsum,
    "astype": _converted, "np.astype": _converted, "np.float64": _converted,
    "[]": _picked, "np.bincount": _counted, "np.asarray": _same, "copy": _cloned,
    "np.copy": _cloned, "np.pad": _padded, "np.array": _gathered,
    **{f"{where}{name}": _part(name) for name in ("real", "imag") for where in ("", "np.")},
    "np.fmax.reduce": _largest,
    "np.where": _chosen, "np.flip": _flipped, "np.std": _spread("std"), "np.var": _spread("var"),
    "np.clip": _clipped, "clip": _clipped,
    "np.cumsum": _cumulated("cumsum"), "np.cumprod": _cumulated("cumprod"),
}  # fmt: skip
