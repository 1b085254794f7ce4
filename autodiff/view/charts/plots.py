"""Charts beside the drawings, by matplotlib: each returns the figure, and shows nothing itself.

Every function draws into `axes` where they are given, else into a new figure.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from autodiff.core.language.dispatch import ground
from autodiff.core.transforms.jacobians import jacobian
from autodiff.view.charts.axes import FIRST, SECOND, THIRD, new_axes, readable
from autodiff.view.charts.training import plot_boundary as plot_boundary
from autodiff.view.charts.training import plot_histograms as plot_histograms
from autodiff.view.charts.training import plot_losses as plot_losses
from autodiff.view.findings.replay import coordinates, moved, replay
from autodiff.view.pictures.kinds.flow import COLOURS, HIGH, LOW
from autodiff.view.records.derive import pull
from autodiff.view.records.given import subject_of
from autodiff.view.records.subject import ViewError
from autodiff.view.words.text import number, rms


def plot_flow(thing: Any, *args: Any, axes: Any = None) -> Any:
    """The size (root mean square) of the adjoint of every input and parameter, as bars.

    Takes what `draw` takes.  The axis is logarithmic and has the colours of `draw(flow=True)`;
    an adjoint that is exactly 0 is written, not drawn.

    >>> figure = plot_flow(lambda w, x: w * x, 2.0, 3.0)
    >>> [label.get_text() for label in figure.axes[0].get_yticklabels()]
    ['w', 'x']
    """
    subject = subject_of(thing, args)
    if not subject.seeds:
        raise ViewError(f"there is no gradient yet: call {subject.title}.backward() first.")
    adjoints = pull(subject.program, subject.seeds).adjoints
    leaves = [e for e in subject.inputs if e in adjoints]
    sizes = [rms(adjoints[e]) for e in leaves]
    axes, figure = new_axes(axes, (6.4, 0.6 + 0.35 * max(3, len(leaves))))
    places = np.arange(len(leaves))
    shown = [size if 0 < size < math.inf else np.nan for size in sizes]
    axes.barh(places, shown, color=[colour_of(size) for size in sizes], edgecolor="#1f2328")
    axes.set_xscale("log")
    finite = [size for size in shown if size > 0]
    axes.set_xlim(min([10**LOW, *finite]) / 2, max([10**HIGH, *finite]) * 2)
    axes.set_yticks(places, [readable(subject.names[e]) for e in leaves])
    axes.invert_yaxis()
    target = readable(subject.names[subject.target])
    axes.set_xlabel(f"size of d{target}/d(parameter): root mean square over its entries")
    for place, size in zip(places, sizes, strict=True):
        if not 0 < size < math.inf:
            words = " 0 (exactly)" if size == 0 else " not finite"
            axes.text(0.01, place, words, va="center", transform=axes.get_yaxis_transform())
    axes.set_title(f"Gradient flow of {readable(subject.title)}")
    return figure


def colour_of(size: float) -> str:
    """The colour of a size on the absolute scale of the gradient-flow drawings."""
    if not 0 < size < math.inf:
        return "#59636e"
    place = (math.log10(size) - LOW) / (HIGH - LOW)
    return COLOURS[min(max(int(place * len(COLOURS)), 0), len(COLOURS) - 1)]


def plot_step_sizes(thing: Any, *args: Any, axes: Any = None) -> Any:
    """The V curve of a gradient check: error of difference quotients against the step size h.

    For large h the quotient errs by its own truncation, h for forward differences and h squared
    for central ones; for small h by rounding, about 1e-16 / h.  The first input coordinate
    whose derivative is not 0 is taken; the reference is the adjoint.

    >>> plot_step_sizes(np.sin, 1.0).axes[0].get_xlabel()
    'step size h'
    """
    subject = subject_of(thing, args)
    if not subject.seeds:
        subject.seeds = {subject.target: np.ones_like(ground(subject.target.value))[()]}
    target, seed = subject.target, subject.seeds[subject.target]
    adjoints = pull(subject.program, subject.seeds).adjoints
    found = [
        (e, p)
        for e, p in coordinates(subject)
        if e in adjoints and np.asarray(ground(adjoints[e]))[p] != 0
    ]
    if not found:
        raise ViewError(f"no input of {subject.title} has a derivative other than 0 to compare.")
    equation, place = found[0]
    exact = float(np.asarray(ground(adjoints[equation]))[place])

    def value(shift: float) -> float:
        changed = replay(subject, {equation: moved(equation, place, shift)})
        return float(np.sum(ground(changed[target]) * seed))

    sizes = 10.0 ** np.arange(-15, 0.26, 0.25)
    here = value(0.0)
    forward = [abs((value(h) - here) / h - exact) / abs(exact) for h in sizes]
    central = [abs((value(h) - value(-h)) / (2 * h) - exact) / abs(exact) for h in sizes]
    axes, figure = new_axes(axes)
    floor = 1e-17
    axes.loglog(
        sizes,
        np.maximum(forward, floor),
        "o-",
        ms=3,
        color=SECOND,
        label="forward: (f(x+h) - f(x)) / h",
    )
    axes.loglog(
        sizes,
        np.maximum(central, floor),
        "s-",
        ms=3,
        color=FIRST,
        label="central: (f(x+h) - f(x-h)) / 2h",
    )
    best = sizes[int(np.argmin(central))]
    axes.axvline(best, color="#59636e", linestyle=":")
    axes.annotate(
        f"best h {number(best)}",
        (best, 0.97),
        xycoords=axes.get_xaxis_transform(),
        xytext=(6, 0),
        textcoords="offset points",
        va="top",
    )
    axes.set_xlabel("step size h")
    axes.set_ylabel("relative error against the adjoint")
    axes.set_title("rounding errors on the left, truncation errors on the right", fontsize="medium")
    axes.legend()
    return figure


def plot_modes(total: int = 64, width: int = 32, axes: Any = None) -> Any:
    """The time for a full Jacobian of f: R^n -> R^m by each mode, measured for n + m = `total`.

    The function is f(x) = A tanh(B x) through `width` units.  Forward mode needs one pass per
    input, reverse mode one pass per output, so each wins at its end; for a small `total` the
    time is Python's own, and the curves need not cross.

    >>> plot_modes(total=4, width=2).axes[0].get_xlabel()
    'number of inputs n (outputs m = 4 - n)'
    """
    rng = np.random.default_rng(0)
    inputs = np.unique(np.linspace(1, total - 1, 9).round().astype(int))
    seconds: dict[str, list[float]] = {"forward": [], "reverse": []}
    for n in inputs:
        a, b = rng.normal(size=(total - n, width)), rng.normal(size=(width, n))
        for mode, own in seconds.items():
            derivative = jacobian(lambda x, a=a, b=b: a @ np.tanh(b @ x), mode=mode)
            own.append(min(_seconds(derivative, np.ones(n)) for _ in range(3)))
    axes, figure = new_axes(axes)
    words = {"forward": "one pass per input", "reverse": "one pass per output"}
    for (mode, own), style, colour in zip(
        seconds.items(), ("o-", "s-"), (THIRD, SECOND), strict=True
    ):
        label = f"{mode} mode: {words[mode]}"
        axes.plot(inputs, np.multiply(own, 1e3), style, color=colour, label=label)
    axes.set_xlabel(f"number of inputs n (outputs m = {total} - n)")
    axes.set_ylabel("time for the full Jacobian [ms]")
    axes.set_ylim(bottom=0)
    axes.legend()
    return figure


def _seconds(f: Callable[..., Any], x: Any) -> float:
    start = time.perf_counter()
    f(x)
    return time.perf_counter() - start
