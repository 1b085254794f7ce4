"""A program's verdict: right, refused, unclear, wrong, crash, or no truth to compare with.

The first derivative is compared with the differences of NumPy's own run, in every mode; the second, by
chance, with differences of the first, which has been found right by then.
"""

from __future__ import annotations

import re
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

import autodiff as ad
from fuzz.generate import Written
from fuzz.lockstep import STEP, WEIGHTS
from fuzz.modes import (
    HAS_NO_COMPLEX_ARGUMENTS,
    MODES,
    Asked,
    arguments,
    quiet,
    second_order,
    tangents,
    weights,
)
from fuzz.program import Program

RIGHT, REFUSED, UNCLEAR, WRONG, CRASH, NO_TRUTH = (
    "right",
    "refused",
    "UNCLEAR",
    "WRONG",
    "CRASH",
    "no truth",
)
FAILURES = (WRONG, CRASH, UNCLEAR)
SECOND = "second order"
EVERY_MODE = (*MODES, SECOND)


@dataclass(frozen=True)
class Verdict:
    """What was found, in which mode, and in a few words (a message, or two numbers)."""

    kind: str
    mode: str = ""
    text: str = ""
    line: int = 0

    @property
    def key(self) -> tuple[str, str]:
        """What must stay the same while a program is shortened."""
        return self.kind, self.text.split(":")[0] if self.kind == CRASH else ""


def judge(written: Written, modes: tuple[str, ...] = EVERY_MODE) -> Verdict:
    """The first mode's fault, or that all are right."""
    if any(doubt > 1e-5 * _size(slope) for slope, doubt in written.slopes):
        return Verdict(NO_TRUTH, text="differences with two steps differ")
    complex_input = any(map(np.iscomplexobj, written.program.inputs.values()))
    for mode in modes:
        if complex_input and mode in (*HAS_NO_COMPLEX_ARGUMENTS, SECOND):
            continue
        try:
            with quiet():
                fault = (
                    _second(written) if mode == SECOND else _compare(written, MODES[mode](written))
                )
        except Exception as error:
            return _raised(written.program, mode, error)
        if fault:
            return Verdict(WRONG, mode, fault)
    return Verdict(RIGHT)


NEVER_CLEAR = (ad.RuleError, ad.ShapeError, ad.EscapedTracerError, ad.MutationError)
"""Errors that blame the program, which NumPy runs, or the library itself."""


def _raised(program: Program, mode: str, error: Exception) -> Verdict:
    """A refusal is an error of the library's own that names the line of the program."""
    text = str(error)
    named = re.search(rf"at {re.escape(program.name)}, line (\d+)", text)
    ours = isinstance(error, ad.AutodiffError | AttributeError | TypeError)
    if named and ours and not isinstance(error, NEVER_CLEAR):
        return Verdict(REFUSED, mode, f"{type(error).__name__}: {text}", int(named[1]))
    if isinstance(error, ad.AutodiffError) and not isinstance(error, NEVER_CLEAR):
        return Verdict(UNCLEAR, mode, f"{type(error).__name__}: {text}")
    return Verdict(CRASH, mode, f"{type(error).__name__}: {text}{_where(error)}")


def _compare(written: Written, asked: Asked) -> str:
    """How an answer differs from NumPy; '' if it doesn't."""
    narrow = any(v.dtype in (np.float32, np.complex64) for v in written.program.inputs.values())
    narrow = narrow or "32" in written.program.lines or "complex64" in written.program.lines
    loose = 1e-3 if narrow else 1e-6
    c = weights(written)
    if asked.value is not None:
        value = asked.value
        truth = np.sum(c * written.value) if value.ndim == 0 else written.value
        if value.shape != truth.shape:
            return f"value of shape {value.shape}, NumPy says {truth.shape}"
        if not np.all(np.abs(value - truth) <= (1e-4 if narrow else 1e-9) * _size(written.value)):
            return f"value {_show(value)}, NumPy says {_show(truth)}"
    for slope, (truth, _) in zip(asked.slopes, written.slopes, strict=True):
        size = _size(truth)
        if slope.ndim == 0:
            truth = np.sum(c * truth)
        if slope.shape != truth.shape:
            return f"derivative of shape {slope.shape}, right is {truth.shape}"
        if not np.all(np.abs(slope - truth) <= loose * size):
            return f"derivative {_show(slope)}, differences say {_show(truth)}"
    for gradient, given in zip(asked.gradients or [], written.program.inputs.values()):
        if np.shape(gradient) != given.shape or np.asarray(gradient).dtype != given.dtype:
            got = f"{np.shape(gradient)} {np.asarray(gradient).dtype}"
            return f"a gradient is {got}, its input is {given.shape} {given.dtype}"
    return ""


def _second(written: Written) -> str:
    """How the second derivative differs from differences of the first; '' if it doesn't."""
    if (
        any(v.dtype != np.float64 for v in written.program.inputs.values())
        or "32" in written.program.lines
    ):
        return ""
    f, c = written.program.function(), weights(written)
    loss = lambda *args: np.sum(c * f(*args))
    over, under = second_order(written, loss)
    gradient = ad.grad(loss, argnums=tuple(range(len(written.program.inputs))))
    args, t = arguments(written), tangents(written, 0)

    def at(offset: float) -> np.ndarray:
        moved = [x + offset * d for x, d in zip(args, t)]
        return np.concatenate([np.ravel(part) for part in gradient(*moved)])

    pairs = {k: at(k * STEP) - at(-k * STEP) for k in (1, 2, 3, 4, 6)}
    once, twice = (sum(w * pairs[k * m] for k, w in WEIGHTS.items()) / (m * STEP) for m in (1, 2))
    size = _size(once)
    if np.max(np.abs(once - twice)) > 1e-5 * size:
        return ""
    for name, found in (("jvp of grad", over), ("grad of jvp", under)):
        if not np.all(np.abs(found - once) <= 1e-6 * size):
            return f"second derivative by {name} {_show(found)}, differences say {_show(once)}"
    return ""


def _size(array: Any) -> float:
    return max(1.0, float(np.max(np.abs(array), initial=0.0)))


def _show(array: Any) -> str:
    return np.array2string(np.asarray(array), precision=6, separator=", ", threshold=12)


def _where(error: BaseException) -> str:
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f" (in {Path(last.filename).name}, line {last.lineno})"
