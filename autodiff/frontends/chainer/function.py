"""Functions: the registry's, called on variables, and a user's own with forward and backward."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autodiff.core.ground.locations import here
from autodiff.core.language.dispatch import apply
from autodiff.core.language.kinds import make_op
from autodiff.core.transforms.custom import no_single_rule
from autodiff.frontends.chainer.flags import AUTO, ON, Flag, recording, together
from autodiff.frontends.chainer.utils.type_check import Types
from autodiff.frontends.chainer.variable import Variable


def called(code: Callable[..., Any], *inputs: Any) -> Any:
    """The variables of `code` over arrays, recorded unless an input is volatile.

    `code` is NumPy, so that the engine records what it does; it may return a tuple.
    """
    flag = together(x.volatile for x in inputs if isinstance(x, Variable))
    live = flag is not ON and recording()
    values = [
        (x.tensor if live else x.data) if isinstance(x, Variable) else x for x in inputs
    ]  # fmt: skip
    found = code(*values)
    return _variables(found, flag if live else ON)


def _variables(found: Any, flag: Flag) -> Any:
    if isinstance(found, tuple | list):
        return tuple(Variable.of(f, flag) for f in found)
    return Variable.of(found, flag)


def function(code: Callable[..., Any]) -> Callable[..., Any]:
    """A function of arrays as one of variables: positional arguments may be variables."""

    @functools.wraps(code)
    def call(*inputs: Any, **settings: Any) -> Any:
        return called(functools.partial(code, **settings) if settings else code, *inputs)

    return call


class Function:
    """A user's own function: subclass it with `forward` and `backward`.

    `forward(inputs)` takes a tuple of arrays and returns one; `backward(inputs, grads)` takes the
    gradients of the outputs too and returns those of the inputs, None where there is none.

    >>> class Double(Function):
    ...     def forward(self, inputs):
    ...         return (2 * inputs[0],)
    ...
    ...     def backward(self, inputs, grads):
    ...         return (2 * grads[0],)
    >>> x = Variable(np.array([3.0]))
    >>> y = Double()(x)
    >>> y.backward()
    >>> y.data, x.grad
    (array([6.]), array([2.]))
    """

    def __call__(self, *inputs: Any) -> Any:
        """The outputs, as one variable or a tuple of them."""
        made = [x if isinstance(x, Variable) else Variable(x, volatile=AUTO) for x in inputs]
        arrays = tuple(x.data for x in made)
        self.inputs = tuple(made)
        self.check_type_forward(Types(arrays))
        outputs = self.forward(arrays)
        if not isinstance(outputs, tuple):
            raise TypeError(
                f"{type(self).__name__}.forward returns a tuple: write `return y,`.{here()}"
            )
        many = len(outputs) > 1
        op = make_op(
            lambda *xs: outputs if many else outputs[0],
            "primitive",
            no_single_rule,
            no_single_rule,
            {"name": type(self).__name__, "private": True},
            arity=None,
            multiple=many,
            joint_vjp=self._pull,
            why="a user's own function",
        )
        found = called(lambda *values: apply(op, values), *made)
        self.outputs = found if many else (found,)
        return found

    def _pull(self, ct: Any, ans: Any, primals: Sequence[Any], params: Any) -> Any:
        cts = tuple(ct) if isinstance(ct, tuple) else (ct,)
        grads = self.backward(
            tuple(map(np.asarray, primals)), tuple(c if c is None else np.asarray(c) for c in cts)
        )
        return grads if isinstance(grads, tuple) else (grads,)

    def check_type_forward(self, in_types: Any) -> None:
        """Overridden to refuse arguments."""

    def forward(self, inputs: Any) -> Any:
        """The outputs; by default `forward_cpu`."""
        return self.forward_cpu(inputs)

    def backward(self, inputs: Any, grad_outputs: Any) -> Any:
        """The gradients of the inputs; by default `backward_cpu`."""
        return self.backward_cpu(inputs, grad_outputs)

    def forward_cpu(self, inputs: Any) -> Any:
        """The outputs, on the CPU."""
        raise NotImplementedError(f"{type(self).__name__} has no forward.{here()}")

    def backward_cpu(self, inputs: Any, grad_outputs: Any) -> Any:
        """No gradient by default."""
        return (None,) * len(inputs)
