"""Reductions of what is not NaN: the plain ones, with a mask."""

import numpy as np

from autodiff.core.language.dispatch import ground
from autodiff.core.language.kinds import composite
from autodiff.ops.ground.arguments import NO, refuse_out


def _valid(a, where):
    valid = ~np.isnan(ground(a))
    return valid if where is True else valid & where


@composite(np.nansum)
def nansum(a, axis=None, dtype=None, out=None, keepdims=False, initial=0, where=True):
    """The sum of what is not NaN."""
    refuse_out("nansum", out)
    return np.sum(
        a, axis=axis, dtype=dtype, keepdims=keepdims, initial=initial, where=_valid(a, where)
    )


@composite(np.nanprod)
def nanprod(a, axis=None, dtype=None, out=None, keepdims=False, initial=1, where=True):
    """The product of what is not NaN."""
    refuse_out("nanprod", out)
    return np.prod(
        a, axis=axis, dtype=dtype, keepdims=keepdims, initial=initial, where=_valid(a, where)
    )


@composite(np.nanmean)
def nanmean(a, axis=None, dtype=None, out=None, keepdims=False, *, where=True):
    """The mean of what is not NaN."""
    refuse_out("nanmean", out)
    return np.mean(a, axis=axis, dtype=dtype, keepdims=keepdims, where=_valid(a, where))


@composite(np.nanvar)
def nanvar(
    a, axis=None, dtype=None, out=None, ddof=0, keepdims=False, *, where=True, correction=None
):
    """The variance of what is not NaN."""
    refuse_out("nanvar", out)
    ddof = ddof if correction is None else correction
    return np.var(a, axis=axis, dtype=dtype, ddof=ddof, keepdims=keepdims, where=_valid(a, where))


@composite(np.nanstd)
def nanstd(
    a, axis=None, dtype=None, out=None, ddof=0, keepdims=False, *, where=True, correction=None
):
    """The standard deviation of what is not NaN."""
    refuse_out("nanstd", out)
    ddof = ddof if correction is None else correction
    return np.std(a, axis=axis, dtype=dtype, ddof=ddof, keepdims=keepdims, where=_valid(a, where))


def _nan_extreme(extreme, name, lowest):
    def code(a, axis=None, out=None, keepdims=False, initial=NO, where=True):
        refuse_out(name, out)
        valid = _valid(a, where)
        if initial is NO:
            extreme(ground(a), axis=axis)  # NumPy's own error where there is no element at all
        start = lowest if initial is NO else initial
        found = extreme(a, axis=axis, keepdims=keepdims, initial=start, where=valid)
        if initial is not NO:
            return found
        empty = ~np.any(valid, axis=axis, keepdims=keepdims)
        return np.where(empty, np.nan, found) if np.any(empty) else found

    code.__doc__ = f"The {name[3:]} of what is not NaN."
    return code


nanmax = composite(np.nanmax)(_nan_extreme(np.max, "nanmax", -np.inf))
nanmin = composite(np.nanmin)(_nan_extreme(np.min, "nanmin", np.inf))
