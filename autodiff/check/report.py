"""The report of a gradient check: a table of variables, and one sentence that says what is so."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape
from typing import Any

import numpy as np

from autodiff.check.corner import Corner
from autodiff.check.rules import WrongRule
from autodiff.core.language.display.grids import grid_html
from autodiff.core.language.display.table import table

TOLERANCE = 1e-6
RESOLVED = 1e-6
"""Relative noise up to which a rule that is off by 1e-5 can't hide."""
MODES = ("forward", "reverse")
HEADER = ("variable", "shape", "order", "by", "forward error", "reverse error", "noise", "verdict")


@dataclass(frozen=True, slots=True)
class Row:
    """One variable: its derivatives along each direction tried, by each method.

    `numeric` comes with its estimated absolute `noise`; where f is not `smooth`, `corners` has the
    slopes on both sides.  `places` are the elements that the directions move, None for random
    directions.  `terms` are the sizes of what adds up to the derivatives (`check.cancelling`), and
    `rounding` what may be left of them where they cancel.
    """

    path: str
    shape: tuple[int, ...]
    order: int
    numeric: np.ndarray
    noise: np.ndarray
    found: dict[str, np.ndarray]
    places: list[tuple[int, ...]] | None
    smooth: np.ndarray
    corners: dict[int, Corner]
    method: str
    terms: np.ndarray
    rounding: np.ndarray

    def _scale(self, mode: str) -> np.ndarray:
        sizes = np.maximum(abs(self.found[mode]), abs(self.numeric))
        sizes = np.where(sizes <= self.rounding, self.terms, np.maximum(sizes, self.noise))
        return np.maximum(sizes, np.finfo(float).tiny)

    def error(self, mode: str) -> np.ndarray:
        """The relative disagreement of a mode with the numeric derivative, per direction.

        Where both are what rounding leaves of terms that cancel, it is relative to these.
        """
        with np.errstate(all="ignore"):
            return abs(self.found[mode] - self.numeric) / self._scale(mode)

    def allowed(self, mode: str = "reverse") -> np.ndarray:
        """The relative disagreement that noise and rounding explain."""
        mode = mode if mode in self.found else next(iter(self.found))
        with np.errstate(all="ignore"):
            return TOLERANCE + (10 * self.noise + self.rounding) / self._scale(mode)

    def wrong(self, mode: str) -> np.ndarray:
        """Which directions disagree (NaN counts as disagreement unless both are NaN)."""
        both = np.isnan(self.found[mode]) & np.isnan(self.numeric)
        return ~(self.error(mode) <= self.allowed(mode)) & ~both & self.smooth

    @property
    def resolved(self) -> bool:
        """Whether noise and rounding are small enough for the comparison to mean something."""
        if not np.all(np.isfinite(self.numeric[self.smooth])):
            return False
        sizes = [abs(self.numeric), *map(abs, self.found.values())]
        largest = max(float(np.max(size, initial=0.0)) for size in sizes)
        floor = 1e-12
        if all(np.all(abs(own) <= self.rounding) for own in self.found.values()):
            floor, largest = 1e-7, float(np.max(self.terms, initial=0.0))
        unsure = (self.noise + self.rounding)[self.smooth]
        return bool(np.all(unsure <= max(RESOLVED * largest, floor)))

    @property
    def cancels(self) -> bool:
        """Whether all derivatives along some direction are 0 only since their terms cancel."""
        zero = [abs(own) <= self.rounding for own in self.found.values()]
        return bool(np.any((self.terms > 0) & np.all(zero, axis=0))) if zero else False

    @property
    def agrees(self) -> bool:
        """Whether all modes agree with the numeric derivative wherever there is one."""
        return not any(self.wrong(mode).any() for mode in self.found)

    @property
    def passed(self) -> bool:
        """Whether all modes agree, and f is differentiable along every direction."""
        return self.agrees and bool(self.smooth.all())

    @property
    def word(self) -> str:
        """The row's result in a word or two."""
        if not self.agrees:
            return "WRONG"
        if not self.smooth.all():
            return "not differentiable"
        return "agrees" if self.resolved else "noisy"

    def where(self, k: int) -> str:
        """Direction k as a student writes it: `x[1]`."""
        if self.places is None:
            return f"{self.path} along random direction {k}"
        index = ", ".join(map(str, self.places[k]))
        return f"{self.path}[{index}]" if index else self.path

    def worst(self) -> str:
        """The direction that disagrees most, in words."""
        errors = {
            mode: np.where(self.wrong(mode), np.nan_to_num(self.error(mode), nan=np.inf), -1)
            for mode in self.found
        }
        mode = max(errors, key=lambda m: errors[m].max(initial=-1))
        k = int(errors[mode].argmax())
        return (
            f"{mode} mode says {self.found[mode][k]:.10g}, numeric differences say "
            f"{self.numeric[k]:.10g} for the derivative with respect to {self.where(k)}"
            + (" (second order)" if self.order == 2 else "")
        )

    def arrays(self) -> dict[str, np.ndarray]:
        """The derivatives of an array as arrays of its shape, by method, and where they differ.

        An entry that was not tried is NaN; along random directions there is one entry a direction.
        """
        if self.shape == () or np.iscomplexobj(self.numeric) or not self.numeric.size:
            return {}
        found = {"numeric": self.numeric, **self.found}
        found |= {f"{mode} - numeric": self.found[mode] - self.numeric for mode in self.found}
        if self.places is None:
            return found
        made = {}
        for name, values in found.items():
            made[name] = np.full(self.shape, np.nan)
            for place, value in zip(self.places, values, strict=True):
                made[name][place] = value
        return made

    def cells(self) -> tuple[str, ...]:
        """The row of the table."""
        errors = (
            f"{np.max(self.error(m)[self.smooth], initial=0):.1e}" if m in self.found else "-"
            for m in MODES
        )
        with np.errstate(all="ignore"):
            relative = (self.noise / np.maximum(abs(self.numeric), self.noise))[self.smooth]
        return (
            self.path,
            str(self.shape),
            str(self.order),
            self.method,
            *errors,
            f"{np.nanmax(np.nan_to_num(relative), initial=0):.1e}",
            self.word,
        )


@dataclass(slots=True)
class Report:
    """What a gradient check found; `print` shows the table and the verdict.

    `kind` is "right", "wrong", "not differentiable", "not deterministic", "not precise",
    "mutated", "single point", "cut" or "not finite".  `rules` are the wrong rules found, worst
    first, and `equation` is the place of the worst one in the recorded program (None: none), at
    which `draw()` and `step()` open; `checked` is the function with its arguments.
    """

    name: str
    rows: list[Row] = field(default_factory=list)
    kind: str = "right"
    sentence: str = ""
    notes: list[str] = field(default_factory=list)
    rules: list[WrongRule] = field(default_factory=list)
    checked: tuple[Any, ...] = ()

    def step(self) -> Any:
        """The player on the checked run, opened at the first wrong rule; see `ad.step`."""
        import autodiff

        return autodiff.step(*self.checked, check=True)

    def draw(self) -> Any:
        """The graph of the checked run, with the first wrong rule marked; see `ad.draw`."""
        import autodiff

        return autodiff.draw(*self.checked, check=True)

    @property
    def passed(self) -> bool:
        """Whether every mode agrees with the numeric derivative for every variable."""
        return self.kind == "right"

    @property
    def equation(self) -> int | None:
        """The worst wrong equation's place in the program."""
        return self.rules[0].place if self.rules else None

    @property
    def verdict(self) -> str:
        """The result in one sentence."""
        return f"{self.name}: {self.sentence}"

    def data(self) -> dict[str, Any]:
        """The report as plain data, for JSON: kind, verdict, table, wrong rules and their lines."""
        places = [rule.equation.location for rule in self.rules]
        return {
            "name": self.name,
            "passed": self.passed,
            "kind": self.kind,
            "verdict": self.verdict,
            "notes": list(self.notes),
            "table": [dict(zip(HEADER, row.cells(), strict=True)) for row in self.rows],
            "wrong rules": [
                {
                    "op": rule.equation.op.name if rule.equation.op else "",
                    "mode": rule.mode,
                    "argument": rule.argument,
                    "equation": rule.place,
                    "said": rule.said,
                    "numeric": rule.numeric,
                    "file": place.file if place else None,
                    "line": place.line if place else None,
                }
                for rule, place in zip(self.rules, places, strict=True)
            ],
        }

    def __bool__(self) -> bool:
        return self.passed

    def __str__(self) -> str:
        return self.text()

    def text(self, width: int | None = None) -> str:
        """The report as text; with a width, its table is folded to that many columns."""
        cells = [row.cells() for row in self.rows]
        parts = [table(HEADER, cells, width=width)] if cells else []
        return "\n".join([*parts, self.verdict, *(f"  {note}" for note in self.notes)])

    def __repr__(self) -> str:
        return f"<check of {self.name}: {self.kind}; print it for the table>"

    def _repr_html_(self) -> str:
        colour = "#1a7f37" if self.passed else "#b35900" if self.kind != "wrong" else "#cf222e"
        head = "".join(f"<th>{escape(cell)}</th>" for cell in HEADER)
        body = "".join(
            "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row.cells()) + "</tr>"
            for row in self.rows
        )
        shown = f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
        notes = "".join(f"<p>{escape(note)}</p>" for note in self.notes)
        notes += "".join(map(_grids, self.rows))
        return (
            f'<div class="autodiff-check">{shown if self.rows else ""}'
            f'<p style="color: {colour}"><b>{escape(self.verdict)}</b></p>{notes}'
            f"<details><summary>as text</summary><pre>{escape(str(self))}</pre></details></div>"
        )


def _grids(row: Row) -> str:
    """The derivatives of an array as grids beside each other, and their differences."""
    arrays = row.arrays()
    if not arrays:
        return ""
    along = "" if row.places is not None else ", along random directions"
    order = " (second order)" if row.order == 2 else ""
    parts = "".join(
        f"<div><div>{escape(name)}</div>{grid_html(array)}</div>" for name, array in arrays.items()
    )
    told = escape(f"derivatives with respect to {row.path} {row.shape}{order}{along}")
    opened = "" if row.agrees else " open"
    return (
        f"<details{opened}><summary>{told}</summary>"
        f'<div style="display:flex;flex-wrap:wrap;gap:14px">{parts}</div></details>'
    )
