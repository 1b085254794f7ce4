"""`neon.layers.layer`, as programs import it."""

from autodiff.frontends.neon.layers.basic import (
    Activation,
    Affine,
    BatchNorm,
    Bias,
    Dropout,
    Layer,
    Linear,
)
from autodiff.frontends.neon.layers.images import Conv, Convolution, Pooling
from autodiff.frontends.neon.layers.trees import BranchNode, SkipNode

__all__ = [
    "Activation", "Affine", "BatchNorm", "Bias", "BranchNode", "Conv", "Convolution", "Dropout",
    "Layer", "Linear", "Pooling", "SkipNode",
]  # fmt: skip
