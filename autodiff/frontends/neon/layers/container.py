"""`neon.layers.container`, as programs import it."""

from autodiff.frontends.neon.layers.merging import MergeBroadcast, MergeMultistream, Sequential
from autodiff.frontends.neon.layers.trees import MergeSum, Multicost, SingleOutputTree, Tree

__all__ = [
    "MergeBroadcast", "MergeMultistream", "MergeSum", "Multicost", "Sequential",
    "SingleOutputTree", "Tree",
]  # fmt: skip
