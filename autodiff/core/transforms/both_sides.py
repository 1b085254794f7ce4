"""Second derivatives at kinks by forward mode: those on both sides, along the direction.

Where the slope of |x| is differentiated at 0, the run is repeated with the slopes just before and
just behind (`language.beside_kinks`).  What is smooth has one first and one second derivative, and
both runs find them exactly:

    >>> import autodiff as ad
    >>> ad.derivative(ad.grad(lambda x: np.abs(x) ** 2))(0.0)
    2.0

A root is infinitely steep at 0, so that no slope beside it can be taken for it.  There the runs go
a small step along the direction instead, and a smaller one, and must agree.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from autodiff.core.arguments.variables import Variables
from autodiff.core.ground.numpy_warnings import silently
from autodiff.core.language.dispatch import ground
from autodiff.core.language.singular.beside_kinks import LEFT_OUT, MEAN, NOISE, warn_of
from autodiff.core.language.singular.finite import is_finite
from autodiff.core.transforms.derived import Function
from autodiff.core.transforms.dual_run import Pushed, push

SAME = 1e-6
"""How near, relatively, the second derivatives on both sides must be to count as one."""
STEPS = (1.0, 0.125)
"""How far to go from a root at 0, as multiples of the third root of eps."""


def from_both_sides(
    run: Pushed, f: Function, args: list[Variables], directions: list[list[Any]]
) -> Pushed:
    """The run with the mean of the tangents on both sides; a warning where these differ."""
    steep = any(op.kinks.steep for op in run.met.values())
    reach, same = (_reach(args, directions), SAME ** (1 / 2)) if steep else (0.0, SAME)
    found = [
        silently(push, f, args, directions, steep, side, side * step * reach)
        for step in (STEPS if steep else (0.0,))
        for side in (1.0, -1.0)
    ]
    tangents, smooth, jumps = list(run.tangents), True, False
    for k, parts in enumerate(zip(*[side.tangents for side in found], strict=True)):
        if any(part is None for part in parts):
            continue
        if is_finite(tangents[k]) and not all(map(is_finite, parts)):
            smooth = False  # a limit elsewhere, which one run on dual numbers does not know
            continue
        agree = _agree(parts, same)
        if agree or not steep:
            tangents[k] = (parts[-2] + parts[-1]) / 2
        ahead, behind = (ground(side.values[k]) for side in found[-2:])
        moved = 4 * (STEPS[-1] * reach + NOISE) * _size(parts) + SAME * _size([ahead, behind])
        jumps = jumps or bool(np.any(np.abs(ahead - behind) > moved))
        smooth = smooth and agree
    if jumps or not smooth:
        warn_of(run.met, LEFT_OUT if jumps or steep else MEAN)
    return replace(run, tangents=tangents)


def _agree(parts: Sequence[Any], same: float) -> bool:
    """Whether tangents of several runs are one, to rounding."""
    plain = [np.asarray(ground(part)) for part in parts]
    return all(bool(np.all(np.abs(p - plain[0]) <= same * _size(parts))) for p in plain)


def _size(parts: Sequence[Any]) -> float:
    """The largest of several tangents."""
    return max(float(np.max(np.abs(ground(part)), initial=0.0)) for part in parts)


def _reach(args: list[Variables], directions: list[list[Any]]) -> float:
    """How far to go along the directions: little as seen from the variables."""
    values = [np.asarray(ground(value)) for arg in args for value in arg.values]
    steps = [np.asarray(ground(t)) for own in directions for t in own]
    size = max((np.max(np.abs(step), initial=0.0) for step in steps), default=0.0)
    largest = max((np.max(np.abs(value), initial=0.0) for value in values), default=0.0)
    eps = max((np.finfo(value.dtype).eps for value in values), default=0.0)
    return float(eps ** (1 / 3) * (1 + largest) / size) if size else 0.0
