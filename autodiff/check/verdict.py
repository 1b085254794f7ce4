"""From numbers to one sentence: what a gradient check's disagreements mean."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from autodiff.check.cancelling import carried
from autodiff.check.detective import investigate
from autodiff.check.kinks.kinks import QUIET, Kink, kinks_of
from autodiff.check.report import Report, Row
from autodiff.check.rules import all_resolved, wrong_rules
from autodiff.core.language.dispatch import ground
from autodiff.core.language.equation import Equation
from autodiff.core.reverse.single_points import single_points
from autodiff.core.reverse.sweep import sweep
from autodiff.core.transforms.record import Recorded


def judge(
    report: Report,
    run: Recorded,
    rng: np.random.Generator,
    parting: Callable[[], Equation | None],
) -> None:
    """Set the report's kind and sentence from its rows and the recorded run.

    `parting` looks for the comparison that comes out otherwise beside the point.
    """
    if _not_finite(report, run):
        return
    wrong = [row for row in report.rows if not row.agrees]
    if wrong:
        _explain_wrong(report, run, wrong[0], rng, parting)
        return
    bent = [row for row in report.rows if not row.smooth.all()]
    if bent:
        _explain_bent(report, run, bent[0], parting)
        return
    unsure = [row for row in report.rows if not row.resolved]
    if unsure:
        _explain_noise(report, run, unsure[0], rng)
        return
    if _hides_a_rule(report, run, rng):
        return
    report.kind = "right"
    report.rules = []
    report.sentence = "right; all derivatives agree."
    if report.rows and not any(map(run.node_of, run.outputs)):
        report.notes.append(
            "The result does not depend on the arguments at all: ad.grad would say so, since no "
            "dependence is not the same as a slope of 0."
        )
    if not report.rows:
        report.sentence = "right; there is no variable to differentiate with respect to."


def _not_finite(report: Report, run: Recorded) -> bool:
    """Whether f or an engine's derivative is NaN or infinite, and if so, why."""
    values = [np.asarray(ground(v)) for v in run.values if not isinstance(v, str | None)]
    bad_value = any(v.dtype.kind in "fc" and not np.all(np.isfinite(v)) for v in values)
    bad = [row for row in report.rows if not all(np.isfinite(d).all() for d in row.found.values())]
    if not bad_value and not bad:
        return False
    seeds = {n: np.ones_like(ground(n.value)) for n in map(run.node_of, run.outputs) if n}
    finding = investigate(run.program, seeds)
    what = "f is not finite here" if bad_value else "a derivative is not finite here"
    kink = _first_kink(run)
    if not bad_value and kink is not None:
        bent = [row for row in report.rows if row.corners]
        report.kind = "not differentiable"
        report.sentence = f"not differentiable here; {_name_kink(kink)}."
        if bent:
            report.sentence = _kink_sentence(bent[0], run)
    else:
        report.kind = "not finite"
        report.sentence = f"not finite; {what}" + (f": {finding.sentence}." if finding else ".")
    if finding:
        report.notes.append(finding.cure)
    return True


def _hides_a_rule(report: Report, run: Recorded, rng: np.random.Generator) -> bool:
    """Whether a rule is wrong where all derivatives agree on a 0, which can't show it.

    What cancels by the symmetry of f still cancels when a rule is off by a factor.
    """
    zeros = [row for row in report.rows if row.cancels]
    if not zeros:
        return False
    report.rules = wrong_rules(run.program, rng)
    if report.rules:
        report.kind, report.sentence = "wrong", f"WRONG; {report.rules[0]}."
        return True
    if all(np.all(abs(own) <= row.rounding) for row in zeros for own in row.found.values()):
        names = ", ".join(row.path for row in zeros)
        size = max(float(np.max(row.terms)) for row in zeros)
        report.notes.append(
            f"The derivative with respect to {names} is 0: terms of about {size:.0e} cancel in it, "
            "and what is left of them is rounding."
        )
    return False


def _explain_wrong(
    report: Report,
    run: Recorded,
    row: Row,
    rng: np.random.Generator,
    parting: Callable[[], Equation | None],
) -> None:
    points = single_points(run.trace.cuts, run.program)
    report.rules = wrong_rules(run.program, rng)
    if report.rules:
        report.kind = "wrong"
        report.sentence = f"WRONG; {report.rules[0]}; {row.worst()}."
        others = dict.fromkeys(str(rule) for rule in report.rules[1:6])
        report.notes += [f"also: {other}" for other in others]
    elif points:
        report.kind = "single point"
        report.sentence = (
            f"WRONG; the derivative is taken on a single point, since == was true at "
            f"{points[0].location}: it is that of the branch, not of the function around; "
            f"{row.worst()}."
        )
    elif cuts := value_cuts(run):
        report.kind = "cut"
        report.sentence = (
            f"WRONG; the derivative is cut at {_names(cuts)}, which counts as a constant while "
            f"numeric differences see it move; {row.worst()}."
        )
    elif other := parting():
        _tell_other_way(report, other, row.worst())
    elif kink := _first_kink(run):
        report.kind = "wrong"
        report.sentence = (
            f"WRONG; f has a slope here, but the run meets a kink, where the chain rule does not "
            f"hold: {_name_kink(kink)}, and the conventions do not add up to the slope of f; "
            f"{row.worst()}."
        )
    elif _is_blurred(run, row):
        report.kind = "not precise"
        report.sentence = (
            "not enough precision; every recorded rule agrees with its op by itself, but large "
            f"terms cancel in f, and what rounding leaves of them moves its differences: "
            f"{row.worst()}. Rewrite the difference of near numbers (1 - cos(x) is "
            "2 sin(x/2)**2), or check f at a point of another size."
        )
    else:
        report.kind = "wrong"
        report.sentence = f"WRONG; {row.worst()}."
        report.notes.append(
            "Every recorded op agrees with its own rule, so something is lost between them: a "
            "value that was computed outside of NumPy, or a result kept from an earlier call?"
        )


def _tell_other_way(report: Report, other: Equation, seen: str) -> None:
    report.kind = "single point"
    report.sentence = (
        f"WRONG; at this very point the run takes another way than beside it, since "
        f"{_quoted(other)} comes out otherwise there: the derivative is that of the way "
        f"taken here, not of the function around; {seen}."
    )


def _is_blurred(run: Recorded, row: Row) -> bool:
    """Whether rounding inside of f explains it, which a difference quotient divides by its step."""
    nodes = [node for node in map(run.node_of, run.outputs) if node is not None]
    seeds = {node: np.ones_like(ground(node.value)) for node in nodes}
    paths = [path for arg in run.args for path in arg.paths]
    sizes = {p: np.max(abs(v.value), initial=0.0) for p, v in zip(paths, run.inputs, strict=True)}
    with np.errstate(all="ignore"):
        rounding = np.finfo(float).eps * carried(sweep(run.program, seeds, keep=True))
        apart = max(np.max(abs(own - row.numeric)) for own in row.found.values())
        return bool(apart * 1e-3 * sizes.get(row.path, 1.0) <= rounding)


def value_cuts(run: Recorded) -> list[Equation]:
    """The ops of a run whose value went on without its derivative (floor, stop_gradient, ...)."""
    everything = [*run.program, *run.trace.cuts]
    return [e for e in everything if e.op and e.op.kind == "constant" and e.op.name not in QUIET]


def _names(cuts: list[Equation]) -> str:
    shown = [f"{c.op.name} ({c.location})" if c.location else c.op.name for c in cuts if c.op]
    return ", ".join(list(dict.fromkeys(shown))[:3])


def _explain_noise(report: Report, run: Recorded, row: Row, rng: np.random.Generator) -> None:
    """Where differences of the whole show too little, each rule by itself may still be sure."""
    short = [e for e in run.program if e.op and _is_short(e)]
    report.rules = wrong_rules(run.program, rng)
    if report.rules:
        report.kind = "wrong"
        report.sentence = f"WRONG; {report.rules[0]}."
        return
    if not short and all_resolved(run.program, rng):
        report.kind = "right"
        report.sentence = (
            "right; every recorded rule agrees with its op by itself (of f as a whole differences "
            "show little here, since large terms cancel)."
        )
        return
    with np.errstate(all="ignore"):
        share = np.nanmax(row.noise / np.maximum(abs(row.numeric), np.finfo(float).tiny))
    report.kind = "not precise"
    report.sentence = (
        f"not enough precision; the numeric derivative with respect to {row.path} is only known "
        f"to about {min(share, 1.0):.0e} of its size, and forward and reverse agree with it so far"
    )
    if short and short[0].op:
        report.sentence += (
            f"; {short[0].op.name} works in {np.asarray(ground(short[0].value)).dtype}"
            f" ({short[0].location}): compute in float64 while you check."
        )
    else:
        report.sentence += (
            "; large terms cancel in f: rescale it, or check it at a point of another size."
        )


def _is_short(equation: Equation) -> bool:
    kind = getattr(ground(equation.value), "dtype", None)
    return kind is not None and kind.kind in "fc" and np.finfo(kind).eps > 1e-15


def _explain_bent(
    report: Report, run: Recorded, row: Row, parting: Callable[[], Equation | None]
) -> None:
    """Left and right differ: a kink, unless their slopes agree and f at the point alone is off."""
    k = min(row.corners)
    if row.corners[k].has_one_slope and (other := parting()):
        _tell_other_way(report, other, f"along {row.where(k)} {row.corners[k]}")
    else:
        report.kind, report.sentence = "not differentiable", _kink_sentence(row, run)


def _kink_sentence(row: Row, run: Recorded) -> str:
    k = min(row.corners)
    kink = _first_kink(run)
    because = f"; {_name_kink(kink)}" if kink else ""
    cuts = value_cuts(run)
    if not kink and cuts:
        because = f"; {_names(cuts)} jumps here, and counts as a constant"
    ties = [c for c in run.trace.cuts if kinks_of(c)]
    if not kink and not cuts and ties:
        because = f"; the comparison {_quoted(ties[0])} changes its answer here"
    return f"not differentiable here; along {row.where(k)} {row.corners[k]}{because}."


def _quoted(cut: Equation) -> str:
    where = cut.location
    return f"`{where.expression}` ({where})" if where else (cut.op.name if cut.op else "")


def _first_kink(run: Recorded) -> Kink | None:
    return next((kink for kink in map(kinks_of, run.program) if kink), None)


def _name_kink(kink: Kink) -> str:
    op, where = kink.equation.op, kink.equation.location
    name = op.name if op else ""
    return f"{name} has a kink ({kink.what}), where the convention is {kink.convention}" + (
        f" ({where})" if where else ""
    )
