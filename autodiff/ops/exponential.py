"""Exponentials, logarithms and roots."""

import numpy as np

from autodiff.core.kinds import elementwise

POSITIVE = (0.5, 2.0)
LN2, LN10 = float(np.log(2)), float(np.log(10))

exp = elementwise(np.exp, lambda ans, x: ans)
exp2 = elementwise(np.exp2, lambda ans, x: LN2 * ans)
expm1 = elementwise(np.expm1, lambda ans, x: ans + 1)
log = elementwise(np.log, lambda ans, x: 1 / x, domain=(POSITIVE,))
log2 = elementwise(np.log2, lambda ans, x: 1 / (LN2 * x), domain=(POSITIVE,))
log10 = elementwise(np.log10, lambda ans, x: 1 / (LN10 * x), domain=(POSITIVE,))
log1p = elementwise(np.log1p, lambda ans, x: 1 / (1 + x), domain=(POSITIVE,))
sqrt = elementwise(
    np.sqrt, lambda ans, x: 0.5 / ans, label="√({})", domain=(POSITIVE,), kinks="at 0: infinite"
)
cbrt = elementwise(
    np.cbrt, lambda ans, x: 1 / (3 * ans**2), domain=(POSITIVE,), kinks="at 0: infinite"
)
logaddexp = elementwise(
    np.logaddexp, lambda ans, x, y: np.exp(x - ans), lambda ans, x, y: np.exp(y - ans)
)
logaddexp2 = elementwise(
    np.logaddexp2, lambda ans, x, y: np.exp2(x - ans), lambda ans, x, y: np.exp2(y - ans)
)
hypot = elementwise(
    np.hypot,
    lambda ans, x, y: np.where(ans == 0, 0.0, x / np.where(ans == 0, 1.0, ans)),
    lambda ans, x, y: np.where(ans == 0, 0.0, y / np.where(ans == 0, 1.0, ans)),
    kinks="at (0, 0): 0",
)
