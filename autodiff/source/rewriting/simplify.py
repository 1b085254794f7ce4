"""From a recording to the calls that a person would write: the same numbers, fewer lines.

Every step keeps each bit.  What nobody reads goes; what is computed twice is computed once; copies
that nobody changes, views that show all of an array, and factors of 1 go; `total += part` on memory
that nobody else sees becomes `total + part`; a new array that is filled at once becomes `np.full`.
What the steps can't show to be safe, since memory is changed in place, they leave as it is.
"""

from __future__ import annotations

import operator
from dataclasses import replace
from typing import Any

import numpy as np

from autodiff.source.records.nodes import Call, Inner, Node, leaves
from autodiff.source.records.recorded import method
from autodiff.source.records.running import Recording
from autodiff.source.rewriting.body import (
    OPERATORS,
    Body,
    copied,
    copy_nodes,
    is_steady,
    moved,
    substitute,
    without_dead,
)
from autodiff.source.rewriting.updates import filled_at_once, through_views, updates_as_values


def simplified(recording: Recording, steps: int = 9) -> Body:
    """The body of a recording after the first `steps` steps."""
    body = copied(recording)
    for step in simplifying[:steps]:
        step(body)
    return body


def simplified_calls(inner: Inner) -> Body:
    """The calls of an op, simplified; what it is given is left as it is."""
    new = {node: node for node in inner.given}
    for node in inner.given:
        new.setdefault(node.root, node.root)
    copy_nodes(inner.nodes, new)
    body = Body([new[node] for node in inner.nodes], [], [new[inner.result]], {})
    for step in (without_detours, computed_once, without_dead):
        step(body)
    return body


def finite_guards(body: Body) -> None:
    """`math.isfinite` of a sum of squares, which the engine asks of derivatives, as one guard."""
    guards = []
    for guard in body.guards:
        node = guard.node
        if guard.expected is True and node.call.name == "math.isfinite":
            (asked,) = node.args
            if asked.__class__ is Node and asked.call.name == "real":
                asked = asked.args[0]
            if asked.__class__ is Node and asked.call.name in ("np.vdot", "dot"):
                asked = asked.args[0]
            if asked.__class__ is Node and asked.call.name == "ravel":
                asked = asked.args[0]
            guard = replace(guard, node=asked, kind="finite")
        guards.append(guard)
    body.guards = list({(g.node, g.kind, repr(g.expected)): g for g in guards}.values())


COPIES = ("copy", "np.copy", "np.array", "np.asarray", "np.ascontiguousarray", "np.asanyarray")


def without_detours(body: Body) -> None:
    """Read the operand instead of a copy, of a view of all of it, of it times 1."""
    new: dict[Node, Node] = {}
    for node in body.nodes:
        node.args, node.kwargs = moved(node.args, new), moved(node.kwargs, new)
        if node.target is not None or node.call.kind in ("input", "part") or not is_steady(node):
            continue
        same = _same_as(node)
        if same is not None:
            new[node] = same
        else:
            _shortened(node)
    ends = [new.get(out, out) if out.__class__ is Node else out for out in body.outputs]
    keep = {}
    for place, (out, end) in enumerate(zip(body.outputs, ends)):
        if out.__class__ is not Node or end is out:
            continue
        shares = (
            end.root.call.kind == "input" or end.root is not end or sum(e is end for e in ends) > 1
        )
        if shares and out.root is out and isinstance(out.value, np.ndarray):
            keep[place] = out  # its call stays: a copy, or a factor of 1
    substitute(body, new)
    for place, out in keep.items():
        if out not in body.nodes:
            body.nodes.append(out)
        body.outputs[place] = out


def _same_as(node: Node) -> Node | None:
    """The operand that has the same value, laid out in the same way."""
    call, value = node.call, node.value
    first = node.args[0] if node.args else None
    if first.__class__ is Node:
        if call.name in COPIES and _alike(value, first.value):
            return first
        if call.kind == "getitem" and is_empty(node.args[1]) and first.call.name == "np.asarray":
            inner = first.args[0]
            if inner.__class__ is Node and inner.value.__class__ is value.__class__:
                return inner
        if isinstance(value, np.ndarray) and node.root is not node:
            for one in node.operands:
                if _alike(value, one.value) and value.ctypes.data == one.value.ctypes.data:
                    return one
        if value is first.value and call.kind in ("attribute", "method"):
            return first
    if call.kind == "operator" and len(node.args) == 2:
        left, right = node.args
        if call.name in ("*", "/", "**") and _is_one(right) and left.__class__ is Node:
            return left if _alike(value, left.value) else None
        if call.name == "*" and _is_one(left) and right.__class__ is Node:
            return right if _alike(value, right.value) else None
    return None


def is_empty(index: Any) -> bool:
    """Whether this is the index `x[()]`."""
    return index.__class__ is tuple and not index


def _is_one(value: Any) -> bool:
    if value.__class__ is Node:
        return not value.dynamic and not value.root.written and _is_one(value.value)
    if isinstance(value, np.ndarray) and (value.dtype.kind not in "fciu" or not value.size):
        return False
    return isinstance(value, int | float | np.generic | np.ndarray) and bool(np.all(value == 1))


def _alike(a: Any, b: Any) -> bool:
    """Whether two values are arrays of one shape, dtype and layout, or numbers of one class."""
    if isinstance(a, np.ndarray) and isinstance(b, np.ndarray):
        steps = [s for s, n in zip(a.strides, a.shape) if n > 1]
        return (
            a.shape == b.shape
            and a.dtype == b.dtype
            and steps == [s for s, n in zip(b.strides, b.shape) if n > 1]
        )
    return a.__class__ is b.__class__ and not isinstance(a, np.ndarray)


def _shortened(node: Node) -> None:
    """`a + -b` as `a - b`, a uniform constant beside an array as one number."""
    call, args = node.call, node.args
    if call.kind == "getitem" and is_empty(args[1]) and args[0].__class__ is Node:
        inner = args[0]
        if inner.call.name == "np.asarray" and len(inner.args) == 1 and not inner.kwargs:
            node.call = Call("function", f"np.{node.value.dtype}", type(node.value))
            node.args = inner.args
            return
    if call.kind != "operator" or len(args) != 2:
        return
    left, right = args
    if call.name in ("+", "-") and _is_negation(right):
        sign = "-" if call.name == "+" else "+"
        node.call = Call("operator", sign, getattr(operator, OPERATORS[sign]))
        node.args = (left, right.args[0])
    elif call.name == "+" and _is_negation(left):
        node.call, node.args = Call("operator", "-", operator.sub), (right, left.args[0])
    if call.name in ("+", "-", "*", "/"):
        node.args = (_one_number(node.args[0], node.args[1], node), node.args[1])
        node.args = (node.args[0], _one_number(node.args[1], node.args[0], node))


def _is_negation(value: Any) -> bool:
    return (
        value.__class__ is Node
        and value.call.kind == "operator"
        and value.call.name == "-"
        and len(value.args) == 1
        and is_steady(value)
    )


def _one_number(value: Any, other: Any, node: Node) -> Any:
    """The one number of a constant array whose elements are all equal."""
    array = value
    if value.__class__ is Node:
        if value.dynamic or value.root.written:
            return value
        array = value.value
    if (
        not isinstance(array, np.ndarray)
        or not array.size
        or other.__class__ is not Node
        or np.shape(other.value) != np.shape(node.value)
        or np.asarray(other.value).dtype != array.dtype
    ):
        return value
    first = array.flat[0]
    uniform = array.tobytes() == np.full(array.shape, first).tobytes()  # -0.0 is not 0.0
    return first if uniform else value


def computed_once(body: Body) -> None:
    """The same call of the same values once."""
    known: dict[Any, Node] = {}
    new: dict[Node, Node] = {}
    for node in body.nodes:
        node.args, node.kwargs = moved(node.args, new), moved(node.kwargs, new)
        if node.target is not None or node.call.kind == "input" or not is_steady(node):
            continue
        key = (node.call.kind, node.call.name, _key(node.args), _key(node.kwargs))
        before = known.setdefault(key, node)
        if before is not node:
            new[node] = before
    outputs = [out for out in body.outputs if out.__class__ is Node]
    for node in [node for node in outputs if node in new and isinstance(node.value, np.ndarray)]:
        one = new[node]  # results must not share memory
        if one in outputs or any(o in new and o is not node and new[o] is one for o in outputs):
            node.call, node.args, node.kwargs = method("copy"), (one,), {}
            del new[node]
    substitute(body, new)


def _key(tree: Any) -> Any:
    return tuple([_key_of(leaf) for leaf in leaves(tree)]), _shape_of(tree)


def _shape_of(tree: Any) -> Any:
    if tree.__class__ is tuple or tree.__class__ is list:
        return tree.__class__.__name__, tuple([_shape_of(part) for part in tree])
    if tree.__class__ is dict:
        return tuple([(name, _shape_of(part)) for name, part in tree.items()])
    return tree.__class__.__name__


def _key_of(leaf: Any) -> Any:
    if isinstance(leaf, np.ndarray):
        return leaf.dtype.str, leaf.shape, leaf.strides, leaf.tobytes()
    if isinstance(leaf, float | np.floating):
        return leaf.__class__, np.asarray(leaf).tobytes()
    return leaf.__class__, leaf if leaf.__class__.__hash__ else id(leaf)


simplifying = (
    without_dead, filled_at_once, through_views, updates_as_values, finite_guards, without_dead,
    without_detours, computed_once, without_dead,
)  # fmt: skip
"""The steps of `simplified`."""
