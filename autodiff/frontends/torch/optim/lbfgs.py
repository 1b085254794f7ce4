"""`optim.lbfgs`: a quasi-Newton step from the last differences of gradients, and its line search.

The direction is -H g, where H is never written down: two sweeps over kept pairs (Nocedal, 1980).
The first step is of length min(1, 1 / |g|_1) times the rate; with `lineSearch` its length obeys the
strong Wolfe conditions, f falls by c1 of the slope's promise, and the slope to c2 of what it was.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.frontends.torch.tensor import Tensor


def lbfgs(
    feval: Any, x: Tensor, config: Any = None, state: Any = None
) -> tuple[Any, list[Any], int]:
    """At most `maxIter` (20) steps.  Returns x, the losses of the steps, and how often f was asked.

    `config`: maxIter, maxEval (1.25 maxIter), tolFun (1e-5, of the gradient), tolX (1e-9, of the
    step and the loss), nCorrection (100 pairs), learningRate (1), lineSearch.
    """
    own = {"maxIter": 20, "tolFun": 1e-5, "tolX": 1e-9, "nCorrection": 100, "learningRate": 1.0}
    own |= dict((config or {}).items())
    most = own.get("maxEval") or own["maxIter"] * 1.25
    search = own.get("lineSearch")
    f, g = _asked(feval, x)
    losses, count, pairs = [f], 1, []
    for step in range(int(own["maxIter"])):
        if np.abs(g).max() <= own["tolFun"]:
            break
        d = _direction(g, pairs)
        slope = float(g @ d)
        if slope > -own["tolX"]:
            break
        t = own["learningRate"] * (1.0 if step else min(1.0, 1.0 / np.abs(g).sum()))
        before, old_f, old_g = x.a.copy(), f, g
        if search is not None:
            _, _, _, t, asked = search(feval, x, t, Tensor.of(d), f, Tensor.of(g), slope)
            x.a[...] = before + t * d
            f, g = _asked(feval, x)
            count += asked + 1
        else:
            x.a[...] = before + t * d
            f, g = _asked(feval, x)
            count += 1
        losses.append(f)
        s, y = x.a - before, g - old_g
        if s @ y > 1e-10:
            pairs = [*pairs, (s, y)][-int(own["nCorrection"]) :]
        if count >= most or np.abs(s).sum() <= own["tolX"] or abs(f - old_f) < own["tolX"]:
            break
    return x, losses, count


def _asked(feval: Any, x: Tensor) -> tuple[float, Any]:
    f, g = feval(x)
    return float(f), g.a.copy()


def _direction(g: Any, pairs: list[Any]) -> Any:
    """-H g, by the two loops."""
    q, shares = -g, []
    for s, y in reversed(pairs):
        share = s @ q / (s @ y)
        q = q - share * y
        shares.append(share)
    if pairs:
        s, y = pairs[-1]
        q = q * (s @ y / (y @ y))
    for (s, y), share in zip(pairs, reversed(shares), strict=True):
        q = q + s * (share - y @ q / (s @ y))
    return q


def lswolfe(
    feval: Any, x: Tensor, t: float, d: Tensor, f: float, g: Tensor, gtd: float,
    options: Any = None,
) -> tuple[float, Tensor, Tensor, float, int]:  # fmt: skip
    """A length t that obeys the strong Wolfe conditions (c1 1e-4, c2 0.9), by doubling and halving.

    Returns f and its gradient there, x there, t, and how often f was asked (25 times at most).
    """
    begin = x.a.copy()
    low, high = 0.0, np.inf
    new_f, new_g = f, g.a
    asked = 0
    while asked < 25:
        asked += 1
        x.a[...] = begin + t * d.a
        new_f, new_g = _asked(feval, x)
        slope = new_g @ d.a
        if new_f > f + 1e-4 * t * gtd or slope > -0.9 * gtd:
            high = t
        elif slope < 0.9 * gtd:
            low = t
        else:
            break
        t = (low + high) / 2 if high < np.inf else 2 * t
    return new_f, Tensor.of(new_g), x, t, asked
