"""Shapes of a whole symbol, from those of the data on, and back to the weights."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.core.ground.locations import here
from autodiff.core.language.equation import Equation
from autodiff.frontends.mxnet.ground.errors import MXNetError
from autodiff.frontends.mxnet.table.entries import Entry


def inferred(symbol: Any, known: dict[str, Any]) -> tuple[dict[Any, Any], list[str]]:
    """The shape of every output that follows from the known ones; the names without one."""
    shapes: dict[Any, Any] = {}
    for node in symbol.nodes:
        if node.op is None:
            shape = known.get(node.name, node.note.get("shape"))
            shapes[node, 0] = None if shape is None else tuple(shape)
    missing: list[str] = []
    for node in symbol.nodes:
        if node.op is None:
            continue
        entry, settings, parents = (node.note[k] for k in ("entry", "settings", "from"))
        own = [shapes.get(p) for p in parents]
        if entry.infer is not None and any(s is not None for s in own[:2]):
            own = _filled(node, entry, settings, parents, own, shapes)
        if any(s is None for s in own):
            place = next(i for i, s in enumerate(own) if s is None)
            missing.append(str(parents[place][0].name))
            continue
        for place, shape in enumerate(_output_shapes(node, entry, settings, own)):
            shapes[node, place] = shape
    return shapes, missing


def _filled(
    node: Equation, entry: Entry, settings: Any, parents: Any, own: Any, shapes: Any
) -> list[Any]:
    if own[0] is None and entry.arguments[:2] != ("lhs", "rhs"):
        return own
    assert entry.infer is not None
    wanted = entry.infer(list(own), settings)
    for place, (shape, now) in enumerate(zip(wanted, own, strict=True)):
        if shape is None:
            continue
        if now is not None and tuple(now) != tuple(shape):
            raise MXNetError(
                f"Shape inconsistent in {entry.name} {node.name}: {parents[place][0].name} has "
                f"shape {now}, and {tuple(shape)} follows from the data.{here()}"
            )
        shapes[parents[place]] = own[place] = tuple(shape)
    return own


def _output_shapes(node: Equation, entry: Entry, settings: Any, own: Any) -> list[Any]:
    """The results' shapes, by running the op on zeros."""
    zeros = [np.zeros(s, np.float32) for s in own]
    try:
        with np.errstate(all="ignore"):
            found = entry.run(*zeros, **settings)
    except (ValueError, IndexError) as error:
        raise MXNetError(
            f"Shape inconsistent in {entry.name} {node.name}, operands {own}: {error}.{here()}"
        ) from None
    parts = found if isinstance(found, tuple) else (getattr(found, "value", found),)
    return [np.shape(p) for p in parts]
