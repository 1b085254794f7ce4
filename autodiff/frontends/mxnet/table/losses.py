"""Loss layers: outputs whose backward ignores the gradient that arrives, and has its own."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

import autodiff as ad
from autodiff.core.language.dispatch import ground
from autodiff.frontends.common.options import only
from autodiff.frontends.mxnet.table.entries import Shapes, Words, op
from autodiff.ops.ground.arguments import shape_of
from autodiff.ops.networks import nn


def _with_label(shapes: Shapes, s: dict[str, Any]) -> Shapes:
    data = shapes[0]
    if s.get("multi_output"):
        return [data, (data[0], *data[2:])]
    return [data, shapes[1] or (data[0],)]


def _as_data(shapes: Shapes, s: dict[str, Any]) -> Shapes:
    return [shapes[0], shapes[1] or shapes[0]]


def loss_layer(forward: Any, slope: Any) -> Callable[..., Any]:
    """An op of (data, label) whose cotangent is `slope(out, label)`, whatever arrives."""

    def pull(ct: Any, ans: Any, x: Any, label: Any) -> Any:
        return slope(ans, np.asarray(ground(label))), None

    made = ad.custom_op(lambda x, label: forward(x), vjp=pull, name="loss")
    return lambda x, label: made(x, np.asarray(ground(label)))


def _softmax_slope(p: Any, label: Any, s: dict[str, Any]) -> Any:
    axis = 1 if s["multi_output"] else -1
    classes = p.shape[axis]
    if label.shape == p.shape:
        return (p - label) * s["grad_scale"]
    whole = label.astype(int)
    hot = np.equal(np.expand_dims(whole, axis), np.arange(classes).reshape(
        [-1 if a == axis % p.ndim else 1 for a in range(p.ndim)]))  # fmt: skip
    counted = label != s["ignore_label"] if s["use_ignore"] else np.ones(label.shape, bool)
    g = (p - hot) * np.expand_dims(counted, axis)
    if s["normalization"] == "batch":
        g = g / len(p)
    elif s["normalization"] == "valid":
        g = g / max(counted.sum(), 1)
    elif s["multi_output"]:
        g = g / (label.size / len(label))
    return (g * s["grad_scale"]).astype(p.dtype)


@op("SoftmaxOutput", "data", "label", grad_scale=1.0, ignore_label=-1.0, multi_output=False,
    use_ignore=False, preserve_shape=False, normalization=Words("null", "batch", "valid"),
    out_grad=False,
    infer=_with_label, is_loss=True)  # fmt: skip
def _softmax_output(x: Any, label: Any, *, out_grad: bool, **s: Any) -> Any:
    only("SoftmaxOutput", {"out_grad": out_grad})
    if len(shape_of(x)) > 2 and not s["multi_output"] and not s["preserve_shape"]:
        x = np.reshape(x, (shape_of(x)[0], -1))
    axis = 1 if s["multi_output"] else -1
    layer = loss_layer(lambda x: nn.softmax(x, axis=axis), lambda p, t: _softmax_slope(p, t, s))
    return layer(x, label)


def _regression(name: str, forward: Any, slope: Any) -> None:
    @op(name, "data", "label", grad_scale=1.0, infer=_as_data, is_loss=True)
    def run(x: Any, label: Any, *, grad_scale: float) -> Any:
        def pulled(out: Any, t: Any) -> Any:
            each = math.prod(out.shape[1:]) or 1
            found = slope(out, t.reshape(out.shape)) * (grad_scale / each)
            return found.astype(out.dtype)

        return loss_layer(forward, pulled)(x, label)


_regression("LinearRegressionOutput", lambda x: x * 1, lambda out, t: out - t)
_regression("LogisticRegressionOutput", nn.sigmoid, lambda out, t: out - t)
_regression("MAERegressionOutput", lambda x: x * 1, lambda out, t: np.where(out > t, 1.0, -1.0))


@op("MakeLoss", grad_scale=1.0, valid_thresh=0.0,
    normalization=Words("null", "batch", "valid"), is_loss=True)  # fmt: skip
def _make_loss(x: Any, *, grad_scale: float, normalization: str, valid_thresh: float) -> Any:
    only("MakeLoss", {"normalization": normalization == "valid"})
    scale = grad_scale / (shape_of(x)[0] if normalization == "batch" else 1)
    made = ad.custom_op(
        lambda x: x * 1, vjp=lambda ct, ans, x: (np.full_like(ground(ans), scale),), name="MakeLoss"
    )
    return made(x)
