"""A user's own op: forward and backward over NDArrays, registered by name for `Custom`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import autodiff.frontends.mxnet.symbol as symbol
from autodiff.core.language.dispatch import apply, ground
from autodiff.core.language.kinds import make_op
from autodiff.core.transforms.custom import no_single_rule
from autodiff.frontends.mxnet.arrays import NDArray
from autodiff.frontends.mxnet.table.operators import OPS, Entry


class CustomOp:
    """Base: write `forward` and `backward`; `assign` respects the request."""

    def forward(self, is_train: bool, req: Any, in_data: Any, out_data: Any, aux: Any) -> None:
        """Fill out_data."""

    def backward(
        self, req: Any, out_grad: Any, in_data: Any, out_data: Any, in_grad: Any, aux: Any
    ) -> None:
        """Fill in_grad."""

    def assign(self, dst: Any, req: str, src: Any) -> None:
        """Write, add, or leave."""
        value = src.value if isinstance(src, NDArray) else src
        if req == "add":
            dst.a[...] += value
        elif req != "null":
            dst.a[...] = value


class CustomOpProp:
    """What an op is: its arguments, outputs and shapes."""

    def __init__(self, need_top_grad: bool = True) -> None:
        self.need_top_grad_ = need_top_grad

    def list_arguments(self) -> list[str]:
        """The arguments."""
        return ["data"]

    def list_outputs(self) -> list[str]:
        """The outputs."""
        return ["output"]

    def infer_shape(self, in_shape: Any) -> Any:
        """Shapes of arguments, outputs and states."""
        return in_shape, [in_shape[0]], []

    def create_operator(self, ctx: Any, shapes: Any, dtypes: Any) -> CustomOp:
        """The op for shapes."""
        return CustomOp()


_registered: dict[str, Any] = {}


def register(name: str) -> Callable[[Any], Any]:
    """Give a `CustomOpProp` class a name: `mx.sym.Custom(data, op_type=name)`."""

    def declare(prop: Any) -> Any:
        _registered[name] = prop
        return prop

    return declare


def _custom(prop: CustomOpProp) -> Entry:
    names = prop.list_arguments()

    def infer(shapes: Any, settings: Any) -> Any:
        return [tuple(s) for s in prop.infer_shape([list(s) if s else s for s in shapes])[0]]

    def run(*inputs: Any, is_train: bool = False, **_: Any) -> Any:
        arrays = [np.asarray(ground(x)) for x in inputs]
        shapes = [a.shape for a in arrays]
        outs = prop.infer_shape([list(s) for s in shapes])[1]
        made = prop.create_operator(None, shapes, [a.dtype for a in arrays])
        data = [NDArray(a) for a in arrays]
        results = [NDArray(np.zeros(s, np.float32)) for s in outs]
        made.forward(is_train, ["write"] * len(outs), data, results, [])

        def pull(ct: Any, ans: Any, primals: Any, params: Any) -> Any:
            cts = list(ct) if isinstance(ct, tuple) else [ct]
            grads = [NDArray(np.zeros(a.shape, np.float32)) for a in arrays]
            above = [NDArray(np.asarray(c)) for c in cts]
            made.backward(["write"] * len(arrays), above, data, results, grads, [])
            return tuple(g.a.astype(a.dtype) for g, a in zip(grads, arrays, strict=True))

        op = make_op(
            lambda *xs: tuple(r.a for r in results) if len(results) > 1 else results[0].a,
            "primitive", no_single_rule, no_single_rule, {"name": "Custom", "private": True},
            arity=None, multiple=len(results) > 1, joint_vjp=pull, why="a user's own op",
        )  # fmt: skip
        return apply(op, inputs)

    return Entry("Custom", run, tuple(names), infer=infer, is_loss=not prop.need_top_grad_,
                 outputs=len(prop.list_outputs()))  # fmt: skip


def Custom(*inputs: Any, op_type: str, name: str | None = None, **given: Any) -> Any:
    """The symbol of a registered op."""
    settings = {k: v for k, v in given.items() if not isinstance(v, symbol.Symbol)}
    entry = _custom(_registered[op_type](**{k: str(v) for k, v in settings.items()}))
    return _symbol_of(entry, inputs, given, name)


def _symbol_of(entry: Entry, inputs: Any, given: dict[str, Any], name: str | None) -> Any:
    OPS["Custom"] = entry
    symbols = {k: v for k, v in given.items() if isinstance(v, symbol.Symbol)}
    listed = list(inputs) + [symbols.pop(n) for n in entry.arguments[len(inputs) :] if n in symbols]
    return symbol.create("Custom", listed, {}, name)


class NumpyOp(CustomOpProp):
    """An op of before `CustomOp`: `forward(in_data=, out_data=)` and `backward` over NumPy arrays.

    An object of it is called on symbols: `MySoftmax()(data=fc, name="softmax")`.
    """

    arrays = True

    def __call__(self, *inputs: Any, name: str | None = None, **given: Any) -> Any:
        """The symbol of the op."""
        return _symbol_of(_custom(self), inputs, given, name)

    get_symbol = __call__

    def infer_shape(self, in_shape: Any) -> Any:
        """Shapes of arguments and outputs."""
        return in_shape, [in_shape[0]]

    def create_operator(self, ctx: Any, shapes: Any, dtypes: Any) -> CustomOp:
        """What calls the methods of this object."""
        return _Legacy(self)

    def forward(self, in_data: Any, out_data: Any) -> None:
        """Fill out_data."""
        raise NotImplementedError

    def backward(self, out_grad: Any, in_data: Any, out_data: Any, in_grad: Any) -> None:
        """Fill in_grad."""
        raise NotImplementedError


class NDArrayOp(NumpyOp):
    """The same over NDArrays."""

    arrays = False


class _Legacy(CustomOp):
    def __init__(self, op: NumpyOp) -> None:
        self.op = op

    def _plain(self, parts: Any) -> Any:
        return [p.a for p in parts] if self.op.arrays else parts

    def forward(self, is_train: bool, req: Any, in_data: Any, out_data: Any, aux: Any) -> None:
        self.op.forward(in_data=self._plain(in_data), out_data=self._plain(out_data))

    def backward(
        self, req: Any, out_grad: Any, in_data: Any, out_data: Any, in_grad: Any, aux: Any
    ) -> None:
        parts = map(self._plain, (out_grad, in_data, out_data, in_grad))
        names = ("out_grad", "in_data", "out_data", "in_grad")
        self.op.backward(**dict(zip(names, parts, strict=True)))


symbol.Custom = Custom  # type: ignore[attr-defined]
