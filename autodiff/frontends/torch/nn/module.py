"""`Module`: an output, a gradient of the input, and gradients of parameters that add up.

A subclass writes three methods: `updateOutput(input)`, `updateGradInput(input, gradOutput)` and
`accGradParameters(input, gradOutput, scale)`.  Nothing is recorded: the author of a module is
responsible for its derivative, and `check_module` tells whether it is right.
"""

from __future__ import annotations

import copy
from typing import Any

import numpy as np

import autodiff as ad
from autodiff.core.ground.locations import here
from autodiff.frontends.torch.tensor import Tensor


class BackwardError(RuntimeError):
    """`backward` was called with another input than the last `forward`."""


class Module:
    """Base of modules: `output`, `gradInput`, and the methods that callers use."""

    weight: Any = None
    bias: Any = None
    gradWeight: Any = None
    gradBias: Any = None

    def __init__(self) -> None:
        self.output: Any = Tensor()
        self.gradInput: Any = Tensor()
        self.train = True
        self._last: Any = None

    def updateOutput(self, input: Any) -> Any:
        """The output, also kept in `output`."""
        return self.output

    def updateGradInput(self, input: Any, gradOutput: Any) -> Any:
        """The gradient of the input, also kept in `gradInput`."""
        return self.gradInput

    def accGradParameters(self, input: Any, gradOutput: Any, scale: Any = 1) -> None:
        """Add the gradients of the parameters."""

    def forward(self, input: Any) -> Any:
        """`updateOutput`."""
        self._last = input
        return self.updateOutput(input)

    def backward(self, input: Any, gradOutput: Any, scale: Any = 1) -> Any:
        """`updateGradInput`, then `accGradParameters`: gradients are added, not set."""
        self.refuse_other_input(input)
        found = self.updateGradInput(input, gradOutput)
        self.accGradParameters(input, gradOutput, scale)
        return found

    def refuse_other_input(self, input: Any) -> None:
        """Raise where the outputs that are kept are those of another input."""
        last = self._last
        if last is None or last is input or not isinstance(input, Tensor):
            return
        if not isinstance(last, Tensor) or last.a is input.a or np.array_equal(last.a, input.a):
            return
        raise BackwardError(
            f"{type(self).__name__}.backward got another input than the last forward, whose output "
            f"it would use. Call forward(input) first, and backward(input, ...) after it.{here()}"
        )

    def parameters(self) -> Any:
        """The lists of parameters and of their gradients."""
        names = [n for n in ("weight", "bias") if getattr(self, n) is not None]
        grads = [getattr(self, "grad" + n.capitalize()) for n in names]
        return [getattr(self, n) for n in names], grads

    def getParameters(self) -> tuple[Tensor, Tensor]:
        """All parameters as one vector, and all gradients; the modules' tensors become parts of it.

        A module that is there twice has its parameters there once.
        """
        params, grads = self.parameters()
        return _flattened(params), _flattened(grads)

    def zeroGradParameters(self) -> None:
        """Forget the gradients."""
        for grad in self.parameters()[1]:
            grad.zero()

    def updateParameters(self, learningRate: Any) -> None:
        """weight -= rate * gradWeight."""
        for param, grad in zip(*self.parameters(), strict=True):
            param.add(-learningRate, grad)

    def training(self) -> None:
        """Behave as in training."""
        self.train = True

    def evaluate(self) -> None:
        """Behave as in use: no dropout, running averages."""
        self.train = False

    def clone(self) -> Any:
        """A copy with parameters of its own."""
        return copy.deepcopy(self)

    def listModules(self) -> list[Module]:
        """This module, and those in it."""
        return [self]

    def findModules(self, typename: str) -> list[Module]:
        """Those of one type, `"nn.Linear"`, among `listModules`."""
        name = typename.removeprefix("nn.")
        return [module for module in self.listModules() if type(module).__name__ == name]

    def double(self) -> Any:
        """The parameters in double precision."""
        return self

    float = double

    def __repr__(self) -> str:
        return f"nn.{type(self).__name__}"

    def as_subject(self, ran: Any = None) -> Any:
        """What `ad.draw(module)` draws: the last forward, as the tape has it."""
        from autodiff.core.language.equation import history
        from autodiff.frontends.common.picture import written_subject

        if self._last is None:
            raise ValueError(f"{self} has not run yet: call forward(input) first.{here()}")
        params = self.parameters()[0]
        tensors = [ad.Tensor(p.a, name=f"p{i}") for i, p in enumerate(params, 1)]
        out = _run(self, params, ad.Tensor(self._last.a, name="input"), tensors)
        return written_subject(type(self).__name__, history([out.node]), [out.node])


def _flattened(tensors: list[Tensor]) -> Tensor:
    """One vector; each tensor is made a part of it."""
    own: dict[int, Tensor] = {id(t): t for t in tensors}
    flat = np.concatenate([t.a.reshape(-1) for t in own.values()]) if own else np.zeros(0)
    start = 0
    for t in own.values():
        end = start + t.a.size
        t.a = flat[start:end].reshape(t.a.shape)
        start = end
    return Tensor.of(flat)


def _run(module: Module, params: list[Tensor], x: Any, values: Any) -> Any:
    """The output of a module for other parameters, which may be traced."""
    before, output = [p.a for p in params], module.output
    try:
        for param, value in zip(params, values, strict=True):
            param.a = value
        return module.updateOutput(Tensor.of(x)).a
    finally:
        for param, old in zip(params, before, strict=True):
            param.a = old
        module.output = output


def check_module(module: Module, input: Tensor, tolerance: float = 1e-9) -> float:
    """The largest difference between a module's own gradients and those of the tape.

    Raises AssertionError, which names the method that is wrong, where it is above the tolerance.
    `updateOutput` must be NumPy on `input.a` and the parameters' `.a`.
    """
    params, grads = module.parameters()
    out, pull = ad.vjp(
        lambda x, *values: _run(module, params, x, values), input.a, *[p.a.copy() for p in params]
    )
    ct = np.random.default_rng(0).normal(size=np.shape(out))
    expected = pull(ct)
    module.zeroGradParameters()
    module.forward(input)
    found = module.backward(input, Tensor.of(ct))
    pairs = [("updateGradInput", found.a, expected[0])]
    pairs += [("accGradParameters", g.a, e) for g, e in zip(grads, expected[1:], strict=True)]
    worst = 0.0
    for method, own, tape in pairs:
        away = float(np.max(np.abs(own - tape), initial=0.0))
        worst = max(worst, away)
        if own.shape != tape.shape or not away <= tolerance * max(1.0, float(np.abs(tape).max())):
            raise AssertionError(
                f"{type(module).__name__}.{method} is wrong: off the tape by {away:.3g} "
                f"(shapes {own.shape} and {tape.shape}).{here()}"
            )
    return worst


class Jacobian:
    """Torch's own check: a module's gradients against finite differences."""

    @staticmethod
    def testJacobian(module: Module, input: Tensor, low: float = -2, high: float = 2) -> float:
        """The largest difference at a random input."""
        input.uniform(low, high)
        step, worst = 1e-6, 0.0
        out = module.forward(input).a.copy()
        rows = []
        for place in np.ndindex(out.shape):
            ct = np.zeros_like(out)
            ct[place] = 1
            module.zeroGradParameters()
            rows.append(module.backward(input, Tensor.of(ct)).a.reshape(-1).copy())
        flat = input.a.reshape(-1)
        for column in range(flat.size):
            old = flat[column]
            flat[column] = old + step
            above = module.updateOutput(input).a.copy()
            flat[column] = old - step
            below = module.updateOutput(input).a.copy()
            flat[column] = old
            slope = ((above - below) / (2 * step)).reshape(-1)
            worst = max(worst, float(np.max(np.abs(slope - np.array(rows)[:, column]))))
        return worst
