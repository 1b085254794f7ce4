"""Expressions in a pickle: a classifier that was saved is loaded with its graph and its weights.

A node is saved as the name of its op and its operands, so that two variables saved together share
what they shared.  A loop by `scan` holds a compiled step, and is refused.
"""

from __future__ import annotations

from typing import Any

from autodiff.core.ground.errors import UnsupportedError
from autodiff.core.ground.locations import here
from autodiff.core.language.equation import Equation
from autodiff.core.language.op import Op
from autodiff.core.language.registry import registry
from autodiff.frontends.common import backward, conventions
from autodiff.frontends.common.written import write
from autodiff.frontends.theano.sharing import SharedVariable
from autodiff.frontends.theano.types import TensorType
from autodiff.frontends.theano.variables import Variable
from autodiff.frontends.theano.writing import _code_op


class Packed:
    """Stands for a node in a pickle; what is loaded in its place is the node."""

    def __init__(self, node: Equation) -> None:
        self.node = node

    def __reduce__(self) -> Any:
        node, note = self.node, self.node.note or {}
        if "shared" in note:
            shared = note["shared"]
            return _shared, (shared.storage[0], _plain(node.value), node.name)
        kept = {
            k: v for k, v in note.items() if k in ("name", "constant", "length", "role", "code")
        }
        if node.op is None:
            return _input, (_plain(node.value), kept)
        inputs = [packed(i) if i.__class__ is Equation else i for i in node.inputs]
        params = {k: _named(v) if isinstance(v, Op) else v for k, v in node.params.items()}
        return _node, (_named(node.op), inputs, params, _plain(node.value), kept)


def packed(node: Equation) -> Packed:
    """What stands for a node, the same whenever it is asked for."""
    node.note = node.note if node.note is not None else {}
    return node.note.setdefault("packed", Packed(node))


class Named:
    """An op by where it is found."""

    def __init__(self, kind: str, *key: Any) -> None:
        self.kind, self.key = kind, key

    def op(self) -> Op:
        """The op itself."""
        if self.kind == "registry":
            return registry[self.key[0]]
        if self.kind == "code":
            return _code_op(*self.key)
        if self.kind == "pull":
            return backward.pull_op(*self.key)
        return getattr(conventions if self.kind == "conventions" else backward, self.key[0])


def _named(op: Op) -> Named:
    if registry.by_name.get(op.name) is op:
        return Named("registry", op.name)
    if op.function is backward.pull:
        return Named("pull", op.name, op.multiple)
    if op.why.startswith("code over") and _code_op(op.name, op.function) is op:
        return Named("code", op.name, op.function)
    for kind, module in (("conventions", conventions), ("backward", backward)):
        for name, value in vars(module).items():
            if value is op:
                return Named(kind, name)
    raise UnsupportedError(
        f"an expression with {op.name} can't be pickled, since the op holds a function made while "
        f"the program ran. Save the values of the shared variables, w.get_value().{here()}"
    )


def _plain(type: Any) -> Any:
    return (type.dtype, type.broadcastable) if isinstance(type, TensorType) else type


def _typed(plain: Any) -> Any:
    return TensorType(*plain) if isinstance(plain, tuple) else plain


def _shared(value: Any, type: Any, name: str | None) -> Equation:
    return SharedVariable(value, _typed(type), name).node


def _input(type: Any, note: dict[str, Any]) -> Equation:
    node = Equation(_typed(type), note)
    if "constant" in note:
        note["value"] = lambda: note["constant"]
    return node


def _node(op: Named, inputs: Any, params: Any, type: Any, note: dict[str, Any]) -> Equation:
    own = {k: v.op() if isinstance(v, Named) else v for k, v in params.items()}
    return write(op.op(), inputs, own, _typed(type), **note)


def _variable_of(node: Equation) -> Variable:
    return (node.note or {}).get("shared") or Variable(node)


def _reduce(self: Variable, protocol: Any = None) -> Any:
    return _variable_of, (packed(self.node),)


Variable.__reduce_ex__ = _reduce  # type: ignore[assignment, method-assign]
