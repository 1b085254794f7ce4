"""Written expressions for the visualizer: what `ad.draw` shows before anything is computed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autodiff.core.language.abstract import Abstract
from autodiff.core.language.display.table import brief
from autodiff.core.language.equation import Equation
from autodiff.view.records.subject import Subject, ViewError
from autodiff.view.words.partials import rule_text
from autodiff.view.words.text import clipped


def written_subject(
    title: str,
    program: Sequence[Equation],
    outputs: Sequence[Any],
    values: dict[Equation, Any] | None = None,
    names: dict[Equation, str] | None = None,
) -> Subject:
    """Equations that may have no value yet, as the record from which `ad.draw` works.

    `values` are those of a run, `names` what to call equations that have no name of their own.
    """
    shown: dict[Equation, Any] = {}
    called: dict[Equation, str] = {}
    taken: dict[str, int] = {}
    for equation in program:
        note = equation.note or {}
        if "constant" in note and np.size(note["constant"]) <= 4:
            constant = np.asarray(note["constant"])
            shown[equation] = constant.item() if constant.size == 1 else constant
            continue
        copy = Equation(_unknown(equation.value), {**note})
        copy.op, copy.params = equation.op, equation.params
        copy.inputs = tuple(
            shown.get(i, i) if i.__class__ is Equation else i for i in equation.inputs
        )
        copy.primals = tuple(i.value if i.__class__ is Equation else i for i in copy.inputs)
        copy.code, copy.offset = equation.code, equation.offset
        wanted = (names or {}).get(equation) or equation.name or f"v{len(called) + 1}"
        taken[wanted] = taken.get(wanted, 0) + 1
        called[copy] = wanted if taken[wanted] == 1 else f"{wanted}_{taken[wanted]}"
        shown[equation] = copy
    copies = [c for c in shown.values() if c.__class__ is Equation]
    ends = [shown[o] for o in outputs if o.__class__ is Equation and o in shown]
    ends = [e for e in ends if e.__class__ is Equation]
    if not copies or not ends:
        raise ViewError(f"{title} is empty: there is no operation in it.")
    return Subject(
        title=title,
        program=copies,
        outputs=list(dict.fromkeys(ends)),
        names=called,
        parameters={c for c in copies if (c.note or {}).get("role") == "parameter"},
        seeds={},
        asked=False,
        mode="values",
        values={shown[e]: v for e, v in (values or {}).items() if e in shown},
        formulas={c: _rule(c, called, shown) for c in copies if "rule_of" in c.note},
    )


def _rule(node: Equation, called: dict[Equation, str], shown: dict[Equation, Any]) -> str:
    """The product that a backward node computes, written by the forward op's own rule."""
    of, indices = node.note["rule_of"], node.params["indices"]
    of = shown.get(of, of)

    def name(operand: Any) -> str:
        return called.get(operand, operand.name or "?") if _is_node(operand) else brief(operand)

    ct, written = name(node.inputs[0]), ""
    product = of.op.kind in ("elementwise", "bilinear") and not of.op.multiple
    if product and of.primals and len(indices) == 1:
        written = rule_text(of, indices[0], ct, [name(i) for i in of.inputs], name(of))
    return clipped(written or f"reverse rule of {of.op.name} at {ct}", 48)


def _is_node(operand: Any) -> bool:
    return operand.__class__ is Equation


def _unknown(type: Any) -> Any:
    """What is known of a value by its type: an Abstract, or the plain value itself."""
    if isinstance(type, Abstract | np.ndarray | np.generic | float):
        return type
    axes = getattr(type, "broadcastable", None)
    dims = (
        tuple(1 if b else None for b in axes) if axes is not None else getattr(type, "dims", None)
    )
    dtype = getattr(type, "dtype", None)
    return Abstract(dims, np.dtype(dtype or float))
