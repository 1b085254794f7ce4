"""The eager style: an optimizer that holds Tensors and moves them, as in PyTorch."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from autodiff.core.arguments.tree import flatten, map_tree
from autodiff.core.ground.locations import here
from autodiff.core.reverse.tensor import Tensor
from autodiff.optim.optimizer import Optimizer, State

Tree = Any


@dataclass(slots=True)
class Stepper:
    """An optimizer, the Tensors that it moves (in any container), and its state.

    >>> from autodiff.optim import GradientDescent
    >>> w = Tensor([1.0, -2.0])
    >>> stepper = Stepper(GradientDescent(0.1), [w])
    >>> for _ in range(50):
    ...     loss = (w * w).sum()
    ...     loss.backward()
    ...     stepper.step()
    >>> float(loss.data) < 1e-8
    True
    """

    optimizer: Optimizer
    tensors: Tree
    state: State = field(init=False)
    used: list[Any] = field(default_factory=list, init=False, repr=False)

    def __post_init__(self) -> None:
        if not any(isinstance(leaf, Tensor) for leaf in flatten(self.tensors)[0]):
            raise TypeError(
                "Stepper(optimizer, tensors) moves ad.Tensor variables, and was given none; for "
                f"plain arrays call optimizer.update(params, gradient, state).{here()}"
            )
        self.state = self.optimizer.init(map_tree(_value, self.tensors))

    def step(self) -> None:
        """Move each Tensor by its `.grad`; one without a gradient stays where it is.

        Raises RuntimeError where there is no new gradient since the last step.
        """
        gradients = [getattr(leaf, "grad", None) for leaf in flatten(self.tensors)[0]]
        if all(g is None or any(g is old for old in self.used) for g in gradients):
            raise RuntimeError(
                "no Tensor has a gradient that was not used yet. Compute the loss again and call "
                f"loss.backward() before each step().{here()}"
            )
        values = map_tree(_value, self.tensors)
        gradient = map_tree(lambda leaf: getattr(leaf, "grad", None), self.tensors)
        moved, self.state = self.optimizer.update(values, gradient, self.state)
        map_tree(_set, self.tensors, moved)
        self.used = gradients


def _value(leaf: Any) -> Any:
    return leaf.data if isinstance(leaf, Tensor) else leaf


def _set(leaf: Any, value: Any) -> None:
    if isinstance(leaf, Tensor):
        leaf.data = value
