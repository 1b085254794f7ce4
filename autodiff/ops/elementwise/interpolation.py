"""Interpolation in tables."""

import numpy as np

from autodiff.core.language.dispatch import ground
from autodiff.core.language.kinds import composite
from autodiff.ops.ground.arguments import cast, is_complex, shape_of


def _slopes(k, xp, fp):
    """The slopes of segments by their numbers; beyond the table, and where points coincide, 0."""
    inside = np.clip(k, 0, shape_of(xp)[0] - 2)
    widths = xp[inside + 1] - xp[inside]
    flat = (k != inside) | np.equal(ground(widths), 0)
    rises = fp[inside + 1] - fp[inside]
    return (
        np.where(flat, 0.0, rises / np.where(flat, 1.0, widths)) if np.any(flat) else rises / widths
    )


@composite(np.interp)
def interp(x, xp, fp, left=None, right=None, period=None):
    """The broken line through the points (xp, fp); at one of them the mean slope of both sides.

    Beyond the table it is `left` and `right`, or the outermost values, and flat.
    """
    x, xp = (cast(np.real(v), float) for v in (x, xp))  # NumPy drops their imaginary parts
    fp = cast(fp, complex if is_complex(fp) else float)
    if period is not None:
        x, xp = np.remainder(x, period), np.remainder(xp, period)
        order = np.argsort(ground(xp))
        xp, fp = xp[order], fp[order]
        xp = np.concatenate([xp[-1:] - period, xp, xp[:1] + period])
        fp = np.concatenate([fp[-1:], fp, fp[:1]])
        left = right = None
    n = shape_of(xp)[0]
    here, table = ground(x), ground(xp)
    if n == 1:
        found = np.broadcast_to(fp[0], here.shape) + 0.0 * x
    else:
        k = np.searchsorted(table, here, side="right") - 1
        base = np.clip(k, 0, n - 1)
        step = x - xp[base]
        if np.any(table[base] == here):
            found = _slopes(k - 1, xp, fp) * np.minimum(step, 0.0)
            found = fp[base] + _slopes(k, xp, fp) * np.maximum(step, 0.0) + found
        else:
            found = fp[base] + _slopes(k, xp, fp) * step
    for beyond, value in (
        (here > table[-1], fp[-1] if right is None else right),
        (here < table[0], fp[0] if left is None else left),
    ):
        if np.any(beyond):
            found = np.where(beyond, value, found)
    return found
