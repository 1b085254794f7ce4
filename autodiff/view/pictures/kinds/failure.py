"""The partial graph of a function that raised an error: how far it came, and where it failed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from autodiff.core.ground.locations import is_ours
from autodiff.core.reverse.tape import Tape
from autodiff.view.pictures.build import build
from autodiff.view.pictures.draw import direction_of
from autodiff.view.pictures.drawing import Drawing
from autodiff.view.records.annotate import annotate
from autodiff.view.records.budget import within_budget
from autodiff.view.records.given import subject_of
from autodiff.view.records.graph import skeleton
from autodiff.view.records.subject import ViewError
from autodiff.view.words.text import clipped


def draw_failure(f: Callable[..., Any], *args: Any) -> Drawing:
    """Draw what `f(*args)` computed before it raised an error, with the error above.

    The function is run once more, on tensors; the value computed last is marked, and the title
    gives the error and the user's line.  Raises `ViewError` if f does not fail.

    >>> import numpy as np
    >>> drawing = draw_failure(lambda x: np.tanh(x) @ np.ones(3), np.ones(2))
    >>> drawing.graph.notes[0][:44]
    'ShapeError after the 1st operation: matmul c'
    """
    tape = Tape()
    try:
        tape(f)(*args)
    except Exception as error:
        failure = error
    else:
        raise ViewError(f"{getattr(f, '__name__', 'the function')} did not fail; use draw.")
    if not tape.recorded:
        raise ViewError("it failed before the first operation on a traced value.") from failure
    subject = subject_of(tape, variables={})
    graph = within_budget(skeleton(subject, "values"), chosen=False)
    last = tape.recorded[-1]
    for node in graph.nodes:
        if node.equation is last:
            node.mark = "the last value before the error"
    count = len(tape.recorded)
    words = clipped(str(failure).partition("\n")[0], 160)
    where = _line_of(failure)
    note = f"{type(failure).__name__} after the {ordinal(count)} operation: {words}{where}"
    graph.notes = [note, *graph.notes]
    return build(annotate(graph), "value", direction_of(graph, "auto"))


def ordinal(count: int) -> str:
    """`1st`, `2nd`, `3rd`, `4th`, `11th`, ...

    >>> [ordinal(n) for n in (1, 2, 3, 4, 11, 22)]
    ['1st', '2nd', '3rd', '4th', '11th', '22nd']
    """
    ending = {1: "st", 2: "nd", 3: "rd"}.get(count % 10, "th")
    return f"{count}{'th' if 10 < count % 100 < 14 else ending}"


def _line_of(error: BaseException) -> str:
    """`  (line 12)`: the innermost line of the user's code that the error passed through."""
    line, trace = None, error.__traceback__
    while trace is not None:
        if not is_ours(trace.tb_frame.f_code.co_filename):
            line = trace.tb_lineno
        trace = trace.tb_next
    return f"  (line {line})" if line is not None else ""
