"""SciPy's special functions by their own names; loaded when the first of them is met.

Formulas: NIST Digital Library of Mathematical Functions, chapters 5 (gamma), 7 (error
functions), 8 (incomplete gamma) and 10 (Bessel).
"""

import math

import numpy as np
from scipy import special

from autodiff.core.language.dispatch import apply, ground
from autodiff.core.language.kinds import elementwise
from autodiff.core.language.numpy_calls.teaching import teach
from autodiff.core.language.op import case
from autodiff.core.language.registry import registry
from autodiff.core.language.singular.kinks import Kinks
from autodiff.core.values.lists import of_lists
from autodiff.ops.elementwise.arithmetic import at_zero
from autodiff.ops.ground.arguments import refuse, shape_of
from autodiff.ops.networks import nn

ROOT_PI = math.sqrt(math.pi)
ROOT_2PI = math.sqrt(2 * math.pi)
POSITIVE = (0.5, 2.0)
INSIDE = (-0.8, 0.8)
SHARE = (0.1, 0.9)


def _entry(name, *partials, **entry):
    """The elementwise op of a special function under its own name."""
    function = getattr(special, name)
    own = name if name not in registry.by_name else f"scipy.{name}"
    return elementwise(function, *partials, name=own, **entry)


def _order(ans, *args):
    """Refuses the derivative along an order or a shape parameter."""
    refuse("the order (or shape parameter) of this special function", "Keep it constant.")


ORDERS = (case(1, (3,)), case(2, ()), case(np.array([0, 1, 2]), (3,)))
"""Cases with the order held constant: plain integers."""

# -- error functions and the normal distribution ---------------------------------------------

erf = _entry("erf", lambda ans, x: 2 / ROOT_PI * np.exp(-x * x))
erfc = _entry("erfc", lambda ans, x: -2 / ROOT_PI * np.exp(-x * x))
erfinv = _entry("erfinv", lambda ans, x: ROOT_PI / 2 * np.exp(ans * ans), domain=(INSIDE,))
erfcinv = _entry("erfcinv", lambda ans, x: -ROOT_PI / 2 * np.exp(ans * ans), domain=((0.3, 1.7),))
erfcx = _entry("erfcx", lambda ans, x: 2 * x * ans - 2 / ROOT_PI)
dawsn = _entry("dawsn", lambda ans, x: 1 - 2 * x * ans)
ndtr = _entry("ndtr", lambda ans, x: np.exp(-x * x / 2) / ROOT_2PI)
ndtri = _entry("ndtri", lambda ans, p: ROOT_2PI * np.exp(ans * ans / 2), domain=(SHARE,))
log_ndtr = _entry("log_ndtr", lambda ans, x: np.exp(-x * x / 2 - ans) / ROOT_2PI)

# -- gamma and beta -------------------------------------------------------------------------


def _polygamma_of_reals(x, order):
    if np.iscomplexobj(x):
        what = "psi (the slope of log gamma) at complex numbers"
        refuse(what, "SciPy's polygamma takes real ones; state a rule yourself by ad.custom_op.")
    return special.polygamma(order, x)[()]


def _polygamma(x, order):
    return apply(polygamma, (x,), {"order": order})


gamma = _entry("gamma", lambda ans, x: ans * special.psi(x), domain=(POSITIVE,))
rgamma = _entry("rgamma", lambda ans, x: -ans * special.psi(x), domain=(POSITIVE,))
gammaln = _entry("gammaln", lambda ans, x: special.psi(x), domain=(POSITIVE,))
loggamma = _entry("loggamma", lambda ans, x: special.psi(x), domain=(POSITIVE,))
psi = _entry("psi", lambda ans, x: _polygamma(x, 1), domain=(POSITIVE,))
polygamma = elementwise(
    _polygamma_of_reals,
    lambda ans, x, order: _polygamma(x, order + 1),
    name="polygamma", label="ψ{order}({})", keywords=("order",), domain=(POSITIVE,),
    cases=(case((3,), order=1), case((), order=2)),
)  # fmt: skip
beta = _entry(
    "beta",
    lambda ans, a, b: ans * (special.psi(a) - special.psi(a + b)),
    lambda ans, a, b: ans * (special.psi(b) - special.psi(a + b)),
    domain=(POSITIVE, POSITIVE),
)
betaln = _entry(
    "betaln",
    lambda ans, a, b: special.psi(a) - special.psi(a + b),
    lambda ans, a, b: special.psi(b) - special.psi(a + b),
    domain=(POSITIVE, POSITIVE),
)


def _gamma_density(a, x):
    return np.exp((a - 1) * np.log(x) - x - special.gammaln(a))


gammainc = _entry(
    "gammainc", _order, lambda ans, a, x: _gamma_density(a, x),
    domain=(POSITIVE, POSITIVE), cases=(case(1.3, (3,)), case(2, ())),
)  # fmt: skip
gammaincc = _entry(
    "gammaincc", _order, lambda ans, a, x: -_gamma_density(a, x),
    domain=(POSITIVE, POSITIVE), cases=(case(1.3, (3,)),),
)  # fmt: skip

# -- logistic function and entropies ----------------------------------------------------------

expit = _entry("expit", lambda ans, x: ans * (1 - ans))
logit = _entry("logit", lambda ans, p: 1 / (p * (1 - p)), domain=(SHARE,))
log_expit = _entry("log_expit", lambda ans, x: special.expit(-x))
xlogy = _entry(
    "xlogy",
    lambda ans, x, y: np.log(y),
    lambda ans, x, y: np.where(x == 0, 0.0, x / y),
    domain=((-2.0, 2.0), POSITIVE), kinks="at x = 0: flat in y",
)  # fmt: skip
xlog1py = _entry(
    "xlog1py",
    lambda ans, x, y: np.log1p(y),
    lambda ans, x, y: np.where(x == 0, 0.0, x / (1 + y)),
    domain=((-2.0, 2.0), POSITIVE), kinks="at x = 0: flat in y",
)  # fmt: skip
entr = _entry("entr", lambda ans, x: -np.log(x) - 1, domain=(POSITIVE,))
rel_entr = _entry(
    "rel_entr", lambda ans, x, y: np.log(x / y) + 1, lambda ans, x, y: -x / y,
    domain=(POSITIVE, POSITIVE),
)  # fmt: skip
kl_div = _entry(
    "kl_div", lambda ans, x, y: np.log(x / y), lambda ans, x, y: 1 - x / y,
    domain=(POSITIVE, POSITIVE),
)  # fmt: skip

# -- Bessel functions -----------------------------------------------------------------------

j0 = _entry("j0", lambda ans, x: -special.j1(x))
j1 = _entry("j1", lambda ans, x: (special.j0(x) - special.jv(2, x)) / 2)
jv = _entry(
    "jv", _order, lambda ans, n, x: (special.jv(n - 1, x) - special.jv(n + 1, x)) / 2,
    cases=ORDERS, domain=(POSITIVE, POSITIVE),
)  # fmt: skip
y0 = _entry("y0", lambda ans, x: -special.y1(x), domain=(POSITIVE,))
y1 = _entry("y1", lambda ans, x: (special.y0(x) - special.yv(2, x)) / 2, domain=(POSITIVE,))
yv = _entry(
    "yv", _order, lambda ans, n, x: (special.yv(n - 1, x) - special.yv(n + 1, x)) / 2,
    cases=ORDERS, domain=(POSITIVE, POSITIVE),
)  # fmt: skip
i0 = _entry("i0", lambda ans, x: special.i1(x))
i1 = _entry("i1", lambda ans, x: (special.i0(x) + special.iv(2, x)) / 2)
iv = _entry(
    "iv", _order, lambda ans, n, x: (special.iv(n - 1, x) + special.iv(n + 1, x)) / 2,
    cases=ORDERS, domain=(POSITIVE, POSITIVE),
)  # fmt: skip
kv = _entry(
    "kv", _order, lambda ans, n, x: -(special.kv(n - 1, x) + special.kv(n + 1, x)) / 2,
    cases=ORDERS, domain=(POSITIVE, POSITIVE),
)  # fmt: skip
SCALED = at_zero("exp(-|x|) at 0", "the mean of both slopes")
i0e = _entry("i0e", lambda ans, x: special.i1e(x) - np.sign(x) * ans, kinks=SCALED)
i1e = _entry(
    "i1e", lambda ans, x: (special.i0e(x) + special.ive(2, x)) / 2 - np.sign(x) * ans, kinks=SCALED
)
ive = _entry(
    "ive", _order,
    lambda ans, n, x: (special.ive(n - 1, x) + special.ive(n + 1, x)) / 2 - np.sign(x) * ans,
    cases=ORDERS, domain=(POSITIVE, POSITIVE),
    kinks=Kinks(
        SCALED.what, SCALED.convention, lambda ans, n, x: np.equal(x, 0), lambda ans, n, x: x
    ),
)  # fmt: skip

# -- robust losses ----------------------------------------------------------------------------

huber = _entry(
    "huber",
    lambda ans, delta, r: np.maximum(np.abs(r) - delta, 0.0),
    lambda ans, delta, r: np.clip(r, -delta, delta),
    domain=(POSITIVE, (-2.0, 2.0)), cases=(case(1.0, np.array([-3.0, -0.4, 0.7, 2.0])),),
)  # fmt: skip
pseudo_huber = _entry(
    "pseudo_huber",
    lambda ans, delta, r: 2 * ans / delta - r**2 / (delta * np.hypot(1.0, r / delta)),
    lambda ans, delta, r: r / np.hypot(1.0, r / delta),
    domain=(POSITIVE, (-2.0, 2.0)),
)  # fmt: skip

# -- integrals ------------------------------------------------------------------------------


def _beta_density(a, b, x):
    return np.exp((a - 1) * np.log(x) + (b - 1) * np.log1p(-x) - special.betaln(a, b))


BETAS = (case(1.3, 2.2, (3,)), case(2, 3, ()))
betainc = _entry(
    "betainc", _order, _order, lambda ans, a, b, x: _beta_density(a, b, x),
    domain=(POSITIVE, POSITIVE, SHARE), cases=BETAS,
)  # fmt: skip
betaincc = _entry(
    "betaincc", _order, _order, lambda ans, a, b, x: -_beta_density(a, b, x),
    domain=(POSITIVE, POSITIVE, SHARE), cases=BETAS,
)  # fmt: skip
expi = _entry("expi", lambda ans, x: np.exp(x) / x, domain=(POSITIVE,))
exp1 = _entry("exp1", lambda ans, x: -np.exp(-x) / x, domain=(POSITIVE,))
erfi = _entry("erfi", lambda ans, x: 2 / ROOT_PI * np.exp(x * x))
exp10 = _entry("exp10", lambda ans, x: ans * math.log(10))
ellipk = _entry(
    "ellipk", lambda ans, m: (special.ellipe(m) / (1 - m) - ans) / (2 * m), domain=(SHARE,)
)
ellipe = _entry("ellipe", lambda ans, m: (ans - special.ellipk(m)) / (2 * m), domain=(SHARE,))
yn = _entry(
    "yn", _order, lambda ans, n, x: (special.yv(n - 1, x) - special.yv(n + 1, x)) / 2,
    cases=ORDERS, domain=(POSITIVE, POSITIVE),
)  # fmt: skip
kn = _entry(
    "kn", _order, lambda ans, n, x: -(special.kv(n - 1, x) + special.kv(n + 1, x)) / 2,
    cases=ORDERS, domain=(POSITIVE, POSITIVE),
)  # fmt: skip
k0 = _entry("k0", lambda ans, x: -special.k1(x), domain=(POSITIVE,))
k1 = _entry("k1", lambda ans, x: -(special.k0(x) + special.kv(2, x)) / 2, domain=(POSITIVE,))
k0e = _entry("k0e", lambda ans, x: ans - special.k1e(x), domain=(POSITIVE,))
k1e = _entry(
    "k1e", lambda ans, x: ans - (special.k0e(x) + special.kve(2, x)) / 2, domain=(POSITIVE,)
)
kve = _entry(
    "kve", _order,
    lambda ans, n, x: ans - (special.kve(n - 1, x) + special.kve(n + 1, x)) / 2,
    cases=ORDERS, domain=(POSITIVE, POSITIVE),
)  # fmt: skip
cosm1 = _entry("cosm1", lambda ans, x: -np.sin(x))
poch = _entry(
    "poch",
    lambda ans, z, m: ans * (special.psi(z + m) - special.psi(z)),
    lambda ans, z, m: ans * special.psi(z + m),
    domain=(POSITIVE, POSITIVE),
)

# -- functions in Python, which hand nothing over -----------------------------------------------


def _logsumexp(a, axis=None, b=None, keepdims=False, return_sign=False):
    if return_sign:
        refuse("scipy.special.logsumexp with return_sign=True", "Leave it out.")
    a, b = of_lists(a), of_lists(b)
    if b is None:
        return nn.logsumexp(a, axis=axis, keepdims=keepdims)
    top = np.max(ground(a), axis=axis, keepdims=True)
    top = np.where(np.isfinite(top), top, 0.0)
    found = np.log(np.sum(b * np.exp(a - top), axis=axis, keepdims=keepdims))
    return found + (top if keepdims else np.squeeze(top, axis=axis))


def _share(function):
    """softmax and log_softmax, over all axes unless told otherwise."""

    def traced(x, axis=None):
        x = of_lists(x)
        if axis is not None:
            return function(x, axis=axis)
        return np.reshape(function(np.ravel(x), axis=0), shape_of(x))

    return traced


def _multigammaln(a, d):
    terms = [special.gammaln(a - j / 2) for j in range(int(d))]
    return sum(terms) + d * (d - 1) / 4 * math.log(math.pi)


teach(special.logsumexp, _logsumexp)
teach(special.softmax, _share(nn.softmax))
teach(special.log_softmax, _share(nn.log_softmax))
teach(special.multigammaln, _multigammaln)
teach(special.polygamma, lambda n, x: _polygamma(of_lists(x), int(n)))

for _name in ("cbrt", "exp2", "expm1", "log1p"):  # SciPy's names for functions of NumPy's
    registry.by_function[getattr(special, _name)] = registry[_name]
