"""Layers of images: convolution, pooling, batch normalization."""

from __future__ import annotations

from typing import Any

from autodiff.frontends.cntk.graph.functions import Function, constant, parameter
from autodiff.frontends.cntk.layers.blocks import UNSET, LayerFunction, option
from autodiff.frontends.cntk.ops import images
from autodiff.frontends.cntk.ops.elementwise import plus
from autodiff.frontends.common.options import only
from autodiff.ops.networks.windows import pair


def Convolution(
    filter_shape: Any, num_filters: int | None = None, sequential: bool = False,
    activation: Any = UNSET, init: Any = UNSET, pad: Any = UNSET, strides: Any = 1,
    sharing: bool = True, bias: Any = UNSET, init_bias: Any = UNSET, name: str = "",
    **options: Any,
) -> LayerFunction:  # fmt: skip
    """`num_filters` maps of windows, plus a bias for each map; then the activation."""
    only(
        "Convolution",
        {"sequential": sequential, "sharing": sharing, **options},
        "max_temp_mem_size_in_samples",
        "op_name",
        sharing=True,
        reduction_rank=1,
        dilation=1,
        groups=1,
    )
    act, start, pads = option("activation", activation), option("init", init), option("pad", pad)
    start_bias, biased = option("init_bias", init_bias), option("bias", bias)
    made: list[Any] = []

    def make(x: Function) -> Function:
        if not made:
            kernels = (num_filters, x.shape[0], *pair(filter_shape))
            made.append(parameter(kernels, start, name="W"))
            made.append(parameter((num_filters, 1, 1), start_bias, name="b") if biased else None)
        y = images.convolution(made[0], x, strides, auto_padding=pads)
        y = y if made[1] is None else plus(y, made[1])
        return (y if act is None else act(y)).named(name, made)

    return LayerFunction(make)


Convolution2D = Convolution


def _pooling(kind: str) -> Any:
    def layer(filter_shape: Any, strides: Any = 1, pad: Any = UNSET, name: str = "") -> Any:
        pads = option("pad", pad)

        def make(x: Function) -> Function:
            y = images.pooling(x, kind, filter_shape, strides, auto_padding=pads)
            return y.named(name, ())

        return LayerFunction(make)

    layer.__doc__ = f"The {kind} of each window."
    return layer


MaxPooling, AveragePooling = _pooling(images.MAX_POOLING), _pooling(images.AVG_POOLING)


def _global(kind: str) -> Any:
    def layer(name: str = "") -> LayerFunction:
        return LayerFunction(lambda x: images.pooling(x, kind, x.shape[1:]).named(name, ()))

    layer.__doc__ = f"The {kind} of each channel."
    return layer


GlobalMaxPooling, GlobalAveragePooling = _global(images.MAX_POOLING), _global(images.AVG_POOLING)


def BatchNormalization(
    map_rank: int | None = None, init_scale: Any = 1, normalization_time_constant: float = 5000,
    blend_time_constant: float = 0, epsilon: float = 1e-5, use_cntk_engine: bool = False,
    name: str = "", **options: Any,
) -> LayerFunction:  # fmt: skip
    """By channel if `map_rank` is 1, by element if it is None."""
    only("BatchNormalization", options)
    made: list[Any] = []

    def make(x: Function) -> Function:
        spatial = map_rank == 1
        if not made:
            shape = x.shape[:1] if spatial else x.shape
            made.extend([parameter(shape, init_scale, name="scale"), parameter(shape, name="bias")])
            made.extend([constant(0, shape), constant(0, shape)])
        y = images.batch_normalization(
            x, *made, spatial, normalization_time_constant, blend_time_constant, epsilon
        )
        return y.named(name, made[:2])

    return LayerFunction(make)
