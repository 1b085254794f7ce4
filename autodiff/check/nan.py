"""`detect_nan`: names the first value, forward or backward, that is NaN or infinite."""

from __future__ import annotations

import threading
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from autodiff.check.detective import Finding, first_value, investigate, slope_finding
from autodiff.check.reasons import operands_at
from autodiff.core.ground.errors import AutodiffError, AutodiffWarning
from autodiff.core.ground.locations import user_frame
from autodiff.core.ground.watchers import watchers
from autodiff.core.language.dispatch import ground
from autodiff.core.language.equation import Equation
from autodiff.core.language.op import Op
from autodiff.core.language.singular.finite import is_finite
from autodiff.core.reverse.tensor import EAGER


class NonFiniteError(AutodiffError, FloatingPointError):
    """A result or a derivative is NaN or infinite; the message names where it began."""


class NonFiniteWarning(AutodiffWarning):
    """A NaN or an infinity arose, but did not reach the result or the gradient."""


class Detective:
    """What one `detect_nan` block has found so far, in `findings`."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []
        self.suspects: list[Equation] = []
        self.pushes: list[Equation] = []
        self.slope: Finding | None = None
        self._thread = threading.get_ident()

    def record(self, equation: Equation) -> None:
        """Keep an eager equation that made or read something that is not finite."""
        if threading.get_ident() == self._thread and not isinstance(equation.value, tuple):
            values = (equation.value, *equation.primals)
            if not all(_fine(value) for value in values):
                self.suspects.append(equation)

    def swept(
        self,
        program: Sequence[Equation],
        seeds: Mapping[Equation, Any],
        found: Mapping[Equation, Any],
    ) -> None:
        """Look through a run after its reverse sweep."""
        if threading.get_ident() != self._thread:
            return
        finding = investigate(program, seeds, harmless=True)
        self.suspects.clear()
        if finding is not None:
            fine = all(_fine(seed.value) for seed in seeds) and all(map(_fine, found.values()))
            self.report(finding, fatal=not fine or (finding.reaches and not found))

    def pushed(
        self,
        op: Op,
        primals: Sequence[Any],
        params: Mapping[str, Any],
        ans: Any,
        tangents: Sequence[Any],
        tangent: Any,
    ) -> None:
        """Keep one op of a forward pass that gave something not finite."""
        if threading.get_ident() != self._thread or op.multiple:
            return
        equation = Equation(ans)
        made = {id(ground(e.value)): e for e in self.pushes}
        equation.op, equation.params = op, params
        equation.primals = tuple(primals)
        equation.inputs = tuple(made.get(id(ground(p)), p) for p in primals)
        frame = user_frame(2)
        if frame is not None:
            equation.code, equation.offset = frame.f_code, frame.f_lasti
        self.pushes.append(equation)
        if self.slope is None and _fine(ans) and all(_fine(t) for t in tangents if t is not None):
            with np.errstate(all="ignore"):
                plain = op.jvp(tangents, ans, primals, params)
            if plain is not None and not _fine(plain):
                self.slope = _pushed_slope(equation, plain, reaches=not _fine(tangent))

    def close(self, failed: BaseException | None) -> None:
        """At the end of the block: what no reverse sweep has looked at."""
        finding = first_value(self.suspects) or first_value(self.pushes) or self.slope
        if finding is None or finding in self.findings:
            return
        if failed is not None:
            failed.add_note(f"Before this, {finding}")
            return
        self.report(finding, fatal=finding.reaches)

    def report(self, finding: Finding, fatal: bool) -> None:
        """Raise, or warn where the answer is finite all the same."""
        self.findings.append(finding)
        if fatal:
            raise NonFiniteError(str(finding))
        message = (
            f"{finding}\n  The result and the derivative are finite here, since it does not reach "
            "them; other libraries may answer NaN."
        )
        place = finding.location
        if place is None:
            warnings.warn(message, NonFiniteWarning, stacklevel=2)
        else:
            warnings.warn_explicit(message, NonFiniteWarning, place.file, place.line)


def _pushed_slope(equation: Equation, tangent: Any, reaches: bool) -> Finding:
    bad = ~np.isfinite(np.asarray(ground(tangent)))
    element = tuple(np.argwhere(bad)[0].tolist())
    got = np.asarray(ground(tangent))[element]
    return slope_finding(equation, element, got, tuple(operands_at(equation, element)), reaches)


def _fine(value: Any) -> bool:
    """Whether a value has no NaN or infinity; what is not of floating point has none."""
    if isinstance(value, tuple):
        return all(v is None or _fine(v) for v in value)
    plain = np.asarray(ground(value))
    return plain.dtype.kind not in "fc" or is_finite(plain) or bool(np.all(np.isfinite(plain)))


@contextmanager
def detect_nan() -> Iterator[Detective]:
    """Inside the block, raise `NonFiniteError` when a result or a derivative is not finite.

    The message names the first such value, forward or backward: the op, the element, its
    operands, the user's line, the reason (0/0, log of 0, overflow, the unused branch of a where,
    a naive sigmoid, ...) and what to write instead.  Where the engine's answer is finite all the
    same, it is a `NonFiniteWarning`.  Works around `grad`, `jvp` and the other transforms, and
    with `Tensor` and `backward()`; outside of the block nothing is looked at.

    >>> from autodiff.core.transforms.reverse import grad
    >>> with detect_nan():
    ...     grad(lambda x: np.log(x - x))(1.0)
    Traceback (most recent call last):
        ...
    autodiff.check.nan.NonFiniteError: the first value that is not finite is log of 0 = -inf: ...
    """
    detective = Detective()
    watchers.append(detective)
    EAGER.attach(detective)
    failed: BaseException | None = None
    try:
        with np.errstate(all="ignore"):
            yield detective
    except BaseException as error:
        failed = error
        raise
    finally:
        watchers.remove(detective)
        EAGER.detach(detective)
        if not isinstance(failed, NonFiniteError):
            detective.close(failed)
