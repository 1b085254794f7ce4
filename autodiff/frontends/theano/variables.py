"""`Variable`: a place for a value in an expression, with a type; operators write more of it.

Operators and methods are given to it by the modules of `tensor` that write what they mean.  A
variable is no number: it has no truth value where it compares, no length and no elements to
iterate over, since none is known before the compiled function is called.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from autodiff.core.ground.locations import here
from autodiff.core.language.equation import Equation
from autodiff.frontends.common.written import source
from autodiff.frontends.theano.types import TensorType


class Variable:
    """A node of the graph as Theano shows it: `type`, `name`, `owner`, and arithmetic."""

    __array_priority__ = 1000.0

    def __init__(self, node: Equation) -> None:
        self.node = node

    # -- what is known of it --------------------------------------------------------------------

    @property
    def type(self) -> TensorType:
        """Dtype and axes."""
        return self.node.value

    dtype = property(lambda self: self.type.dtype)
    ndim = property(lambda self: self.type.ndim)
    broadcastable = property(lambda self: self.type.broadcastable)

    @property
    def name(self) -> str | None:
        """The name that was given."""
        return self.node.name

    @name.setter
    def name(self, name: str | None) -> None:
        self.node.note = {**(self.node.note or {}), "name": name}

    @property
    def tag(self) -> Any:
        """Room for whatever is said about it: `x.tag.test_value = ...`."""
        note = self.node.note = self.node.note if self.node.note is not None else {}
        return note.setdefault("tag", SimpleNamespace())

    @property
    def owner(self) -> Any:
        """What computes it: `owner.op` and `owner.inputs`; None for an input."""
        node = self.node
        if node.op is None:
            return None
        inputs = [Variable(i) for i in node.inputs if i.__class__ is Equation]
        return SimpleNamespace(op=node.op, inputs=inputs, outputs=[self])

    def __repr__(self) -> str:
        if self.name:
            return str(self.name)
        if self.node.op is None:
            constant = (self.node.note or {}).get("constant")
            return f"<{self.type}>" if constant is None else f"TensorConstant{{{constant}}}"
        return f"{self.node.op.name}.0"

    def __hash__(self) -> int:
        return hash(self.node)

    def __eq__(self, other: Any) -> bool:
        return isinstance(other, Variable) and other.node is self.node

    # -- what it refuses --------------------------------------------------------------------------

    def __bool__(self) -> bool:
        if self.node.op is not None and self.node.op.name in COMPARISONS:
            raise TypeError(
                "Variables do not support boolean operations: the value of this comparison is "
                "known only when a compiled function runs. Write T.switch(condition, a, b) for a "
                f"choice inside the graph.{here()}"
            )
        return True

    def __len__(self) -> int:
        raise TypeError(
            f"object of type 'TensorVariable' has no len(): the length of {self} is not known "
            f"before the function runs. Write x.shape[0], which is a variable too.{here()}"
        )

    def __iter__(self) -> Any:
        raise TypeError(
            f"TensorType does not support iteration: the length of {self} is not known. Use "
            f"theano.scan for a loop over it.{here()}"
        )

    def __float__(self) -> float:
        raise TypeError(
            f"{self} has no value yet. Write {self}.eval({{x: value}}), or compile it with "
            f"theano.function.{here()}"
        )

    __int__ = __float__  # type: ignore[assignment]
    __index__ = __float__  # type: ignore[assignment]

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        raise TypeError(
            f"{self} is an expression, not an array: NumPy would make an array of objects of it. "
            f"Use the function of theano.tensor.{here()}"
        )

    def __array_function__(self, func: Any, types: Any, args: Any, kwargs: Any) -> Any:
        raise TypeError(
            f"np.{func.__name__} of a variable: in Theano it made an array of objects, silently. "
            f"Write T.{func.__name__}.{here()}"
        )


COMPARISONS = {"less", "less_equal", "greater", "greater_equal", "equal", "not_equal"}


def variable(type: TensorType, name: str | None = None) -> Variable:
    """An input: a variable that nothing computes."""
    return Variable(source(name, type))


def _of_type(self: TensorType, name: str | None = None) -> Variable:
    """A variable of this type: `T.dmatrix("x")`."""
    return variable(self, name)


TensorType.__call__ = _of_type  # type: ignore[attr-defined]
