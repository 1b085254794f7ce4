"""Running sums and products, differences and the trapezoidal rule."""

import numpy as np

from autodiff.core.language.dispatch import ground, is_traced
from autodiff.core.language.kinds import composite, linear, primitive
from autodiff.core.language.op import case
from autodiff.core.values.lists import of_lists
from autodiff.ops.ground.arguments import (
    NO,
    along,
    axes_of,
    cast,
    dtype_of,
    inexact,
    ndim_of,
    one_axis,
    ordered_as,
    refuse,
    refuse_out,
    shape_of,
)  # fmt: skip


def _bind_running(name):
    def bind(a, axis=None, dtype=None, out=None):
        refuse_out(name, out)
        return (cast(a, dtype),), {} if axis is None else {"axis": axis}

    return bind


def _cumsum_transpose(ct, x, axis=None):
    if axis is None:
        return np.reshape(np.flip(np.cumsum(np.flip(ct))), shape_of(x))
    return np.flip(np.cumsum(np.flip(ct, axis), axis), axis)


RUNNING = (case((4,)), case((2, 3)), case((2, 3), axis=1), case((2, 3), axis=0))

cumsum = linear(
    np.cumsum, _cumsum_transpose, binder=_bind_running("cumsum"), keywords=("axis",), cases=RUNNING
)


def _prefix_products(x):
    """D[..., k, i] = d y_k / d x_i of a cumulative product: exact where elements are 0."""
    n = shape_of(x)[-1]
    without = np.where(np.eye(n, dtype=bool), 1.0, x[..., None, :])
    products = np.swapaxes(np.cumprod(without, -1), -1, -2)
    return np.where(np.tril(np.ones((n, n), bool)), products, 0.0)


def _last(x, axis):
    return np.reshape(x, -1) if axis is None else np.moveaxis(x, axis, -1)


def _back(y, axis, shape):
    return np.reshape(y, shape) if axis is None else np.moveaxis(y, -1, axis)


def _cumprod_jvp(tangents, ans, x, axis=None):
    (t,), shape = tangents, shape_of(ans)
    if np.all(ground(x)):
        return ans * np.cumsum(np.reshape(t / x, shape) if axis is None else t / x, axis)
    moved = np.matmul(_prefix_products(_last(x, axis)), _last(t, axis)[..., None])[..., 0]
    return _back(moved, axis, shape)


def _cumprod_vjp(index, ct, ans, x, axis=None):
    if np.all(ground(x)):
        return _cumsum_transpose(ct * ans, x, axis) / x
    rows = np.matmul(_last(ct, axis)[..., None, :], _prefix_products(_last(x, axis)))
    return _back(rows[..., 0, :], axis, shape_of(x))


cumprod = primitive(
    np.cumprod, _cumprod_jvp, _cumprod_vjp,
    why="every result depends on all elements before it",
    binder=_bind_running("cumprod"), keywords=("axis",),
    cases=(*RUNNING, case(np.array([2.0, 0.0, 3.0])), case(np.array([[0.0, 2.0], [3.0, 0.0]]))),
)  # fmt: skip


def _without_nan(a, fill):
    return np.where(np.isnan(ground(a)), fill, a)


@composite(np.nancumsum)
def nancumsum(a, axis=None, dtype=None, out=None):
    """The running sum, NaN counting as 0."""
    refuse_out("nancumsum", out)
    return np.cumsum(_without_nan(a, 0.0), axis=axis, dtype=dtype)


@composite(np.nancumprod)
def nancumprod(a, axis=None, dtype=None, out=None):
    """The running product, NaN counting as 1."""
    refuse_out("nancumprod", out)
    return np.cumprod(_without_nan(a, 1.0), axis=axis, dtype=dtype)


def _array_api(name, running, first):
    def code(x, /, *, axis=None, dtype=None, include_initial=False):
        x = np.atleast_1d(x)
        if axis is None:
            if ndim_of(x) != 1:
                raise ValueError(f"np.{name} needs an axis for an array of {ndim_of(x)} axes.")
            axis = 0
        found = running(x, axis=axis, dtype=dtype)
        if not include_initial:
            return found
        start = np.full_like(ground(found[along(axis, ndim_of(x), slice(1))]), first)
        return np.concatenate([start, found], axis=axis)

    code.__doc__ = f"`np.{name}`: the array API's name, with the first value on demand."
    return code


if hasattr(np, "cumulative_sum"):  # NumPy 2.1
    composite(np.cumulative_sum)(_array_api("cumulative_sum", np.cumsum, 0.0))
    composite(np.cumulative_prod)(_array_api("cumulative_prod", np.cumprod, 1.0))

# -- differences ----------------------------------------------------------------------------


def _bind_diff(a, n=1, axis=-1, prepend=NO, append=NO):
    shape = list(shape_of(a))
    ends = []
    for end in (prepend, append):
        if end is not NO and ndim_of(end) == 0:
            shape[axis] = 1
            end = np.broadcast_to(end, tuple(shape))
        ends.append([] if end is NO else [end])
    if ends[0] or ends[1]:
        a = np.concatenate([*ends[0], a, *ends[1]], axis=axis)
    return (a,), {"n": n, "axis": axis}


def _diff_transpose(ct, x, n=1, axis=-1):
    if n == 0:
        return ct
    if n >= shape_of(x)[axis]:
        return np.zeros(shape_of(x))
    widths = [(0, 0)] * len(shape_of(x))
    widths[axis] = (n, n)
    return (-1) ** n * np.diff(np.pad(ct, widths), n=n, axis=axis)


diff = linear(
    np.diff, _diff_transpose, binder=_bind_diff, keywords=("n", "axis"),
    cases=(
        case((4,)), case((4,), n=2), case((2, 3), axis=0), case((4,), n=3, prepend=0.5),
        case((2, 3), prepend=1.0, append=np.ones((2, 2))), case((3,), n=0),
    ),
)  # fmt: skip


def _as(x, like):
    """x in the dtype of another, as NumPy converts it."""
    return cast(x if is_traced(x) else np.asarray(x), dtype_of(like))


@composite(np.ediff1d)
def ediff1d(ary, to_end=None, to_begin=None):
    """The differences of the flattened array, with numbers before and after."""
    parts = [np.diff(np.reshape(ary, -1))]
    if to_begin is not None:
        parts.insert(0, np.reshape(_as(to_begin, ary), -1))
    if to_end is not None:
        parts.append(np.reshape(_as(to_end, ary), -1))
    return np.concatenate(parts) if len(parts) > 1 else parts[0]


@composite(np.trapezoid)
def trapezoid(y, x=None, dx=1.0, axis=-1):
    """The integral by the trapezoidal rule, sum of d (y[1:] + y[:-1]) / 2."""
    y = y if is_traced(y) else np.asarray(y)
    ndim = ndim_of(y)
    if x is not None:
        dx = np.diff(x) if ndim_of(x) == 1 else np.diff(x, axis=axis)
        if ndim_of(x) == 1:
            shape = [1] * ndim
            shape[axis] = shape_of(dx)[0]
            dx = np.reshape(dx, tuple(shape))
    upper, lower = y[along(axis, ndim, slice(1, None))], y[along(axis, ndim, slice(None, -1))]
    return np.sum(dx * (upper + lower) / 2.0, axis=axis)


@composite(np.gradient)
def gradient(f, *varargs, axis=None, edge_order=1):
    """Second-order differences inside, one-sided ones of `edge_order` at the ends.

    On uneven steps the inner weights are those of Fornberg, "Generation of Finite Difference
    Formulas on Arbitrarily Spaced Grids" (1988).
    """
    axes = axes_of(axis, ndim_of(f))
    if edge_order not in (1, 2):
        raise ValueError("np.gradient needs edge_order 1 or 2.")
    if len(varargs) not in (0, 1, len(axes)):
        raise TypeError(f"np.gradient got {len(varargs)} spacings for {len(axes)} axes.")
    if len(varargs) == 1 and ndim_of(varargs[0]) and len(axes) > 1:
        raise TypeError("np.gradient needs one array of coordinates an axis.")
    spacings = varargs * len(axes) if len(varargs) == 1 else varargs or (1.0,) * len(axes)
    parts = [_slopes(f, spacing, a, edge_order) for spacing, a in zip(spacings, axes, strict=True)]
    return parts[0] if isinstance(axis, int) or len(axes) == 1 else tuple(parts)


def _slopes(f, spacing, axis, edge_order):
    shape = shape_of(f)
    n, ndim = shape[axis], len(shape)
    if n < edge_order + 1:
        raise ValueError(f"np.gradient needs at least {edge_order + 1} elements along an axis.")
    if ndim_of(spacing) == 0:
        steps = np.broadcast_to(inexact(spacing)[0], (n - 1,))
    elif ndim_of(spacing) == 1 and shape_of(spacing)[0] == n:
        steps = np.diff(inexact(spacing)[0])
    else:
        raise ValueError("np.gradient needs coordinates of the length of their axis.")

    def at(part):
        return f[along(axis, ndim, part)]

    def step(part):
        column = [1] * ndim
        column[axis] = -1
        return np.reshape(steps[part], tuple(column))

    first, last = slice(0, 1), slice(n - 1, n)
    if edge_order == 1:
        low = (at(slice(1, 2)) - at(first)) / step(slice(0, 1))
        high = (at(last) - at(slice(n - 2, n - 1))) / step(slice(n - 2, n - 1))
    else:
        low = _one_sided([at(slice(i, i + 1)) for i in range(3)], step(first), step(slice(1, 2)))
        back = [at(slice(n - 1 - i, n - i)) for i in range(3)]
        high = -_one_sided(back, step(slice(n - 2, n - 1)), step(slice(n - 3, n - 2)))
    h, k = step(slice(0, n - 2)), step(slice(1, n - 1))
    before, middle, after = at(slice(0, n - 2)), at(slice(1, n - 1)), at(slice(2, n))
    inner = (h * h * after + (k * k - h * h) * middle - k * k * before) / (h * k * (h + k))
    return ordered_as(cast(np.concatenate([low, inner, high], axis=axis), dtype_of(f)), f)


def _one_sided(values, h, k):
    """The slope at the first of three values, h and k apart, to second order."""
    a, b, c = values
    return -(2 * h + k) / (h * (h + k)) * a + (h + k) / (h * k) * b - h / (k * (h + k)) * c


@composite(np.apply_along_axis, result="array")
def apply_along_axis(func1d, axis, arr, *args, **kwargs):
    """func1d of every lane along an axis, stacked where the axis was."""
    axis = one_axis(axis, ndim_of(arr))
    moved = np.moveaxis(arr, axis, -1)
    outer = shape_of(moved)[:-1]
    found = [of_lists(func1d(moved[place], *args, **kwargs)) for place in np.ndindex(outer)]
    if not found:
        refuse("np.apply_along_axis of an empty array")
    inner = shape_of(found[0])
    stacked = np.reshape(np.stack(found), (*outer, *inner))
    order = range(len(outer), len(outer) + len(inner))
    return np.moveaxis(stacked, tuple(order), tuple(range(axis, axis + len(inner))))


@composite(np.apply_over_axes)
def apply_over_axes(func, a, axes):
    """func(a, axis) for one axis after the other, the number of axes kept."""
    ndim = ndim_of(a)
    for axis in np.atleast_1d(axes):
        axis = one_axis(axis, ndim)
        found = func(a, axis)
        a = found if ndim_of(found) == ndim else np.expand_dims(found, axis)
    return a
