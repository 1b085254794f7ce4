"""Layers: `basic`, of `images`, `recurrent` ones, and `costs`."""

from autodiff.frontends.neon.layers.basic import *
from autodiff.frontends.neon.layers.costs import GeneralizedCost, GeneralizedCostMask
from autodiff.frontends.neon.layers.images import (
    Conv,
    Convolution,
    Deconv,
    Deconvolution,
    Pooling,
)
from autodiff.frontends.neon.layers.merging import (
    MergeBroadcast,
    MergeMultistream,
    Sequential,
)
from autodiff.frontends.neon.layers.recurrent import (
    GRU,
    LSTM,
    LookupTable,
    Recurrent,
    RecurrentLast,
    RecurrentMean,
    RecurrentSum,
)
from autodiff.frontends.neon.layers.trees import (
    BranchNode,
    MergeSum,
    Multicost,
    SingleOutputTree,
    SkipNode,
    Tree,
)
