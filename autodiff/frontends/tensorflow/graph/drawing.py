"""What `ad.draw` shows of a graph: its equations by name, and what a run did.

ad.draw(y)                    # what y is computed from, before anything is computed
ad.draw(graph)                # all of the graph, but for the variables' initialization
ad.draw(graph, ran=sess)      # green: what the last run executed; pale: the rest
metadata = tf.RunMetadata()
sess.run(y, feed, run_metadata=metadata)
ad.draw(graph, ran=metadata)  # the same with the values
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from autodiff.core.language.display.table import brief, write_call
from autodiff.core.language.equation import Equation
from autodiff.frontends.tensorflow.ground.needs import needed
from autodiff.frontends.tensorflow.ground.shapes import is_full
from autodiff.view.records.subject import Subject, ViewError
from autodiff.view.words.partials import rule_text
from autodiff.view.words.text import clipped


def subject_of_nodes(
    title: str, program: list[Equation], outputs: list[Equation], ran: Any
) -> Subject:
    """The record from which `ad.draw` works, for these equations of a graph."""
    program = [e for e in program if "whole" not in e.note or e.value.dtype.kind != "V"]
    if not program:
        raise ViewError("the graph is empty: no node was built in it.")
    names = {e: _full(e) for e in program}
    known = set(program)
    done, fed, values = _run_of(ran)
    fixed = {e: e.note["constant"] for e in program if "constant" in e.note}
    return Subject(
        title=title,
        program=program,
        outputs=outputs,
        names=names,
        parameters={e for e in program if e.note.get("role") == "parameter"},
        seeds={},
        asked=False,
        mode="values",
        values=fixed | {e: v for e, v in values.items() if v is not None and "parts" not in e.note},
        ran=done,
        fed=fed,
        after={
            e: [c for c in e.note.get("control", ()) if c in known]
            for e in program
            if "control" in e.note
        },
        titles={e: _last(name) for e, name in names.items()},
        formulas=_formulas(program, names),
    )


def _run_of(ran: Any) -> tuple[set[Equation] | None, set[Equation], dict[Equation, Any]]:
    """What took part in a run, which of it was fed, and the values that are known.

    `ran` is a session (its last run), a `RunMetadata`, or a list of operations.
    """
    if ran is None:
        return None, set(), {}
    values = getattr(ran, "values", {})
    executed = {operation.node for operation in getattr(ran, "ran", ran)}
    for equation in list(executed):
        executed.update(part.node for part in equation.note.get("parts", ()))
    read = {i for e in executed for i in e.inputs if i.__class__ is Equation}
    fed = {e for e in read - executed if "slot" not in e.note}
    return executed | fed, {e for e in fed if e.op is not None}, values


def _full(equation: Equation) -> str:
    name = equation.note["name"]
    return f"{name}:{equation.note['output']}" if "output" in equation.note else name


def _last(name: str) -> str:
    return name.rpartition("/")[2]


def _formulas(program: Sequence[Equation], names: dict[Equation, str]) -> dict[Equation, str]:
    """What each node computes, its operands by the last part of their path where that will do."""
    counts = Counter(map(_last, names.values()))

    def called(operand: Any, user: Equation) -> str:
        if operand.__class__ is not Equation:
            return brief(operand)
        name = names.get(operand) or _full(operand)
        if counts[_last(name)] == 1:
            return _last(name)
        for one, other in zip(operand.scope, user.scope, strict=False):
            if one != other:
                break
            name = name.partition("/")[2]
        return name

    found = {}
    for node in program:
        operands = [called(i, node) for i in node.inputs]
        if node.op is None or not node.inputs:
            found[node] = ""
        elif "of" in node.note and "whole" not in node.note:
            found[node] = _backward_formula(node, operands[0], called)
        elif "updates" in node.note:
            found[node] = f"{operands[0]} ← {node.note['updates']}(gradient)"
        else:
            shown = {k: v for k, v in node.params.items() if v.__class__ is not Equation}
            found[node] = write_call(node.op, operands, shown)
    return found


def _backward_formula(node: Equation, ct: str, called: Any) -> str:
    """The product that a backward node computes, written by the forward op's own rule."""
    of, wrt = node.note["of"], node.note["wrt"]
    written = ""
    sized = of.op.kind in ("elementwise", "bilinear") or all(
        is_full(p.dims) for p in of.primals if hasattr(p, "dims")
    )
    if sized and len(wrt) == 1 and not of.op.multiple:
        names = [called(i, node) for i in of.inputs]
        written = rule_text(of, wrt[0], ct, names, called(of, node))
    return clipped(written or f"reverse rule of {of.op.name} at {ct}", 48)


def whole_program(equations: Sequence[Equation]) -> tuple[list[Equation], list[Equation]]:
    """All of a graph but for initialization and slots, and what nothing uses: its outputs."""
    initial = {e for e in equations if e.note.get("initial")}
    groups = {
        e
        for e in equations
        if e.note.get("control") and e.note["type"] == "NoOp" and set(e.note["control"]) <= initial
    }
    used = {
        parent
        for e in equations
        if e not in initial and e not in groups
        for parent in (*e.inputs, *e.note.get("control", ()))
        if parent.__class__ is Equation
    }
    only_initial = set(needed(initial)) | initial | groups
    outputs = [
        e for e in equations if e not in used and e not in only_initial and "whole" not in e.note
    ]
    shown = set(needed(outputs, links=True))
    slots = {e for e in shown if e.note.get("slot")} - set(needed(outputs))
    program = [e for e in equations if e in shown and e not in initial and e not in slots]
    return program, [e for e in outputs if e.op is not None]
