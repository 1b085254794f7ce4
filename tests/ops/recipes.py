"""One or more calls for every NumPy name that must be differentiable: name -> [(f, *arrays)]."""

import numpy as np

LINALG, FFT = np.linalg, np.fft

rng = np.random.default_rng(11)
X = np.array([0.3, -0.7, 1.2, 0.45])
Y = np.array([0.9, 0.35, -0.55, 1.6])
P = np.array([0.6, 1.3, 0.8, 1.9])  # positive
Q = np.array([1.4, 0.7, 2.2, 0.9])
U = np.array([0.2, -0.5, 0.7])  # inside (-1, 1)
W = np.array([1.4, 2.5, 1.9])  # above 1
M = np.array([[0.4, -1.1, 0.9], [1.7, 0.2, -0.6]])
N = np.array([[1.2, 0.5], [-0.8, 0.3], [0.1, 2.0]])
S = np.array([[2.0, 0.3, -0.4], [0.1, 1.5, 0.6], [-0.2, 0.5, 3.0]])
SYM = S + S.T
T = np.arange(24.0).reshape(2, 3, 4) * 0.13 - np.cos(np.arange(24.0)).reshape(2, 3, 4)
NAN = np.array([[1.0, np.nan, 3.0], [0.5, -2.0, np.nan]])
BATCH = np.stack([S, S.T + 0.7 * np.eye(3)])
MASK = np.array([[True, False, True], [False, True, True]])
VALID = ~np.isnan(NAN)


def unary(name, *arrays):
    f = getattr(np, name)
    return [(lambda x, f=f: f(x), a) for a in arrays]


def binary(name, x=X, y=Y):
    f = getattr(np, name)
    return [
        (lambda x, y, f=f: f(x, y), x, y),
        (lambda x, y, f=f: f(x, y), x[:, None], y[:3]),
        (lambda x, f=f, y=y: f(x, y), x),
        (lambda y, f=f, x=x: f(x, y), y),
    ]


def filled(name):
    """A nan-function, at values that have NaN only where no derivative is asked."""
    f = getattr(np, name)
    return [
        (lambda v, f=f: f(_with_nan(v)), X),
        (lambda v, f=f: f(_with_nan(v), axis=0), X),
        (lambda v, f=f: f(_with_nan(v), axis=1), X),
    ]


def _with_nan(v):
    return np.where(VALID, np.concatenate([v[:1], v[1:], v[:2]]).reshape(2, 3), np.nan)


def reduced(name, **more):
    f = getattr(np, name)
    return [
        (lambda x: f(x, **more), T),
        (lambda x: f(x, axis=1, **more), T),
        (lambda x: f(x, axis=-1, keepdims=True, **more), T),
        (lambda x: f(x, axis=(0, 2), **more), T),
    ]


def masked(name, **more):
    f = getattr(np, name)
    return [
        (lambda x: f(x, where=MASK, **more), M),
        (lambda x: f(x, axis=1, where=MASK, **more), M),
        (lambda x: f(x, axis=0, keepdims=True, where=MASK[:, :1], **more), M),
    ]


UFUNCS = {
    **{
        name: unary(name, X, M)
        for name in [
            "negative",
            "positive",
            "exp",
            "exp2",
            "expm1",
            "sin",
            "cos",
            "tan",
            "sinh",
            "cosh",
            "tanh",
            "arctan",
            "arcsinh",
            "square",
            "absolute",
            "fabs",
            "abs",
            "deg2rad",
            "rad2deg",
            "degrees",
            "radians",
            "reciprocal",
            "sinc",
            "conjugate",
            "conj",
            "real",
            "imag",
            "angle",
            "atan",
            "asinh",
            "i0",
            "modf",
            "frexp",
            "nan_to_num",
            "real_if_close",
        ]
    },
    **{name: unary(name, P) for name in ["sqrt", "cbrt", "log", "log2", "log10", "log1p"]},
    **{name: unary(name, U) for name in ["arcsin", "arccos", "arctanh", "asin", "acos", "atanh"]},
    **{name: unary(name, W) for name in ["arccosh", "acosh"]},
    **{
        name: binary(name)
        for name in [
            "add",
            "subtract",
            "multiply",
            "maximum",
            "minimum",
            "fmax",
            "fmin",
            "hypot",
            "logaddexp",
            "logaddexp2",
            "arctan2",
            "atan2",
            "copysign",
            "divide",
            "true_divide",
        ]
    },
    **{
        name: binary(name, P, Q)
        for name in ["power", "pow", "float_power", "mod", "remainder", "fmod"]
    },
    "divmod": [*binary("divmod", P, Q), (lambda x: divmod(x, 0.7), P)],
    "clip": [
        (lambda x: np.clip(x, -0.5, 0.8), X),
        (lambda x: x.clip(-0.5, None), X),
        (lambda x, lo: np.clip(x, min=lo, max=2.0), X, np.array([-1.0, 0.2, 0.5, 0.5])),
    ],
    "unwrap": [
        (np.unwrap, np.array([0.1, 3.0, -3.0, 6.9])),
        (lambda x: np.unwrap(x, period=2.0, axis=0), M),
    ],
    "heaviside": [(lambda x: np.heaviside(x, 0.5) * x, X)],
    "ldexp": [(lambda x: np.ldexp(x, np.array([1, -2, 0, 3])), X)],
    "where": [
        (lambda x, y: np.where(x > 0.35, x * x, y), X, Y),
        (lambda x: x[np.where(x > 0)], X),
        (lambda x: np.where([[True], [False]], x, 2.0), X),
    ],
}

REDUCTIONS = {
    "sum": [
        *reduced("sum"), *masked("sum"),
        (lambda x: np.sum(x, 1, dtype=np.float64, initial=2.0), T), (lambda x: x.sum(-1), T),
    ],
    "mean": [*reduced("mean"), *masked("mean"), (lambda x: x.mean((0, 1)), T)],
    "std": [*reduced("std", ddof=1), *masked("std"), (lambda x: x.std(0), T)],
    "var": [*reduced("var"), *masked("var"), (lambda x: x.var(1, ddof=1), T)],
    "max": [*reduced("max"), *masked("max", initial=-9.0), (lambda x: x.max(0), T)],
    "min": [*reduced("min"), *masked("min", initial=9.0), (lambda x: x.min(0), T)],
    "amax": reduced("amax"),
    "amin": reduced("amin"),
    "ptp": [*reduced("ptp"), (lambda x: np.ptp(x, 0), T)],
    "median": [*reduced("median"), (np.median, X)],
    **{name: filled(name) for name in ["nansum", "nanmean", "nanstd", "nanvar", "nanmax", "nanmin", "nanmedian", "nanprod", "nancumsum", "nancumprod"]},
    "prod": [*reduced("prod"), *masked("prod"), (lambda x: np.prod(x, initial=3.0), X)],
    "cumsum": [(np.cumsum, M), (lambda x: np.cumsum(x, axis=1), M), (lambda x: x.cumsum(0), T)],
    "cumprod": [(np.cumprod, M), (lambda x: np.cumprod(x, axis=1), M), (lambda x: x.cumprod(0), T)],
    "cumulative_sum": [
        (lambda x: np.cumulative_sum(x, axis=1), M),
        (lambda x: np.cumulative_sum(x, include_initial=True), X),
        (lambda x: np.cumulative_sum(x[0]) * x, X),
    ],
    "cumulative_prod": [
        (lambda x: np.cumulative_prod(x, axis=0), M),
        (lambda x: np.cumulative_prod(x, include_initial=True), X),
        (lambda x: np.cumulative_prod(x[0], include_initial=True), X),
    ],
    "average": [
        (np.average, X), (lambda x, w: np.average(x, weights=w), X, P),
        (lambda x, w: np.average(x, axis=1, weights=w, keepdims=True), M, P[:3]),
        (lambda x, w: np.average(x, 0, w, returned=True), M, P[:2]),
    ],
    "percentile": [
        (lambda x: np.percentile(x, 30), X),
        (lambda x: np.percentile(x, [10, 60, 95], axis=1), M),
        (lambda x: np.percentile(x, 25, axis=(0, 2), keepdims=True, method="nearest"), T),
    ],
    "quantile": [
        (lambda x, m=m: np.quantile(x, [0.1, 0.45, 0.9], method=m), rng.normal(size=7))
        for m in ["linear", "lower", "higher", "nearest", "midpoint", "hazen", "weibull", "median_unbiased", "inverted_cdf", "averaged_inverted_cdf", "closest_observation", "interpolated_inverted_cdf", "normal_unbiased"]
    ],
    "nanpercentile": [
        (lambda v: np.nanpercentile(_with_nan(v), 40, axis=1), X),
        (lambda v: np.nanpercentile(_with_nan(v), [40, 70], axis=0), X),
    ],
    "nanquantile": [
        (lambda v: np.nanquantile(_with_nan(v), 0.4), X),
        (lambda v: np.nanquantile(_with_nan(v), [0.2, 0.8], axis=1, keepdims=True), X),
    ],
    "sort": [
        (np.sort, X), (lambda x: np.sort(x, axis=None), M), (lambda x: np.sort(x, 0), M),
        (lambda x: np.sort(x, axis=1, kind="stable"), T),
    ],
    "partition": [
        (lambda x: np.partition(x, 2), X), (lambda x: np.partition(x, [0, 2], axis=1), T),
        (lambda x: np.partition(x, 3, axis=None), M),
    ],
    "sort_complex": [(np.sort_complex, X)],
    "diff": [
        (np.diff, X), (lambda x: np.diff(x, 2, axis=0), T[:, :, 0].T),
        (lambda x, p: np.diff(x, prepend=p, append=1.0), M, np.array(0.4)),
    ],
    "ediff1d": [(np.ediff1d, X), (lambda x, b: np.ediff1d(x, to_end=b, to_begin=9.0), M, U)],
    "gradient": [
        (np.gradient, X), (np.gradient, T), (lambda x: np.gradient(x, 0.5, axis=1), T),
        (lambda x: np.gradient(x, 0.5, 2.0), S), (lambda x: np.gradient(x, edge_order=2), X),
        (lambda y, x: np.gradient(y, x), X, np.cumsum(P)),
        (lambda y, x: np.gradient(y, x, edge_order=2), X, np.cumsum(P)),
        (lambda y: np.gradient(y, 0.1, axis=(0, 2)), rng.normal(size=(3, 2, 3))),
    ],
    "trapezoid": [
        (np.trapezoid, X), (lambda y: np.trapezoid(y, dx=0.2, axis=0), T),
        (lambda y, x: np.trapezoid(y, x), X, np.cumsum(P)),
        (lambda y, x: np.trapezoid(y, x, axis=0), M, P[:2]),
    ],
    "trace": [
        (np.trace, S), (lambda x: np.trace(x, 1), S), (lambda x: np.trace(x, -1, 2, 1), T),
    ],
    "apply_along_axis": [
        (lambda x: np.apply_along_axis(lambda v: v**2 / v.sum(), 1, x), T),
        (lambda x: np.apply_along_axis(np.prod, 0, x), M),
        (lambda x: np.apply_along_axis(np.diag, -1, x), M),
        (lambda x: np.apply_along_axis(np.sum, -1, x), X),
    ],
    "apply_over_axes": [(lambda x: np.apply_over_axes(np.sum, x * x, [0, 2]), T)],
    "bincount": [
        (lambda w: np.bincount([0, 2, 2, 1], weights=w), X),
        (lambda w: np.bincount([0, 2, 2, 1], w, minlength=6), X),
    ],
    "histogram": [
        (lambda w: np.histogram([0.1, 0.9, 0.5, 0.2], bins=3, weights=w)[0], X),
        (lambda w: np.histogram([0.1, 0.9, 0.5, 0.2], [0, 0.2, 0.5], weights=w)[0], X),
        (lambda w: np.histogram([0.1, 0.9, 0.5, 2], 3, (0, 1), density=True, weights=w)[0], P),
    ],
    "histogram_bin_edges": [(lambda x: np.histogram_bin_edges(x, 3), X)],
    "cov": [
        (np.cov, M), (np.cov, X), (lambda x, y: np.cov(x, y), X, Y),
        (lambda x: np.cov(x, rowvar=False, bias=True), M),
        (lambda x, w: np.cov(x, aweights=w, fweights=[1, 3, 2]), M, P[:3]),
        (lambda x: np.cov(x, fweights=[1, 3, 2], ddof=0), M),
    ],
    "corrcoef": [
        (lambda x: np.corrcoef(x)[0, 1], M), (lambda x, y: np.corrcoef(x, y)[0, 1], X, Y),
        (lambda x: np.corrcoef(x, rowvar=False)[0], rng.normal(size=(5, 3))),
    ],
}  # fmt: skip

SHAPES = {
    "reshape": [
        (lambda x: np.reshape(x, (4, -1)), T), (lambda x: x.reshape(4, 6), T),
        (lambda x: np.reshape(x, (6, 4), order="F"), T),
        (lambda x: np.reshape(x, (6, 4), order="A"), T),
    ],
    "ravel": [(np.ravel, T), (lambda x: x.ravel(order="F"), T), (lambda x: x.flatten(), T)],
    "transpose": [
        (np.transpose, T), (lambda x: x.T, M), (lambda x: x.transpose(2, 0, 1), T),
        (lambda x: np.transpose(x, (1, 2, 0)), T),
    ],
    "permute_dims": [(lambda x: np.permute_dims(x, (2, 0, 1)), T)],
    "matrix_transpose": [(np.matrix_transpose, T), (lambda x: x.mT, T)],
    "swapaxes": [(lambda x: np.swapaxes(x, 0, 2), T), (lambda x: x.swapaxes(0, -1), T)],
    "moveaxis": [(lambda x: np.moveaxis(x, 0, -1), T), (lambda x: np.moveaxis(x, [0, 1], [2, 0]), T)],
    "rollaxis": [(lambda x, a=a, s=s: np.rollaxis(x, a, s), T) for a, s in ((2, 0), (0, 3), (1, -1))],
    "expand_dims": [(lambda x: np.expand_dims(x, (0, -1)), M), (lambda x: x[None, :, None], X)],
    "squeeze": [(lambda x: np.squeeze(x[None, :, :, None]), M), (lambda x: x[None].squeeze(0), M)],
    "broadcast_to": [(lambda x: np.broadcast_to(x, (3, 4)), X)],
    "broadcast_arrays": [(lambda x, y: np.broadcast_arrays(x[:, None], y), X, Y[:3])],
    "atleast_1d": [(np.atleast_1d, np.array(0.4)), (lambda x, y: np.atleast_1d(x, y), X, M)],
    "atleast_2d": [(np.atleast_2d, X), (lambda x, y: np.atleast_2d(x, y), X, T)],
    "atleast_3d": [(np.atleast_3d, X), (np.atleast_3d, M), (np.atleast_3d, np.array(2.0))],
    "flip": [(np.flip, T), (lambda x: np.flip(x, (0, 2)), T)],
    "fliplr": [(np.fliplr, M)],
    "flipud": [(np.flipud, M)],
    "rot90": [(lambda x, k=k: np.rot90(x, k), M) for k in (-1, 1, 2, 3)]
    + [(lambda x: np.rot90(x, 1, (1, 2)), T)],
    "roll": [(lambda x: np.roll(x, 3), M), (lambda x: np.roll(x, (1, -2), (0, 1)), M)],
    "tile": [(lambda x: np.tile(x, (2, 1, 3)), M)],
    "repeat": [(lambda x: np.repeat(x, [1, 0, 2, 3]), X), (lambda x: x.repeat(2, axis=0), M)],
    "resize": [(lambda x: np.resize(x, (3, 5)), M), (lambda x: np.resize(x, 2), X)],
    "pad": [
        (lambda x: np.pad(x, 2), M), (lambda x: np.pad(x, ((1, 0), (2, 3))), M),
        (lambda x: np.pad(x, 1, constant_values=3.0), M),
        (lambda x: np.pad(x, 1, constant_values=((1.0, 2.0), (3.0, 4.0))), M),
        *(
            (lambda x, m=m: np.pad(x, ((1, 2), (2, 1)), mode=m), np.concatenate([M, M * 2]))
            for m in ("edge", "reflect", "symmetric", "wrap", "mean", "linear_ramp")
        ),
        (lambda x: np.pad(x, (2, 1), "linear_ramp", end_values=(5.0, -1.0)), X),
        (lambda x: np.pad(x, (2, 1), "reflect", reflect_type="odd"), X),
    ],
    "concatenate": [
        (lambda x, y: np.concatenate([x, y, x]), X, Y),
        (lambda x, y: np.concatenate((x, y.T), axis=1), M, N[:, :1] @ np.ones((1, 2))),
        (lambda x, y: np.concatenate((x, y), axis=None), M, Y),
        (lambda x: np.concatenate([np.ones(2), x]), X),
    ],
    "concat": [(lambda x, y: np.concat([x, y]), X, Y)],
    "stack": [(lambda x, y: np.stack([x, y], axis=-1), X, Y), (lambda x: np.stack(list(x)), M)],
    "vstack": [(lambda x, y: np.vstack([x, y]), M, Y[:3])],
    "hstack": [(lambda x, y: np.hstack([x, y]), X, Y), (lambda x, y: np.hstack((x, y)), M, M)],
    "dstack": [(lambda x, y: np.dstack([x, y]), M, M + 1), (lambda x, y: np.dstack([x, y]), X, Y)],
    "column_stack": [(lambda x, y: np.column_stack([x, y]), M, Y[:2])],
    "block": [
        (lambda x, y: np.block([[x, y[:, None]], [y[None, :], np.ones((1, 1))]]), S[:2, :2], Y[:2]),
        (lambda x, y: np.block([x, y, 2.0]), X, Y),
    ],
    "append": [(lambda x, y: np.append(x, y), M, Y), (lambda x, y: np.append(x, y, axis=0), M, M)],
    "insert": [
        (lambda x, v: np.insert(x, 1, v), X, np.array(0.3)),
        (lambda x, v: np.insert(x, [0, 2], v), X, Y[:2]),
        (lambda x, v: np.insert(x, 1, v, axis=1), M, Y[:2]),
        (lambda x, v: np.insert(x, [1, 1], v, axis=0), M, Y[:3]),
        (lambda x: np.insert(x, slice(0, 3), 5.0), X),
        (lambda x, v: np.insert(x, 2, v), X, Y[:3]),
        (lambda x, v: np.insert(x, [2], v), X, Y[:3]),
        (lambda x, v: np.insert(x, [0, 1], v[None]), X, Y[:2]),
    ],
    "delete": [
        (lambda x: np.delete(x, 1), X), (lambda x: np.delete(x, [0, -1], axis=1), M),
        (lambda x: np.delete(x, slice(None, None, 2)), X),
        (lambda x: np.delete(x, np.array([True, False, False, True])), X),
    ],
    "split": [(lambda x: np.split(x, 2), X), (lambda x: np.split(x, [1, 2], axis=1), M)],
    "array_split": [(lambda x: np.array_split(x, 3), X), (lambda x: np.array_split(x, 2, 1), M)],
    "hsplit": [(lambda x: np.hsplit(x, 3), M), (lambda x: np.hsplit(x, 2), X)],
    "vsplit": [(lambda x: np.vsplit(x, 2), M)],
    "dsplit": [(lambda x: np.dsplit(x, 2), T)],
    "unstack": [(np.unstack, M), (lambda x: np.unstack(x, axis=1), M)],
    "trim_zeros": [
        (lambda x: np.trim_zeros(np.concatenate([np.zeros(2), x, np.zeros(1)])), X),
        (lambda x: np.trim_zeros(np.concatenate([np.zeros(2), x, np.zeros(1)]), "b"), X),
    ],
    "copy": [(np.copy, M), (lambda x: x.copy(), M)],
    "astype": [(lambda x: np.astype(x, np.float64), M), (lambda x: x.astype(complex), M)],
    "ascontiguousarray": [(lambda x: np.ascontiguousarray(x, like=x), M)],
    "asfortranarray": [(lambda x: np.asfortranarray(x, like=x), M)],
    "sliding_window_view": [
        (lambda x: np.lib.stride_tricks.sliding_window_view(x, 2), X),
        (lambda x: np.lib.stride_tricks.sliding_window_view(x, (2, 2), axis=(0, 2)), T),
    ],
    "as_strided": [
        (lambda x: np.lib.stride_tricks.as_strided(x, (2, 2), x.strides * 2), X),
        (lambda x: np.lib.stride_tricks.as_strided(x.T, (2, 3), x.strides), M),
        (lambda x: np.lib.stride_tricks.as_strided(x, (2, 2, 1, 2), x.strides[1:] * 2), T),
        (lambda x: np.lib.stride_tricks.as_strided(x * (1 + 2j), strides=(0,)).imag, X),
    ],
    "full": [(lambda x: np.full((2, 4), x, like=x), X)],
    "full_like": [(lambda x: x * np.full_like(x, 3.0), X), (lambda x: np.full_like(x, x[0]), U)],
    "linspace": [
        (lambda a, b: np.linspace(a, b, 5), np.array(0.3), np.array(2.0)),
        (lambda a, b: np.linspace(a, b, 4, endpoint=False, axis=-1), X, Y),
        (lambda b: np.linspace(0, b, 1), np.array(2.0)),
        (lambda b: np.linspace(0, b, 3, retstep=True), np.array(2.0)),
    ],
    "logspace": [
        (lambda a, b: np.logspace(a, b, 4), np.array(0.3), np.array(1.0)),
        (lambda a, c: np.logspace(a, 2.0, 3, base=c), np.array(0.3), np.array(2.5)),
    ],
    "logspace with several bases": [
        (lambda b: np.logspace(0.0, 1.0, 3, base=b), P),
        (lambda a, b: np.logspace(a[:, None], 1.0, 3, base=b, axis=-1), U, P),
    ],
    "geomspace": [
        (lambda a, b: np.geomspace(a, b, 4), np.array(0.3), np.array(8.0)),
        (lambda a, b: np.geomspace(a, b, 3, endpoint=False), P, Q),
        (lambda a: np.geomspace(-a, -9.0, 4), np.array(0.3)),
    ],
    "meshgrid": [
        (lambda x, y: np.meshgrid(x, y), X, U), (lambda x, y: np.meshgrid(x, y, sparse=True), X, U),
        (lambda x, y, z: np.meshgrid(x, y, z, indexing="ij"), X, U, W),
    ],
    "vander": [(np.vander, U), (lambda x: np.vander(x, 5, increasing=True), U)],
}  # fmt: skip

INDEXING = {
    "take": [
        (lambda x: np.take(x, 2), M), (lambda x: x.take(1), X),
        (lambda x: np.take(x, [0, 2, 0]), X), (lambda x: np.take(x, [[1, 0]], axis=1), M),
        (lambda x: x.take([5, -7], mode="wrap"), X), (lambda x: np.take(x, [9], mode="clip"), X),
        (lambda x: np.take(x, 1, axis=0), M),
    ],
    "take_along_axis": [
        (lambda x: np.take_along_axis(x, np.argsort(x, axis=1), axis=1), M),
        (lambda x: np.take_along_axis(x, np.argmax(x, 0)[None], 0), M),
    ],
    "compress": [(lambda x: np.compress([True, False, True], x, axis=1), M), (lambda x: x.compress(x > 0), X)],
    "extract": [(lambda x: np.extract(x > 0, x), M)],
    "choose": [
        (lambda x, y: np.choose([0, 1, 1, 0], [x, y]), X, Y),
        (lambda x, y: np.choose([0, 5, -3, 1], [x, y], mode="clip"), X, Y),
        (lambda x: np.choose([0, 1, 0], [x, 2 * x]), M),
        (lambda x: np.choose([[0], [1]], [x, 2 * x]), M),
        (lambda x: np.choose(np.asfortranarray([[0, 1, 0], [1, 1, 0]]), [x, 2 * x]), M),
    ],
    "select": [(lambda x, y: np.select([x > 1, x < 0], [x * y, y**2], default=3.0), X, Y)],
    "piecewise": [
        (lambda x: np.piecewise(x, [x < 0, x > 1], [lambda v: v**2, np.sin, 7.0]), X),
        (lambda x: np.piecewise(x, [x < 0, x >= 0], [lambda v, a: a * v, lambda v, a: v**a], 3.0), X),
        (lambda x: np.piecewise(x, x > 0, [np.exp, np.cos]), X),
    ],
    "diag": [(np.diag, X), (np.diag, M), (lambda x: np.diag(x, -1), X), (lambda x: np.diag(x, 1), S)],
    "diagonal": [(np.diagonal, S), (lambda x: x.diagonal(1, 0, 2), T)],
    "diagflat": [(np.diagflat, M), (lambda x: np.diagflat(x, 1), X)],
    "tril": [(np.tril, S), (lambda x: np.tril(x, -1), T), (np.tril, X)],
    "triu": [(np.triu, S), (lambda x: np.triu(x, 1), T)],
    "slices": [(lambda x: x[1:, ::-1], M), (lambda x: x[..., 1:3], T), (lambda x: x[0, -1], M)],
    "fancy": [(lambda x: x[[0, 0, 1], [2, 2, 1]], M), (lambda x: x[:, [1, 1]], M)],
    "masks": [(lambda x: x[x > 0], M), (lambda x: x[[True, False]], M)],
    "ix_": [
        (lambda x: x[np.ix_([0, 1], [2, 0])], M),
        (lambda x, y: np.prod(np.ix_(x, y)[0]) + np.ix_(x, y)[1], X, Y),
    ],
    "unique": [
        (np.unique, np.array([2.0, 1.0, 2.5])),
        (lambda x: np.unique(x, return_index=True, return_counts=True)[0], X),
    ],
}  # fmt: skip

PRODUCTS = {
    "dot": [
        (lambda x, y: np.dot(x, y), X, Y), (lambda x, y: x.dot(y), M, N), (np.dot, T, S[:, :2].repeat(2, 0)[:4]),
        (lambda x: np.dot(2.0, x), M),
    ],
    "matmul": [(lambda x, y: x @ y, M, N), (np.matmul, BATCH, N), (lambda y: S @ y, N), (lambda x: x @ S, U)],
    "inner": [(np.inner, X, Y), (np.inner, M, S), (np.inner, T, X)],
    "outer": [(np.outer, X, U), (np.outer, M, U)],
    "vdot": [(np.vdot, X, Y), (np.vdot, M, M + 1)],
    "vecdot": [
        (np.vecdot, X, Y), (np.vecdot, T, X), (lambda x, y: np.vecdot(x, y, axis=0), M, M * 2),
        (lambda x, y: np.vecdot(x, y, axis=0), M, Y[:2]),
        (lambda x, y: np.vecdot(x, y, axis=0), Y[:2], T),
    ],
    "matvec": [(np.matvec, M, U), (np.matvec, BATCH, U)],
    "vecmat": [(np.vecmat, U, N), (np.vecmat, U, BATCH)],
    "tensordot": [
        (lambda x, y: np.tensordot(x, y, 1), M, N), (lambda x, y: np.tensordot(x, y), T, T[0]),
        (lambda x, y: np.tensordot(x, y, ([0, 2], [1, 0])), T, T[:, 0].T),
        (lambda x, y: np.tensordot(x, y, 0), X, U),
    ],
    "einsum": [
        (lambda x, y: np.einsum("ij,jk", x, y), M, N), (lambda x: np.einsum("ii", x), S),
        (lambda x: np.einsum("ii->i", x), S), (lambda x: np.einsum("ij->ji", x), M),
        (lambda x, y: np.einsum("...i,...i->...", x, y), T, X),
        (lambda x, y: np.einsum("i,i", x, y), X, Y), (lambda x, y: np.einsum("i,j->ij", x, y), X, U),
        (lambda x, y: np.einsum(x, [0, 1], y, [1, 2], [0, 2]), M, N),
        (lambda x, y: np.einsum(x, [0, 1], y, [1, 2]), M, N),
        (lambda x: np.einsum(x, [..., 0, 1], [..., 1, 0]), T),
        (lambda x, y, z: np.einsum("ij,jk,k->i", x, y, z, optimize=True), M, N, P[:2]),
        (lambda x: np.einsum("ij,ij->j", x, x), M), (lambda x: np.einsum("ijj->ij", x), BATCH),
        (lambda x, y: np.einsum(",ij->j", x, y), np.array(0.7), M),
        (lambda x, y: np.einsum("ij, kj -> ik", x, y), M, S), (lambda x: np.einsum("Ab->bA", x), M),
        (lambda x, y: np.einsum("b...a,ac->...cb", x, y), T, T[0].T),
    ],
    "kron": [(np.kron, M, N), (np.kron, X, M), (np.kron, U, X)],
    "cross": [
        (np.cross, U, W), (np.cross, M, W), (lambda x, y: np.cross(x, y, axis=0), N, N * N + 1),
        (lambda x, y: np.cross(x, y, axisa=0, axisb=1, axisc=0), N, M),
    ],
    "convolve": [
        (lambda x, y, m=m: np.convolve(x, y, m), a, b)
        for m in ("full", "same", "valid") for a, b in ((X, U), (U[:2], X), (X, Y), (U[:1], X))
    ],
    "correlate": [
        (lambda x, y, m=m: np.correlate(x, y, m), a, b)
        for m in ("full", "same", "valid") for a, b in ((X, U), (U, X), (U[:2], X), (X, U[:2]), (X, Y))
    ],
}  # fmt: skip

TALL = np.array([[1.0, 0.4], [-0.3, 2.0], [0.7, 0.6], [0.2, -0.9]])
CUBE = np.random.default_rng(5).normal(size=(2, 3, 6)) + 0.4
LINEAR_ALGEBRA = {
    "inv": [(LINALG.inv, S), (LINALG.inv, BATCH)],
    "det": [(LINALG.det, S), (LINALG.det, BATCH)],
    "pinv": [(LINALG.pinv, TALL), (LINALG.pinv, TALL.T), (lambda x: LINALG.pinv(x, rtol=1e-9), BATCH)],
    "slogdet": [(LINALG.slogdet, S), (lambda x: LINALG.slogdet(x).logabsdet, BATCH)],
    "solve": [(LINALG.solve, S, N), (LINALG.solve, S, U), (LINALG.solve, BATCH, N)],
    "cholesky": [(LINALG.cholesky, SYM), (lambda x: LINALG.cholesky(x @ np.swapaxes(x, 1, 2)), BATCH)],
    "eigh": [
        (LINALG.eigh, SYM), (lambda x: LINALG.eigh(x).eigenvalues, SYM),
        (lambda x: LINALG.eigh(x, "U").eigenvectors ** 2, BATCH),
    ],
    "eigvalsh": [(LINALG.eigvalsh, SYM), (lambda x: LINALG.eigvalsh(x, UPLO="U"), BATCH)],
    "eig": [(LINALG.eig, S), (lambda x: LINALG.eig(x).eigenvalues, BATCH)],
    "eigvals": [(LINALG.eigvals, S), (LINALG.eigvals, np.array([[0.3, -2.0], [1.5, 0.1]]))],
    "svd": [
        (LINALG.svd, S), (lambda x: LINALG.svd(x, full_matrices=False), TALL),
        (lambda x: LINALG.svd(x, False), TALL.T), (lambda x: LINALG.svd(x, compute_uv=False), TALL),
        (lambda x: LINALG.svd(x, full_matrices=False).S, np.stack([TALL, TALL + 1])),
    ],
    "svdvals": [(LINALG.svdvals, TALL), (LINALG.svdvals, BATCH)],
    "qr": [
        (LINALG.qr, S), (LINALG.qr, TALL), (LINALG.qr, TALL.T), (lambda x: LINALG.qr(x).R, BATCH),
        (lambda x: LINALG.qr(x, mode="r"), TALL.T), (lambda x: LINALG.qr(x, "complete"), S),
    ],
    "lstsq": [
        (lambda a, b: LINALG.lstsq(a, b)[0], TALL, X),
        (lambda a, b: LINALG.lstsq(a, b, rcond=None)[:2], TALL, np.stack([X, Y], 1)),
        (lambda a, b: LINALG.lstsq(a, b)[0], TALL.T, X[:2]),
        (lambda a, b: LINALG.lstsq(a, b)[3], TALL, X),
    ],
    "norm": [
        (LINALG.norm, X), (LINALG.norm, T), (lambda x: LINALG.norm(x, axis=1), M),
        (lambda x: LINALG.norm(x, axis=(0, 1), keepdims=True), T),
        *((lambda x, p=p: LINALG.norm(x, p), X) for p in (1, 2, 3, 0.5, -2, np.inf, -np.inf)),
        *((lambda x, p=p: LINALG.norm(x, p), M) for p in ("fro", "nuc", 1, -1, 2, -2, np.inf, -np.inf)),
        (lambda x: LINALG.norm(x, "nuc", axis=(2, 0), keepdims=True), T),
        (lambda x: LINALG.norm(x, 1, axis=(2, 0)), T),
    ],
    "vector_norm": [(LINALG.vector_norm, T), (lambda x: LINALG.vector_norm(x, ord=3, axis=1, keepdims=True), M)],
    "matrix_norm": [(LINALG.matrix_norm, T), (lambda x: LINALG.matrix_norm(x, ord=2, keepdims=True), BATCH)],
    "cond": [(LINALG.cond, S), (LINALG.cond, TALL), *((lambda x, p=p: LINALG.cond(x, p), S) for p in (1, -2, "fro", np.inf))],
    "matrix_power": [(lambda x, n=n: LINALG.matrix_power(x, n), S) for n in (0, 1, 2, 5, -2)],
    "multi_dot": [
        (lambda x, y, z: LINALG.multi_dot([x, y, z]), M, N, M),
        (lambda v, x, w: LINALG.multi_dot([v, x, w]), U, S, U + 1),
        (lambda x, v: LINALG.multi_dot([x, v]), M, U),
    ],
    "tensorinv": [(lambda x: LINALG.tensorinv(x.reshape(6, 2, 3), ind=1), CUBE.reshape(6, 6))],
    "tensorsolve": [
        (lambda a, b: LINALG.tensorsolve(a.reshape(2, 3, 6), b), CUBE[:, :, :6].repeat(1, 0), M),
        (lambda a, b: LINALG.tensorsolve(a, b, axes=(1,)), np.moveaxis(CUBE, 2, 1), M),
    ],
    "linalg.trace": [(LINALG.trace, BATCH), (lambda x: LINALG.trace(x, offset=1), S)],
    "linalg.diagonal": [(LINALG.diagonal, BATCH), (lambda x: LINALG.diagonal(x, offset=-1), S)],
    "linalg.outer": [(LINALG.outer, X, U)],
    "linalg.cross": [(LINALG.cross, U, W), (lambda x, y: LINALG.cross(x, y, axis=0), N, N * N)],
    "linalg.matmul": [(LINALG.matmul, M, N)],
    "linalg.vecdot": [(LINALG.vecdot, T, X), (lambda x, y: LINALG.vecdot(x, y, axis=0), M, M * M)],
    "linalg.tensordot": [(lambda x, y: LINALG.tensordot(x, y, axes=1), M, N)],
    "linalg.matrix_transpose": [(LINALG.matrix_transpose, T)],
}  # fmt: skip


def one_axis(f):
    return [
        (f, X),
        (lambda x: f(x, axis=0), M),
        *((lambda x, n=n: f(x, n), X) for n in (3, 6, 7)),
        *((lambda x, m=m: f(x, norm=m), X) for m in ("ortho", "forward")),
    ]


def several_axes(f):
    return [
        (f, T),
        (lambda x: f(x, (3, 5), axes=(0, 1)), T),
        (lambda x: f(x, (2, 2), (1, 2), "ortho"), T),
        (lambda x: f(x, axes=(2, 0), norm="forward"), T),
    ]


def shifted(f):
    return [(f, U), (f, T), (lambda x: f(x, axes=1), M)]


FOURIER = {
    **{
        name: one_axis(getattr(FFT, name))
        for name in ["fft", "ifft", "rfft", "ihfft", "irfft", "hfft"]
    },
    **{
        name: several_axes(getattr(FFT, name))
        for name in ["fft2", "ifft2", "fftn", "ifftn", "rfft2", "rfftn", "irfft2", "irfftn"]
    },
    **{name: shifted(getattr(FFT, name)) for name in ("fftshift", "ifftshift")},
}

NUMERIC = {
    "vectorize": [(lambda x: np.vectorize(lambda v: v * v)(x), X)],
    "interp": [
        (lambda x: np.interp(x, [-1.0, 0.5], [3.0, 1.0]), np.array(0.3)),
        (lambda x: np.interp(x, [0.4, 0.5], [3.0, 1.0]), np.array(0.3)),
        (lambda x: np.interp(x, [-1.0, 0.5, 2.0], [3.0, 1.0, 4.0]), X),
        (lambda x, xp, fp: np.interp(x, xp, fp), X, np.array([-0.5, 0.1, 0.9]), U),
        (lambda x, fp: np.interp(x, [0.0, 0.4, 1.0], fp, left=-1.0, right=7.0), X, U),
        (lambda x, fp: np.interp(x, [0.0, 0.4, 0.9], fp, period=1.15), X, U),
    ],
    "polyval": [
        (np.polyval, X, U), (lambda x: np.polyval([1, -2, 0.5], x), M),
        (lambda p: np.polyval(p, True), X), (lambda p, x: np.polyval(p[:1], x), X, U),
    ],
    "poly": [(np.poly, X), (np.poly, S)],
    "polyadd": [(np.polyadd, X, U), (np.polyadd, U, X)],
    "polysub": [(np.polysub, X, U), (np.polysub, U, X)],
    "polymul": [
        (np.polymul, X, U), (lambda x: np.polymul(np.arange(3.0), x), X),
        (lambda x: np.polymul(np.append(0.0, x), [0.0, 0.0]), X),
        (lambda x: np.polymul(2.0, np.append([0.0, 0.0], x)), X),
    ],
    "polydiv": [
        (lambda u, v: np.polydiv(np.append(0.0, u), v), X[:1], X),
        (np.polydiv, X, U), (np.polydiv, U, X), (np.polydiv, X, U[:1])],
    "polyder": [(np.polyder, X), (lambda p: np.polyder(p, 2), X)],
    "polyint": [(np.polyint, X), (lambda p, k: np.polyint(p, 2, k), X, P[:2])],
    "polyfit": [
        (lambda x, y: np.polyfit(x, y, 2), X, Y),
        (lambda x, y, w: np.polyfit(x, y, 1, w=w), X, Y, P),
        (lambda x, y: np.polyfit(x, y, 1, cov=True), X, Y),
        (lambda x, y: np.polyfit(x, y, 1), X, np.stack([X**2, Y], 1)),
    ],
    "roots": [(np.roots, np.array([1.0, -6.0, 11.0, -5.0])), (lambda p: np.roots(np.append(0.0, p)), X)],
    "reduce": [
        (np.add.reduce, M), (lambda x: np.add.reduce(x, axis=None, keepdims=True), M),
        (lambda x: np.multiply.reduce(x, axis=1), M), (np.maximum.reduce, M), (np.minimum.reduce, M),
        (np.subtract.reduce, M), (lambda x: np.logaddexp.reduce(x, axis=1), M),
        (lambda x: np.hypot.reduce(x, axis=(0, 1)), M), (lambda x: np.divide.reduce(x, initial=3.0), M),
        (lambda x: np.add.reduce(x, where=MASK), M),
    ],
    "accumulate": [
        (np.add.accumulate, M), (lambda x: np.multiply.accumulate(x, axis=1), M),
        (lambda x: np.maximum.accumulate(x, 1), M), (np.subtract.accumulate, X),
    ],
    "outer": [
        (lambda x: np.multiply.outer(x, 2.0), X), (lambda x: np.subtract.outer(2.0, x), X),
        (np.add.outer, X, U), (np.multiply.outer, M, U), (np.power.outer, P, U), (lambda y: np.arctan2.outer(X, y), U)],
    "reduceat": [
        (lambda x: np.add.reduceat(x, [0, 2, 1]), X), (lambda x: np.multiply.reduceat(x, [0, 1], axis=1), M),
        (lambda x: np.maximum.reduceat(x, [0, 3, 1, 2]), X),
    ],
}  # fmt: skip


def changed(change):
    """The copy of x after an in-place change by it, as a function of x."""

    def f(x, *values):
        y = x * 1.0
        change(y, *values)
        return y

    return f


def set_item(y, v):
    y[1] = 3 * v[0]


def scale_slice(y, v):
    y[2:] *= v[:2]


def shape_set(y, v):
    """The same memory under another shape, seen by the views taken before and after."""
    before = y[1]
    y.shape = (3, 2)
    y[1] *= v[0]
    before[:2] = v[1:]
    y.T[0, 2] *= 3.0
    y.shape = 6


def scale_view(y, v):
    part = y[1:]
    part += v[0]


B3 = np.array([0.4, 0.7, -0.2])
WRITING = {
    "setitem": [
        (changed(set_item), X, Y), (changed(lambda y: y.__setitem__(y > 0.4, 0.0)), X),
        (changed(lambda y, v: y.__setitem__(0, (v * v)[None, None])), M, B3),
        (changed(lambda y, v: y.__setitem__((slice(None), 0), (v * v).reshape(1, 1, 2))), M, Y[:2]),
    ],
    "shape set": [(changed(lambda y, v: shape_set(y, v)), M, B3)],
    "scaled slice": [(changed(scale_slice), X, Y), (changed(scale_view), X, Y)],
    "sort method": [(changed(lambda y: y.sort()), X), (changed(lambda y: y.sort(0)), M)],
    "fill method": [(changed(lambda y, v: y[1:].fill(v[0])), X, Y)],
    "fill_diagonal": [
        (changed(lambda y: np.fill_diagonal(y, 7.0)), S),
        (changed(lambda y, v: np.fill_diagonal(y, v)), S, B3),
        (changed(lambda y, v: np.fill_diagonal(y, v)), M, Y[:2]),
        (changed(lambda y: np.fill_diagonal(y, 7.0, wrap=True)), np.ones((7, 2))),
        (changed(lambda y, v: np.fill_diagonal(y, v[:0])), S, B3),
    ],
    "put": [
        (changed(lambda y, v: np.put(y, [0, 3], v)), M, Y[:2]),
        (changed(lambda y, v: np.put(y, [0, 3, 4], v)), M, Y[:2]),
        (changed(lambda y: np.put(y, [-1, 8], 3.0, mode="wrap")), M),
        (changed(lambda y, v: np.put(y, [], v[:0])), M, B3),
    ],
    "put_along_axis": [
        (changed(lambda y, v: np.put_along_axis(y, np.array([[0], [2]]), v, 1)), M, N[:2, :1]),
        (changed(lambda y: np.put_along_axis(y, np.array([1, 4]), 5.0, None)), M),
    ],
    "copyto": [
        (changed(lambda y, v: np.copyto(y, v)), M, B3),
        (changed(lambda y, v: np.copyto(y, v, where=MASK)), M, B3),
        (changed(lambda y, v: np.copyto(y, v[None, None])), M, B3),
        (changed(lambda y, v: np.copyto(y, v[None], where=MASK)), M, M * M),
    ],
    "place": [(changed(lambda y, v: np.place(y, MASK, v)), M, Y[:3])],
    "putmask": [
        (changed(lambda y, v: np.putmask(y, MASK, v)), M, Y),
        (changed(lambda y, v: np.putmask(y, MASK, v[:0])), M, Y),
    ],
    "at": [
        (changed(lambda y, v: np.add.at(y, [0, 1, 1, 2], v)), X, Y),
        (changed(lambda y, v: np.add.at(y, ([0, 1, 1], 2), v)), M, B3),
        (changed(lambda y, v: np.subtract.at(y, [1, 1], v[:2])), X, Y),
        (changed(lambda y, v: np.add.at(y, (slice(None), [0, 0, 2]), v)), M, B3),
        (changed(lambda y, v: np.subtract.at(y, (slice(None), [0]), v[:, None] ** 2)), M, Y[:2]),
        (changed(lambda y, v: np.add.at(y, (..., None, [1, 1]), v[0])), M, Y),
        (changed(lambda y, v: np.add.at(y, ..., v[0])), M, Y),
        (changed(lambda y, v: np.add.at(y, slice(0, 2), v[:2])), X, Y),
        (changed(lambda y, v: np.add.at(y, y > 0.4, v[0])), X, Y),
        (changed(lambda y, v: np.multiply.at(y, (slice(None), 0), v[:2])), M, Y),
        (changed(lambda y: np.negative.at(y, [0, 2])), X),
        (changed(lambda y, v: np.multiply.at(y, [0, 2], v[:2])), X, Y),
    ],
}  # fmt: skip


def beyond(name, *arrays):
    """A function of `np.emath`, at numbers on both sides of where it becomes complex."""
    f = getattr(np.emath, name)
    return [(lambda x, f=f: f(x), a) for a in arrays]


BEYOND_REALS = {
    **{f"emath.{name}": beyond(name, X, P) for name in ["sqrt", "log", "log2", "log10"]},
    **{f"emath.{name}": beyond(name, X, U, W) for name in ["arcsin", "arccos", "arctanh"]},
    "emath.logn": [(lambda n, x: np.emath.logn(n, x), P, X)],
    "emath.power": [
        (lambda x, p: np.emath.power(x, p), X, P), (lambda x: np.emath.power(x, -2), X),
        (lambda x: np.emath.power(x, [0.5, 1, 2, -1]), X),
    ],
}  # fmt: skip

OUTSIDE, OUTSIDE_SQUARE = np.ones(4), np.ones((4, 4))
REFUSED = {
    "fill_diagonal": lambda x: np.fill_diagonal(OUTSIDE_SQUARE, x),
    "put": lambda x: np.put(OUTSIDE, [0], x[:1]),
    "put_along_axis": lambda x: np.put_along_axis(OUTSIDE, np.array([0]), x[:1], 0),
    "copyto": lambda x: np.copyto(OUTSIDE, x),
    "place": lambda x: np.place(OUTSIDE, [True] * 4, x),
    "putmask": lambda x: np.putmask(OUTSIDE, [True] * 4, x),
    "at": lambda x: np.add.at(OUTSIDE, [0, 1, 1, 2], x),
    "at twice": lambda x: np.multiply.at(x * 1, [1, 1], 2.0),
}
"""Calls that are refused, each by an error that names what to write instead."""

FAMILIES = {
    "ufuncs": UFUNCS, "reductions": REDUCTIONS, "shapes": SHAPES, "indexing": INDEXING | WRITING,
    "products": PRODUCTS, "linalg": LINEAR_ALGEBRA, "fft": FOURIER, "numeric": NUMERIC,
    "emath": BEYOND_REALS,
}  # fmt: skip
