"""What the elements of a dataset, and of its iterator, are: a structure of typed parts."""

from __future__ import annotations

from typing import Any

from autodiff.frontends.tensorflow.ground import nest
from autodiff.frontends.tensorflow.ground.dtypes import as_dtype
from autodiff.frontends.tensorflow.ground.shapes import TensorShape, as_dims


class Elements:
    """Something whose elements have this structure, and parts of these dtypes and dims."""

    structure: Any
    dtypes: list[Any]
    dims: list[Any]

    @property
    def output_types(self) -> Any:
        """The dtypes of an element's parts."""
        return nest.pack_sequence_as(self.structure, self.dtypes)

    @property
    def output_shapes(self) -> Any:
        """Their static shapes."""
        return nest.pack_sequence_as(self.structure, [TensorShape(d) for d in self.dims])


def parts_of(output_types: Any, output_shapes: Any) -> tuple[list[Any], list[Any]]:
    """The dtypes, and the dims as far as they are given, of an element's parts in order."""
    dtypes = [as_dtype(t) for t in nest.flatten(output_types)]
    if output_shapes is None:
        return dtypes, [None] * len(dtypes)
    if not nest.is_sequence(output_types):
        return dtypes, [as_dims(output_shapes)]
    keys = sorted(output_types) if isinstance(output_types, dict) else range(len(output_types))
    below = [parts_of(output_types[k], output_shapes[k])[1] for k in keys]
    return dtypes, [dims for own in below for dims in own]
