"""Paths whose outputs stand beside each other: from one input, or each from an input of its own.

one, two = Sequential([Affine(100, init)]), Sequential([Affine(50, init)])
Model([MergeMultistream([one, two], merge="stack"), Affine(10, init)])
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from autodiff.core.ground.locations import here
from autodiff.frontends.neon.layers.basic import Layer
from autodiff.frontends.neon.layers.trees import Paths, flat, through

AXES = {"stack": 0, "depth": 0, "recurrent": 1}
"""Along which axis of (features, batch) the outputs stand beside each other.

Features and channels are the rows; steps are blocks of columns.
"""


class Sequential(list[Layer]):
    """Layers one after the other: a path, or a whole model."""

    def __init__(self, layers: Iterable[Any] = (), name: Any = None) -> None:
        super().__init__(flat(list(layers)))
        self.name = name

    @property
    def layers(self) -> Sequential:
        """This list."""
        return self


class MergeBroadcast(Paths):
    """The outputs of paths from one input, beside each other: "stack", "depth", "recurrent"."""

    several = False

    def __init__(
        self, layers: Sequence[Any], merge: str, alphas: Any = None, name: Any = None
    ) -> None:
        if merge not in AXES:
            raise ValueError(f"merge is one of {', '.join(AXES)}, not {merge!r}.{here()}")
        super().__init__(layers, name, alphas)
        self.merge, self.axis = merge, AXES[merge]

    def configure(self, in_shape: Any) -> Any:
        """The shape of the whole."""
        self.in_shape = in_shape
        given = in_shape if self.several else [in_shape] * len(self.paths)
        if len(given) != len(self.paths):
            raise ValueError(f"{len(self.paths)} paths for {len(given)} inputs.{here()}")
        pairs = zip(self.paths, given, strict=True)
        shapes = [tuple(self._configured(path, shape)) for path, shape in pairs]
        if self.merge == "stack":
            self.out_shape: Any = (sum(int(np.prod(s)) for s in shapes),)
        else:
            rest = {s[: self.axis] + s[self.axis + 1 :] for s in shapes}
            if len(rest) > 1:
                raise ValueError(
                    f"paths of shapes {shapes} can't be merged by {self.merge}.{here()}"
                )
            whole = sum(s[self.axis] for s in shapes)
            self.out_shape = (*shapes[0][: self.axis], whole, *shapes[0][self.axis + 1 :])
        return self.out_shape

    def fprop(self, x: Any, inference: bool = False) -> Any:
        """All outputs as one."""
        given = x if self.several else [x] * len(self.paths)
        parts = [through(p, one, inference) for p, one in zip(self.paths, given, strict=True)]
        self.ends = np.cumsum([part.shape[self.axis] for part in parts])[:-1]
        return np.concatenate(parts, self.axis)

    def bprop(self, error: Any) -> Any:
        """The errors of the inputs, or of the one input the sum, each path's times its alpha."""
        found = []
        parts = np.split(error, self.ends, self.axis)
        for path, own, alpha in zip(self.paths, parts, self.alphas, strict=True):
            for layer in reversed(path):
                own = layer.bprop(own)
            found.append(own if own is None else alpha * own)
        known = [own for own in found if own is not None]  # an embedding's input has no error
        return found if self.several else sum(known) if known else None


class MergeMultistream(MergeBroadcast):
    """The outputs of paths, each from an input of its own, beside each other."""

    several = True
