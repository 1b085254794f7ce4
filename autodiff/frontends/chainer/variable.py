"""`Variable`: an array with the history of its computation, and a gradient that adds up.

Its place in the graph is an equation of the engine.  `backward` sweeps over the history of the
run and adds what arrives to `grad` of the variables at its ends; between them gradients are
dropped unless `retain_grad`.  `unchain_backward` makes the history forget its operations.
"""

from __future__ import annotations

import weakref
from typing import Any

import numpy as np

from autodiff.core.ground.locations import here
from autodiff.core.language.equation import Equation, history
from autodiff.core.reverse.sweep import pull_back
from autodiff.core.reverse.tensor import EAGER, Tensor
from autodiff.frontends.chainer.flags import ON, Flag, as_flag


class Variable:
    """A node of the graph of this run: `data`, `grad`, `creator`.

    >>> x = Variable(np.array([[2.0, 3.0]]))
    >>> y = x * x
    >>> y.grad = np.ones((1, 2))
    >>> y.backward()
    >>> x.grad
    array([[4., 6.]])
    """

    __array_priority__ = 200.0

    def __init__(
        self, data: Any, volatile: Any = "off", name: str | None = None, grad: Any = None
    ) -> None:
        if not isinstance(data, np.ndarray):
            raise TypeError(
                f"a Variable holds an array, and got {type(data).__name__}: write "
                f"np.array(..., np.float32).{here()}"
            )
        self._start(Equation(data, {"name": name} if name else {}), as_flag(volatile))
        self.name = name
        self.grad = grad

    def _start(self, node: Equation, volatile: Flag) -> None:
        self.node, self.volatile = node, volatile
        self.grad: Any = None
        self.name: str | None = None
        note = node.note = node.note if node.note is not None else {}
        note["variable"] = weakref.ref(self)

    @classmethod
    def of(cls, tensor: Any, volatile: Flag) -> Variable:
        """The variable of a result."""
        made = object.__new__(cls)
        if isinstance(tensor, Tensor) and _owner(tensor.node) is not None:
            tensor = +tensor  # a function that hands its input on is a node of its own
        node = tensor.node if isinstance(tensor, Tensor) else Equation(np.asarray(tensor))
        made._start(node, volatile)
        return made

    @property
    def tensor(self) -> Any:
        """The value as the engine records it."""
        return Tensor.of(EAGER, self.node)

    @property
    def data(self) -> Any:
        """The array; a result of one element is an array without axes."""
        value = self.node.value
        return value if value.__class__ is np.ndarray else np.asarray(value)

    @data.setter
    def data(self, value: Any) -> None:
        self.node.value = value

    @property
    def creator(self) -> Any:
        """The operation that made it; None at the ends of the graph."""
        return None if self.node.op is None else self.node

    shape = property(lambda self: self.data.shape)
    ndim = property(lambda self: self.data.ndim)
    size = property(lambda self: self.data.size)
    dtype = property(lambda self: self.data.dtype)
    label = property(lambda self: f"{self.shape}, {self.dtype}" if self.shape else str(self.dtype))

    def __len__(self) -> int:
        return len(self.data)

    def __repr__(self) -> str:
        return f"<variable {self.name or ''}{self.data!r}>"

    __hash__ = object.__hash__

    def cleargrad(self) -> None:
        """Forget the gradient."""
        self.grad = None

    def zerograd(self) -> None:
        """Make the gradient zero."""
        self.grad = np.zeros_like(self.data)

    def addgrad(self, other: Variable) -> None:
        """Add another variable's gradient."""
        self.grad = other.grad if self.grad is None else self.grad + other.grad

    def copydata(self, other: Variable) -> None:
        """Take another variable's values."""
        self.data[...] = other.data

    def set_creator(self, creator: Any) -> None:
        """Refused: a variable's history is what was computed."""
        raise TypeError(f"a variable's creator is the operation that made it.{here()}")

    def to_cpu(self) -> None:
        """Nothing to do: there is one device."""

    def backward(self, retain_grad: bool = False) -> None:
        """Add the gradients of this variable to `grad` of all that it was computed from.

        It starts from `grad`, for one element by default from 1.  Gradients between here and the
        ends of the graph are kept only with `retain_grad`.
        """
        if self.creator is None or self.volatile is ON:
            return
        seed = self.grad
        if seed is None:
            if self.size != 1:
                raise TypeError(
                    f"backward() from an array of shape {self.shape} needs its gradient first: "
                    f"y.grad = np.ones_like(y.data), or a scalar such as F.sum(y).{here()}"
                )
            seed = self.grad = np.ones_like(self.data)
        program = history([self.node])
        wanted = [e for e in program if (e.op is None or retain_grad) and _owner(e) is not None]
        start = np.asarray(seed, self.dtype)[()]
        found = pull_back(program, {self.node: start}, wanted, retain_grad)
        for equation, gradient in zip(wanted, found, strict=True):
            owner = _owner(equation)
            if gradient is None or owner is None or owner is self:
                continue
            gradient = np.asarray(gradient)
            fresh = owner.grad is None or equation.op is not None
            owner.grad = gradient if fresh else owner.grad + gradient

    def unchain_backward(self) -> None:
        """Forget how this variable, and all before it, was computed: the graph is cut here."""
        for equation in history([self.node]):
            equation.op, equation.inputs, equation.kept = None, (), ()

    def as_subject(self, ran: Any = None) -> Any:
        """What `ad.draw(loss)` draws: the graph of this run."""
        from autodiff.frontends.common.picture import written_subject

        program = history([self.node])
        return written_subject(self.name or "the graph of this run", program, [self.node])


def _owner(equation: Equation) -> Variable | None:
    reference = (equation.note or {}).get("variable")
    return reference() if reference is not None else None


def array_of(x: Any) -> Any:
    """The plain array of a variable or an array."""
    return x.data if isinstance(x, Variable) else x
