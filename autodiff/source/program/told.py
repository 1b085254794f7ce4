"""Which line of the written program makes a value, and which its derivative.

The player asks: each of its rows is a value at a place in the user's code, and a call that is
recorded knows the same place.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from autodiff.core.ground.errors import AutodiffWarning
from autodiff.core.ground.locations import Location
from autodiff.core.transforms.reverse import value_and_grad
from autodiff.source.program.preparing import prepared
from autodiff.source.program.titles import title_of
from autodiff.source.records.nodes import Node
from autodiff.source.rewriting.simplify import simplified
from autodiff.source.text.lines import last_derivatives
from autodiff.source.text.writer import Writer, inputs_of
from autodiff.source.words.names import span_of

Key = tuple[Any, ...]
"""A file with lines and columns, or the path of an input."""


@dataclass(slots=True)
class Lines:
    """Lines of a program by the place that they stem from, in order where a place is run often."""

    values: dict[Key, list[str]] = field(default_factory=dict)
    derivatives: dict[Key, list[str]] = field(default_factory=dict)


def key_of(place: Location) -> Key:
    """A place as a key."""
    return place.file, place.line, place.end_line, place.column, place.end_column


def lines_of(f: Callable[..., Any], args: tuple[Any, ...], argnums: tuple[int, ...]) -> Lines:
    """The lines of the program of value and gradient.

    >>> import numpy as np
    >>> lines_of(lambda x: np.sum(np.sin(x) ** 2), (np.ones(2),), (0,)).derivatives[("x",)]
    ['d_x = np.cos(x) * d_t1']
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", AutodiffWarning)  # the user's own run has told
        run = prepared(value_and_grad(f, argnums if len(argnums) > 1 else argnums[0]), args)
    name, doc = title_of(f)
    body = simplified(run.recording)
    writer = Writer(run.recording, body, name, run.want, lambda _: None, doc, True)
    found = Lines()
    keys: dict[Node, Key] = {
        node: (node.call.name,) for node in inputs_of(body.nodes)
    }  # fmt: skip
    for node in body.nodes:
        if node.call.name == "np.float64" and node.operands[0] in keys:
            keys[node] = keys[node.operands[0]]  # a number that was given, as NumPy's
        elif not node.role and node.stack and node not in keys:
            span = span_of(node.stack[0])
            if span is not None:
                line, end_line, column, end_column = span
                keys[node] = (node.stack[0][0].co_filename, line, end_line, column, end_column)
                text = writer.written.get(node) or writer.texts.get(node)
                if text:
                    found.values.setdefault(keys[node], []).append(str(getattr(text, "text", text)))
    last = {of: node for (mode, of), node in last_derivatives(body).items() if mode == "d"}
    for of, key in keys.items():
        node = last.get(of)
        line = writer.written.get(node) if node and node.role else None
        text = line or (
            node and writer.texts.get(node)
        )  # of a value that serves as it is, the name
        found.derivatives.setdefault(key, []).append(str(getattr(text, "text", text or "")))
    return found
