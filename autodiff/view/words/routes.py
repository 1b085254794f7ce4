"""Where a derivative goes, in a sentence, for operations that move, choose or fold arrays.

The transpose of `x[1:3]` is, as code, an addition into zeros; a reader wants to hear that the
derivative goes back to the places 1:3.  One sentence an operation, or one an operand; the words
in braces are its parameters.  An operation without an entry is shown by its own rule, as code.
"""

from __future__ import annotations

from collections.abc import Mapping

BACK_TO = "goes back to where each entry came from"
WINDOWS = "goes back to where each window was cut out; overlaps add up"
ERRORS = "each error, times the kernel, goes back to its window"
PRODUCTS = "sum over all windows of the window times its error"
HALF = "the other triangle is its mirror image: both add up"

ROUTES: dict[str, str | tuple[str, ...]] = {
    "getitem": "goes back to the places [{index}]",
    "take_along_axis": BACK_TO,
    "sort": "goes back to where each entry stood before it was sorted",
    "partition": "goes back to where each entry stood before",
    "unique": "goes back to where each value stood, shared by equal ones",
    "repeat": "the sum over the copies",
    "tile": "the sum over the copies",
    "diagonal": "goes back to the diagonal, 0 elsewhere",
    "part": "goes into result {index}",
    "filled": "is read at the places that this part filled",
    "max": "1 at the maximum, 0 elsewhere; ties share",
    "min": "1 at the minimum, 0 elsewhere; ties share",
    "block_max": "goes to the maximum of each block",
    "max_pool_channels_last": "goes to the maximum of each window",
    "avg_pool_channels_last": "an equal share for each entry of the window",
    "windows": WINDOWS,
    "sliding_window_view": WINDOWS,
    "as_strided": WINDOWS,
    "fold": "is cut into the same windows",
    "conv2d": (ERRORS, PRODUCTS),
    "conv2d_channels_last": (ERRORS, PRODUCTS),
    "conv2d_input": ("the convolution with the same kernel", PRODUCTS),
    "conv2d_weights": (ERRORS, "the convolution of the input with it"),
    "gather": "the same weights, from each result back to its sources",
    "spread": "the same weights, from each result back to its sources",
    "resample": "the same weights, from each result back to its sources",
    "resample_transpose": "the same weights, from each result back to its sources",
    "mirrored": HALF,
    "prod": "the product of all other entries",
    "softmax_cross_entropy": "(softmax({0}) - onehot(labels)) / N",
}

INSTEAD = {
    "det": "the cofactors of {0}",
    "median": "1 at the median; 1/2 each where it is the mean of two",
    "einsum": "goes back along the same letters",
    "einsum_view": "goes back along the same letters",
    "pad": "goes back to where each entry of the border was copied from",
    "scatter": "is read at the places [{index}]",
    "std": "each deviation from the mean, where the mask holds",
    "var": "each deviation from the mean, where the mask holds",
    "mean": "1/n for the n entries where the mask holds",
    "sum": "1 where the mask holds, 0 elsewhere",
    "clip": "1 inside the bounds, 0 outside",
}
"""Sentences for rules that can't be written as code at some values."""


def route(
    name: str, index: int, params: Mapping[str, str], names: list[str], code: bool = True
) -> str:
    """The sentence for one operand of an operation, '' where its rule speaks for itself.

    `code` tells whether the rule could be written down.

    >>> route("getitem", 0, {"index": "1:3"}, ["x"])
    'goes back to the places [1:3]'
    """
    told = ROUTES.get(name, "" if code else INSTEAD.get(name, ""))
    if isinstance(told, tuple):
        told = told[index] if index < len(told) else ""
    return told.format(*names, **params) if told else ""
