"""`check` and `check_grad`: forward, reverse and numeric derivatives of a function, side by side.

The output is weighted with a random cotangent, so that a transposed or permuted Jacobian cannot
pass; each element of each argument is perturbed by itself while there are few, and random
directions are taken where there are many.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autodiff.check.numeric import slope
from autodiff.core.errors import GradientCheckError
from autodiff.core.program import table
from autodiff.core.record import variables_of
from autodiff.core.tape import argument_names
from autodiff.core.transforms import jvp, vjp
from autodiff.core.tree import flatten, unflatten

FEW = 200
DIRECTIONS = 20
TOLERANCE = 1e-6
MODES = ("forward", "reverse")


@dataclass(frozen=True, slots=True)
class Row:
    """One variable: its derivatives along each direction tried, by each method."""

    path: str
    shape: tuple[int, ...]
    order: int
    numeric: np.ndarray
    noise: np.ndarray
    found: dict[str, np.ndarray]
    places: list[tuple[int, ...]] | None

    def error(self, mode: str) -> np.ndarray:
        """The relative disagreement of a mode with the numeric derivative, per direction."""
        own = self.found[mode]
        scale = np.maximum(np.maximum(abs(own), abs(self.numeric)), _floor(self.numeric))
        return abs(own - self.numeric) / scale

    def allowed(self) -> np.ndarray:
        """What the numeric derivative's own estimated error explains."""
        scale = np.maximum(abs(self.numeric), _floor(self.numeric))
        return TOLERANCE + 10 * self.noise / scale

    def wrong(self, mode: str) -> np.ndarray:
        """Which directions disagree (NaN counts as disagreement unless both are NaN)."""
        both = np.isnan(self.found[mode]) & np.isnan(self.numeric)
        return ~(self.error(mode) <= self.allowed()) & ~both

    @property
    def passed(self) -> bool:
        """Whether all modes agree with the numeric derivative."""
        return not any(self.wrong(mode).any() for mode in self.found)

    def worst(self) -> str:
        """The direction that disagrees most, in words."""
        errors = {mode: np.nan_to_num(self.error(mode), nan=np.inf) for mode in self.found}
        mode = max(errors, key=lambda m: errors[m].max(initial=0))
        k = int(errors[mode].argmax())
        where = self.path
        if self.places is not None and self.places[k] != ():
            where += f"[{', '.join(map(str, self.places[k]))}]"
        elif self.places is None:
            where += f" along random direction {k}"
        return (
            f"{mode} mode says {self.found[mode][k]:.10g}, numeric differences say "
            f"{self.numeric[k]:.10g} for the derivative with respect to {where}"
            + (" (second order)" if self.order == 2 else "")
        )


def _floor(numeric: np.ndarray) -> float:
    finite = abs(numeric[np.isfinite(numeric)])
    return float(max(1e-8, 1e-3 * finite.max(initial=0.0)))


@dataclass(slots=True)
class Report:
    """What a gradient check found; `print` shows the table and the verdict."""

    name: str
    rows: list[Row] = field(default_factory=list)

    @property
    def passed(self) -> bool:
        """Whether every mode agrees for every variable."""
        return all(row.passed for row in self.rows)

    @property
    def verdict(self) -> str:
        """The result in one sentence."""
        wrong = [row for row in self.rows if not row.passed]
        if not wrong:
            return f"{self.name}: right; all derivatives agree."
        return f"{self.name}: WRONG; {wrong[0].worst()}."

    def __bool__(self) -> bool:
        return self.passed

    def __str__(self) -> str:
        lines = []
        for row in self.rows:
            lines.append(
                (
                    row.path,
                    str(row.shape),
                    str(row.order),
                    *(
                        f"{np.max(row.error(m), initial=0):.1e}" if m in row.found else "-"
                        for m in MODES
                    ),
                    f"{np.max(row.noise, initial=0):.1e}",
                    "agrees" if row.passed else "WRONG",
                )
            )
        header = (
            "variable",
            "shape",
            "order",
            "forward error",
            "reverse error",
            "noise",
            "verdict",
        )
        return f"{table(header, lines)}\n{self.verdict}"

    def _repr_html_(self) -> str:
        from html import escape

        return f"<pre>{escape(str(self))}</pre>"


def check(
    f: Callable[..., Any],
    *args: Any,
    modes: Sequence[str] = MODES,
    order: int = 1,
    rng: np.random.Generator | None = None,
) -> Report:
    """Compare forward, reverse and numeric derivatives of f for every argument.

    `order=2` also checks the derivatives of the gradient.  The result is a `Report`.

    >>> print(check(np.sin, 0.5))
    variable  shape  order  forward error  reverse error  noise    verdict
    --------  -----  -----  -------------  -------------  -------  -------
    x         ()     1      ...  agrees
    sin: right; all derivatives agree.
    """
    rng = np.random.default_rng(0) if rng is None else rng
    report = Report(getattr(f, "__name__", "the function"))
    report.rows += _rows(f, args, modes, 1, rng)
    if order >= 2:
        out, _ = vjp(f, *args)
        ct = _random_like(out, rng)

        def gradient(*args: Any) -> Any:
            return vjp(f, *args)[1](ct)

        report.rows += _rows(gradient, args, modes, 2, rng, names=argument_names(f, len(args)))
    return report


def check_grad(
    f: Callable[..., Any],
    *args: Any,
    modes: Sequence[str] = MODES,
    order: int = 1,
) -> None:
    """Raise `GradientCheckError`, with the table, unless all derivatives of f agree.

    >>> check_grad(lambda x: x * np.exp(x), np.array([0.0, 1.0]), order=2)
    """
    report = check(f, *args, modes=modes, order=order)
    if not report.passed:
        raise GradientCheckError(f"\n{report}")


def _random_like(tree: Any, rng: np.random.Generator) -> Any:
    """Random numbers in the structure of a tree of arrays; None stays."""
    leaves, structure = flatten(tree)
    return unflatten(structure, [_random(leaf, rng) for leaf in leaves])


def _random(leaf: Any, rng: np.random.Generator) -> Any:
    if leaf is None or isinstance(leaf, str):
        return leaf
    array = np.asarray(leaf)
    drawn = rng.normal(size=array.shape)
    if array.dtype.kind == "c":
        drawn = drawn + 1j * rng.normal(size=array.shape)
    return drawn.astype(array.dtype if array.dtype.kind in "fc" else float)[()]


def _paired(ct: Any, out: Any) -> Any:
    """Re(sum(conj(ct) * out)) over all leaves: one number."""
    pairs = zip(flatten(ct)[0], flatten(out)[0], strict=True)
    return sum(np.sum(np.real(np.conj(c) * o)) for c, o in pairs if c is not None)


def _rows(
    f: Callable[..., Any],
    args: tuple[Any, ...],
    modes: Sequence[str],
    order: int,
    rng: np.random.Generator,
    names: list[str] | None = None,
) -> list[Row]:
    names = names or argument_names(f, len(args))
    variables = [variables_of(arg, name) for arg, name in zip(args, names, strict=True)]
    plain = [v.with_leaves(v.values) for v in variables]
    out, pullback = vjp(f, *plain)
    ct = _random_like(out, rng)
    cts = pullback(ct) if "reverse" in modes else None
    rows = []
    for place, variable in enumerate(variables):
        for leaf, (path, value) in enumerate(zip(variable.paths, variable.values, strict=True)):
            directions, places = _directions(value, rng)

            def moved(shift: Any, place: int = place, leaf: int = leaf) -> list[Any]:
                values = list(variables[place].values)
                values[leaf] = values[leaf] + shift
                return [*plain[:place], variables[place].with_leaves(values), *plain[place + 1 :]]

            def tangents(t: Any, place: int = place, leaf: int = leaf) -> tuple[Any, ...]:
                zeros = [v.with_leaves([np.zeros_like(x) for x in v.values]) for v in variables]
                own = [np.zeros_like(x) for x in variables[place].values]
                own[leaf] = t
                zeros[place] = variables[place].with_leaves(own)
                return tuple(zeros)

            estimates = [
                slope(lambda h, t=t: _paired(ct, f(*moved(h * t))), _step(value))
                for t in directions
            ]
            found: dict[str, np.ndarray] = {}
            if "forward" in modes:
                found["forward"] = np.array(
                    [_paired(ct, jvp(f, tuple(plain), tangents(t))[1]) for t in directions]
                )
            if cts is not None:
                own = flatten(cts[place])[0]
                own = [c for c, v in zip(own, variable.varies, strict=True) if v][leaf]
                found["reverse"] = np.array([_paired(own, t) for t in directions])
            numeric = np.array([float(e[0]) for e in estimates])
            noise = np.array([float(e[1]) for e in estimates])
            rows.append(Row(path, np.shape(value), order, numeric, noise, found, places))
    return rows


def _step(value: Any) -> float:
    return 0.02 * max(1e-3, float(np.max(abs(value), initial=0.0)) or 1.0)


def _directions(
    value: Any, rng: np.random.Generator
) -> tuple[list[Any], list[tuple[int, ...]] | None]:
    """Unit vectors (and their places) for small arrays, random directions for large ones."""
    array = np.asarray(value)
    if array.size > FEW:
        scale = 1 / np.sqrt(array.size)
        return [_random(array, rng) * scale for _ in range(DIRECTIONS)], None
    units, places = [], []
    for place in np.ndindex(array.shape):
        for unit in (1.0, 1j) if array.dtype.kind == "c" else (1.0,):
            basis = np.zeros(array.shape, array.dtype)
            basis[place] = unit
            units.append(basis[()])
            places.append(place)
    return units, places
