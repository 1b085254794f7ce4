"""`Executor`: a symbol with its arrays.  `forward` computes, `backward` fills the gradients."""

from __future__ import annotations

from typing import Any

import numpy as np

import autodiff as ad
from autodiff.core.ground.locations import here
from autodiff.frontends.mxnet.arrays import NDArray
from autodiff.frontends.mxnet.ground.errors import MXNetError
from autodiff.frontends.mxnet.table.operators import WithAux

TRAINING = {"Dropout", "BatchNorm", "Custom"}


class Executor:
    """Arrays of arguments, gradients and states, the same ones in every call.

    `grad_req` (for all, or by name) says whether a gradient is written ("write"), added to what
    is there ("add"), or not computed ("null").
    """

    def __init__(self, symbol: Any, args: Any, grads: Any, grad_req: Any, aux: Any) -> None:
        self.symbol = symbol
        self.arg_dict: dict[str, NDArray] = args
        self.aux_dict: dict[str, NDArray] = aux
        names = list(args)
        if isinstance(grad_req, list):
            grad_req = dict(zip(names, grad_req, strict=True))
        self.grad_req = {
            n: grad_req if isinstance(grad_req, str) else grad_req.get(n, "null") for n in names
        }
        self.grad_dict = {n: grads.get(n) if self.grad_req[n] != "null" else None for n in names}
        self.outputs: list[NDArray] = []
        self._nodes = symbol.nodes
        self._pull: Any = None
        self._new_aux: list[tuple[str, Any]] = []

    arg_arrays = property(lambda self: list(self.arg_dict.values()))
    grad_arrays = property(lambda self: list(self.grad_dict.values()))
    aux_arrays = property(lambda self: list(self.aux_dict.values()))

    @property
    def output_dict(self) -> dict[str, NDArray]:
        """The outputs by name."""
        return dict(zip(self.symbol.list_outputs(), self.outputs, strict=True))

    def forward(self, is_train: bool = False, **values: Any) -> list[NDArray]:
        """The outputs; arguments given by name are copied into their arrays first."""
        for name, value in values.items():
            if name not in self.arg_dict:
                raise TypeError(f"Unknown argument {name}.{here()}")
            array = self.arg_dict[name]
            new = value.value if isinstance(value, NDArray) else np.asarray(value)
            if new.shape != array.shape:
                raise ValueError(
                    f"Shape not match! Argument {name}, need: {array.shape}, received: {new.shape}."
                    f"{here()}"
                )
            array.a[...] = new
        wanted = [n for n, g in self.grad_dict.items() if g is not None]
        self._pull, self._new_aux = None, []
        if is_train and wanted:

            def run(*xs: Any) -> Any:
                return self._run(dict(zip(wanted, xs, strict=True)), True)

            found, pull = ad.vjp(run, *(self.arg_dict[n].a for n in wanted))
            self._pull = (wanted, pull)
        else:
            found = self._run({}, is_train)
        self.outputs = [NDArray(np.asarray(f)) for f in found]
        return self.outputs

    def _run(self, traced: dict[str, Any], is_train: bool) -> tuple[Any, ...]:
        values: dict[Any, Any] = {}
        for node in self._nodes:
            if node.op is None:
                name = node.name
                own = self.aux_dict if node.note.get("aux") else self.arg_dict
                values[node, 0] = traced[name] if name in traced else own[name].a
                continue
            entry, parents = node.note["entry"], node.note["from"]
            settings = node.note["settings"]
            if entry.name in TRAINING:
                settings = settings | {"is_train": is_train}
            try:
                found = entry.run(*(values[p] for p in parents), **settings)
            except (ValueError, IndexError) as error:
                shapes = [np.shape(values[p]) for p in parents]
                raise MXNetError(f"{entry.name} {node.name} of shapes {shapes}: {error}") from error
            if isinstance(found, WithAux):
                names = [p.name for p, _ in parents[-len(entry.aux) :]]
                self._new_aux += list(zip(names, found.aux, strict=True))
                found = found.value
            parts = found if isinstance(found, tuple) else (found,)
            for place, part in enumerate(parts):
                values[node, place] = part
        return tuple(values[h] for h in self.symbol.heads)

    def backward(self, out_grads: Any = None) -> None:
        """Fill the gradients.  Loss layers need no head gradient, and ignore one."""
        if self._pull is None:
            raise MXNetError(f"backward() follows forward(is_train=True).{here()}")
        heads = out_grads if isinstance(out_grads, list | tuple) else [out_grads]
        cts = []
        for place, ((node, _), out) in enumerate(zip(self.symbol.heads, self.outputs, strict=True)):
            given = heads[place] if place < len(heads) else None
            loss = node.op is not None and node.note["entry"].is_loss
            if given is None and not loss:
                raise MXNetError(
                    f"head_gradient is required: the output {node.name} is no loss. Give "
                    f"backward(out_grads), or end the symbol in a loss layer or MakeLoss.{here()}"
                )
            ct = (
                np.ones_like(out.a) if given is None else np.asarray(getattr(given, "value", given))
            )
            cts.append(ct.astype(out.a.dtype))
        wanted, pull = self._pull
        for name, gradient in zip(wanted, pull(tuple(cts)), strict=True):
            array = self.grad_dict[name]
            if self.grad_req[name] == "add":
                array.a[...] += gradient
            else:
                array.a[...] = gradient
        for name, value in self._new_aux:
            self.aux_dict[name].a[...] = value

    def copy_params_from(
        self, arg_params: Any, aux_params: Any = None, allow_extra_params: bool = False
    ) -> None:
        """Copy values into the arrays by name."""
        for own, given in ((self.arg_dict, arg_params), (self.aux_dict, aux_params or {})):
            for name, value in given.items():
                if name in own:
                    own[name].a[...] = value.value
                elif not allow_extra_params:
                    raise ValueError(f"Find name {name!r} that is not in the arguments.{here()}")

    def reshape(
        self, partial_shaping: bool = False, allow_up_sizing: bool = False, **s: Any
    ) -> Any:
        """An executor for other shapes, with the same parameters."""
        made = self.symbol.simple_bind(None, grad_req=self.grad_req, **s)
        for name, array in self.arg_dict.items():
            if made.arg_dict[name].shape == array.shape:
                made.arg_dict[name] = array
                if self.grad_dict[name] is not None:
                    made.grad_dict[name] = self.grad_dict[name]
        made.aux_dict = self.aux_dict
        return made
