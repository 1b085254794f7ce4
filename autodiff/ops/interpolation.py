"""Interpolation in tables."""

import numpy as np

from autodiff.core.language.dispatch import ground
from autodiff.core.language.kinds import composite
from autodiff.ops.arguments import cast, is_complex, shape_of


@composite(np.interp)
def interp(x, xp, fp, left=None, right=None, period=None):
    """The broken line through the points (xp, fp); at a point of the table the slope to the right.

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
        k = np.clip(np.searchsorted(table, here, side="right") - 1, 0, n - 2)
        slope = (fp[k + 1] - fp[k]) / (xp[k + 1] - xp[k])
        found = fp[k] + slope * (x - xp[k])
    for beyond, value in (
        (here == table[-1], fp[-1]),
        (here > table[-1], fp[-1] if right is None else right),
        (here < table[0], fp[0] if left is None else left),
    ):
        if np.any(beyond):
            found = np.where(beyond, value, found)
    return found
