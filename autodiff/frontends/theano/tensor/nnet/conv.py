"""Convolution of images (N, C, H, W) by filters (out, in, h, w), which are flipped."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.frontends.common.convolving import dilated
from autodiff.frontends.common.options import only
from autodiff.frontends.theano.types import TensorType, upcast
from autodiff.frontends.theano.variables import Variable
from autodiff.frontends.theano.writing import apply_code, as_variable
from autodiff.ops.networks.images import conv2d as cross_correlation


def conv2d(
    input: Any,
    filters: Any,
    input_shape: Any = None,
    filter_shape: Any = None,
    border_mode: Any = "valid",
    subsample: tuple[int, int] = (1, 1),
    filter_flip: bool = True,
    image_shape: Any = None,
    filter_dilation: tuple[int, int] = (1, 1),
    **options: Any,
) -> Variable:
    """The true convolution; with `filter_flip=False` the cross-correlation.

    `border_mode` is "valid", "full", "half", or how many zeros to put on each side.
    """
    only(
        "conv2d",
        options,
        "unroll_kern",
        "unroll_batch",
        "unroll_patch",
        "verbose",
        "openmp",
        num_groups=1,
        unshared=False,
    )
    x, w = as_variable(input), as_variable(filters)
    type = TensorType(upcast([x.type, w.type]), (False,) * 4)

    settings = {
        "border": border_mode,
        "stride": tuple(subsample),
        "flip": filter_flip,
        "apart": tuple(filter_dilation),
    }
    return apply_code("conv2d", _conv2d, (x, w), type, **settings)


def _conv2d(x: Any, w: Any, *, border: Any, stride: tuple[int, int], flip: bool, apart: Any) -> Any:
    w = dilated(w, apart)
    sides = {"valid": lambda k: 0, "full": lambda k: k - 1, "half": lambda k: k // 2}
    named = sides.get(border) if isinstance(border, str) else None
    padding = tuple(named(k) for k in np.shape(w)[2:]) if named else border
    return cross_correlation(x, w[:, :, ::-1, ::-1] if flip else w, stride, padding)
