"""The numeric derivative with the least estimated noise, among methods and steps."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from autodiff.check.numeric import Line, Slope, complex_step, differences


def measured_noise(line: Line, scale: float) -> float:
    """The rounding error of f as its own values show it, along very small steps.

    The fourth differences of a smooth function vanish there, those of noise do not (J. More and
    S. Wild, "Estimating Computational Noise", SIAM J. Sci. Comput. 33, 2011, section 4).
    """
    return max(_noise_at(line, scale * spacing) for spacing in (1e-9, 1e-7, 1e-6))


def _noise_at(line: Line, spacing: float) -> float:
    with np.errstate(all="ignore"):
        values = np.array([line.pair(line.at(k * spacing)) for k in range(-5, 6)])
        return max(
            float(np.sqrt(factor * np.mean(np.diff(values, order) ** 2)))
            for order, factor in ((4, 1 / 70), (5, 1 / 252))
        )


def best_slope(
    line: Line,
    scale: float,
    analytic: bool = False,
    expected: Sequence[float] = (),
    rounding: float = 0.0,
) -> Slope:
    """The slope by the method, and from the largest step, with the least estimated noise.

    `scale` is the size of the argument along the line.  Where one sweep of steps leaves much
    noise, others are tried; where the result contradicts what is `expected` of it (which is known
    up to `rounding`), the noise of f is measured too, since terms that cancel inside of f do not
    show in its size.
    """
    exact = complex_step(line, scale) if analytic else None
    if exact is not None and all(agree(value, exact, rounding) for value in expected):
        return exact
    best = _best_sweep(line, scale)
    if not best.smooth and line.blur:  # large terms that cancel leave steps that look like a kink
        noise = min(4 * _noise_at(line, 1e-9 * scale), line.blur)
        if noise > best.rounding:
            best = _best_sweep(line, scale, noise)
    if best.smooth and not all(agree(value, best, rounding) for value in expected):
        near = _seen_closer(line, scale, best)  # a kink beside the smallest of the steps
        if all(agree(value, near, rounding) for value in expected):
            return near
        noise = 4 * measured_noise(line, scale)
        if noise > best.rounding:
            best = _best_sweep(line, scale, noise)
    return exact if exact is not None and agree(exact.value, best, rounding) else best


def agree(value: float, slope: Slope, rounding: float = 0.0, tolerance: float = 1e-6) -> bool:
    """Whether a derivative is the numeric one, up to what noise and rounding explain."""
    size = max(abs(value), abs(slope.value))
    return bool(abs(value - slope.value) <= tolerance * size + 10 * slope.noise + rounding)


def _best_sweep(line: Line, scale: float, rounding: float = 0.0) -> Slope:
    nearest = 0.02
    best = differences(line, nearest * scale, rounding)
    if not best.smooth:
        return _seen_closer(line, scale, best)
    for factor in (0.3, 1e-3, 1e-5, 0.02 / scale):
        if best.relative_noise <= 1e-8:
            break
        other = differences(line, factor * scale, best.rounding)
        if not other.smooth:
            return _seen_closer(line, scale, other)
        beyond = factor > nearest and abs(other.value - best.value) > 10 * (
            other.noise + best.noise
        )  # larger steps see what is behind a kink
        if other.noise < best.noise and not beyond:
            best, nearest = other, factor
    return best


def _seen_closer(line: Line, scale: float, rough: Slope) -> Slope:
    """A slope that only much smaller steps can see, as that of sin(1e6 x); else the kink.

    A kink stays one at every step; what waves faster than the steps has a sure slope closer in.
    """
    for factor in (1e-5, 1e-8):
        near = differences(line, factor * scale, rough.rounding)
        if near.smooth and near.noise <= 1e-5 * abs(near.value):
            return near
    return rough
