"""How PyTorch reduces along axes: sums, products, extremes, spreads, running sums."""

from __future__ import annotations

import numpy as np

from autodiff.source.languages.torch.operands import widened
from autodiff.source.records.nodes import Node
from autodiff.source.words.expressions import Expressions, Special
from autodiff.source.words.texts import ATOM, SUM, Text

REDUCING = {"sum": "sum", "mean": "mean", "max": "amax", "min": "amin", "any": "any", "all": "all"}


REDUCED = {"add": "sum", "maximum": "amax", "minimum": "amin"}


NEUTRAL = {"sum": "0.0", "amax": "-np.inf", "amin": "np.inf"}
"""What changes nothing among the elements that are reduced."""


FROM = {"sum": "{} + {}", "amax": "torch.clamp({}, min={})", "amin": "torch.clamp({}, max={})"}
"""A reduction that begins with a number."""


def reduction(name: str, first: bool = False) -> Special:
    """A sum along axes, of the elements that a mask chooses, and a first number."""

    def write(expressions: Expressions, node: Node) -> Text | None:
        x, *rest = node.args
        options = dict(zip(("axis",), rest)) | node.kwargs
        axis = options.pop("axis", 0 if first else None)
        keepdims, mask = bool(options.pop("keepdims", False)), options.pop("where", True)
        start = options.pop("initial", None)
        others = mask is not True or start is not None
        if options or len(rest) > 1 or (others and name not in NEUTRAL):
            return None
        shown = [widened(expressions, x, node).text]
        if mask is not True:
            chosen = f"{expressions.leaf(mask).text}, {shown[0]}, {NEUTRAL[name]}"
            shown = [f"torch.where({chosen})"]
        if axis is None and (name in ("amax", "amin") or keepdims):
            axis = tuple(range(np.ndim(x.value)))
        if axis is not None:
            shown.append(f"dim={axis[0] if isinstance(axis, tuple) and len(axis) == 1 else axis}")
        if keepdims:
            shown.append("keepdim=True")
        text = f"torch.{name}({', '.join(shown)})"
        if start is None:
            return Text(text)
        begun = FROM[name].format(text, expressions.leaf(start).text)
        return Text(begun, SUM if name == "sum" else ATOM)

    return write


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


def _cumulated(name: str) -> Special:
    def write(expressions: Expressions, node: Node) -> Text | None:
        axis = node.kwargs.get("axis", node.args[1] if len(node.args) > 1 else None)
        own = expressions.leaf(node.args[0])
        if axis is None:
            return Text(f"torch.{name}({own.within(ATOM)}.reshape(-1), dim=0)")
        return Text(f"torch.{name}({own.text}, dim={axis})")

    return write


def _multiplied(expressions: Expressions, node: Node) -> Text | None:
    """`np.prod`: PyTorch multiplies along one axis at a time."""
    x, *rest = node.args
    options = dict(zip(("axis",), rest)) | node.kwargs
    keepdims, axis = bool(options.pop("keepdims", False)), options.pop("axis", None)
    if options or len(rest) > 1:
        return None
    text, ndim = widened(expressions, x, node).text, np.ndim(x.value)
    if axis is None and not keepdims:
        return Text(f"torch.prod({text})")
    axes = range(ndim) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    for one in sorted((own % ndim for own in axes), reverse=True):
        text = f"torch.prod({text}, dim={one}{', keepdim=True' if keepdims else ''})"
    return Text(text)


REDUCTIONS: dict[str, Special] = {
    **{f"np.{name}": reduction(other) for name, other in REDUCING.items()},
    **{name: reduction(other) for name, other in REDUCING.items()},
    **{f"np.{name}.reduce": reduction(other, True) for name, other in REDUCED.items()},
    "np.fmax.reduce": _largest, "np.std": _spread("std"), "np.var": _spread("var"),
    "np.prod": _multiplied, "prod": _multiplied, "np.multiply.reduce": _multiplied,
    "np.cumsum": _cumulated("cumsum"), "np.cumprod": _cumulated("cumprod"),
}  # fmt: skip
