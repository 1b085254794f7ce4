"""`optim.lbfgs`: a quasi-Newton step from the last differences of gradients, and its line search.

The direction is -H g, where H is never written down: two sweeps over kept pairs (Nocedal, 1980).
The first step is of length min(1, 1 / |g|_1) times the rate; with `lineSearch` its length obeys the
strong Wolfe conditions, f falls by c1 of the slope's promise, and the slope to c2 of what it was.
The pairs are kept in the state: another call, as for the next minibatch, goes on with them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autodiff.frontends.torch.tensor import Tensor


@dataclass
class Memory:
    """What a step leaves to the next: the pairs (s, y), and its gradient, direction and length."""

    pairs: list[Any] = field(default_factory=list)
    g: Any = None
    d: Any = None
    t: float = 0.0

    def direction(self, g: Any, most: int) -> Any:
        """-H g, after the last step has become the newest of `most` pairs."""
        if self.d is not None:
            s, y = self.t * self.d, g - self.g
            if s @ y > 1e-10:
                self.pairs = [*self.pairs, (s, y)][-most:]
        self.g, self.d = g, _direction(g, self.pairs)
        return self.d


def lbfgs(
    feval: Any, x: Tensor, config: Any = None, state: Any = None
) -> tuple[Any, list[Any], int]:
    """At most `maxIter` (20) steps.  Returns x, the losses of the steps, and how often f was asked.

    `config`: maxIter, maxEval (1.25 maxIter), tolFun (1e-5, of the gradient), tolX (1e-9, of the
    step and the loss), nCorrection (100 pairs), learningRate (1), lineSearch, lineSearchOptions.
    """
    config = {} if config is None else config
    state = config if state is None else state
    own = {"maxIter": 20, "tolFun": 1e-5, "tolX": 1e-9, "nCorrection": 100, "learningRate": 1.0}
    own |= dict(config.items())
    steps, tol, search = int(own["maxIter"]), own["tolX"], own.get("lineSearch")
    most = own.get("maxEval") or steps * 1.25
    f, g = _asked(feval, x)
    losses, count = [f], 1
    if np.abs(g).sum() <= own["tolFun"]:
        return x, losses, count
    memory = state.get("memory")
    if memory is None:
        memory = state["memory"] = Memory()
    for step in range(1, steps + 1):
        first, old_f = memory.d is None, f
        d = memory.direction(g, int(own["nCorrection"]))
        slope = float(g @ d)
        if slope > -tol:
            break
        t = own["learningRate"] * (min(1.0, 1.0 / np.abs(g).sum()) if first else 1.0)
        if search is not None:
            given = (f, Tensor.of(g), slope, own.get("lineSearchOptions"))
            f, new, _, t, asked = search(feval, x, t, Tensor.of(d), *given)
            f, g, count = float(f), new.a.copy(), count + asked
            losses.append(f)
        else:
            x.a[...] += t * d
            if step < steps:  # after the last step f is not needed
                f, g = _asked(feval, x)
                count += 1
                losses.append(f)
        memory.t = t
        still = np.abs(t * d).sum() <= tol or abs(f - old_f) < tol
        if count >= most or np.abs(g).sum() <= own["tolFun"] or still:
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
    """A length t that obeys the strong Wolfe conditions, by doubling and halving.

    `options`: c1 (1e-4), c2 (0.9), maxIter (20), tolX (1e-9, of how much f may change).  Returns f
    and its gradient there, x there, t, and how often f was asked.
    """
    own = {"c1": 1e-4, "c2": 0.9, "maxIter": 20, "tolX": 1e-9} | dict((options or {}).items())
    begin, low, high, asked = x.a.copy(), 0.0, np.inf, 0
    while True:
        asked += 1
        x.a[...] = begin + t * d.a
        new_f, new_g = _asked(feval, x)
        slope = new_g @ d.a
        if new_f > f + own["c1"] * t * gtd or slope > -own["c2"] * gtd:
            high = t
        elif slope < own["c2"] * gtd:
            low = t
        else:
            break
        if asked > own["maxIter"] or (high - low) * abs(slope) < own["tolX"]:
            break
        t = (low + high) / 2 if high < np.inf else 2 * t
    return new_f, Tensor.of(new_g), x, t, asked
