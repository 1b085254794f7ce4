"""What to write instead of a call that can't take a traced value: one row a reason, as data.

A row's key is the call as the documentation names it: `math.sin`, `ndarray.dot` for a method of
a plain array, `random.normal` for one of a random generator, `scipy.integrate.odeint`, or a
package for all of it (`pandas`).  The longest key that fits is taken.  Its sentence may name
the user's own words: {x} the first argument, {y} the second, {args} all, {a} what stands before
the dot, {name} the function's own name, {made} what made an array, {instead} what would make one
that can be filled; after a colon stands what to say where they are not at hand.
`ground.refusals` finds the key and fills them in; whoever serves a call in one place and refuses
it in another asks there: `refusal("math.erf")`.

>>> SENTENCES["math.erf"]
'Write scipy.special.erf({args:x}).'
"""

from __future__ import annotations

import math

import numpy as np

NUMBER = "makes a plain number, which carries no derivative"
METHOD = "is a method of a plain array, which can't see that its argument is traced"
PACKAGE = "works on plain arrays, and would lose the derivative"
DRAW = "draws at random by plain numbers, and would lose the derivative"
INTEGER = "needs a plain integer, and a traced value has no derivative as one"

STEPS = (
    "Write a loop of fixed steps in NumPy, such as y = y + h * f(y, t) or Runge-Kutta: it is "
    "differentiated as it stands."
)
NODES = (
    "Write a sum over fixed nodes: z, w = np.polynomial.legendre.leggauss(30); "
    "t = (a + b) / 2 + (b - a) / 2 * z; np.sum(w * f(t)) * (b - a) / 2."
)
ROOT = (
    "Find the root r of g(r, p) with the plain value p.data, and take one step of Newton from it, "
    "r = r - g(r, p) / slope, where slope is the plain dg/dr: the step carries the derivative."
)
OPTIMUM = (
    "Give it the plain value p.data, and state how the optimum depends on p by ad.custom_op "
    "(implicit function theorem), or write the steps of the descent as a loop in NumPy."
)
SPARSE = (
    "Make an op of the constant matrix: product = ad.custom_op(lambda x: {a:S} @ x, "
    "vjp=lambda ct, ans, x: ({a:S}.T @ ct,), jvp=lambda t, ans, x: {a:S} @ t[0]); "
    "product({x:x}). A small matrix may be dense: {a:S}.toarray() @ {x:x}."
)
STATISTICS = (
    "The parameter, or this family, can't be followed there: write the formula in NumPy, or keep "
    "the parameter plain, x.data."
)

_MATH_ELSEWHERE = {
    "pow": "np.power({args:x})",
    "lgamma": "scipy.special.gammaln({args:x})",
    "gamma": "scipy.special.gamma({args:x})",
    "erf": "scipy.special.erf({args:x})",
    "erfc": "scipy.special.erfc({args:x})",
    "dist": "np.linalg.norm({x:x} - {y:y})",
    "fsum": "np.sum({args:x})",
    "sumprod": "np.dot({args:x})",
    "log": "np.log({x:x}), divided by np.log(base) for another base",
    "modf": "np.modf({args:x})",
}
_STATISTICS = {
    "mean": "np.mean({args:x})",
    "median": "np.median({args:x})",
    "fmean": "np.mean({args:x})",
    "stdev": "np.std({args:x}, ddof=1)",
    "pstdev": "np.std({args:x})",
    "variance": "np.var({args:x}, ddof=1)",
    "pvariance": "np.var({args:x})",
    "median_low": "np.sort({x:x})[(len({x:x}) - 1) // 2]",
    "median_high": "np.sort({x:x})[len({x:x}) // 2]",
    "geometric_mean": "np.exp(np.mean(np.log({x:x})))",
    "harmonic_mean": "1 / np.mean(1 / {x:x})",
    "quantiles": "np.quantile({x:x}, [0.25, 0.5, 0.75])",
    "covariance": "np.cov({args:x})[0, 1]",
    "correlation": "np.corrcoef({args:x})[0, 1]",
    "linear_regression": "slope, intercept = np.polyfit({args:x}, 1)",
}
_RANDOM = {
    "normal": "Write {x:loc} + {y:scale} * {a:rng}.normal(size=...): the draw stays "
    "plain, and both parameters get their derivative.",
    "uniform": "Write {x:low} + ({y:high} - {x:low}) * {a:rng}.uniform(size=...).",
    "choice": "Give plain probabilities, p={p:p}.data; for the gradient of an expectation "
    "weight it with the logarithm of the traced ones, np.log({p:p})[drawn].",
    "multivariate_normal": "Write {x:mean} + np.linalg.cholesky({y:cov}) @ {a:rng}.normal(size=n).",
    "exponential": "Write {x:scale} * {a:rng}.exponential(size=...).",
    "laplace": "Write {x:loc} + {y:scale} * {a:rng}.laplace(size=...).",
    "logistic": "Write {x:loc} + {y:scale} * {a:rng}.logistic(size=...).",
    "gumbel": "Write {x:loc} + {y:scale} * {a:rng}.gumbel(size=...).",
    "lognormal": "Write np.exp({x:mean} + {y:sigma} * {a:rng}.normal(size=...)).",
    "permutation": "Write {x:x}[{a:rng}.permutation(len({x:x}))].",
    "permuted": "Write np.take_along_axis({x:x}, places, axis), with the places drawn first, "
    "{a:rng}.permuted(np.broadcast_to(np.arange(n), shape), axis=axis).",
}

SENTENCES: dict[str, str] = {
    # Python
    "float": "Leave it out: {x:x} is a number already, with its derivative. float may stay where "
    "the number is only looked at (print, f-strings, %, comparisons); elsewhere the plain number "
    "is {x:x}.data.",
    "float.kept": "For a later look keep {x:x} itself: when the derivative is taken, float, print "
    "and plt.plot find a plain number in it. Now that is float({x:x}.data).",
    "float.argument": "Leave it out: functions of np and math take {x:x} as it is; the plain "
    "number is {x:x}.data.",
    "int": "np.floor({x:x}) is the whole number with derivative 0; for a plain int write "
    "int({x:x}.data).",
    "complex": "Write {x:x} + 0j.",
    "x.item()": "Leave it out: a traced number is used as a number; the plain one is x.data.",
    "x.tolist()": "Leave it out, or write list(x), whose elements are traced; the plain list is "
    "x.data.tolist().",
    "a[i]": "Write int(x.data) there.",
    "a + b": "Make an array of the list first: write np.array([...]), in the eager style "
    "np.stack([...]).",
    "range": "Write range(int({x:x}.data)).",
    "a[i] = x": "Copy it inside of the function, y = np.array({a:a}), and fill the copy: what is "
    "made there by np.array, np.zeros and their kin, called by these names, can be filled.",
    "a[i] = x.made": "{a:a} = {made:...} is a plain array, whatever it is made of: write {a:a} = "
    "{instead:np.array(...)}. What np.array, np.zeros and their kin make inside of the function, "
    "called by these names, can be filled.",
    "a[i] = x.whole numbers": "It holds whole numbers: make it of floating point numbers inside of "
    "the function, y = np.zeros({a:a}.shape) or y = np.array({a:a}, float), and fill that.",
    "a[i] = x.eager": "Inside of `with ad.Tape():` what np.zeros, np.array and their kin make can "
    "be filled; elsewhere make it as np.zeros_like(x, shape=...) of a traced x.",
    "statistics": "Write it with NumPy's functions of arrays.",
    **{f"statistics.{name}": f"Write {text}." for name, text in _STATISTICS.items()},
    "json": "Write x.data.tolist().",
    "decimal": "Write decimal.Decimal(float(x.data)).",
    # NumPy
    "np.array": "To build an array from traced values write np.stack([...]) or "
    "np.concatenate([...]).",
    "np.asarray": "Leave it out, since a traced value is an array already; of a list of them write "
    "np.stack([...]); the plain value is {x:x}.data, or ad.stop_gradient({x:x}).",
    "np.fromiter": "Write np.stack([f(v) for v in x]).",
    "np.arange": "Write start + step * np.arange(n), or np.linspace.",
    "np.full": "Write np.broadcast_to(x, shape), or np.full(shape, x, like=x).",
    "np.kaiser": "Write n = 2 * np.arange(m) / (m - 1) - 1; "
    "np.i0(beta * np.sqrt(1 - n * n)) / np.i0(beta).",
    "np.fill_diagonal": "Write np.where(np.eye(n, dtype=bool), x, a).",
    "np.nditer": "Write `for v in np.ravel(x):`, or the operation on the whole array.",
    "np.vectorize": "Write np.stack([f(v) for v in x]), or f on the whole array.",
    "np.AxisConcatenator": "Write np.concatenate([...]) for the one and np.stack([...], axis=1) "
    "for the other.",
    "np.as_strided": "Write np.lib.stride_tricks.sliding_window_view({x:x}, n)[::step], or "
    "{x:x}[places] with an array of whole numbers.",
    "np.matrix": "Write np.array({args:x}), and @ where matrices are multiplied by *.",
    "np.asmatrix": "Write np.asarray({args:x}), and @ where matrices are multiplied by *.",
    "np.private": "It is a part of NumPy that is not public. Call the public function that is made "
    "of it, such as np.linalg.solve(a, b), which takes traced values.",
    "np": "Of a list of traced values make one array first: write np.stack([...]).",
    "ndarray.dot": "Write {a:A} @ {x:x}, or np.dot({a:A}, {x:x}).",
    "ndarray.fill": "Write np.broadcast_to({x:x}, {a:A}.shape).",
    "ndarray.take": "Write {a:A}.take({x:x}.data.astype(int)).",
    "ndarray.repeat": "Write {a:A}.repeat({x:x}.data.astype(int)).",
    "ndarray.compress": "Write {a:A}.compress({x:x}.data != 0).",
    "ndarray.put": "Write y = np.zeros_like({y:y}, shape={a:A}.shape) + {a:A}; "
    "np.put(y, {x:x}, {y:y}).",
    "ndarray": "Write np.{name}({a:A}, {args:x}).",
    "np.generic": "Leave it out, or write {x:x}.astype(np.{name}); the plain number is "
    "{x:x}.data.",
    # SciPy
    **dict.fromkeys(
        (f"scipy.integrate.{name}" for name in ("odeint", "solve_ivp", "ode", "solve_bvp")), STEPS
    ),
    **dict.fromkeys(
        (f"scipy.integrate.{name}" for name in ("quad", "dblquad", "tplquad", "nquad", "quad_vec")),
        NODES,
    ),
    "scipy.integrate.trapezoid": "Write np.trapezoid({args:x}).",
    "scipy.integrate.simpson": "Write np.sum(w * y) * h with the weights w = 1/3, 4/3, 2/3, ...",
    **dict.fromkeys(
        (
            f"scipy.optimize.{name}"
            for name in (
                "brentq", "brenth", "bisect", "ridder", "toms748", "newton", "fsolve", "root",
                "root_scalar", "fixed_point",
            )
        ),
        ROOT,
    ),
    "scipy.optimize": OPTIMUM,
    "scipy.sparse": SPARSE,
    "scipy.sparse.linalg": "Make an op of it: solve = ad.custom_op(lambda b: spsolve(S, b), "
    "vjp=lambda ct, ans, b: (spsolve(S.T, ct),), jvp=lambda t, ans, b: spsolve(S, t[0])); a small "
    "S may be dense: np.linalg.solve(S.toarray(), b).",
    "scipy.signal.convolve": "Write np.convolve({args:x}).",
    "scipy.spatial": "Write np.sqrt(np.sum((a[:, None] - b[None]) ** 2, axis=-1)).",
    "scipy.stats": STATISTICS,
    "scipy.linalg.solve_discrete_lyapunov": "Write np.linalg.solve(np.eye(n * n) - np.kron({x:a}, "
    "{x:a}), {y:q}.ravel()).reshape(n, n), where n = len({x:a}).",
    "scipy.linalg.solve_continuous_lyapunov": "Write i = np.eye(n); np.linalg.solve("
    "np.kron({x:a}, i) + np.kron(i, {x:a}), {y:q}.ravel()).reshape(n, n), where n = len({x:a}).",
    **{f"scipy.linalg.{name}": "Write np.linalg.{name}({args:x})." for name in np.linalg.__all__},
    # other packages
    "numba": "Call the Python function that it was compiled from: f.py_func(x), or the one under "
    "the decorator.",
    "pandas": "Take its plain numbers first: series.to_numpy() * x.",
    "": "Write its formula in NumPy, state its derivative with ad.custom_op, or give it the plain "
    "value, x.data.",
    **{
        f"math.{name}": f"Write {_MATH_ELSEWHERE.get(name, f'np.{name}({{args:x}})')}."
        for name in dir(math)
        if name in _MATH_ELSEWHERE or hasattr(np, name)
    },
    **{f"random.{name}": sentence for name, sentence in _RANDOM.items()},
    "random": "Give it plain parameters, x.data; of its draws there is no derivative.",
}  # fmt: skip

ALIKE = {
    **dict.fromkeys(
        ("np.asanyarray", "np.ascontiguousarray", "np.asfortranarray", "np.asarray_chkfinite",
         "np.require"), "np.asarray",
    ),
    "np.RClass": "np.AxisConcatenator",
    "np.CClass": "np.AxisConcatenator",
}  # fmt: skip
"""Calls that have the sentence of another."""

WHY = {
    "": PACKAGE,
    "math": NUMBER, "float": NUMBER, "int": NUMBER, "complex": NUMBER, "x.item()": NUMBER,
    "x.tolist()": "makes plain numbers, which carry no derivative", "np.generic": NUMBER,
    "a + b": "is given a plain array and a list of traced values, and would lose the derivative",
    "a[i]": INTEGER, "range": INTEGER, "ndarray": METHOD, "random": DRAW,
    "a[i] = x": "would lose the derivative: a plain array can't keep a traced value",
    "np.array": "makes a plain array, and would lose the derivative",
    "np.asarray": "makes a plain array, and would lose the derivative",
}  # fmt: skip
"""Why it is refused, by the beginnings of the keys; else the words of `PACKAGE`."""

EAGER = "Inside of `with ad.Tape():` it takes traced values as it stands. Or "
"""What is said before the sentence of a call that is served while a derivative is being taken."""
BOUND = (
    "Call it as {module}.{name}: this name was bound before the differentiation began, in a way "
    "that it can't be reached."
)
"""What is said instead of the sentence, where the user has NumPy's own function by another name."""
SERVED = ("np", "math")
"""The rows of such calls, by their beginnings, without those below."""
NEVER_SERVED = (
    "np.generic",
    "np.arange",
    "np.kaiser",
    "np.random",
    "np.ma",
    "np.matrix",
    "np.asmatrix",
)

SHOWN = {
    "numba": "a function compiled by numba",
    "a + b": "an operator", "a[i]": "an index or a length", "ndarray": "A",
    "np.asarray": "what is called here",
    **dict.fromkeys(("np.AxisConcatenator", "np.RClass", "np.CClass"), "np.r_[...] and np.c_[...]"),
}  # fmt: skip
"""What is said for a key, where the user's line does not show a call."""

ONLY_LOOK = ("matplotlib", "seaborn", "numpy.testing", "numpy.lib._npyio", "_pytest", "unittest")
"""Packages that draw, print, write or compare what they are given: of a look nothing is lost."""
LOOKS = (math.isnan, math.isinf, math.isfinite, math.isclose)
"""Functions of which the same holds."""

TOLD_BY_PYTHON = (
    (r"expected a sequence of integers or a single integer, got '(Tensor|Dual)", "a[i]"),
    (r"Object of type (Tensor|Dual) is not JSON serializable", "json.dumps"),
    (r"can't convert type '(Tensor|Dual)' to numerator/denominator", "statistics.mean"),
    (r"conversion from (Tensor|Dual) to Decimal", "decimal.Decimal"),
    (r"dtype\(\[\('a traced array'", "a[i] = x"),
    (r"is an object which cannot be written back to via WRITEBACKIFCOPY", "np.nditer"),
)
"""Errors of Python and NumPy about a traced value that they did not ask for a number."""
