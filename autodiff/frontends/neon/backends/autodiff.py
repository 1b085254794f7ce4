"""`Autodiff`: the derivative of an op-tree as more op-trees, from the registry's rules."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.frontends.common.backward import gradients, ones
from autodiff.frontends.neon.backends.backend import OpTreeNode, Tensor


class Autodiff:
    """The gradients of the sum of a tree's elements (or from `next_error`).

    >>> from autodiff.frontends.neon.backends import gen_backend
    >>> be = gen_backend(batch_size=2, datatype=np.float64)
    >>> x = be.array([[1.0, 2.0]])
    >>> Autodiff(x * x, be).get_grad_asnumpyarray([x])
    [array([[2., 4.]])]
    """

    def __init__(self, op_tree: OpTreeNode, be: Any, next_error: Any = None) -> None:
        self.tree, self.be = op_tree, be
        self.start = ones(op_tree.node) if next_error is None else next_error.node

    def cleanup(self) -> None:
        """Nothing is kept that another derivative would use."""

    def get_grad_op_tree(self, tensors: Any) -> list[OpTreeNode]:
        """The gradients as trees; a tensor that is not used has zeros."""
        nodes = [t.node for t in tensors]
        found = gradients([self.tree.node], [self.start], nodes)
        return [
            OpTreeNode(g) if g is not None else self.be.zeros(t.shape)
            for g, t in zip(found, tensors, strict=True)
        ]

    def get_grad_tensor(self, tensors: Any) -> list[Tensor]:
        """The gradients, computed."""
        trees = self.get_grad_op_tree(tensors)
        return [t if isinstance(t, Tensor) else Tensor(np.asarray(t.value())) for t in trees]

    def get_grad_asnumpyarray(self, tensors: Any) -> list[Any]:
        """The gradients as arrays."""
        return [t.get() for t in self.get_grad_tensor(tensors)]
