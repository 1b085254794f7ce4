"""Layers beside each other: trees whose paths begin at nodes of a trunk, and sums of paths.

    b = BranchNode("b")
    tree = SingleOutputTree([[Affine(100, init), b, Affine(10, init)], [b, Affine(10, init)]])
    Model(tree).fit(data, Multicost([cost, cost]), ...)

A tree's output is a list, and so are the errors that come back.  `alphas` scale what a path hands
down to its node; the gradients of the path's own parameters are not scaled.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from autodiff.frontends.neon.backends.backend import NervanaObject
from autodiff.frontends.neon.layers.basic import Layer


def flat(layers: Any) -> list[Layer]:
    """Nested lists of layers as one list."""
    if isinstance(layers, list | tuple):
        return [one for part in layers for one in flat(part)]
    return [layers]


class BranchNode(Layer):
    """A place in a trunk, by its name: other paths begin with what passes here."""

    instances: dict[Any, BranchNode] = {}  # noqa: RUF012  (neon's name; programs clear it)
    x: Any = None
    error: Any = 0.0

    def __new__(cls, name: Any = None) -> BranchNode:
        """The node of this name, if there is one."""
        return cls.instances.setdefault(name, super().__new__(cls))

    def __init__(self, name: Any = None) -> None:
        self.name = name

    def fprop(self, x: Any, inference: bool = False) -> Any:
        """What passes."""
        self.x, self.error = x, 0.0
        return x


class SkipNode(Layer):
    """The identity, for one of the paths of a `MergeSum`."""

    def fprop(self, x: Any, inference: bool = False) -> Any:
        """x."""
        return x

    def bprop(self, error: Any) -> Any:
        """The error."""
        return error


class Paths(Layer):
    """Base of layers made of paths."""

    def __init__(self, layers: Sequence[Any], name: Any = None, alphas: Any = None) -> None:
        self.paths = [flat(path) for path in layers]
        self.alphas, self.name = alphas or [1.0] * len(self.paths), name or ""

    def allocate(self) -> None:
        """The parameters of all paths."""
        for path in self.paths:
            for layer in path:
                layer.allocate()

    def params(self) -> list[Any]:
        """Those of all paths."""
        return [p for path in self.paths for layer in path for p in layer.params()]

    def _configured(self, path: list[Layer], shape: Any) -> Any:
        for layer in path:
            shape = layer.configure(shape)
        return shape


class Tree(Paths):
    """A trunk, and paths that begin at its branch nodes: a list of outputs."""

    single = False

    def configure(self, in_shape: Any) -> Any:
        """The shapes of all outputs, or of the trunk's."""
        self.in_shape = in_shape
        shapes = [self._configured(self.paths[0], in_shape)]
        for path in self.paths[1:]:
            shapes.append(self._configured(path[1:], path[0].out_shape))
        self.out_shape = shapes[0] if self.single else shapes
        return self.out_shape

    def fprop(self, x: Any, inference: bool = False) -> Any:
        """The outputs of all paths; a SingleOutputTree's in use is that of the trunk."""
        found = [through(self.paths[0], x, inference)]
        if self.single and inference:
            return found[0]
        for path in self.paths[1:]:
            found.append(through(path[1:], path[0].x, inference))  # type: ignore[attr-defined]
        return found

    def bprop(self, error: Any) -> Any:
        """The errors of all outputs, the trunk's last."""
        for path, own, alpha in reversed(
            list(zip(self.paths[1:], error[1:], self.alphas[1:], strict=True))
        ):
            for layer in reversed(path[1:]):
                own = layer.bprop(own)
            path[0].error = path[0].error + alpha * own  # type: ignore[attr-defined]
        own = error[0]
        for layer in reversed(self.paths[0]):
            if isinstance(layer, BranchNode):
                own = self.alphas[0] * own + layer.error
            else:
                own = layer.bprop(own)
        return own


class SingleOutputTree(Tree):
    """A tree whose output in use is that of the trunk alone."""

    single = True


class MergeSum(Paths):
    """The sum of paths from one input, as in a residual network."""

    def configure(self, in_shape: Any) -> Any:
        """The shape of each path, which are alike."""
        self.in_shape = in_shape
        (shape,) = {tuple(self._configured(path, in_shape)) for path in self.paths}
        self.out_shape = shape
        return shape

    def fprop(self, x: Any, inference: bool = False) -> Any:
        """The sum."""
        return sum(through(path, x, inference) for path in self.paths)

    def bprop(self, error: Any) -> Any:
        """The sum of what each path hands back."""
        total: Any = 0.0
        for path in self.paths:
            own = error
            for layer in reversed(path):
                own = layer.bprop(own)
            total = total + own
        return total


def through(path: list[Layer], x: Any, inference: bool) -> Any:
    """The output of layers one after the other."""
    for layer in path:
        x = layer.fprop(x, inference)
        layer.last = x
    return x


class Multicost(NervanaObject):
    """A cost for each output of a tree, weighted; one target serves all outputs."""

    def __init__(self, costs: Sequence[Any], weights: Any = None, name: Any = None) -> None:
        self.costs, self.weights = costs, weights or [1.0] * len(costs)
        self.costfunc = costs[0].costfunc

    def _each(self, t: Any) -> Any:
        return t if isinstance(t, list | tuple) else [t] * len(self.costs)

    def get_cost(self, y: Any, t: Any) -> float:
        """The weighted sum; of one output the first cost."""
        if not isinstance(y, list):
            return float(self.costs[0].get_cost(y, t))
        parts = zip(self.weights, self.costs, y, self._each(t), strict=True)
        return float(sum(w * c.get_cost(own, of) for w, c, own, of in parts))

    def get_errors(self, y: Any, t: Any) -> Any:
        """The weighted errors of each output."""
        parts = zip(self.weights, self.costs, y, self._each(t), strict=True)
        return [w * c.get_errors(own, of) for w, c, own, of in parts]
