"""How elements are moved for PyTorch: shapes, axes, parts, windows."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.core.ground.errors import UnsupportedError
from autodiff.source.languages.torch.operands import stacked
from autodiff.source.records.nodes import Node, named, value_of
from autodiff.source.words.expressions import Expressions, Special
from autodiff.source.words.literals import constant
from autodiff.source.words.texts import ATOM, PRODUCT, Text

SHAPING = ("broadcast_to", "tril", "triu", "diag", "swapaxes", "moveaxis", "diagonal")
"""Functions of one name whose other arguments are whole numbers."""


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


def _joined(name: str) -> Special:
    def write(expressions: Expressions, node: Node) -> Text | None:
        axis = node.kwargs.get("axis", node.args[1] if len(node.args) > 1 else 0)
        if axis is None:
            return None
        parts = ", ".join(stacked(expressions, part) for part in node.args[0])
        return Text(f"torch.{name}([{parts}], dim={axis})")

    return write


def _transposed(expressions: Expressions, node: Node) -> Text | None:
    """`np.transpose(x, axes)`, `x.transpose(0, 2, 1)`."""
    rest = node.args[1:] if len(node.args) < 3 else (node.args[1:],)
    axes = node.kwargs.get("axes", rest[0] if rest else None)
    axes = tuple(range(np.ndim(node.value)))[::-1] if axes is None else axes
    shown = tuple(int(axis) for axis in axes)
    return Text(f"{expressions.leaf(node.args[0]).within(ATOM)}.permute({shown})")


def _expanded(expressions: Expressions, node: Node) -> Text | None:
    return Text(f"{expressions.leaf(node.args[0]).within(ATOM)}.reshape({node.value.shape})")


def _repeated(expressions: Expressions, node: Node) -> Text | None:
    given = named(node, "a", "repeats", "axis")
    axis = "" if given.get("axis") is None else f", dim={given['axis']}"
    times = given["repeats"]
    times = expressions.leaf(times).text if isinstance(times, int) else stacked(expressions, times)
    shown = f"{expressions.leaf(given['a']).text}, {times}"
    return Text(f"torch.repeat_interleave({shown}{axis})")


def _tiled(expressions: Expressions, node: Node) -> Text | None:
    given = named(node, "A", "reps")
    reps = tuple(np.ravel(given["reps"]).tolist())
    return Text(f"torch.tile({expressions.leaf(given['A']).text}, {reps})")


def _rolled(expressions: Expressions, node: Node) -> Text | None:
    given = named(node, "a", "shift", "axis")
    shift, axis = given["shift"], given.get("axis")
    shown = [expressions.leaf(given["a"]).text, str(tuple(np.ravel(shift).tolist()))]
    if axis is not None:
        axes = np.broadcast_to(axis, np.shape(np.ravel(shift)))
        shown.append(str(tuple(axes.tolist())))
    return Text(f"torch.roll({', '.join(shown)})")


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


def _flipped(expressions: Expressions, node: Node) -> Text | None:
    axis = node.kwargs.get("axis", node.args[1] if len(node.args) > 1 else None)
    axes = tuple(range(np.ndim(node.value))) if axis is None else axis
    axes = axes if isinstance(axes, tuple) else (axes,)
    return Text(f"torch.flip({expressions.leaf(node.args[0]).text}, {axes})")


def _padded(expressions: Expressions, node: Node) -> Text | None:
    """`np.pad` with zeros, or another number; PyTorch counts from the last axis."""
    given = named(node, "array", "pad_width", "mode")
    x, width, mode = given.pop("array"), given.pop("pad_width"), given.pop("mode", "constant")
    number = given.pop("constant_values", 0)
    if mode != "constant" or not np.isscalar(number) or given or isinstance(width, dict):
        return None
    around = np.broadcast_to(width, (np.ndim(node.value), 2))[::-1].reshape(-1).tolist()
    own = expressions.leaf(x).text
    return Text(f"torch.nn.functional.pad({own}, {around}, value={constant(number).text})")


def _windowed(expressions: Expressions, node: Node) -> Text | None:
    """`sliding_window_view`, whose windows have their axes at the end, as those of `unfold`."""
    given = named(node, "x", "window_shape", "axis")
    x, shape, axis = given.pop("x"), given.pop("window_shape"), given.pop("axis", None)
    if given:
        return None
    shape = shape if isinstance(shape, tuple | list) else (shape,)
    axes = (
        range(len(shape)) if axis is None else axis if isinstance(axis, tuple | list) else (axis,)
    )
    unfolded = "".join(f".unfold({one}, {size}, 1)" for one, size in zip(axes, shape))
    return Text(f"{expressions.leaf(x).within(ATOM)}{unfolded}")


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


def places_of(
    expressions: Expressions, parts: tuple[Any, ...], shape: tuple[int, ...]
) -> list[str]:
    """Tensors that together choose what an index of slices, numbers and arrays chooses.

    NumPy gives the axes of the arrays where these stand, or first where a slice parts them.
    """
    sliced = [part.__class__ is slice for part in parts]
    if not any(sliced):
        return [stacked(expressions, part) for part in parts]
    arrays = [axis for axis, one in enumerate(sliced) if not one]
    if any(np.asarray(value_of(parts[axis])).dtype.kind == "b" for axis in arrays):
        raise UnsupportedError("np.add.at at slices and a mask has no text for PyTorch.")
    ndim = max([np.ndim(value_of(parts[axis])) for axis in arrays], default=0)
    together = not arrays or arrays == list(range(arrays[0], arrays[-1] + 1))
    first = arrays[0] if together and arrays else 0
    found = []
    for axis, part in enumerate(parts):
        after = sum(sliced[axis + 1 :])
        if sliced[axis]:
            between = ndim if axis < first else 0
            own = range(shape[axis])[part]
            spread = (-1, *[1] * (after + between))
            shown = f"{own.start}, {own.stop}, {own.step}"
            found.append(f"torch.arange({shown}).reshape({spread})")
            continue
        after = sum(sliced[first:]) if together else sum(sliced)
        own_shape = (*np.shape(value_of(part)), *[1] * after)
        found.append(f"{stacked(expressions, part)}.reshape({own_shape})")
    return found


MOVING: dict[str, Special] = {
    **{f"np.{name}": shaping(name) for name in SHAPING},
    "np.concatenate": _joined("cat"), "np.stack": _joined("stack"),
    "np.transpose": _transposed, "transpose": _transposed, "np.tile": _tiled, "np.roll": _rolled,
    "np.expand_dims": _expanded, "np.reshape": _expanded,
    "np.squeeze": _expanded, "reshape": _expanded,
    "np.repeat": _repeated, "repeat": _repeated,
    "ravel": _flattened, "np.ravel": _flattened, "flatten": _flattened,
    "np.ravel_multi_index": _ravelled, "[]": _picked, "np.pad": _padded, "np.flip": _flipped,
    "np.lib.stride_tricks.sliding_window_view": _windowed,
}  # fmt: skip
