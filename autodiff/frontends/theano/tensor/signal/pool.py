"""`pool_2d`: the largest element, or the mean, of each window."""

from __future__ import annotations

import warnings
from typing import Any

from autodiff.core.ground.errors import AutodiffWarning
from autodiff.core.ground.locations import here, stacklevel
from autodiff.frontends.common.pooling import max_pool, mean_pool
from autodiff.frontends.theano.types import TensorType
from autodiff.frontends.theano.variables import Variable
from autodiff.frontends.theano.writing import apply_code, as_variable
from autodiff.ops.ground.arguments import shape_of


def pool_2d(
    input: Any,
    ws: Any = None,
    ignore_border: bool | None = None,
    stride: Any = None,
    pad: Any = (0, 0),
    mode: str = "max",
    ds: Any = None,
    st: Any = None,
    padding: Any = None,
) -> Variable:
    """Windows of `ws` every `stride`; all of several largest elements get the cotangent.

    With `ignore_border=False` a part of a window at the end counts.  `ds`, `st` and `padding` are
    the names before 0.9.
    """
    size = ws if ws is not None else ds
    step = stride if stride is not None else st
    frame = padding if padding is not None else pad
    if ignore_border is None:
        warnings.warn(
            "pool_2d without ignore_border keeps parts of windows at the border, which a later "
            f"Theano did not. Write ignore_border=True or False.{here()}",
            AutodiffWarning,
            stacklevel=stacklevel(),
        )
    up = not ignore_border
    x = as_variable(input)

    type = TensorType(x.dtype, (False,) * x.ndim)
    settings = {"size": size, "step": step, "frame": frame, "up": up, "mode": mode}
    return apply_code("pool_2d", _pool_2d, (x,), type, **settings)


def _pool_2d(x: Any, *, size: Any, step: Any, frame: Any, up: bool, mode: str) -> Any:
    shape = shape_of(x)
    images = x.reshape((-1, 1, *shape[-2:]))
    if mode == "max":
        found = max_pool(images, size, step, frame, up, "every")
    elif mode == "sum":
        found = mean_pool(images, size, step, frame, up) * (size[0] * size[1])
    else:
        divisor = "image" if mode == "average_exc_pad" else "frame"
        found = mean_pool(images, size, step, frame, up, divisor)
    return found.reshape((*shape[:-2], *shape_of(found)[2:]))
