"""Binding: a symbol gets an array for every argument, and is an `Executor` from then on."""

from __future__ import annotations

from typing import Any

import numpy as np

import autodiff.frontends.mxnet.nd as nd
from autodiff.core.ground.locations import here
from autodiff.frontends.common.options import only
from autodiff.frontends.mxnet.symbols.executor import Executor


class Binds:
    """What a symbol with names and shapes can do: take arrays."""

    list_arguments: Any
    list_auxiliary_states: Any
    infer_shape: Any

    def simple_bind(
        self, ctx: Any = None, grad_req: Any = "write", type_dict: Any = None, **shapes: Any
    ) -> Any:
        """An executor with new arrays for every argument and gradient, by inferred shapes."""
        args, _, aux = self.infer_shape(**shapes)
        if args is None:
            raise ValueError(f"Input node is not complete: give the shapes of the data.{here()}")
        types = type_dict or {}
        default = next(iter(types.values()), np.float32)
        names = self.list_arguments()
        made = {
            n: nd.zeros(s, dtype=types.get(n, default)) for n, s in zip(names, args, strict=True)
        }
        grads = {
            n: nd.zeros(s, dtype=types.get(n, default)) for n, s in zip(names, args, strict=True)
        }
        states = self.list_auxiliary_states()
        aux_made = {n: nd.zeros(s, dtype=default) for n, s in zip(states, aux, strict=True)}
        return Executor(self, made, grads, grad_req, aux_made)

    def bind(
        self, ctx: Any, args: Any, args_grad: Any = None, grad_req: Any = "write",
        aux_states: Any = None, **options: Any,
    ) -> Any:  # fmt: skip
        """An executor over arrays that are given, by name or in order."""
        only("Symbol.bind", options, "shared_exec")
        names, states = self.list_arguments(), self.list_auxiliary_states()
        made = _by_name(args, names, "args")
        if args_grad is None:
            grads, grad_req = {}, "null"
        else:
            given = isinstance(args_grad, dict)
            grads = dict(args_grad) if given else dict(zip(names, args_grad, strict=True))
        return Executor(
            self, made, grads, grad_req, _by_name(aux_states or {}, states, "aux_states")
        )


def _by_name(given: Any, names: list[str], what: str) -> dict[str, Any]:
    if isinstance(given, dict):
        for name in names:
            if name not in given:
                raise ValueError(f"key `{name}` is missing in `{what}`.{here()}")
        return {name: given[name] for name in names}
    if len(given) != len(names):
        raise ValueError(f"Length of {what} does not match number of arguments: {names}.{here()}")
    return dict(zip(names, given, strict=True))
