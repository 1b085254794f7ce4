"""Splitting: slices of an array, between given places or of equal length."""

import itertools

import numpy as np

from autodiff.core.language.kinds import composite
from autodiff.ops.ground.arguments import (
    along,
    ndim_of,
    shape_of,
)  # fmt: skip


@composite(np.split, result="view")
def split(ary, indices_or_sections, axis=0):
    """Slices of `ary` between the given positions, or so many equal ones."""
    length = shape_of(ary)[axis]
    if np.ndim(indices_or_sections) == 0:
        if length % indices_or_sections:
            raise ValueError("array split does not result in an equal division")
        step = length // indices_or_sections
        cuts = [step * i for i in range(1, indices_or_sections)]
    else:
        cuts = list(indices_or_sections)
    places = itertools.pairwise([0, *cuts, length])
    return [ary[along(axis, ndim_of(ary), slice(a, b))] for a, b in places]


@composite(np.array_split, result="view")
def array_split(ary, indices_or_sections, axis=0):
    """Like split, with sections that need not be equal."""
    if np.ndim(indices_or_sections) == 0:
        length, sections = shape_of(ary)[axis], int(indices_or_sections)
        sizes = [length // sections + (i < length % sections) for i in range(sections)]
        indices_or_sections = np.cumsum(sizes)[:-1].tolist()
    return split(ary, indices_or_sections, axis)


@composite(np.hsplit, result="view")
def hsplit(ary, indices_or_sections):
    """Split along the second axis (the first of a vector)."""
    return split(ary, indices_or_sections, 1 if ndim_of(ary) > 1 else 0)


@composite(np.vsplit, result="view")
def vsplit(ary, indices_or_sections):
    """Split along the first axis."""
    return split(ary, indices_or_sections, 0)


@composite(np.dsplit, result="view")
def dsplit(ary, indices_or_sections):
    """Split along the third axis."""
    return split(ary, indices_or_sections, 2)


def unstack(x, /, *, axis=0):
    """The slices along an axis, as a tuple."""
    return tuple(x[along(axis, ndim_of(x), i)] for i in range(shape_of(x)[axis]))


if hasattr(np, "unstack"):  # NumPy 2.1
    composite(np.unstack, result="view")(unstack)
