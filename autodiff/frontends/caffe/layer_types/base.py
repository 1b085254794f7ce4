"""`Layer`: what each type of layer is made of, and how its backward follows from its forward.

A type is a class with `setup` (parameters, from the shapes of the bottoms) and `compute`, NumPy
over bottoms and parameters; the backward pass is the pullback that the forward pass kept.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import autodiff as ad
from autodiff.frontends.caffe.blob import Blob, fill

TYPES: dict[str, type[LayerBase]] = {}


def register(name: str) -> Callable[[Any], Any]:
    """Make a class the layers of a type."""

    def declare(cls: Any) -> Any:
        TYPES[name] = cls
        return cls

    return declare


def layer_type_list() -> list[str]:
    """The types there are."""
    return sorted(TYPES)


class LayerBase:
    """A layer of a net."""

    is_loss = False
    fixed_bottoms: tuple[int, ...] = ()
    """Bottoms that have no gradient: labels."""

    def __init__(self, param: Any, phase: int) -> None:
        self.param, self.phase = param, phase
        self.name, self.type = param.name, param.type
        self.blobs: list[Blob] = []
        self._pull: Any = None

    def setup(self, bottoms: list[Blob]) -> None:
        """Make the parameters."""

    def add(self, shape: Any, filler: Any) -> None:
        """One more parameter."""
        blob = Blob(shape)
        fill(blob, filler)
        self.blobs.append(blob)

    def compute(self, *values: Any) -> Any:
        """The tops (one, or a tuple), from the bottoms and then the parameters."""
        raise NotImplementedError(f"the layer {self.name} ({self.type}) has no forward")

    def forward(self, bottoms: list[Blob], tops: list[Blob]) -> None:
        """Compute the tops."""
        values = [b.data.copy() for b in bottoms]
        params = [b.data.copy() for b in self.blobs]
        told = list(self.param.propagate_down) or [True] * len(values)
        moving = [i for i in range(len(values)) if i not in self.fixed_bottoms and told[i]]
        if not moving and not params:
            self._pull, found = None, self.compute(*values)
        else:

            def run(*given: Any) -> Any:
                own = list(values)
                for place, value in zip(moving, given, strict=False):
                    own[place] = value
                return self.compute(*own, *given[len(moving) :])

            found, pull = ad.vjp(run, *(values[i] for i in moving), *params)
            self._pull = (moving, pull)
        parts = found if isinstance(found, tuple) else (found,)
        for top, part in zip(tops, parts, strict=True):
            top.put(np.asarray(part))

    def backward(self, tops: list[Blob], bottoms: list[Blob]) -> None:
        """Add to the diffs of bottoms and parameters, from those of the tops."""
        if self._pull is None:
            return
        moving, pull = self._pull
        cts = tuple(t.diff.copy() for t in tops)
        for place, bottom in enumerate(bottoms):
            if place in moving and any(bottom is t for t in tops):
                bottom.diff[...] = 0
        found = pull(cts if len(cts) > 1 else cts[0])
        for place, ct in zip(moving, found, strict=False):
            bottoms[place].diff[...] += ct
        for blob, ct in zip(self.blobs, found[len(moving) :], strict=True):
            blob.diff[...] += ct


class Layer:
    """Base of layers written in Python: `setup`, `reshape`, `forward`, `backward`."""

    param_str = ""
    phase = 0

    def setup(self, bottom: Any, top: Any) -> None:
        """Called once."""

    def reshape(self, bottom: Any, top: Any) -> None:
        """Give the tops their shapes."""

    def forward(self, bottom: Any, top: Any) -> None:
        """Fill the tops' data."""

    def backward(self, top: Any, propagate_down: Any, bottom: Any) -> None:
        """Fill the bottoms' diffs."""


@register("Python")
class PythonLayer(LayerBase):
    """A layer of a class in a module of the program."""

    def setup(self, bottoms: list[Blob]) -> None:
        """Import the module, and make the layer."""
        import importlib

        own = self.param.python_param
        self.inner = getattr(importlib.import_module(own.module), own.layer)()
        self.inner.param_str, self.inner.phase = own.param_str, self.phase
        self.ready = False

    def forward(self, bottoms: list[Blob], tops: list[Blob]) -> None:
        """The layer's own."""
        if not self.ready:
            self.inner.setup(bottoms, tops)
            self.ready = True
        self.inner.reshape(bottoms, tops)
        self.inner.forward(bottoms, tops)

    def backward(self, tops: list[Blob], bottoms: list[Blob]) -> None:
        """The layer's own; it writes diffs, which add to those of other readers."""
        before = [b.diff.copy() for b in bottoms]
        self.inner.backward(tops, [True] * len(bottoms), bottoms)
        for bottom, old in zip(bottoms, before, strict=True):
            bottom.diff[...] += old
