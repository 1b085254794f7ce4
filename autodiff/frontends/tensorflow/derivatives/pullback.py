"""One node of the backward part of a graph: the reverse rule of one forward node.

At run time the node calls the registry's own rule `op.vjp(index, ct, ans, primals, params)` and
undoes broadcasting as the engine does, so values and shapes known only then are no problem.  It
reads just those forward values that the rule looks at: the edges show what a backward pass needs.
"""

from __future__ import annotations

import dis
import functools
from collections.abc import Sequence
from types import CodeType
from typing import Any

import numpy as np

from autodiff.core.language.abstract import Dims
from autodiff.core.language.equation import Equation
from autodiff.core.language.fitting import in_dtype, unbroadcast
from autodiff.core.language.op import Op
from autodiff.core.language.singular.finite import is_finite
from autodiff.core.reverse.sweep import Parts, stop_zeros
from autodiff.frontends.tensorflow.graph.recorded import recorded_op
from autodiff.frontends.tensorflow.graph.tensor import Tensor
from autodiff.frontends.tensorflow.ground.shapes import is_full

ANS = -1
"""The place of the result among the values that a rule may read; operands count from 0."""


def blocked(node: Equation, index: int) -> bool:
    """Whether it is certain that no derivative flows from a node to one of its operands."""
    op = node.op
    assert op is not None
    primal = node.primals[index]
    if not isinstance(primal, Tensor) or primal.dtype.kind not in "fc":
        return True
    return op.kind == "constant" or (op.kind == "elementwise" and op.partials[index] is None)


def values_read(op: Op, index: int, count: int) -> set[int]:
    """Which values the rule for one operand reads: operands by place, and ANS.

    The kinds promise what they read; where a rule is the author's own, its code tells.
    """
    everything = {ANS, *range(count)}
    if op.joint_vjp is not None:
        return everything
    if op.kind in ("elementwise", "reduction"):
        rule = op.partials[index if op.kind == "elementwise" else 0]
        return _arguments_read(rule, [ANS, *range(count)]) if callable(rule) else set()
    if op.kind == "linear":
        return set()
    if op.kind == "bilinear":
        return set(range(count)) - {index}
    rule = op.rules.get("vjp")
    return everything if rule is None else _arguments_read(rule, [None, None, ANS, *range(count)])


def _arguments_read(rule: Any, places: Sequence[Any]) -> set[int]:
    code = getattr(rule, "__code__", None)
    if code is None or code.co_flags & 0x04:  # *args: who knows
        return {place for place in places if place is not None}
    names = code.co_varnames[: code.co_argcount]
    read = _names_read(code)
    return {
        place
        for name, place in zip(names, places, strict=False)
        if place is not None and name in read
    }


@functools.cache
def _names_read(code: CodeType) -> frozenset[str]:
    found: set[str] = set(code.co_cellvars)
    for instruction in dis.get_instructions(code):
        if instruction.opname.startswith("LOAD"):
            value = instruction.argval
            found.update(value if isinstance(value, tuple) else (str(value),))
    return frozenset(found)


def surely_fits(node: Equation, index: int) -> bool:
    """Whether the rule's result has the operand's shape whatever the unknown lengths are."""
    if node.op.kind == "bilinear":
        return node.op.name == "matmul" and all(_rank(p) == 2 for p in node.primals)
    if node.op.kind != "elementwise":
        return False
    own = _dims(node.primals[index])
    others = [_dims(p) for place, p in enumerate(node.primals) if place != index]
    if not others:
        return True
    if own is None or None in others:
        return False
    if any(len(other) > len(own) for other in others):
        return False
    for axis in range(-len(own), 0):
        lengths = {other[axis] for other in others if -axis <= len(other)} - {1}
        if lengths and (own[axis] == 1 or (lengths == {None} and own[axis] is None)):
            return False
        if own[axis] is None and lengths:
            return False
    return True


def _dims(primal: Any) -> Dims:
    return primal.dims if isinstance(primal, Tensor) else np.shape(primal)


def _rank(primal: Any) -> int | None:
    dims = _dims(primal)
    return None if dims is None else len(dims)


def stage_pullback(graph: Any, node: Equation, indices: Sequence[int], ct: Any) -> Any:
    """Add the node that pulls a cotangent back to operands of a forward node.

    `indices` is one operand, or all of them where the op's rule is a joint one.  `ct` is the
    tensor of the cotangent, a tuple with None for the several results of one op.
    """
    op = node.op
    assert op is not None
    joint = op.joint_vjp is not None
    count = len(node.primals)
    ans = node.value
    read = values_read(op, indices[0], count)
    fits = surely_fits(node, indices[0])
    operands: list[Tensor] = []
    places: list[int] = []
    given: dict[int, Any] = {}
    for place in (ANS, *range(count)):
        primal = ans if place == ANS else node.primals[place]
        if not isinstance(primal, Tensor):
            given[place] = primal
        elif place == ANS and op.multiple and place in read:
            parts = node.note["parts"]
            operands += parts
            places += [ANS] * len(parts)
        elif place in read or not (place == ANS or fits or is_full(primal.dims)):
            operands.append(primal)
            places.append(place)
        else:
            given[place] = _stand_in(primal)
    cts = list(ct) if op.multiple else [ct]
    arriving = [i for i, c in enumerate(cts) if c is not None]
    params = node.params

    def pull_one(ct: Any, *values: Any) -> Any:
        known = template.copy()
        for slot, value in zip(slots, values, strict=True):
            known[slot] = value
        primals = tuple(known[1:])
        new = op.vjp(index, ct, known[0], primals, params)
        if (
            new is not None
            and is_finite(new)
            and (fits or np.shape(new) == np.shape(primals[index]))
        ):
            return in_dtype(new, primals[index])
        known = {place - 1: value for place, value in enumerate(known)}
        return _settled(node, index, new, ct, known, fits)

    def pull(*values: Any) -> Any:
        own: list[Any] = [None] * len(cts)
        for i, value in zip(arriving, values, strict=False):
            own[i] = value
        read = list(zip(places, values[len(arriving) :], strict=True))
        known = given | dict(read)
        if op.multiple and ANS in places:
            known[ANS] = tuple(value for place, value in read if place == ANS)
        primals = tuple([known[place] for place in range(count)])
        cotangent = Parts(own) if op.multiple else own[0]
        found = (
            op.joint_vjp(cotangent, known[ANS], primals, params)
            if joint
            else (op.vjp(indices[0], cotangent, known[ANS], primals, params),)
        )
        results = [
            _settled(node, place, found[place] if joint else found[0], cotangent, known, fits)
            for place in indices
        ]
        return tuple(results) if joint else results[0]

    title = f"d{node.note['type']}"
    wrt = "" if joint or count == 1 else f"/d{_operand_name(node, indices[0])}"
    template = [given.get(place) for place in (ANS, *range(count))]
    slots, index = [place + 1 for place in places], indices[0]
    single = not (joint or op.multiple)
    pull_op = recorded_op(title + wrt, pull_one if single else pull, multiple=joint)
    infos = [(node.primals[i].dims, node.primals[i].dtype) for i in indices]
    name = f"{node.note['name']}_grad"
    note = {"of": node, "wrt": tuple(indices), "role": "backward"}
    args = [*(cts[i] for i in arriving), *operands]
    return graph.stage(pull_op, args, {}, name, f"{node.note['type']}Grad", infos, note)


def _settled(
    node: Equation, place: int, new: Any, ct: Any, known: dict[int, Any], fits: bool
) -> Any:
    """A rule's result as the engine's sweep would leave it: zeros stop, shape and dtype fit."""
    op, primal = node.op, known[place]
    assert op is not None
    if new is None:
        return np.zeros_like(primal)
    if not is_finite(new):
        again = Equation(known[ANS])
        again.op, again.params = op, node.params
        again.primals = tuple(known[i] for i in range(len(node.primals)))
        new = stop_zeros(new, again, place, ct)
    if not fits:
        new = unbroadcast(new, np.shape(primal), f"the reverse rule of {op.name}", place)
    return in_dtype(new, primal)


def _stand_in(tensor: Tensor) -> Any:
    """What a rule gets for an operand whose value it does not read: zeros without memory."""
    dims = tensor.dims or ()
    shape = tuple(1 if n is None else n for n in dims)
    return np.broadcast_to(np.zeros((), _number_type(tensor.dtype)), shape)


def _number_type(dtype: np.dtype) -> np.dtype:
    return np.dtype(float) if dtype.kind == "O" else dtype


def _operand_name(node: Equation, index: int) -> str:
    return "xyz"[index] if index < 3 else str(index)
