"""`checkpoint`: less memory for more time, by running a part of the function again in the sweep."""

from __future__ import annotations

from typing import Any

from autodiff.core.arguments.tree import flatten, unflatten
from autodiff.core.arguments.variables import argument_names, variables_of
from autodiff.core.inside.blanks import settled
from autodiff.core.language.dispatch import Params, apply, is_traced
from autodiff.core.language.kinds import make_op
from autodiff.core.transforms.custom import Rule, no_single_rule, refuse_closure
from autodiff.core.transforms.derived import derived
from autodiff.core.transforms.forward import push_forward, zero_like
from autodiff.core.transforms.record import record


def checkpoint(f: Rule) -> Rule:
    """f, but the reverse sweep recomputes its intermediate values instead of keeping them.

    Memory falls to the arguments and the result; time grows by one more run of f in the sweep
    (Griewank & Walther, chapter 12).  f must be deterministic and take its variables as
    positional arguments (containers too); one that it only closes over is refused.

    >>> import numpy as np
    >>> import autodiff as ad
    >>> ad.jvp(ad.checkpoint(lambda x: np.exp(x) * x), (0.0,), (1.0,))[1]
    1.0
    """
    name = getattr(f, "__name__", "function")

    def checkpointed(*args: Any, **kwargs: Any) -> Any:
        found = [
            variables_of(arg, n) for arg, n in zip(args, argument_names(f, len(args)), strict=True)
        ]
        leaves = tuple(value for arg in found for value in arg.values)
        shape: list[Any] = []

        def run(*values: Any) -> tuple[Any, ...]:
            rest, rebuilt = iter(values), []
            for arg in found:
                rebuilt.append(arg.with_leaves([next(rest) for _ in arg.values]))
            outputs, structure = flatten(f(*rebuilt, **kwargs))
            shape[:] = [structure]
            return tuple(map(settled, outputs))

        def pull(ct: Any, ans: Any, primals: Any, params: Params) -> tuple[Any, ...]:
            again = record(run, tuple(primals), {}, tuple(range(len(primals))))
            cts = [zero_like(a) if c is None else c for c, a in zip(ct, ans, strict=True)]
            return tuple(again.transpose(cts, again.program))

        def push(tangents: Any, ans: Any, primals: Any, params: Params) -> tuple[Any, ...]:
            filled = [
                zero_like(x) if t is None else t for t, x in zip(tangents, primals, strict=True)
            ]
            return tuple(push_forward(run, tuple(primals), tuple(filled))[1])

        def closed(*values: Any) -> tuple[Any, ...]:
            outputs = run(*values)
            if any(map(is_traced, leaves)):
                refuse_closure(f"checkpoint({name})", outputs)
            return outputs

        op = make_op(
            closed,
            "primitive",
            push,
            no_single_rule,
            {"name": f"checkpoint {name}", "private": True},
            arity=None,
            joint_vjp=pull,
            multiple=True,
            why="recomputed in the reverse sweep",
        )
        outputs = apply(op, leaves)
        return unflatten(shape[0], list(outputs))

    return derived(checkpointed, checkpoint, f)
