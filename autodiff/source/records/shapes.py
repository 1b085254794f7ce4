"""Whether the shape of a result depends on values, which a program must look at again.

It does where a mask chooses, where equal things are counted once, and where whole numbers among
the values say how many: `x[x > 0]`, `np.unique(x)`, `np.ones(n)`, `x[:n]`, `np.repeat(x, n)`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.source.records.nodes import Node, leaves

CHOOSING = frozenset((
    "nonzero", "flatnonzero", "argwhere", "compress", "extract", "bincount", "arange", "trim_zeros",
    "unique", "unique_all", "unique_counts", "unique_inverse", "unique_values", "union1d",
    "intersect1d", "setdiff1d", "setxor1d",
))  # fmt: skip
"""Functions whose result has a shape that depends on values of any kind."""
MAKING = frozenset(("zeros", "ones", "empty", "full", "eye", "identity", "tri", "indices"))
"""Functions whose first argument is a shape."""
STEADY = frozenset((
    "allclose", "apply_along_axis", "array", "array_equal", "asarray", "average",
    "broadcast_arrays", "choose", "clip", "column_stack", "concatenate", "convolve", "copyto",
    "corrcoef", "cov", "cross", "digitize", "dot", "einsum", "full_like", "hstack", "in1d", "inner",
    "interp", "isclose", "isin", "item", "ix_", "kron", "lexsort", "matmul", "meshgrid",
    "nan_to_num", "outer", "polyval", "put", "put_along_axis", "ravel_multi_index", "roll", "round",
    "searchsorted", "select", "stack", "take", "take_along_axis", "tensordot", "unravel_index",
    "vdot", "vstack", "where",
))  # fmt: skip
"""Functions that take whole numbers as data, or as places."""


def depends_on_values(node: Node) -> bool:
    """Whether the shape of a result depends on values."""
    call, kind = node.call, node.call.kind
    if not node.dynamic or kind not in ("function", "method", "getitem"):
        return False
    if kind == "getitem":
        return chooses(node.args[1])
    if isinstance(call.function, np.ufunc):
        return False
    name = call.name.rpartition(".")[2]
    if name in CHOOSING or (name == "where" and len(node.args) == 1):
        return True
    if name in MAKING:
        return any(map(is_changing, leaves(node.args[:1])))
    return name not in STEADY and any(map(is_whole, leaves((node.args[1:], node.kwargs))))


def chooses(index: Any) -> bool:
    """Whether an index has a mask or the ends of a slice that change."""
    for part in index if index.__class__ is tuple else (index,):
        if part.__class__ is slice:
            if any(map(is_changing, leaves(part))):
                return True
        elif is_changing(part) and part.value.dtype == bool:
            return True
    return False


def is_changing(leaf: Any) -> bool:
    """Whether this is a value that depends on an input."""
    return leaf.__class__ is Node and (leaf.dynamic or leaf.root.dynamic)


def is_whole(leaf: Any) -> bool:
    """Whether this is a whole number, or several, that depend on an input."""
    return is_changing(leaf) and np.asarray(leaf.value).dtype.kind in "iub"
