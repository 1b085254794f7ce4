"""Operators and methods of recorded values: each is taken down as what it is."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from autodiff.core.language.dispatch import tracer_classes
from autodiff.source.records.native import attribute, method
from autodiff.source.records.nodes import Call

METHODS = [
    "all",
    "any",
    "argmax",
    "argmin",
    "argpartition",
    "argsort",
    "astype",
    "choose",
    "clip",
    "compress",
    "conj",
    "conjugate",
    "copy",
    "cumprod",
    "cumsum",
    "diagonal",
    "dot",
    "flatten",
    "max",
    "mean",
    "min",
    "nonzero",
    "prod",
    "ptp",
    "ravel",
    "repeat",
    "reshape",
    "round",
    "searchsorted",
    "squeeze",
    "std",
    "sum",
    "swapaxes",
    "take",
    "trace",
    "transpose",
    "var",
    "view",
]


CHANGING_METHODS = ("sort", "fill", "put", "partition", "itemset", "setfield", "resize", "byteswap")


def _binary(kind: type, name: str, sign: str, function: Callable[..., Any]) -> None:
    call = Call("operator", sign, function)

    def forward(self: Any, other: Any) -> Any:
        if type(other) in tracer_classes:
            return NotImplemented
        return self.recorder.call(call, (self, other))

    def reflected(self: Any, other: Any) -> Any:
        return self.recorder.call(call, (other, self))

    def update(self: Any, other: Any) -> Any:
        if type(other) in tracer_classes:
            return NotImplemented
        if not isinstance(self.node.value, np.ndarray):
            return self.recorder.call(call, (self, other))
        own = getattr(operator, f"i{name.strip('_')}")
        self.recorder.act(Call("update", f"{sign}=", own), self, (self, other))
        return self

    setattr(kind, f"__{name}__", forward)
    setattr(kind, f"__r{name}__", reflected)
    setattr(kind, f"__i{name}__", update)


def install(kind: type) -> None:
    """Give a class of recorded values NumPy's operators, methods and array attributes."""
    for name, sign in {
        "add": "+", "sub": "-", "mul": "*", "truediv": "/", "floordiv": "//", "mod": "%",
        "pow": "**", "matmul": "@", "and": "&", "or": "|", "xor": "^", "lshift": "<<",
        "rshift": ">>",
    }.items():  # fmt: skip
        _binary(kind, name, sign, getattr(operator, f"__{name}__"))
    for name, sign in {
        "lt": "<", "le": "<=", "eq": "==", "ne": "!=", "gt": ">", "ge": ">=",
    }.items():  # fmt: skip
        call = Call("operator", sign, getattr(operator, name))
        setattr(kind, f"__{name}__", _forward(call))
    for name, sign in {"neg": "-", "pos": "+", "invert": "~", "abs": "abs"}.items():
        call = Call("operator" if sign != "abs" else "function", sign, getattr(operator, name))
        setattr(kind, f"__{name}__", _forward(call))
    for name in METHODS:
        setattr(kind, name, _method(method(name)))
    for name in CHANGING_METHODS:
        setattr(kind, name, _acting(method(name)))
    for name in ("T", "mT", "real", "imag"):
        call = attribute(name)
        setattr(kind, name, property(lambda self, call=call: self.recorder.call(call, (self,))))


def _forward(call: Call) -> Callable[..., Any]:
    def operate(self: Any, *others: Any) -> Any:
        if any(type(other) in tracer_classes for other in others):
            return NotImplemented
        return self.recorder.call(call, (self, *others))

    return operate


def _method(call: Call) -> Callable[..., Any]:
    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        if any(type(one) in tracer_classes for one in args):  # `x.dot(w)` of a traced w
            return getattr(np, call.name)(self, *args, **kwargs)
        return self.answered(self.recorder.call(call, (self, *args), kwargs))

    return method


def _acting(call: Call) -> Callable[..., Any]:
    def method(self: Any, *args: Any, **kwargs: Any) -> None:
        self.recorder.act(call, self, (self, *args), kwargs)

    return method
