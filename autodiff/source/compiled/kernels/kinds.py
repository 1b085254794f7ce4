"""What a call is to a kernel: element by element, a sum, a product, a gathering, a change in place.

What is none of them is left to NumPy.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.source.compiled.kernels.elementwise import KINDS, dtype_of, operands_of
from autodiff.source.compiled.kernels.geometry import elements_of, indexed
from autodiff.source.records.nodes import Node, leaves, value_of

REDUCTIONS = {
    "np.sum": "sum", "sum": "sum", "np.add.reduce": "sum", "np.mean": "mean", "mean": "mean",
    "np.max": "max", "max": "max", "np.amax": "max", "np.maximum.reduce": "max",
    "np.min": "min", "min": "min", "np.amin": "min", "np.minimum.reduce": "min",
    "np.prod": "prod", "prod": "prod", "np.multiply.reduce": "prod",
    "np.any": "any", "any": "any", "np.all": "all", "all": "all",
}  # fmt: skip
BLANK = ("np.zeros", "np.ones", "np.empty", "np.full", "np.zeros_like", "np.ones_like",
         "np.empty_like")  # fmt: skip


def is_fixed(value: Any) -> bool:
    """Whether an operand is the same at every call."""
    return value.__class__ is not Node or not (value.dynamic or value.root.written)


def is_good(value: Any) -> bool:
    """Whether loops can compute with a value."""
    return dtype_of(value) is not None and 0 < np.size(value) < 2**31


def kind_of(node: Node) -> str:
    """What a call is to a kernel: "" where NumPy must do it.

    "view", "each" (element by element), "reduce", "product" (of matrices), "gather", "element",
    "make" (a new array that is filled later), "effect" or "join".
    """
    name, value = node.call.name, node.value
    if node.call.kind in ("input", "part", "op"):
        return ""
    if node.target is not None:
        return "effect" if is_effect(node) else ""
    if not is_good(value):
        return ""
    if any(not is_operand(one) for one in leaves((node.args, node.kwargs))):
        return ""
    if isinstance(value, np.ndarray) and node.root is not node:
        return "view" if elements_of(node) is not None else ""
    if node.root.written and name in BLANK and is_blank(node):
        return "make"
    if name == "np.full" and len(node.args) == 2 and set(node.kwargs) <= {"dtype"}:
        return "each"
    if operands_of(node) is not None and "out" not in node.kwargs:
        listed = [one for one in operands_of(node) or () if isinstance(one, list | tuple)]
        if not listed:
            good = all(is_good(one) for one in operands_of(node) or ())
            return "each" if good else ""
    if name in REDUCTIONS:
        return "reduce" if axes_of(node) is not None else ""
    if name in ("np.einsum", "np.vdot", "np.dot", "dot", "@", "np.matmul"):
        return product_kind(node)
    if node.call.kind == "getitem":
        return getitem_kind(node)
    if name in ("np.concatenate", "np.stack", "np.array", "np.asarray"):
        return "join" if pieces_of(node) is not None else ""
    return ""


def is_operand(leaf: Any) -> bool:
    """Whether loops can have an argument: no objects, and arrays of numbers."""
    value = value_of(leaf)
    if isinstance(value, np.ndarray | np.generic):
        return value.dtype.kind in "fiub" and value.size > 0
    return not isinstance(value, complex)


def is_blank(node: Node) -> bool:
    """Whether a call makes an array of one number."""
    if any(leaf.__class__ is Node for leaf in leaves((node.args[1:], node.kwargs))):
        return False
    return node.call.name.endswith("_like") or not any(
        leaf.__class__ is Node for leaf in leaves(node.args)
    )


def axes_of(node: Node) -> tuple[int, ...] | None:
    """The axes that a reduction runs over; None where it does something else too."""
    x = node.args[0].value if node.args and node.args[0].__class__ is Node else None
    if not isinstance(x, np.ndarray) or not is_good(x):
        return None
    own = REDUCTIONS[node.call.name]
    kinds = "b" if own in ("any", "all") else "fi" if own in ("max", "min") else "f"
    if x.dtype.kind not in kinds or np.asarray(node.value).dtype not in KINDS:
        return None
    reduces = node.call.name.endswith(".reduce")
    if len(node.args) > 2 or set(node.kwargs) - {"axis", "keepdims", "dtype"}:
        return None
    if node.kwargs.get("dtype") is not None or not is_fixed_tree(node.kwargs):
        return None
    axis = node.kwargs.get("axis", node.args[1] if len(node.args) > 1 else 0 if reduces else None)
    if axis is None:
        return tuple(range(x.ndim))
    axes = axis if isinstance(axis, tuple) else (axis,)
    if not all(isinstance(one, int | np.integer) for one in axes):
        return None
    return tuple([int(one) % x.ndim for one in axes])


def is_fixed_tree(tree: Any) -> bool:
    """Whether no node stands in some arguments."""
    return not any(leaf.__class__ is Node for leaf in leaves(tree))


def product_kind(node: Node) -> str:
    """Sums over products: of matrices, of two vectors, and sums that are written as einsum."""
    name, args = node.call.name, node.args
    if name == "np.einsum":
        return "reduce" if summed(node) is not None else ""
    if len(args) != 2 or node.kwargs:
        return ""
    a, b = (value_of(arg) for arg in args)
    if not (isinstance(a, np.ndarray) and isinstance(b, np.ndarray)):
        return ""
    if a.dtype != b.dtype or a.dtype.kind != "f" or 0 in (a.ndim, b.ndim):
        return ""
    if name == "np.vdot":
        return "reduce" if a.shape == b.shape else ""
    if a.ndim == b.ndim == 1:
        return "reduce"
    if a.ndim > 2 and b.ndim == 1:
        return "reduce"
    if a.ndim <= 2 and b.ndim <= 2:
        return "product"
    stacked = name in ("@", "np.matmul") and a.ndim in (2, 3) and b.ndim in (2, 3)
    return "product" if stacked and (a.ndim == b.ndim) <= (a.shape[0] == b.shape[0]) else ""


def summed(node: Node) -> tuple[Any, tuple[int, ...]] | None:
    """Operand and axes of an einsum of one operand that only sums."""
    args = node.args
    if node.kwargs:
        return None
    if len(args) == 2 and isinstance(args[0], str):
        letters, _, kept = args[0].replace(" ", "").partition("->")
        x: Any = args[1]
        known, left = list(letters), list(kept)
        if not letters.isalpha():
            return None
    elif len(args) == 3 and isinstance(args[1], list) and isinstance(args[2], list):
        x, known, left = args
    else:
        return None
    value = value_of(x)
    if not isinstance(value, np.ndarray) or value.dtype.kind != "f":
        return None
    if len(set(known)) != value.ndim or [c for c in known if c in left] != left:
        return None
    return x, tuple([axis for axis, c in enumerate(known) if c not in left])


def is_plain(index: Any) -> bool:
    """Whether an index is fixed, and of no arrays."""
    return is_fixed_tree(index) and not any(isinstance(i, np.ndarray | list) for i in leaves(index))


def getitem_kind(node: Node) -> str:
    """An element at a fixed place, or elements at places that are data."""
    source, index = node.args
    if source.__class__ is not Node or not isinstance(source.value, np.ndarray):
        return ""
    if source.value.dtype not in KINDS:
        return ""
    if is_plain(index):
        found = indexed(source.value, index)
        good = found is not None and not isinstance(node.value, np.ndarray)
        return "element" if good and elements_of(source) is not None else ""
    return "gather" if gathered(source.value, index) is not None else ""


Gathered = tuple[list[Any], int, int]


def gathered(array: np.ndarray, index: Any) -> Gathered | None:
    """The index arrays of an index, the axis where the first stands, and their common rank.

    Only whole axes may stand before and after them.
    """
    parts = list(index) if index.__class__ is tuple else [index]
    where = [place for place, one in enumerate(parts) if not is_whole(one)]
    if not where or where[-1] - where[0] + 1 != len(where):
        return None
    arrays = parts[where[0] : where[-1] + 1]
    for one in arrays:
        value = value_of(one)
        if isinstance(value, list) and one is value:
            return None
        if not isinstance(value, np.ndarray | np.integer) or value.dtype.kind not in "iu":
            return None
    if any(one is Ellipsis for one in parts) or len(parts) > array.ndim:
        return None
    ranks = [np.ndim(value_of(one)) for one in arrays]
    if max(ranks) == 0:
        return None
    return arrays, where[0], max(ranks)


def is_whole(part: Any) -> bool:
    """Whether this is `:` in an index."""
    return part.__class__ is slice and part == slice(None)


def pieces_of(node: Node) -> list[tuple[Any, Any]] | None:
    """Of a concatenation the index of each piece in the result, and the piece."""
    name, args, value = node.call.name, node.args, node.value
    if not args or args[0].__class__ not in (list, tuple) or set(node.kwargs) - {"axis"}:
        return None
    axis = node.kwargs.get("axis", args[1] if len(args) > 1 else 0)
    if not isinstance(axis, int) or not isinstance(value, np.ndarray) or value.ndim == 0:
        return None
    if any(one.__class__ in (list, tuple) or not is_good(one) for one in args[0]):
        return None
    if not value.flags.c_contiguous:
        return None
    lead = (slice(None),) * (axis % value.ndim)
    if name == "np.concatenate":
        found, start = [], 0
        for one in args[0]:
            n = np.shape(value_of(one))[axis]
            found.append(((*lead, slice(start, start + n)), one))
            start += n
        return found
    if name != "np.stack" and (axis != 0 or len(args) > 1):
        return None
    return [((*lead, k), one) for k, one in enumerate(args[0])]


UPDATES = {"+=": "+", "-=": "-", "*=": "*", "/=": "/"}


def is_effect(node: Node) -> bool:
    """Whether loops can make a change in place."""
    target = node.target
    if target is None or target.root.call.kind == "input" or target.value.dtype not in KINDS:
        return False
    if any(not is_operand(one) for one in leaves((node.args, node.kwargs))):
        return False
    if elements_of(target) is None:
        return False
    kind, name = node.call.kind, node.call.name
    if kind == "update":
        return name in UPDATES and is_good(node.args[1])
    if kind in ("setitem", "update item"):
        if kind == "update item" and name not in UPDATES:
            return False
        _, index, value = node.args
        if not is_good(value):
            return False
        if is_plain(index):
            return indexed(target.value, index) is not None
        return kind == "setitem" and gathered(target.value, index) is not None
    if name == "np.add.at":
        return len(node.args) == 3 and gathered(target.value, node.args[1]) is not None
    return "out" in node.kwargs and operands_of(node) is not None and len(node.kwargs) == 1
